package io.pgtrail.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Durations as a person reads them. */
final class Durations {

  private Durations() {}

  /** Such as {@code 0.42 ms}, {@code 1.50 s}, {@code 4m 05s}, {@code 2h 03m}, {@code 3d 04h}. */
  static String text(Duration duration) {
    double milliseconds = duration.toNanos() / 1e6;
    if (milliseconds < 10) {
      return String.format(Locale.ROOT, "%.2f ms", milliseconds);
    }
    if (milliseconds < 1000) {
      return String.format(Locale.ROOT, "%.0f ms", milliseconds);
    }
    if (duration.toSeconds() < 60) {
      return String.format(Locale.ROOT, "%.2f s", milliseconds / 1000);
    }
    if (duration.toMinutes() < 60) {
      return String.format("%dm %02ds", duration.toMinutes(), duration.toSecondsPart());
    }
    return duration.toHours() < 24
        ? String.format("%dh %02dm", duration.toHours(), duration.toMinutesPart())
        : String.format("%dd %02dh", duration.toDays(), duration.toHoursPart());
  }

  /** Exact, for programs. */
  static BigDecimal milliseconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos(), 6).stripTrailingZeros();
  }
}
