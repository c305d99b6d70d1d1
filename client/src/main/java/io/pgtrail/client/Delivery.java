package io.pgtrail.client;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The thread that records. A batch is sent until the database has taken it or refused it; one that
 * is refused, or too much for the server, is halved until those are alone that cannot be recorded,
 * and they are dropped, or set aside if the database cannot take them for now.
 */
final class Delivery {

  /** Large enough for a thousand usual operations, small enough for any server and heap. */
  private static final long HEAVIEST_BATCH = 4_000_000;

  /** So often a single operation may be too much for the server. */
  private static final int MOST_ATTEMPTS = 5;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Outbox outbox;
  private final Losses losses;
  private final int batchSize;
  private final TrailConnection connection;
  private final Thread thread = new Thread(this::run, "pgtrail-tracker");
  private final AtomicLong recorded = new AtomicLong();
  private volatile boolean stopped;

  /** What was taken and is not settled, in parts, the next first. */
  private final Deque<List<Outbox.Entry>> parts = new ArrayDeque<>();

  private final Aside aside = new Aside();

  /** The only part is one that was set aside. */
  private boolean retrying;

  /** Of the first part. */
  private int attempts;

  private long pauseNanos = FIRST_PAUSE_NANOS;
  private boolean away;

  Delivery(TrackerBuilder settings, Outbox outbox, Losses losses) {
    this.outbox = outbox;
    this.losses = losses;
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
    try {
      thread.join(100);
      if (thread.isAlive()) {
        connection.abort();
        thread.join(TimeUnit.SECONDS.toMillis(1));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopped) {
      try {
        turn();
      } catch (InterruptedException interrupted) {
        // By stop(), which the loop sees; anybody else has no say here.
      } catch (Throwable failure) {
        // What was taken is kept for the next turn.
        survive(failure);
      }
    }
    connection.release();
  }

  private void turn() throws InterruptedException {
    if (parts.isEmpty() && !take()) {
      // An application's pool has better uses for a connection than to idle here.
      connection.release();
      return;
    }
    send(parts.getFirst());
  }

  /** Takes what is to be sent next, if there is something. */
  private boolean take() throws InterruptedException {
    long waitNanos = aside.isEmpty() ? IDLE_NANOS : aside.waitNanos();
    if (waitNanos > 0) {
      List<Outbox.Entry> batch = outbox.take(batchSize, HEAVIEST_BATCH, waitNanos);
      batch.forEach(entry -> entry.operation().endWaiting());
      return !batch.isEmpty() && parts.add(batch);
    }
    retrying = true;
    return parts.add(List.of(aside.next()));
  }

  private void send(List<Outbox.Entry> part) throws InterruptedException {
    try {
      connection.open();
    } catch (SQLException | RuntimeException | Error failure) {
      heldUp(failure);
      return;
    }
    if (stopped) {
      return;
    }
    String json;
    try {
      // Just before it is sent: it tells how long ago things were.
      json = json(part);
    } catch (RuntimeException | Error failure) {
      refused(part, failure);
      return;
    }
    try {
      connection.record(json);
    } catch (SQLException | RuntimeException | Error failure) {
      failed(part, failure);
      return;
    }
    recorded.addAndGet(part.size());
    wentThrough();
    settleFirst();
  }

  private static String json(List<Outbox.Entry> part) {
    StringBuilder out = new StringBuilder(300 * part.size());
    // One for all, so that what began first is the older, but for what ends just now.
    long nowNanos = System.nanoTime();
    char separator = '[';
    for (Outbox.Entry entry : part) {
      out.append(separator);
      separator = ',';
      entry.operation().writeJson(out, nowNanos);
    }
    return out.append(']').toString();
  }

  private void failed(List<Outbox.Entry> part, Throwable failure) throws InterruptedException {
    Refusal refusal = Refusal.of(failure);
    attempts++;
    if (refusal == Refusal.CONTENT) {
      refused(part, failure);
    } else if (refusal == Refusal.TOO_MUCH && part.size() == 1 && attempts >= MOST_ATTEMPTS) {
      connection.release();
      refused(part, failure);
    } else if (refusal == Refusal.FOR_NOW && part.size() == 1) {
      setFirstAside(failure);
    } else {
      if (refusal != Refusal.AWAY && part.size() > 1) {
        halveFirst();
      }
      heldUp(failure);
    }
  }

  private void setFirstAside(Throwable failure) throws InterruptedException {
    boolean again = retrying;
    parts.removeFirst().forEach(aside::add);
    startNext();
    held(failure);
    if (!again) {
      // Perhaps nothing can be recorded now, and the next one would be refused as well.
      pause();
    }
  }

  private void refused(List<Outbox.Entry> part, Throwable failure) {
    if (part.size() == 1) {
      losses.dropped(1, "it cannot be recorded: " + Values.text(failure));
      settleFirst();
    } else {
      halveFirst();
    }
  }

  private void halveFirst() {
    List<Outbox.Entry> part = parts.removeFirst();
    parts.addFirst(part.subList(part.size() / 2, part.size()));
    parts.addFirst(part.subList(0, part.size() / 2));
    attempts = 0;
  }

  /** Last: whoever waits for it may ask for the statistics next. */
  private void settleFirst() {
    List<Outbox.Entry> part = parts.removeFirst();
    startNext();
    outbox.settle(part);
  }

  private void startNext() {
    attempts = 0;
    retrying = false;
  }

  private void heldUp(Throwable failure) throws InterruptedException {
    held(failure);
    pause();
  }

  private void held(Throwable failure) {
    connection.release();
    if (stopped) {
      return;
    }
    losses.failed(Values.text(failure));
    if (!away) {
      away = true;
      Log.warning("Operations are held: the database cannot record them now.", failure);
    }
  }

  private void pause() throws InterruptedException {
    if (stopped) {
      return;
    }
    TimeUnit.NANOSECONDS.sleep(pauseNanos);
    pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
  }

  /** Whatever happens: nobody else records what the application tells. */
  private void survive(Throwable failure) {
    try {
      losses.failed(Values.text(failure));
      Log.warning("Operations are held: they cannot be recorded now.", failure);
      pause();
    } catch (Throwable more) {
      // The next turn comes nevertheless.
    }
  }

  private void wentThrough() {
    pauseNanos = FIRST_PAUSE_NANOS;
    if (retrying) {
      aside.wentThrough();
    }
    boolean all = aside.isEmpty();
    if (all && away) {
      away = false;
      Log.info("Operations are recorded again.");
    }
    losses.wentThrough(all);
  }
}
