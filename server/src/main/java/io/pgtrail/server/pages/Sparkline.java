package io.pgtrail.server.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A line through values, as the points of an SVG polyline in a box of 100 by 24. */
final class Sparkline {

  private static final double WIDTH = 100;
  private static final double HEIGHT = 24;
  private static final double MARGIN = 2;

  private Sparkline() {}

  /**
   * From zero at the bottom to the largest value at the top. Values that are not there are passed
   * over.
   *
   * @return empty if there are fewer than two
   */
  static String points(List<@Nullable Number> values) {
    double most =
        values.stream().filter(Objects::nonNull).mapToDouble(Number::doubleValue).max().orElse(0);
    List<String> points = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Number value = values.get(i);
      if (value != null) {
        points.add(
            String.format(
                Locale.ROOT,
                "%.1f,%.1f",
                i * WIDTH / (values.size() - 1),
                HEIGHT
                    - MARGIN
                    - (most == 0 ? 0 : value.doubleValue() / most) * (HEIGHT - 2 * MARGIN)));
      }
    }
    return points.size() < 2 ? "" : String.join(" ", points);
  }
}
