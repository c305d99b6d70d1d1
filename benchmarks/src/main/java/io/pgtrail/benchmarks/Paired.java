package io.pgtrail.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Two ways to do a piece of work, in alternating batches, so that whatever else the machine does
 * meets both alike.
 *
 * @param ratio median over the pairs of batches of the time of the first ÷ the time of the second
 * @param addedMillis median over the pairs of what the first takes more, per piece of work
 */
record Paired(double ratio, double addedMillis) {

  /** One piece of work. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  static Paired measure(Work first, Work second, int batch, Duration time) throws SQLException {
    nanos(first, batch);
    nanos(second, batch);
    List<Double> ratios = new ArrayList<>();
    List<Double> added = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    do {
      // Which of them goes first alternates, too.
      boolean swapped = ratios.size() % 2 == 1;
      double early = nanos(swapped ? second : first, batch);
      double late = nanos(swapped ? first : second, batch);
      double one = swapped ? late : early;
      double other = swapped ? early : late;
      ratios.add(one / other);
      added.add((one - other) / batch / 1e6);
    } while (System.nanoTime() < end);
    return new Paired(median(ratios), median(added));
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private static double nanos(Work work, int times) throws SQLException {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      work.run();
    }
    return System.nanoTime() - start;
  }
}
