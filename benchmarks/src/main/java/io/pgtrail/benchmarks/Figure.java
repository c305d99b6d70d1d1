package io.pgtrail.benchmarks;

import java.util.Locale;

/**
 * One measured figure.
 *
 * @param work what was done
 * @param value the figure
 * @param unit what it counts: a ratio, milliseconds per statement, calls per second
 * @param budget the value it must not pass
 * @param most whether the budget is an upper limit; else it is a lower one
 */
record Figure(String work, double value, String unit, double budget, boolean most) {

  static Figure atMost(String work, double value, String unit, double budget) {
    return new Figure(work, value, unit, budget, true);
  }

  static Figure atLeast(String work, double value, String unit, double budget) {
    return new Figure(work, value, unit, budget, false);
  }

  boolean met() {
    return most ? value <= budget : value >= budget;
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %-66s | %12s | %14s | %-4s |",
        work,
        number(value) + suffix(),
        (most ? "≤ " : "≥ ") + number(budget) + suffix(),
        met() ? "yes" : "no");
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "    {\"work\": \"%s\", \"figure\": %.4f, \"unit\": \"%s\", \"budget\": \"%s%s\", \"met\": %s}",
        work,
        value,
        unit,
        most ? "<=" : ">=",
        number(budget),
        met());
  }

  private String suffix() {
    return unit.equals("ratio") ? "" : " " + unit;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.2f", value);
  }
}
