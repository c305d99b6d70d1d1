package io.pgtrail.server;

import io.pgtrail.cli.PageServer;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.security.ApiToken;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import jakarta.inject.Inject;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** The server of this module; a program starts it once. */
final class QuarkusPageServer implements PageServer {

  private static final String SESSION_KEY = "quarkus.http.auth.session.encryption-key";

  private static final CompletableFuture<URI> STARTED = new CompletableFuture<>();
  private static final CountDownLatch ENDED = new CountDownLatch(1);

  @Override
  public Serving start(Map<String, String> configuration) {
    configuration.forEach(System::setProperty);
    if (ConfigProvider.getConfig().getOptionalValue(SESSION_KEY, String.class).isEmpty()) {
      System.setProperty(SESSION_KEY, randomKey());
    }
    new Thread(() -> Quarkus.run(Application.class, QuarkusPageServer::ended), "server").start();
    try {
      return new Running(STARTED.get());
    } catch (ExecutionException failure) {
      Throwable cause = root(failure);
      throw cause instanceof PgtrailException known
          ? known
          : new PgtrailException(
              ErrorCode.UNAVAILABLE,
              "The server does not start: " + cause.getMessage(),
              null,
              cause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE, "The server was interrupted while it started", null, interrupted);
    }
  }

  @Override
  public String hash(String secret) {
    return BcryptUtil.bcryptHash(secret);
  }

  @Override
  public String newTokenSecret() {
    return ApiToken.newSecret();
  }

  @Override
  public String token(UUID id, String secret) {
    return new ApiToken(id, secret).text();
  }

  /**
   * Whoever is signed in has to sign in again when the server starts anew, unless it is configured.
   */
  private static String randomKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static void ended(int exitCode, @Nullable Throwable failure) {
    if (failure != null) {
      STARTED.completeExceptionally(failure);
    }
    ENDED.countDown();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgtrailException) {
        return cause;
      }
      root = cause;
    }
    return root;
  }

  /** What runs between start and end. */
  public static final class Application implements QuarkusApplication {

    private final HttpServer http;

    @Inject
    Application(HttpServer http) {
      this.http = http;
    }

    @Override
    public int run(String... arguments) {
      STARTED.complete(http.getLocalBaseUri());
      Quarkus.waitForExit();
      return 0;
    }
  }

  private record Running(URI address) implements Serving {

    @Override
    public void await() throws InterruptedException {
      ENDED.await();
    }

    @Override
    public void close() {
      Quarkus.asyncExit();
    }
  }
}
