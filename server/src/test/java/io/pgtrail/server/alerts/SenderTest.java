package io.pgtrail.server.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.BlackHole;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent, and what is done with answers. */
class SenderTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final String KEYS_PASSWORD = "changeit";
  private static final String SECRET = "0123456789abcdef";
  private static final String CONTENT =
      """
      {"alert_id": null, "rule": "Slow <!channel>", "severity": "CRITICAL", "subject": "a & b",
       "detail": "It took <https://evil.example|long>"}
      """;

  private final Sender sender = sender();

  @AfterAll
  static void close() {
    VERTX.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void asksTheAddressThatWasCheckedForTheHostAndSignsTimeAndBody() throws Exception {
    try (Receiver receiver = new Receiver()) {
      Delivery delivery =
          delivery("http://hooks.example.test:" + receiver.port() + "/in?k=v", Template.GENERIC);

      Attempt attempt = send(delivery);

      assertThat(attempt).isEqualTo(new Attempt(200, null));
      Receiver.Message message = receiver.messages().get(0);
      assertThat(message.path()).isEqualTo("/in?k=v");
      assertThat(message.host()).isEqualTo("hooks.example.test:" + receiver.port());
      assertThat(message.delivery()).isEqualTo(delivery.id().toString());
      assertThat(Instant.ofEpochSecond(Long.parseLong(message.timestamp())))
          .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(1));
      assertThat(message.isSignedWith(SECRET)).isTrue();
      assertThat(message.isSignedWith("another")).isFalse();
      assertThat(message.json().path("target").asText()).isEqualTo("shop");
      assertThat(message.json().path("event").asText()).isEqualTo("FIRED");
      assertThat(message.json().path("subject").asText()).isEqualTo("a & b");
    }
  }

  @Test
  void theSignatureIsTheOneThatOthersCompute() {
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
    assertThat(Signature.of("secret", 1_700_000_000, "{\"a\":1}"))
        .isEqualTo("49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686");
  }

  @Test
  void whatSlackWouldTakeForACallOrALinkIsText() throws Exception {
    try (Receiver receiver = new Receiver()) {
      send(delivery(receiver.url("/"), Template.SLACK));

      assertThat(receiver.messages().get(0).json().fieldNames())
          .toIterable()
          .containsExactly("text");
      assertThat(receiver.messages().get(0).json().path("text").asText())
          .isEqualTo(
              "CRITICAL shop: Slow &lt;!channel&gt;, a &amp; b\n"
                  + "It took &lt;https://evil.example|long&gt;");
    }
  }

  @Test
  void followsNoRedirect() throws Exception {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      try (Receiver receiver = new Receiver().answering(status)) {
        Attempt attempt = send(delivery(receiver.url("/in"), Template.GENERIC));

        assertThat(attempt).isEqualTo(new Attempt(status, "The answer was " + status));
        assertThat(receiver.messages()).extracting(Receiver.Message::path).containsExactly("/in");
      }
    }
  }

  @Test
  void waitsForNoAnswerForever() throws Exception {
    try (BlackHole silence = BlackHole.open()) {
      Sender impatient =
          new Sender(
              VERTX,
              new Destinations(
                  List.of("*"), List.of(Network.parse("127.0.0.0/8")), InetAddress::getAllByName),
              Duration.ofMillis(100));

      Attempt attempt =
          impatient
              .send(
                  "shop",
                  delivery("http://127.0.0.1:" + silence.port() + "/secret", Template.GENERIC))
              .join();

      assertThat(attempt.error()).isEqualTo("There was no answer within 100 ms");
    }
  }

  @Test
  void readsNoEndlessAnswer() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Long> written = CompletableFuture.supplyAsync(() -> flood(socket));

      Attempt attempt =
          send(delivery("http://127.0.0.1:" + socket.getLocalPort() + "/", Template.GENERIC));

      assertThat(attempt.error()).isNull();
      assertThat(written.join()).isPositive();
    }
  }

  /** Writes until nobody reads any more. */
  private static long flood(ServerSocket socket) {
    long written = 0;
    byte[] much = new byte[1 << 16];
    try (Socket client = socket.accept()) {
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      while (true) {
        client.getOutputStream().write(much);
        written += much.length;
      }
    } catch (IOException closed) {
      return written;
    }
  }

  @Test
  void saysWhyNobodyAnswersWithoutTheAddress() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }

    Attempt attempt = send(delivery("http://127.0.0.1:" + port + "/secret", Template.GENERIC));

    assertThat(attempt.httpStatus()).isNull();
    assertThat(attempt.error()).contains("refused").doesNotContain("secret");
  }

  @Test
  void theCertificateMustBeOneOfTheHostThatIsAskedFor(@TempDir Path directory) throws Exception {
    Path keys = keysOf("hooks.example.test", directory);
    try (Receiver receiver = Receiver.withTls(keys, KEYS_PASSWORD)) {
      String port = ":" + receiver.port() + "/";
      assertThat(send(delivery("https://hooks.example.test" + port, Template.GENERIC)).error())
          .contains("certification path");

      System.setProperty("javax.net.ssl.trustStore", keys.toString());
      System.setProperty("javax.net.ssl.trustStorePassword", KEYS_PASSWORD);
      try {
        // Whom it trusts, a sender reads once.
        Sender trusting = sender();
        assertThat(
                trusting
                    .send("shop", delivery("https://hooks.example.test" + port, Template.GENERIC))
                    .join())
            .isEqualTo(new Attempt(200, null));
        assertThat(
                trusting
                    .send("shop", delivery("https://other.example.test" + port, Template.GENERIC))
                    .join()
                    .error())
            .contains("other.example.test");
        assertThat(receiver.messages()).hasSize(1);
      } finally {
        System.clearProperty("javax.net.ssl.trustStore");
        System.clearProperty("javax.net.ssl.trustStorePassword");
      }
    }
  }

  /** A key and a certificate that it signed itself. */
  private static Path keysOf(String host, Path directory) throws Exception {
    Path keys = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "host",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                KEYS_PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    return keys;
  }

  private Attempt send(Delivery delivery) {
    return sender.send("shop", delivery).join();
  }

  /** For whom every name is this machine. */
  private static Sender sender() {
    return new Sender(
        VERTX,
        new Destinations(
            List.of("*"),
            List.of(Network.parse("127.0.0.0/8")),
            host -> new InetAddress[] {InetAddress.getLoopbackAddress()}),
        Duration.ofSeconds(5));
  }

  private static Delivery delivery(String url, Template template) {
    return new Delivery(UUID.randomUUID(), url, SECRET, template, "FIRED", CONTENT);
  }
}
