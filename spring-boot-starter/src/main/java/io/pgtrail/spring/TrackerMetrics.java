package io.pgtrail.spring;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.TrackerStatistics;
import java.util.function.ToLongFunction;

/** What became of the changes that were tracked. */
final class TrackerMetrics implements MeterBinder {

  private final Tracker tracker;

  TrackerMetrics(Tracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "recorded", "Changes that are recorded", TrackerStatistics::recorded);
    count(registry, "dropped", "Changes that will never be recorded", TrackerStatistics::dropped);
    count(registry, "failures", "Attempts to record that failed", TrackerStatistics::failures);
    Gauge.builder("pgtrail.tracker.waiting", tracker, each -> each.statistics().waiting())
        .description("Changes that are held for the database")
        .register(registry);
  }

  private void count(
      MeterRegistry registry,
      String name,
      String description,
      ToLongFunction<TrackerStatistics> value) {
    FunctionCounter.builder(
            "pgtrail.tracker." + name, tracker, each -> value.applyAsLong(each.statistics()))
        .description(description)
        .register(registry);
  }
}
