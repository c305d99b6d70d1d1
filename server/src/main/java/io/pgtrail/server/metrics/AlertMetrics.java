package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.targets.Targets;
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
    targets
        .ask(target -> new Alerts(target.asServer()).openBySeverity())
        .forEach(
            (target, numbers) ->
                numbers.forEach(
                    (severity, number) ->
                        rows.put(
                            Tags.of("target", target.name(), "severity", severity),
                            number.doubleValue())));
    open.set(rows);
  }
}
