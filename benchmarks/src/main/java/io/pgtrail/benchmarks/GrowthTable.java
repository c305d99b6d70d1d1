package io.pgtrail.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects figures size by size, each work in the row where it first came. */
final class GrowthTable {

  private record Row(
      String work,
      String unit,
      @Nullable Double budget,
      boolean most,
      List<@Nullable Double> values) {}

  private final List<Long> sizes = new ArrayList<>();
  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** What follows was measured with so many operations in the trail. */
  void size(long operations) {
    sizes.add(operations);
  }

  /** A figure without a budget. */
  void add(String work, double value, String unit) {
    put(new Row(work, unit, null, true, new ArrayList<>()), value);
  }

  void atMost(String work, double value, String unit, double budget) {
    put(new Row(work, unit, budget, true, new ArrayList<>()), value);
  }

  void atLeast(String work, double value, String unit, double budget) {
    put(new Row(work, unit, budget, false, new ArrayList<>()), value);
  }

  private void put(Row first, double value) {
    List<@Nullable Double> values = rows.computeIfAbsent(first.work(), ignored -> first).values();
    pad(values, sizes.size() - 1);
    values.add(value);
  }

  private static void pad(List<@Nullable Double> values, int length) {
    values.addAll(Collections.nCopies(Math.max(0, length - values.size()), null));
  }

  List<Long> sizes() {
    return List.copyOf(sizes);
  }

  List<Growth> growths() {
    List<Growth> growths = new ArrayList<>();
    for (Row row : rows.values()) {
      pad(row.values(), sizes.size());
      growths.add(new Growth(row.work(), row.unit(), row.budget(), row.most(), row.values()));
    }
    return growths;
  }
}
