package io.pgtrail.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ways to do a piece of work, in alternating batches, so that whatever else the machine does meets
 * all alike.
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
    return measure(List.of(first), second, batch, time).get(0);
  }

  /** Compares several ways with the same other one. */
  static List<Paired> measure(List<Work> ways, Work other, int batch, Duration time)
      throws SQLException {
    List<Work> all = new ArrayList<>(ways);
    all.add(other);
    for (Work work : all) {
      nanos(work, batch);
    }
    List<double[]> rounds = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    do {
      double[] round = new double[all.size()];
      for (int i = 0; i < round.length; i++) {
        // Which of them goes first alternates, too.
        int place = (i + rounds.size()) % round.length;
        round[place] = nanos(all.get(place), batch);
      }
      rounds.add(round);
    } while (System.nanoTime() < end);
    return IntStream.range(0, ways.size()).mapToObj(way -> of(rounds, way, batch)).toList();
  }

  private static Paired of(List<double[]> rounds, int way, int batch) {
    return new Paired(
        median(rounds.stream().map(round -> round[way] / round[round.length - 1]).toList()),
        median(
            rounds.stream()
                .map(round -> (round[way] - round[round.length - 1]) / batch / 1e6)
                .toList()));
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  static double nanos(Work work, int times) throws SQLException {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      work.run();
    }
    return System.nanoTime() - start;
  }
}
