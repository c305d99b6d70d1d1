package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who never finish what they begin keep nobody else waiting. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class SlowClientsTest {

  private static final int CLIENTS = 300;

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /t/shop HTTP/1.1\r\nHost: here\r\nX-Slow: a",
        "POST /sign-in/check HTTP/1.1\r\nHost: here\r\nContent-Type:"
            + " application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nj_username=a",
        "POST /api/v1/targets/shop/operations HTTP/1.1\r\nHost: here\r\nContent-Type:"
            + " application/json\r\nContent-Length: 1000\r\n\r\n{"
      })
  void whoSendsHalfARequestKeepsNobodyWaiting(String half) throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        slow.add(begin(half));
      }

      assertThat(new Visitor(server).signedInAs("auditor").get("/t/shop").statusCode())
          .isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private Socket begin(String request) throws IOException {
    Socket socket = new Socket(server.getHost(), server.getPort());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }
}
