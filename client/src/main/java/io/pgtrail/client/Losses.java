package io.pgtrail.client;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is dropped and what failed, and tells the log of what is dropped: the first at once,
 * then at most every ten seconds, with their number. Safe for concurrent use.
 */
final class Losses {

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private long count;
  private long failures;
  private long untold;
  private @Nullable String untoldReason;
  private long toldNanos = System.nanoTime() - PAUSE_NANOS;
  private @Nullable String lastProblem;

  void dropped(long changes, String reason) {
    if (changes == 0) {
      return;
    }
    synchronized (this) {
      count += changes;
      untold += changes;
      untoldReason = reason;
      lastProblem = reason;
    }
    report(PAUSE_NANOS);
  }

  /** Tells the log of what it has not been told yet. */
  void report() {
    report(0);
  }

  private void report(long pauseNanos) {
    String message;
    synchronized (this) {
      if (untold == 0 || System.nanoTime() - toldNanos < pauseNanos) {
        return;
      }
      message = untold + " changes of operations were not recorded: " + untoldReason;
      untold = 0;
      toldNanos = System.nanoTime();
    }
    // While nobody waits for this: who knows how long a log takes.
    Log.warning(message);
  }

  /** Something could not be recorded, and is not dropped yet. */
  synchronized void failed(String reason) {
    failures++;
    lastProblem = reason;
  }

  /** Something is recorded; if that is all, there is no problem any more. */
  void wentThrough(boolean all) {
    if (all) {
      synchronized (this) {
        lastProblem = null;
      }
    }
    report(PAUSE_NANOS);
  }

  synchronized long count() {
    return count;
  }

  synchronized long failures() {
    return failures;
  }

  synchronized Optional<String> lastProblem() {
    return Optional.ofNullable(lastProblem);
  }
}
