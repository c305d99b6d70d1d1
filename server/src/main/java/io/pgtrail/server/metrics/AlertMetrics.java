package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** How many alerts of each severity are open in each target that answers. */
@Singleton
public class AlertMetrics {

  private final Targets targets;
  private final MultiGauge open;

  @Inject
  AlertMetrics(Targets targets, MeterRegistry registry) {
    this.targets = targets;
    this.open = MultiGauge.builder("pgtrail.alerts.open").register(registry);
  }

  /** Reads all targets anew. */
  @Scheduled(every = "15s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  public void refresh() {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Target target : targets.all()) {
      try {
        new Alerts(target.asServer())
            .openBySeverity()
            .forEach(
                (severity, number) ->
                    rows.add(
                        MultiGauge.Row.of(
                            Tags.of("target", target.name(), "severity", severity), number)));
      } catch (PgtrailException failure) {
        Log.debugf("%s: %s", target.name(), failure.getMessage());
      }
    }
    open.register(rows, true);
  }
}
