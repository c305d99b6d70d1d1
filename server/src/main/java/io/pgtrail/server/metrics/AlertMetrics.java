package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** How many alerts of each severity are open in each target that answers. */
@Singleton
public class AlertMetrics {

  private final Targets targets;
  private final SteadyGauge open;

  @Inject
  AlertMetrics(Targets targets, MeterRegistry registry) {
    this.targets = targets;
    this.open = new SteadyGauge("pgtrail.alerts.open", registry);
  }

  /** Reads all targets anew. */
  @Scheduled(every = "15s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  public synchronized void refresh() {
    Map<Tags, Double> rows = new HashMap<>();
    for (Target target : targets.all()) {
      try {
        new Alerts(target.asServer())
            .openBySeverity()
            .forEach(
                (severity, number) ->
                    rows.put(
                        Tags.of("target", target.name(), "severity", severity),
                        number.doubleValue()));
      } catch (PgtrailException failure) {
        Log.debugf("%s: %s", target.name(), failure.getMessage());
      }
    }
    open.set(rows);
  }
}
