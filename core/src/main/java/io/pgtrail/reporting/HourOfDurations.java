package io.pgtrail.reporting;

import java.time.Instant;
import java.util.List;

/**
 * How long the operations took that began in one hour of UTC, as far as the rollups have them.
 *
 * @param operations how many took at most each of the limits that were asked for and longer than
 *     the limit before; the last, how many took longer than all
 * @param sumMs milliseconds of all
 */
public record HourOfDurations(Instant hour, List<Long> operations, long sumMs) {

  public HourOfDurations {
    operations = List.copyOf(operations);
  }
}
