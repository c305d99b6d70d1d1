package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgtrail.reporting.HourOfDurations;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.versioning.Versions;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * What the dashboards of all targets say, read with the rights of the server. The only label is the
 * name of the target. Of one that does not answer, all but {@code pgtrail_target_up} are absent.
 */
@Singleton
public class TargetMetrics {

  /** By what the dashboard calls them. */
  private static final Map<String, String> OF_DASHBOARD =
      Map.of(
          "total_operations_24h", "pgtrail.operations.24h",
          "failed_operations_24h", "pgtrail.failed.operations.24h",
          "ddl_operations_24h", "pgtrail.ddl.operations.24h",
          "running_operations", "pgtrail.running.operations",
          "active_users_24h", "pgtrail.active.users.24h",
          "avg_duration_ms", "pgtrail.duration.average.milliseconds",
          "p95_duration_ms", "pgtrail.duration.p95.milliseconds",
          "trail_size_mb", "pgtrail.trail.size.megabytes",
          "system_health_score", "pgtrail.health.score");

  private static final String UP = "pgtrail.target.up";
  private static final String LAG = "pgtrail.rollup.lag.seconds";

  /** What one target says. */
  private record Answer(Map<String, Double> values, List<HourOfDurations> durations) {}

  private final Targets targets;
  private final MeterRegistry registry;
  private final DurationMetrics durations;
  private final Map<String, SteadyGauge> gauges = new TreeMap<>();

  @Inject
  TargetMetrics(Targets targets, MeterRegistry registry, DurationMetrics durations) {
    this.targets = targets;
    this.registry = registry;
    this.durations = durations;
  }

  /** Reads all targets anew, each on its own: one that hangs makes this late, and no other. */
  @Scheduled(every = "15s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  public synchronized void refresh() {
    Map<Target, Answer> answers = targets.ask(TargetMetrics::read);
    Map<String, Map<Tags, Double>> rows = new HashMap<>();
    for (Target target : targets.all()) {
      Answer answer = answers.get(target);
      put(rows, UP, target, answer == null ? 0.0 : 1.0);
      if (answer != null) {
        answer.values().forEach((name, value) -> put(rows, name, target, value));
      }
    }
    rows.keySet()
        .forEach(name -> gauges.computeIfAbsent(name, unused -> new SteadyGauge(name, registry)));
    // What no target gives any more is gone, not as it was.
    gauges.forEach((name, gauge) -> gauge.set(rows.getOrDefault(name, Map.of())));
    durations.add(
        answers.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> entry.getKey().name(), entry -> entry.getValue().durations())));
  }

  private static void put(
      Map<String, Map<Tags, Double>> rows, String name, Target target, double value) {
    rows.computeIfAbsent(name, unused -> new HashMap<>())
        .put(Tags.of("target", target.name()), value);
  }

  private static Answer read(Target target) {
    Map<String, Double> values = new LinkedHashMap<>();
    Jdbi database = target.asServer();
    Reports reports = new Reports(database);
    reports
        .dashboard()
        .forEach(
            metric -> {
              String name = OF_DASHBOARD.get(metric.name());
              if (name != null) {
                values.put(name, metric.value().doubleValue());
              }
            });
    new Versions(database)
        .metrics()
        .forEach((name, value) -> values.put(name.replace('_', '.'), value.doubleValue()));
    reports.rollupLag().ifPresent(lag -> values.put(LAG, lag.toMillis() / 1000.0));
    return new Answer(values, reports.durations(Durations.LIMITS_MS));
  }
}
