package io.pgtrail.server.security;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * So many a minute for each who asks, who may save up as many. Of those that asked last it
 * remembers a bounded number.
 */
public final class RateLimit {

  static final int REMEMBERED = 10_000;

  private static final double NANOS_PER_MINUTE = 60e9;

  /** What somebody may still do. */
  private record Allowance(double left, long at) {}

  private final String what;
  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Map<String, Allowance> allowances =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param what there is too much of, for the message
   */
  public RateLimit(String what, int perMinute) {
    this(what, perMinute, System::nanoTime);
  }

  RateLimit(String what, int perMinute, LongSupplier nanoTime) {
    this.what = what;
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /** Whether this one is within the limit; then it counts. */
  public synchronized boolean admits(String who) {
    long now = nanoTime.getAsLong();
    Allowance last = allowances.getOrDefault(who, new Allowance(perMinute, now));
    double left =
        Math.min(perMinute, last.left() + (now - last.at()) / NANOS_PER_MINUTE * perMinute);
    boolean admitted = left >= 1;
    allowances.put(who, new Allowance(admitted ? left - 1 : left, now));
    return admitted;
  }

  /**
   * Counts one.
   *
   * @throws PgtrailException {@code TOO_MANY_REQUESTS} beyond the limit
   */
  public void require(String who) {
    if (!admits(who)) {
      throw new PgtrailException(
          ErrorCode.TOO_MANY_REQUESTS,
          "Too many " + what + ": " + perMinute + " a minute are allowed",
          "Try again in a minute.");
    }
  }
}
