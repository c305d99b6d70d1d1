package io.pgtrail.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Operations that the database cannot take for now, each when it was sent alone. They are tried
 * again one at a time, ever more seldom, while others go on: their order does not matter, since an
 * operation is sent as it is then. For one thread.
 */
final class Aside {

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Deque<Outbox.Entry> entries = new ArrayDeque<>();
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private long refusedNanos;

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Puts in one that was refused just now. */
  void add(Outbox.Entry refused) {
    entries.addLast(refused);
    refusedNanos = System.nanoTime();
  }

  /** Gives how long to leave them alone; not positive if one is to be tried. */
  long waitNanos() {
    return refusedNanos + pauseNanos - System.nanoTime();
  }

  /** Takes the one to try. */
  Outbox.Entry next() {
    pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    return entries.removeFirst();
  }

  /** The one that was tried is recorded: so may be the others, at once. */
  void wentThrough() {
    pauseNanos = FIRST_PAUSE_NANOS;
    refusedNanos = System.nanoTime() - pauseNanos;
  }
}
