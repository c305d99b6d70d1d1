package io.pgtrail.testkit;

import java.time.Duration;

/** Waits for a condition, so that no test sleeps and hopes. */
public final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(5);

  private Await() {}

  /** What is waited for. */
  @FunctionalInterface
  public interface Condition {

    /** Tells whether it holds now. */
    boolean holds() throws Exception;
  }

  /**
   * Waits for at most 30 seconds.
   *
   * @param what the condition in words, for the failure
   * @throws AssertionError when it does not hold in time
   */
  public static void until(String what, Condition condition) throws Exception {
    until(what, LIMIT, condition);
  }

  /** Waits for at most the given time; else as {@link #until(String, Condition)}. */
  public static void until(String what, Duration limit, Condition condition) throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within " + limit.toSeconds() + " s: " + what);
      }
      Thread.sleep(POLL.toMillis());
    }
  }
}
