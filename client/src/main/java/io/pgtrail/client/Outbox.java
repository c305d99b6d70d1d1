package io.pgtrail.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Operations that have changed and wait to be recorded, first in, first out. Bounded by their
 * number and by the characters they hold. What was taken still counts until it is settled, so that
 * an outage cannot make it grow. Safe for concurrent use.
 */
final class Outbox {

  /** Characters, of two bytes at most: what a service can spare. */
  private static final long LARGEST_WEIGHT = 64_000_000;

  /**
   * An operation in it.
   *
   * @param weight what it weighed when it was put in: it may have grown since
   */
  record Entry(Operation operation, long weight) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition settledSome = lock.newCondition();
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final int capacity;
  private long weight;
  private long accepted;
  private long settled;
  private boolean abandoned;

  Outbox(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Puts an operation in, waiting for room.
   *
   * @return the ticket to wait for with {@link #awaitSettled}; negative if there was no room in
   *     time, or nobody delivers any more
   */
  long offer(Operation operation, long longestWaitNanos) throws InterruptedException {
    Entry entry = new Entry(operation, operation.weight());
    lock.lock();
    try {
      long left = longestWaitNanos;
      while (!abandoned && isFull(entry.weight())) {
        if (left <= 0) {
          return -1;
        }
        left = settledSome.awaitNanos(left);
      }
      if (abandoned) {
        return -1;
      }
      waiting.add(entry);
      weight += entry.weight();
      filled.signal();
      return ++accepted;
    } finally {
      lock.unlock();
    }
  }

  /** A single one, however heavy, has room in an empty box. */
  private boolean isFull(long addition) {
    long held = accepted - settled;
    return held >= capacity || (held > 0 && weight + addition > LARGEST_WEIGHT);
  }

  /** Takes what is there, waiting for a first one; empty if none comes. */
  List<Entry> take(int most, long heaviest, long longestWaitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = longestWaitNanos;
      while (waiting.isEmpty() && left > 0) {
        left = filled.awaitNanos(left);
      }
      List<Entry> batch = new ArrayList<>(Math.min(most, waiting.size()));
      long taken = 0;
      while (batch.size() < most && !waiting.isEmpty()) {
        // As heavy as it will be sent, which is as it is by then.
        taken += waiting.element().operation().weight();
        if (taken > heaviest && !batch.isEmpty()) {
          break;
        }
        batch.add(waiting.remove());
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Makes room for as many: they were recorded, or dropped for good. */
  void settle(List<Entry> entries) {
    lock.lock();
    try {
      if (abandoned) {
        return;
      }
      settled += entries.size();
      for (Entry entry : entries) {
        weight -= entry.weight();
      }
      settledSome.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends: nobody delivers what is in it. Gives how many that are. */
  long abandon() {
    lock.lock();
    try {
      long held = accepted - settled;
      abandoned = true;
      waiting.clear();
      weight = 0;
      settled = accepted;
      settledSome.signalAll();
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the ticket of the last one put in. */
  long lastTicket() {
    lock.lock();
    try {
      return accepted;
    } finally {
      lock.unlock();
    }
  }

  /** Gives how many are waiting or on their way. */
  long size() {
    lock.lock();
    try {
      return accepted - settled;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all up to a ticket are settled; false if they are not in time. */
  boolean awaitSettled(long ticket, long longestWaitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = longestWaitNanos;
      while (settled < ticket) {
        if (left <= 0) {
          return false;
        }
        left = settledSome.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  static long nanos(Duration duration) {
    try {
      return Math.max(0, duration.toNanos());
    } catch (ArithmeticException centuries) {
      return TimeUnit.DAYS.toNanos(36_500);
    }
  }
}
