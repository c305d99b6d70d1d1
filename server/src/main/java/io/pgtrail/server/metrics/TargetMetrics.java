package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.versioning.Versions;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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

  private final Targets targets;
  private final MeterRegistry registry;
  private final Map<String, SteadyGauge> gauges = new TreeMap<>();

  @Inject
  TargetMetrics(Targets targets, MeterRegistry registry) {
    this.targets = targets;
    this.registry = registry;
  }

  /** Reads all targets anew. */
  @Scheduled(every = "15s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  public synchronized void refresh() {
    Map<String, Map<Tags, Double>> rows = new HashMap<>();
    for (Target target : targets.all()) {
      Tags tags = Tags.of("target", target.name());
      read(target)
          .forEach(
              (name, value) ->
                  rows.computeIfAbsent(name, unused -> new HashMap<>()).put(tags, value));
    }
    rows.keySet()
        .forEach(name -> gauges.computeIfAbsent(name, unused -> new SteadyGauge(name, registry)));
    // What no target gives any more is gone, not as it was.
    gauges.forEach((name, gauge) -> gauge.set(rows.getOrDefault(name, Map.of())));
  }

  private static Map<String, Double> read(Target target) {
    Map<String, Double> values = new LinkedHashMap<>();
    try {
      Jdbi database = target.asServer();
      new Reports(database)
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
      values.put(UP, 1.0);
    } catch (PgtrailException failure) {
      Log.debugf("%s: %s", target.name(), failure.getMessage());
      values.clear();
      values.put(UP, 0.0);
    }
    return values;
  }
}
