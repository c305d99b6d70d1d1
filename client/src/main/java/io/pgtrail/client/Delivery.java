package io.pgtrail.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread that records. A batch is sent until the database has taken it or refused it; one that
 * is refused is halved until those are alone that cannot be recorded, and they are dropped.
 */
final class Delivery {

  /** Large enough for a thousand usual operations, small enough for any server and heap. */
  private static final long HEAVIEST_BATCH = 4_000_000;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Outbox outbox;
  private final Losses losses;
  private final Logger log;
  private final int batchSize;
  private final TrailConnection connection;
  private final Thread thread = new Thread(this::run, "pgtrail-tracker");
  private final AtomicLong recorded = new AtomicLong();
  private volatile boolean stopped;
  private boolean away;

  Delivery(TrackerBuilder settings, Outbox outbox, Losses losses, Logger log) {
    this.outbox = outbox;
    this.losses = losses;
    this.log = log;
    this.batchSize = settings.batchSize;
    this.connection = new TrailConnection(settings.dataSource, settings.longestSend);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  long recorded() {
    return recorded.get();
  }

  /** Ends the thread though it hang in the network, and waits a moment for that. */
  void stop() {
    stopped = true;
    thread.interrupt();
    connection.abort();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stopped) {
        List<Operation> batch = outbox.take(batchSize, HEAVIEST_BATCH, IDLE_NANOS);
        if (batch.isEmpty()) {
          // An application's pool has better uses for a connection than to idle here.
          connection.release();
        } else {
          batch.forEach(Operation::endWaiting);
          deliver(batch);
        }
      }
    } catch (InterruptedException stop) {
      // Only stop() interrupts this thread.
    } finally {
      connection.release();
    }
  }

  private void deliver(List<Operation> batch) throws InterruptedException {
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      try {
        connection.record(batch);
        recorded.addAndGet(batch.size());
        wentThrough();
        // Last: whoever waits for it may ask for the statistics next.
        outbox.settle(batch);
        return;
      } catch (SQLException | RuntimeException failure) {
        if (Refusals.isOfContent(failure)) {
          refused(batch, failure);
          return;
        }
        heldUp(failure);
      }
      TimeUnit.NANOSECONDS.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }

  private void refused(List<Operation> batch, Exception failure) throws InterruptedException {
    if (batch.size() == 1) {
      losses.dropped(1, "the database refuses it: " + failure.getMessage());
      outbox.settle(batch);
      return;
    }
    int half = batch.size() / 2;
    deliver(batch.subList(0, half));
    deliver(batch.subList(half, batch.size()));
  }

  private void heldUp(Exception failure) throws InterruptedException {
    connection.discard();
    if (stopped) {
      throw new InterruptedException();
    }
    losses.heldUp(String.valueOf(failure.getMessage()));
    if (!away) {
      away = true;
      log.log(Level.WARNING, "Operations are held: the database cannot record them now.", failure);
    }
  }

  private void wentThrough() {
    if (away) {
      away = false;
      log.log(Level.INFO, "Operations are recorded again.");
    }
    losses.wentThrough();
    losses.report();
  }
}
