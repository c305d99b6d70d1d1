package io.pgtrail.server.alerts;

import io.pgtrail.error.PgtrailException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends messages, signed. Follows no redirect, and reads no more than the status of the answer. */
@Singleton
public class Sender {

  private final Clock clock = Clock.systemUTC();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Destinations destinations;
  private final Duration timeout;
  private final HttpClient client;

  @Inject
  Sender(Vertx vertx, WebhookSettings settings) {
    this(
        vertx,
        new Destinations(
            settings.hosts().orElse(List.of()),
            settings.networks().orElse(List.of()).stream().map(Network::parse).toList(),
            InetAddress::getAllByName),
        settings.timeout());
  }

  Sender(Vertx vertx, Destinations destinations, Duration timeout) {
    this.destinations = destinations;
    this.timeout = timeout;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                // The next one goes to an address that was checked for it.
                .setKeepAlive(false)
                .setConnectTimeout((int) timeout.toMillis())
                .setVerifyHost(true));
  }

  /** Tries once; whatever goes wrong is in the attempt. */
  CompletableFuture<Attempt> send(String target, Delivery delivery) {
    return CompletableFuture.supplyAsync(() -> destinations.check(delivery.url()), threads)
        .thenCompose(destination -> post(destination, target, delivery))
        .exceptionally(this::failure);
  }

  private CompletableFuture<Attempt> post(
      Destination destination, String target, Delivery delivery) {
    String body = delivery.template().body(target, delivery);
    long seconds = clock.instant().getEpochSecond();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setServer(SocketAddress.inetSocketAddress(destination.address()))
            .setHost(destination.host())
            .setPort(destination.address().getPort())
            .setSsl(destination.tls())
            .setURI(destination.target())
            .setFollowRedirects(false)
            .putHeader("Content-Type", "application/json")
            .putHeader("User-Agent", "pgtrail")
            .putHeader("X-Pgtrail-Delivery", delivery.id().toString())
            .putHeader("X-Pgtrail-Timestamp", Long.toString(seconds))
            .putHeader(
                "X-Pgtrail-Signature", "v1=" + Signature.of(delivery.secret(), seconds, body));
    CompletableFuture<HttpClientRequest> opened =
        client.request(options).toCompletionStage().toCompletableFuture();
    CompletableFuture<Attempt> attempt =
        opened
            .thenCompose(request -> request.send(body).toCompletionStage())
            .thenApply(response -> Attempt.answered(response.statusCode()))
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    // Whatever else comes, however slowly, nobody waits for.
    return attempt.whenComplete((result, failure) -> close(opened));
  }

  private static void close(CompletableFuture<HttpClientRequest> opened) {
    // One that opens when nobody waits any more is closed then.
    CompletableFuture<Void> unused = opened.thenAccept(request -> request.connection().close());
  }

  private Attempt failure(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgtrailException known) {
        return Attempt.failed(
            known.getMessage() + known.hint().map(hint -> ". " + hint).orElse(""));
      }
      if (cause instanceof TimeoutException) {
        return Attempt.failed("There was no answer within " + timeout.toMillis() + " ms");
      }
      root = cause;
    }
    return Attempt.failed(root.getClass().getSimpleName() + ": " + root.getMessage());
  }

  @PreDestroy
  void close() {
    threads.shutdownNow();
    client.close();
  }
}
