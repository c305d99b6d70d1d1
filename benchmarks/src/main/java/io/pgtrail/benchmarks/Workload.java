package io.pgtrail.benchmarks;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * How many operations begin in each hour of a trail: busy in office hours, quiet at night and at
 * weekends, and as many in all as asked for.
 *
 * @param present when the trail ends
 * @param hours oldest first; the last one ends at the present
 */
record Workload(Instant present, List<Hour> hours) {

  static final int DAYS = 400;

  /**
   * One hour.
   *
   * @param start when it begins
   * @param operations how many operations begin in it
   */
  record Hour(Instant start, int operations) {}

  Workload {
    hours = List.copyOf(hours);
  }

  static Workload of(long operations, Instant present) {
    Instant first = present.minus(DAYS, ChronoUnit.DAYS);
    int hours = DAYS * 24;
    double total = 0;
    for (int hour = 0; hour < hours; hour++) {
      total += weight(first.plus(hour, ChronoUnit.HOURS));
    }
    List<Hour> all = new ArrayList<>();
    double weight = 0;
    long before = 0;
    for (int hour = 0; hour < hours; hour++) {
      Instant start = first.plus(hour, ChronoUnit.HOURS);
      weight += weight(start);
      long until = hour == hours - 1 ? operations : Math.round(operations * weight / total);
      all.add(new Hour(start, (int) (until - before)));
      before = until;
    }
    return new Workload(present, all);
  }

  private static double weight(Instant start) {
    ZonedDateTime time = start.atZone(ZoneOffset.UTC);
    boolean weekend =
        time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
    int hour = time.getHour();
    double ofDay = hour >= 8 && hour < 18 ? 1 : hour >= 6 && hour < 22 ? 0.5 : 0.2;
    return weekend ? ofDay * 0.3 : ofDay;
  }

  /** The hours before the last day. */
  Workload untilYesterday() {
    return new Workload(present, hours.subList(0, hours.size() - 24));
  }

  /** The hours of the last day. */
  Workload lastDay() {
    return new Workload(present, hours.subList(hours.size() - 24, hours.size()));
  }

  long operations() {
    return hours.stream().mapToLong(Hour::operations).sum();
  }

  /** Cuts the hours, in order, into pieces of about a thousand operations. */
  List<List<Hour>> pieces() {
    List<List<Hour>> pieces = new ArrayList<>();
    List<Hour> piece = new ArrayList<>();
    long operations = 0;
    for (Hour hour : hours) {
      if (hour.operations() > 0) {
        piece.add(hour);
        operations += hour.operations();
      }
      if (operations >= 1000) {
        pieces.add(List.copyOf(piece));
        piece.clear();
        operations = 0;
      }
    }
    if (!piece.isEmpty()) {
      pieces.add(List.copyOf(piece));
    }
    return pieces;
  }
}
