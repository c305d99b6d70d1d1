package io.pgtrail.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A gauge whose rows come and go. A row that stays is there all the time: whoever reads while a
 * value is replaced gets the old one or the new one.
 */
final class SteadyGauge {

  private final MultiGauge gauge;
  private final Map<Tags, Double> values = new ConcurrentHashMap<>();

  SteadyGauge(String name, MeterRegistry registry) {
    gauge = MultiGauge.builder(name).register(registry);
  }

  /** Replaces all rows. */
  void set(Map<Tags, Double> rows) {
    values.putAll(rows);
    List<MultiGauge.Row<?>> present = new ArrayList<>();
    for (Tags tags : rows.keySet()) {
      present.add(MultiGauge.Row.of(tags, () -> values.getOrDefault(tags, Double.NaN)));
    }
    gauge.register(present, false);
    values.keySet().retainAll(rows.keySet());
  }
}
