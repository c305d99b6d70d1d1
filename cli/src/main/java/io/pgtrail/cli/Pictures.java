package io.pgtrail.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Small charts of block characters. */
final class Pictures {

  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";
  private static final String WIDTHS = "▏▎▍▌▋▊▉█";

  private Pictures() {}

  /** A column for each value, the highest being the largest; one that is not 0 is seen. */
  static String sparkline(List<Long> values) {
    long largest = Math.max(1, values.stream().mapToLong(Long::longValue).max().orElse(1));
    return values.stream()
        .map(value -> String.valueOf(HEIGHTS.charAt(step(value, largest))))
        .collect(Collectors.joining());
  }

  /** 0 for nothing, else 1 to 7. */
  private static int step(long value, long largest) {
    int steps = HEIGHTS.length() - 1;
    return value <= 0 ? 0 : (int) Math.max(1, Math.round((double) value / largest * steps));
  }

  /** A bar of so many columns for the largest value, and a part of it for others. */
  static String bar(double value, double largest, int columns) {
    if (value <= 0 || largest <= 0) {
      return "";
    }
    int eighths = (int) Math.max(1, Math.round(Math.min(value / largest, 1) * columns * 8));
    String whole = "█".repeat(eighths / 8);
    return eighths % 8 == 0 ? whole : whole + WIDTHS.charAt(eighths % 8 - 1);
  }
}
