package io.pgtrail.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is dropped and tells the log of it: the first at once, then at most every ten
 * seconds, with their number. Safe for concurrent use.
 */
final class Losses {

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private long count;
  private long untold;
  private long toldNanos = System.nanoTime() - PAUSE_NANOS;
  private @Nullable String lastProblem;

  Losses(Logger log) {
    this.log = log;
  }

  synchronized void dropped(long changes, String reason) {
    if (changes == 0) {
      return;
    }
    count += changes;
    untold += changes;
    lastProblem = reason;
    if (System.nanoTime() - toldNanos >= PAUSE_NANOS) {
      report();
    }
  }

  /** Tells the log of what it has not been told yet. */
  synchronized void report() {
    if (untold > 0) {
      log.log(
          Level.WARNING, "{0} changes of operations were not recorded: {1}", untold, lastProblem);
      untold = 0;
      toldNanos = System.nanoTime();
    }
  }

  synchronized void heldUp(String reason) {
    lastProblem = reason;
  }

  synchronized void wentThrough() {
    lastProblem = null;
  }

  synchronized long count() {
    return count;
  }

  synchronized Optional<String> lastProblem() {
    return Optional.ofNullable(lastProblem);
  }
}
