package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.security.LimitSettings;
import io.quarkus.logging.Log;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Few exports of each target at a time, one of each account, and none for ever: each keeps a
 * connection for as long as its reader takes.
 */
@Singleton
class Exports {

  private static final int AT_A_TIME = 2;

  /** By then a connection on which nothing moves is closed as idle. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

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
    AtomicBoolean late = new AtomicBoolean();
    Future<?> end =
        Infrastructure.getDefaultWorkerPool()
            .schedule(() -> end(late, http), longest.toMillis(), TimeUnit.MILLISECONDS);
    try {
      writing.write(() -> refuse(late.get()));
    } catch (IOException | RuntimeException failure) {
      if (!http.response().headWritten()) {
        throw failure;
      }
      Log.warnf(
          "export of %s broke off: %s", target, late.get() ? overtime() : failure.getMessage());
      breakOff(http);
    } finally {
      end.cancel(false);
    }
  }

  /** Whoever waits for a reader that does not read is told by the end of the connection. */
  private static void end(AtomicBoolean late, RoutingContext http) {
    late.set(true);
    if (http.response().headWritten()) {
      breakOff(http);
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

  /** Before the framework writes the end of the answer, which would make it look whole. */
  private static void breakOff(RoutingContext http) {
    if (http.request().version() == HttpVersion.HTTP_2) {
      http.response().reset();
      return;
    }
    try {
      http.request()
          .connection()
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException alreadyGone) {
      Log.debugf("closing the connection of an export: %s", alreadyGone.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
