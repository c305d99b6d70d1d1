package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.security.LimitSettings;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Few exports of each target at a time, one of each account, and none for ever: each keeps a
 * connection for as long as its reader takes.
 */
@Singleton
class Exports {

  private static final int AT_A_TIME = 2;

  /** What is encrypted says good-bye first. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Slot(String target, String account) {}

  private final Duration longest;
  private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();
  private final Set<Slot> taken = ConcurrentHashMap.newKeySet();

  /** Writes the content. */
  @FunctionalInterface
  interface Writing {

    /**
     * Writes it.
     *
     * @param clock to be asked again and again; throws {@code UNAVAILABLE} when the time is over
     */
    void write(Runnable clock) throws IOException;
  }

  /** Wakes the thread that made it, wherever it waits for a reader that does not read. */
  private static final class Deadline {

    private final Thread writer = Thread.currentThread();
    private boolean over;
    private boolean stopped;

    synchronized void strike() {
      if (!stopped) {
        over = true;
        writer.interrupt();
      }
    }

    synchronized boolean isOver() {
      return over;
    }

    /** By the writer: what it does next nobody interrupts. */
    synchronized void stop() {
      stopped = true;
      Thread.interrupted();
    }
  }

  @Inject
  Exports(LimitSettings settings) {
    this.longest = settings.exportTime();
  }

  /**
   * Writes it, and breaks the connection if that fails midway, so that no half file looks whole.
   *
   * @throws PgtrailException {@code TOO_MANY_REQUESTS} when the account writes one already, or
   *     others as many as may be written
   */
  void run(String target, String account, RoutingContext http, Writing writing) throws IOException {
    Slot slot = new Slot(target, account);
    if (!taken.add(slot)) {
      throw new PgtrailException(
          ErrorCode.TOO_MANY_REQUESTS,
          "An export of " + target + " is being written for this account already",
          "Read it to its end, or close its connection.");
    }
    try {
      runInTurn(target, http, writing);
    } finally {
      taken.remove(slot);
    }
  }

  private void runInTurn(String target, RoutingContext http, Writing writing) throws IOException {
    Semaphore turn = turns.computeIfAbsent(target, unused -> new Semaphore(AT_A_TIME));
    if (!turn.tryAcquire()) {
      throw new PgtrailException(
          ErrorCode.TOO_MANY_REQUESTS,
          AT_A_TIME + " exports of " + target + " are being written already",
          "Try again when one has ended, after " + time() + " at the latest.");
    }
    try {
      runInTime(target, http, writing);
    } finally {
      turn.release();
    }
  }

  private void runInTime(String target, RoutingContext http, Writing writing) throws IOException {
    Deadline deadline = new Deadline();
    try {
      write(writing, deadline);
    } catch (IOException | RuntimeException failure) {
      if (!http.response().headWritten()) {
        throw failure;
      }
      Log.warnf(
          "export of %s broke off: %s",
          target, deadline.isOver() ? overtime() : failure.getMessage());
      breakOff(http);
    }
  }

  private void write(Writing writing, Deadline deadline) throws IOException {
    Future<?> strike =
        Infrastructure.getDefaultWorkerPool()
            .schedule(deadline::strike, longest.toMillis(), TimeUnit.MILLISECONDS);
    try {
      writing.write(() -> refuse(deadline.isOver()));
    } finally {
      strike.cancel(false);
      deadline.stop();
    }
  }

  private void refuse(boolean late) {
    if (late) {
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE,
          overtime(),
          "Ask for less at a time, with since and until, or raise"
              + " pgtrail.server.limits.export-time.");
    }
  }

  private String overtime() {
    return "It took longer than " + time();
  }

  /** As it is configured. */
  private String time() {
    return longest.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  /**
   * Before the framework writes the end of the answer, which would make it look whole. At once:
   * what Vert.x offers waits until all is sent, and so for a reader that does not read.
   */
  private static void breakOff(RoutingContext http) {
    if (http.request().version() == HttpVersion.HTTP_2) {
      http.response().reset();
    } else if (http.request().connection() instanceof ConnectionBase connection) {
      connection.channel().close().awaitUninterruptibly(PATIENCE.toMillis());
    }
  }
}
