package io.pgtrail.server.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Somebody on this machine who is told of alerts. */
public final class Receiver implements AutoCloseable {

  /** One request. */
  public record Message(
      String path, String host, String delivery, String timestamp, String signature, String body) {

    /** The body. */
    public JsonNode json() throws IOException {
      return new ObjectMapper().readTree(body);
    }

    /** Whether it is signed with this secret. */
    public boolean isSignedWith(String secret) {
      return signature.equals("v1=" + Signature.of(secret, Long.parseLong(timestamp), body));
    }
  }

  private final HttpServer server;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
  private volatile int usualAnswer = 200;

  public Receiver() throws IOException {
    this(HttpServer.create(loopback(), 0));
  }

  private Receiver(HttpServer server) {
    this.server = server;
    server.createContext("/", this::take);
    server.start();
  }

  /** The same, encrypted. */
  static Receiver withTls(Path keys, String password) throws Exception {
    KeyStore store = KeyStore.getInstance(keys.toFile(), password.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new Receiver(server);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private void take(HttpExchange exchange) throws IOException {
    messages.add(
        new Message(
            exchange.getRequestURI().toString(),
            header(exchange, "Host"),
            header(exchange, "X-Pgtrail-Delivery"),
            header(exchange, "X-Pgtrail-Timestamp"),
            header(exchange, "X-Pgtrail-Signature"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    Integer answer = answers.poll();
    exchange.getResponseHeaders().add("Location", url("/elsewhere"));
    exchange.sendResponseHeaders(answer == null ? usualAnswer : answer, -1);
    exchange.close();
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  /** Answers the next requests so, and those after them as usual. */
  public Receiver answeringFirst(Integer... statuses) {
    answers.addAll(List.of(statuses));
    return this;
  }

  public Receiver answering(int status) {
    usualAnswer = status;
    return this;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** What came, in its order. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
