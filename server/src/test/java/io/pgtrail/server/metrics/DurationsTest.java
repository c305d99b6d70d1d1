package io.pgtrail.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.reporting.HourOfDurations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A histogram over a window that moves on. */
class DurationsTest {

  private static final Instant HOUR = Instant.parse("2026-01-01T00:00:00Z");

  private final Durations durations = new Durations();

  @Test
  void whatWasThereBeforeDoesNotCount() {
    durations.add(List.of(hour(0, 7)));

    assertThat(count()).isZero();
  }

  @Test
  void whatComesIsCountedOnceThoughItIsReadAgain() {
    durations.add(List.of(hour(0, 7)));

    durations.add(List.of(hour(0, 9), hour(1, 2)));
    durations.add(List.of(hour(0, 9), hour(1, 2)));

    assertThat(count()).isEqualTo(4);
    assertThat(value("_sum", List.of("shop"))).isEqualTo(0.4);
    assertThat(value("_bucket", List.of("shop", "0.05"))).isZero();
    assertThat(value("_bucket", List.of("shop", "0.1"))).isEqualTo(4);
    assertThat(value("_bucket", List.of("shop", "+Inf"))).isEqualTo(4);
  }

  @Test
  void noNumberGoesDownWhenAnHourLeavesTheWindowOrIsCleanedUp() {
    durations.add(List.of());
    durations.add(List.of(hour(0, 5), hour(1, 5)));

    durations.add(List.of(hour(1, 3)));
    durations.add(List.of());

    assertThat(count()).isEqualTo(10);
  }

  private double count() {
    return value("_count", List.of("shop"));
  }

  private double value(String suffix, List<String> labels) {
    return durations.samples("d", "shop").stream()
        .filter(sample -> sample.name.equals("d" + suffix) && sample.labelValues.equals(labels))
        .mapToDouble(sample -> sample.value)
        .sum();
  }

  /** Operations of 100 ms. */
  private static HourOfDurations hour(int number, long operations) {
    List<Long> all = new ArrayList<>(Collections.nCopies(Durations.LIMITS_MS.size() + 1, 0L));
    all.set(Durations.LIMITS_MS.indexOf(100), operations);
    return new HourOfDurations(HOUR.plus(Duration.ofHours(number)), all, 100 * operations);
  }
}
