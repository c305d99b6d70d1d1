package io.pgtrail.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Operations that have changed and wait to be recorded, first in, first out. Bounded by their
 * number and by the characters they hold. What was taken still counts until it is settled, so that
 * an outage cannot make it grow. Safe for concurrent use.
 */
final class Outbox {

  /** Characters, of two bytes at most: what a service can spare. */
  private static final long LARGEST_WEIGHT = 64_000_000;

  /** An operation in it. Its weight is guarded by the lock. */
  static final class Entry {

    private final Operation operation;
    private final long ticket;
    private long weight;

    private Entry(Operation operation, long ticket) {
      this.operation = operation;
      this.ticket = ticket;
    }

    Operation operation() {
      return operation;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition settledSome = lock.newCondition();
  private final Deque<Entry> waiting = new ArrayDeque<>();

  /** Those that wait and those that are taken and not settled, by their tickets. */
  private final Set<Entry> held = new LinkedHashSet<>();

  private final int capacity;
  private long weight;
  private long lastTicket;
  private boolean abandoned;

  Outbox(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Puts an operation in, waiting for room.
   *
   * @return its entry, to wait for with {@link #awaitSettled}; NULL if there was no room in time,
   *     or nobody delivers any more
   */
  @Nullable Entry offer(Operation operation, long longestWaitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = longestWaitNanos;
      while (!abandoned && isFull(operation.weight())) {
        if (left <= 0) {
          return null;
        }
        left = settledSome.awaitNanos(left);
      }
      if (abandoned) {
        return null;
      }
      Entry entry = new Entry(operation, ++lastTicket);
      operation.place = entry;
      held.add(entry);
      waiting.add(entry);
      weigh(operation);
      filled.signal();
      return entry;
    } finally {
      lock.unlock();
    }
  }

  /** A single one, however heavy, has room in an empty box. */
  private boolean isFull(long addition) {
    return held.size() >= capacity || (!held.isEmpty() && weight + addition > LARGEST_WEIGHT);
  }

  /**
   * Counts an operation that is in it as heavy as it is now: it may have grown.
   *
   * @return its entry; NULL if it is not in it
   */
  @Nullable Entry weigh(Operation operation) {
    lock.lock();
    try {
      Entry entry = operation.place;
      if (entry == null || !held.contains(entry)) {
        return null;
      }
      long now = operation.weight();
      weight += now - entry.weight;
      entry.weight = now;
      return entry;
    } finally {
      lock.unlock();
    }
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
      for (Entry entry : entries) {
        if (held.remove(entry)) {
          weight -= entry.weight;
        }
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
      long left = held.size();
      abandoned = true;
      waiting.clear();
      held.clear();
      weight = 0;
      settledSome.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Gives how many are waiting or on their way. */
  long size() {
    lock.lock();
    try {
      return held.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until one is settled; false if it is not in time. */
  boolean awaitSettled(Entry entry, long longestWaitNanos) throws InterruptedException {
    return await(() -> !held.contains(entry), longestWaitNanos);
  }

  /** Waits until all that are in it now are settled; false if they are not in time. */
  boolean awaitAllSettled(long longestWaitNanos) throws InterruptedException {
    lock.lock();
    try {
      long last = lastTicket;
      return await(() -> held.isEmpty() || held.iterator().next().ticket > last, longestWaitNanos);
    } finally {
      lock.unlock();
    }
  }

  private boolean await(BooleanSupplier settled, long longestWaitNanos)
      throws InterruptedException {
    lock.lock();
    try {
      long left = longestWaitNanos;
      while (!settled.getAsBoolean()) {
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
