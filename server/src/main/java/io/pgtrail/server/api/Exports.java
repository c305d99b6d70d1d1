package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Few exports of each target at a time: each keeps a connection for as long as its reader takes.
 */
@Singleton
class Exports {

  private static final int AT_A_TIME = 2;

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
      if (http.response().headWritten()) {
        Log.warnf("export of %s broke off: %s", target, failure.getMessage());
        http.request().connection().close();
      }
      throw failure;
    } finally {
      turn.release();
    }
  }
}
