package io.pgtrail.server.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.pgtrail.reporting.HourOfDurations;
import io.prometheus.client.Collector;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The histogram of the durations of all targets that answer. */
@Singleton
class DurationMetrics extends Collector {

  private static final String NAME = "pgtrail_operation_duration_seconds";

  private final Map<String, Durations> known = new TreeMap<>();
  private Set<String> answering = Set.of();

  /** The class of the registry is the one that the framework still uses. */
  @Inject
  @SuppressWarnings("deprecation")
  DurationMetrics(PrometheusMeterRegistry registry) {
    registry.getPrometheusRegistry().register(this);
  }

  /** Adds what came since the last time; a target that is not among them is not shown. */
  synchronized void add(Map<String, List<HourOfDurations>> read) {
    read.forEach(
        (target, hours) -> known.computeIfAbsent(target, unused -> new Durations()).add(hours));
    answering = Set.copyOf(read.keySet());
  }

  @Override
  public synchronized List<MetricFamilySamples> collect() {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    known.forEach(
        (target, durations) -> {
          if (answering.contains(target)) {
            samples.addAll(durations.samples(NAME, target));
          }
        });
    return List.of(
        new MetricFamilySamples(
            NAME,
            Type.HISTOGRAM,
            "How long operations took, of those that the rollups have read",
            samples));
  }
}
