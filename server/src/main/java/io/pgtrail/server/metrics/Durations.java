package io.pgtrail.server.metrics;

import io.pgtrail.reporting.HourOfDurations;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How long the operations of one target took that came since the server began to read it. No number
 * goes down, though what is read is a window of time that moves on.
 */
final class Durations {

  /** Milliseconds of the limits of the buckets; one more has no limit. */
  static final List<Integer> LIMITS_MS =
      List.of(1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 60_000, 300_000, 3_600_000);

  private static final double MS_PER_SECOND = 1000;

  private static final List<Double> BOUNDS =
      Stream.concat(
              LIMITS_MS.stream().map(limit -> limit / MS_PER_SECOND),
              Stream.of(Double.POSITIVE_INFINITY))
          .toList();

  private final TreeMap<Instant, HourOfDurations> seen = new TreeMap<>();
  private final List<Long> counts = new ArrayList<>(Collections.nCopies(BOUNDS.size(), 0L));
  private long sumMs;
  private boolean begun;

  /** Adds what came since the last time; the first time says only what was there before. */
  synchronized void add(List<HourOfDurations> hours) {
    for (HourOfDurations hour : hours) {
      HourOfDurations before = seen.put(hour.hour(), hour);
      if (begun) {
        count(hour, before == null ? none(hour.hour()) : before);
      }
    }
    begun = true;
    if (!hours.isEmpty()) {
      seen.headMap(hours.get(0).hour()).clear();
    }
  }

  private void count(HourOfDurations hour, HourOfDurations before) {
    for (int i = 0; i < counts.size(); i++) {
      counts.set(
          i, counts.get(i) + Math.max(0, hour.operations().get(i) - before.operations().get(i)));
    }
    sumMs += Math.max(0, hour.sumMs() - before.sumMs());
  }

  private static HourOfDurations none(Instant hour) {
    return new HourOfDurations(hour, Collections.nCopies(BOUNDS.size(), 0L), 0);
  }

  /** As Prometheus counts: each bucket holds those before it, too. */
  synchronized List<Sample> samples(String name, String target) {
    List<Sample> samples = new ArrayList<>();
    long upTo = 0;
    for (int i = 0; i < counts.size(); i++) {
      upTo += counts.get(i);
      samples.add(
          new Sample(
              name + "_bucket",
              List.of("target", "le"),
              List.of(target, Collector.doubleToGoString(BOUNDS.get(i))),
              upTo));
    }
    samples.add(new Sample(name + "_count", List.of("target"), List.of(target), upTo));
    samples.add(
        new Sample(name + "_sum", List.of("target"), List.of(target), sumMs / MS_PER_SECOND));
    return samples;
  }
}
