package io.pgtrail.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what happens in another process. */
final class Eventually {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Eventually() {}

  static void holds(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Never happened: " + what);
      }
      ServerProcess.pause(Duration.ofMillis(20));
    }
  }

  static void ends(long processId) {
    holds(
        "process " + processId + " ends",
        () -> !ProcessHandle.of(processId).map(ProcessHandle::isAlive).orElse(false));
  }
}
