package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Few exports of each target at a time: each keeps a connection for as long as its reader takes.
 */
@Singleton
class Exports {

  private static final int AT_A_TIME = 2;

  /** By then a connection on which nothing moves is closed as idle. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();

  /** Writes the content. */
  @FunctionalInterface
  interface Writing {
    void write() throws IOException;
  }

  /**
   * Writes it, and breaks the connection if that fails midway, so that no half file looks whole.
   *
   * @throws PgtrailException {@code TOO_MANY_REQUESTS} when as many are being written already
   */
  void run(String target, RoutingContext http, Writing writing) throws IOException {
    Semaphore turn = turns.computeIfAbsent(target, unused -> new Semaphore(AT_A_TIME));
    if (!turn.tryAcquire()) {
      throw new PgtrailException(
          ErrorCode.TOO_MANY_REQUESTS,
          AT_A_TIME + " exports of " + target + " are being written already",
          "Try again when one has ended.");
    }
    try {
      writing.write();
    } catch (IOException | RuntimeException failure) {
      if (!http.response().headWritten()) {
        throw failure;
      }
      Log.warnf("export of %s broke off: %s", target, failure.getMessage());
      breakOff(http);
    } finally {
      turn.release();
    }
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
