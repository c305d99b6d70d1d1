package io.pgtrail.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How one figure grows with the trail.
 *
 * @param work what was done
 * @param unit what the figure counts: a ratio, milliseconds, seconds, per second
 * @param budget the value it must not pass at any size; null is none
 * @param most whether the budget is an upper limit; else it is a lower one
 * @param values one for each size; null where it was not measured
 */
record Growth(
    String work,
    String unit,
    @Nullable Double budget,
    boolean most,
    List<@Nullable Double> values) {

  boolean met() {
    return budget == null
        || values.stream()
            .allMatch(value -> value == null || (most ? value <= budget : value >= budget));
  }

  static String header(List<Long> sizes) {
    return "| %-58s | %s | %12s | %-4s |%n|---|%s--:|---|%n"
        .formatted(
            "work",
            sizes.stream()
                .map(size -> String.format(Locale.ROOT, "%,12d", size))
                .collect(Collectors.joining(" | ")),
            "budget",
            "met",
            "--:|".repeat(sizes.size()));
  }

  String row() {
    String cells =
        values.stream()
            .map(value -> "%12s".formatted(value == null ? "" : number(value)))
            .collect(Collectors.joining(" | "));
    String limit = budget == null ? "" : (most ? "≤ " : "≥ ") + number(budget);
    String name = unit.equals("ratio") ? work : work + ", " + unit;
    return "| %-58s | %s | %12s | %-4s |"
        .formatted(name, cells, limit, budget == null ? "" : met() ? "yes" : "no");
  }

  String json(List<Long> sizes) {
    String points =
        IntStream.range(0, sizes.size())
            .filter(i -> values.get(i) != null)
            .mapToObj(i -> String.format(Locale.ROOT, "\"%d\": %.4f", sizes.get(i), values.get(i)))
            .collect(Collectors.joining(", "));
    String limit =
        budget == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", \"budget\": \"%s%s\", \"met\": %s",
                most ? "<=" : ">=",
                budget,
                met());
    return "    {\"work\": \"%s\", \"unit\": \"%s\", \"figures\": {%s}%s}"
        .formatted(work, unit, points, limit);
  }

  private static String number(double value) {
    return String.format(
        Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 100 ? "%.1f" : "%.2f", value);
  }
}
