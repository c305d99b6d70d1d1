package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.server.security.ApiToken;
import io.pgtrail.testkit.Await;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Versions of operations as they are committed. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class EventsTest {

  private static final String EVENTS = "/api/v1/targets/shop/events";

  private record Event(String id, String data) {}

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Test
  void whoListensHearsBeginningAndEndOfEachOperation() throws Exception {
    try (Stream<String> lines = new Visitor(server).signedInAs("auditor").listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");
      record("Heard at once");

      assertThat(dataOf(all, "Heard at once")).contains("\"RUNNING\"");
      assertThat(dataOf(all, "Heard at once")).contains("\"COMPLETED\"");
    }
  }

  @Test
  void whoComesBackWithTheLastIdMissesNothingAndHearsNothingTwice() throws Exception {
    String last;
    try (Stream<String> lines = new Visitor(server).signedInAs("auditor").listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");
      record("Before the break");
      next(all, "Before the break");
      last = next(all, "Before the break").id();
    }
    record("During the break");

    try (Stream<String> lines = new Visitor(server).signedInAs("auditor").listen(EVENTS, last)) {
      String first = dataOf(lines.iterator(), "\"type\":\"MANUAL\"");
      assertThat(first).contains("During the break", "\"RUNNING\"");
    }
  }

  @Test
  void aReaderHearsNothingOfOtherTenants() throws Exception {
    try (Stream<String> lines = new Visitor(server).signedInAs("acme").listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");
      Watched.shop()
          .useHandle(
              handle -> {
                handle.execute("select set_config('script_tracking.tenant', 'bolt', false)");
                handle.execute("select script_tracking.track_operation('Of bolt', 'MANUAL')");
                handle.execute("select set_config('script_tracking.tenant', '', false)");
                handle.execute("select script_tracking.track_operation('Of all', 'MANUAL')");
              });

      assertThat(dataOf(all, "\"type\":\"MANUAL\"")).contains("Of all");
    }
  }

  @Test
  void whoMayReadNothingOfItGetsOnAllTheSame() throws Exception {
    String reached;
    try (Stream<String> lines = new Visitor(server).signedInAs("acme").listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");
      Watched.shop()
          .useHandle(
              handle -> {
                handle.execute("select set_config('script_tracking.tenant', 'bolt', false)");
                handle.execute("select script_tracking.track_operation('Unheard', 'MANUAL')");
              });
      reached = awaitLine(all, "id:").substring("id:".length()).strip();
    }
    record("Heard by all");

    try (Stream<String> lines = new Visitor(server).signedInAs("acme").listen(EVENTS, reached)) {
      assertThat(dataOf(lines.iterator(), "\"type\":\"MANUAL\"")).contains("Heard by all");
    }
  }

  /** Long before the five minutes of every stream. */
  @Test
  @Timeout(60)
  void aStreamEndsWithItsToken() throws Exception {
    ApiToken token = Watched.token("acme");
    try (Stream<String> lines = new Visitor(server).listenWithToken(EVENTS, token)) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");

      new AccountAdministration(Watched.shop()).dropToken(token.id());

      all.forEachRemaining(line -> {});
    }
  }

  @Test
  @Timeout(60)
  void aStreamEndsWhenItsListenerSignsOut() throws Exception {
    Visitor visitor = new Visitor(server).signedInAs("auditor");
    try (Stream<String> lines = visitor.listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");

      visitor.post("/sign-out", Map.of("csrf", visitor.csrfOf("/t/shop")));

      all.forEachRemaining(line -> {});
    }
  }

  @Test
  @Timeout(60)
  void aStreamEndsWhenItsAccountActsAsAnotherRole() throws Exception {
    AccountAdministration accounts = new AccountAdministration(Watched.shop());
    accounts.create("moved", "acme_reader", BcryptUtil.bcryptHash(Watched.PASSWORD, 4));
    try (Stream<String> lines = new Visitor(server).signedInAs("moved").listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, ":");

      accounts.setRole("moved", "pgtrail_auditor");

      all.forEachRemaining(line -> {});
    }
  }

  /** Though others with its role still listen, for whom the server keeps what came last. */
  @Test
  @Timeout(60)
  void whoLosesATenantHearsNothingOfItAnyMoreAlsoNotOfBefore() throws Exception {
    Visitor visitor = new Visitor(server).signedInAs("acme");
    try (Stream<String> lines = visitor.listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      awaitLine(all, "id:");
      String before = awaitLine(all, "id:").substring("id:".length()).strip();
      Watched.shop()
          .useHandle(
              handle -> {
                handle.execute("select set_config('script_tracking.tenant', 'acme', false)");
                handle.execute("select script_tracking.track_operation('Of acme', 'MANUAL')");
              });
      dataOf(all, "Of acme");
      Watched.value("select script_tracking.revoke_tenant('acme', 'acme_reader')::text");
      try {
        Await.until(
            "what came of acme is not heard any more",
            () -> {
              try (Stream<String> again = visitor.listen(EVENTS, before)) {
                return again
                    .takeWhile(line -> !line.startsWith(":"))
                    .noneMatch(line -> line.contains("Of acme"));
              }
            });
      } finally {
        Watched.value("select script_tracking.grant_tenant('acme', 'acme_reader')::text");
      }
    }
  }

  private static void record(String name) {
    Watched.shop()
        .useHandle(
            handle -> {
              for (String statement :
                  List.of(
                      "select set_config('test.key', encode(script_tracking.track_operation('"
                          + name
                          + "', 'MANUAL'), 'hex'), false)",
                      "select script_tracking.complete_operation("
                          + "decode(current_setting('test.key'), 'hex'), true)")) {
                handle.execute(statement);
              }
            });
  }

  private static String awaitLine(Iterator<String> lines, String beginning) {
    String line = lines.next();
    while (!line.startsWith(beginning)) {
      line = lines.next();
    }
    return line;
  }

  private static String dataOf(Iterator<String> lines, String part) {
    return next(lines, part).data();
  }

  /** The next event that has this in it. */
  private static Event next(Iterator<String> lines, String part) {
    String id = "";
    String data = "";
    while (true) {
      String line = lines.next();
      if (line.startsWith("id:")) {
        id = line.substring("id:".length()).strip();
      } else if (line.startsWith("data:")) {
        data = line.substring("data:".length()).strip();
      } else if (line.isEmpty()) {
        if (data.contains(part)) {
          return new Event(id, data);
        }
        data = "";
      }
    }
  }
}
