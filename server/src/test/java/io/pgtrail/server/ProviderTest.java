package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.server.security.ApiToken;
import io.pgtrail.testkit.Await;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sign-in by OpenID Connect, beside passwords and tokens, and what there is too much of. */
@QuarkusTest
@TestProfile(ProviderTest.WithProvider.class)
class ProviderTest {

  private static final int SIGN_INS = 30;

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  /** The same server, configured for a provider and with tighter limits. */
  public static final class WithProvider implements QuarkusTestProfile {

    @Override
    public boolean disableGlobalTestResources() {
      return true;
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(
          new TestResourceEntry(
              Watched.class, Map.of(Watched.SIGN_INS_PER_MINUTE, Integer.toString(SIGN_INS))),
          new TestResourceEntry(TestProvider.class));
    }

    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "pgtrail.server.limits.writes-per-minute", "3",
          "pgtrail.server.limits.streams-per-account", "2",
          "pgtrail.server.limits.export-time", "1s");
    }
  }

  @BeforeEach
  void nothingIsWrong() {
    TestProvider.subject = "subject of acme";
    TestProvider.wrongClaims = Map.of();
    TestProvider.wrongKey = false;
    if ("false"
        .equals(
            Watched.value(
                "select (count(*) > 0)::text from pgtrail.account where account_name = 'outside'"))) {
      new AccountAdministration(Watched.shop())
          .create("outside", "acme_reader", Optional.empty(), Optional.of("subject of acme"));
    }
  }

  @Test
  void whoIsKnownToTheProviderActsAsTheRoleOfItsAccount() throws Exception {
    Visitor visitor = new Visitor(server);
    assertThat(visitor.get("/sign-in").body()).contains("the Test Provider");

    assertThat(signIn(visitor)).endsWith("/");

    String operations = visitor.get("/api/v1/targets/shop/operations?type=data_import").body();
    assertThat(operations).contains("Import of acme").doesNotContain("Import of bolt");
    assertThat(visitor.get("/t/shop").body()).contains("outside");
    assertThat(
            Watched.value(
                "select count(*)::text from script_tracking.script_execution_s"
                    + " where script_name = 'Sign-in of outside'"
                    + " and metadata ->> 'provider' = 'OpenID Connect'"))
        .isNotEqualTo("0");
  }

  @Test
  void theRolesInTheTokenOfTheProviderCountForNothing() throws Exception {
    Visitor visitor = new Visitor(server);
    signIn(visitor);

    assertThat(visitor.get("/metrics").statusCode()).isEqualTo(403);
    assertThat(
            visitor
                .post(
                    "/t/shop/rollback",
                    Map.of("csrf", visitor.csrfOf("/t/shop"), "to", "2999-01-01T00:00:00Z"))
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void aSubjectWithoutAnAccountIsRefusedAndRecordedAndGoesRoundInNoCircle() throws Exception {
    TestProvider.subject = "somebody else";
    Visitor visitor = new Visitor(server);

    HttpResponse<String> answer = comeBack(visitor);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("NOT_SIGNED_IN");
    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(302);
    assertThat(
            Watched.value(
                "select count(*)::text from script_tracking.script_execution_s"
                    + " where script_type = 'SIGN_IN' and execution_status = 'FAILED'"
                    + " and metadata ->> 'subject' = 'somebody else'"))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iss", "aud", "exp", "nonce"})
  void aTokenThatIsNotForThisSignInIsRefused(String claim) throws Exception {
    TestProvider.wrongClaims =
        Map.of(
            claim,
            claim.equals("exp") ? (Object) (Instant.now().getEpochSecond() - 3600) : "another");

    assertThat(comeBack(new Visitor(server)).statusCode()).isEqualTo(401);
  }

  @Test
  void aTokenThatAnotherSignedIsRefused() throws Exception {
    TestProvider.wrongKey = true;

    assertThat(comeBack(new Visitor(server)).statusCode()).isEqualTo(401);
  }

  @Test
  void theAnswerOfTheProviderIsGoodOnceAndForTheBrowserThatAskedOnly() throws Exception {
    Visitor visitor = new Visitor(server);
    String back = askProvider(visitor);

    assertThat(new Visitor(server).get(back).statusCode()).isIn(302, 401);
    assertThat(visitor.get(back).statusCode()).isEqualTo(302);
    assertThat(new Visitor(server).get(back).statusCode()).isIn(302, 401);
    Visitor thief = new Visitor(server);
    thief.get(back);
    assertThat(thief.get("/t/shop").headers().firstValue("location").orElse(""))
        .endsWith("/sign-in");
  }

  @Test
  void aSessionOfTheProviderEndsWithItsAccountAndOneMaySignInElsewise() throws Exception {
    Visitor visitor = new Visitor(server);
    signIn(visitor);
    new AccountAdministration(Watched.shop()).drop("outside");

    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(302);
    assertThat(visitor.get("/sign-in").statusCode()).isEqualTo(200);
    assertThat(visitor.signedInAs("auditor").get("/t/shop").statusCode()).isEqualTo(200);
  }

  @Test
  void whoSignsOutIsOut() throws Exception {
    Visitor visitor = new Visitor(server);
    signIn(visitor);
    String copied = visitor.cookies();
    assertThat(new Visitor(server).getWith("/t/shop", "Cookie", copied).statusCode())
        .isEqualTo(200);

    visitor.post("/sign-out", Map.of("csrf", visitor.csrfOf("/t/shop")));

    assertThat(visitor.get("/t/shop").headers().firstValue("location").orElse(""))
        .endsWith("/sign-in");
    for (String page : List.of("/t/shop", "/sign-in/provider", "/api/v1/targets/shop/dashboard")) {
      assertThat(new Visitor(server).getWith(page, "Cookie", copied).statusCode())
          .as(page)
          .isIn(302, 303, 401);
    }
    assertThat(signIn(visitor)).endsWith("/");
  }

  @Test
  @Timeout(60)
  void whoSignsOutHearsNoEventsAnyMore() throws Exception {
    Visitor visitor = new Visitor(server);
    signIn(visitor);
    try (Stream<String> lines = visitor.listen("/api/v1/targets/shop/events", "")) {
      Iterator<String> all = lines.iterator();
      assertThat(all.next()).isNotNull();

      visitor.post("/sign-out", Map.of("csrf", visitor.csrfOf("/t/shop")));

      all.forEachRemaining(line -> {});
    }
  }

  @Test
  void aSignInIsRecordedOnceWhateverIsAskedLaterWithItsSession() throws Exception {
    String signIns =
        "select count(*)::text from script_tracking.script_execution_s where script_type = 'SIGN_IN'";
    Visitor visitor = new Visitor(server);
    int before = Integer.parseInt(Watched.value(signIns));
    signIn(visitor);

    visitor.get("/sign-in/provider?code=x");
    visitor.get("/sign-in/provider?code=x&state=y");
    visitor.get("/sign-in/provider");

    assertThat(Watched.value(signIns)).isEqualTo(String.valueOf(before + 1));
  }

  @Test
  void tokensAndPasswordsGoOnBesideIt() throws Exception {
    assertThat(new Visitor(server).signedInAs("auditor").get("/t/shop").statusCode())
        .isEqualTo(200);
    assertThat(
            new Visitor(server)
                .getWithToken("/api/v1/targets/shop/operations", Watched.token("acme").text())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void anAddressThatSignsInTooOftenWaitsAndTheOthersDoNot() throws Exception {
    assertThat(signInFrom("127.0.0.2", 0)).contains(" 302 ");
    for (int i = 1; i < SIGN_INS; i++) {
      assertThat(answerOfProviderFrom("127.0.0.2")).contains(" 302 ");
    }

    // Meanwhile a few more may have become allowed.
    Await.until("no more codes", () -> answerOfProviderFrom("127.0.0.2").contains(" 429 "));
    AtomicInteger number = new AtomicInteger();
    Await.until(
        "no more passwords",
        () -> signInFrom("127.0.0.2", number.incrementAndGet()).contains(" 429 "));
    new Visitor(server).signedInAs("auditor");
  }

  private String signInFrom(String address, int number) throws IOException {
    String form = "j_username=nobody&j_password=wrong";
    return sendFrom(
        address,
        ("POST /sign-in/check HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n"
                // Counts for nothing where there is no proxy.
                + "X-Forwarded-For: 10.0.0.%d\r\nForwarded: for=10.0.0.%d\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n%s")
            .formatted(server.getAuthority(), form.length(), number, number, form));
  }

  private String answerOfProviderFrom(String address) throws IOException {
    return sendFrom(
        address,
        "GET /sign-in/provider?code=x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
            .formatted(server.getAuthority()));
  }

  private String sendFrom(String address, String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, 0));
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void anAccountWritesSoMuchAMinute() throws Exception {
    ApiToken token = Watched.token("operator");
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      answers.add(
          new Visitor(server)
              .postJson("/api/v1/targets/shop/operations", token, "{\"name\": \"Often\"}")
              .statusCode());
    }

    assertThat(answers).containsExactly(201, 201, 201, 429);
  }

  @Test
  void anAccountHearsSoManyStreamsAtATime() throws Exception {
    String events = "/api/v1/targets/shop/events";
    ApiToken token = Watched.token("acme");
    Visitor program = new Visitor(server);
    try (Stream<String> one = program.listenWithToken(events, token);
        Stream<String> two = program.listenWithToken(events, token)) {
      assertThat(one.iterator().next()).isNotNull();
      assertThat(two.iterator().next()).isNotNull();

      assertThat(program.getWithToken(events, token.text()).statusCode()).isEqualTo(429);
    }
  }

  @Test
  void anExportThatIsNotReadIsBrokenOffAndFreesItsTurn() throws Exception {
    ExportTest.record();
    String noExport = "select (count(*) = 0)::text " + ExportTest.SESSION_OF_EXPORT;
    try (Socket slow = ExportTest.slowReader(server, "auditor");
        InputStream slowToo =
            new Visitor(server).signedInAs("acme").read(ExportTest.EXPORT + "?type=exported")) {
      InputStream in = slow.getInputStream();
      in.readNBytes(10_000);
      slowToo.readNBytes(10_000);

      Watched.await(noExport);

      assertThat(ExportTest.restOf(in)).doesNotEndWith("\r\n0\r\n\r\n");
      assertThatThrownBy(slowToo::readAllBytes).isInstanceOf(IOException.class);
    }
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    Await.until(
        "the turn is free",
        () -> auditor.get(ExportTest.EXPORT + "?type=formula").statusCode() == 200);
  }

  /** To the provider and back; where that leads. */
  private String signIn(Visitor visitor) throws IOException, InterruptedException {
    HttpResponse<String> answer = comeBack(visitor);
    assertThat(answer.statusCode()).isEqualTo(302);
    HttpResponse<String> signedIn = visitor.get("/sign-in/provider");
    return signedIn.headers().firstValue("location").orElse("");
  }

  private HttpResponse<String> comeBack(Visitor visitor) throws IOException, InterruptedException {
    return visitor.get(askProvider(visitor));
  }

  /** Where the provider sends the browser back to. */
  private String askProvider(Visitor visitor) throws IOException, InterruptedException {
    HttpResponse<String> away = visitor.get("/sign-in/provider");
    assertThat(away.statusCode()).isEqualTo(302);
    String question = away.headers().firstValue("location").orElse("");
    assertThat(question).contains("/authorize?", "code_challenge_method=S256");
    return new Visitor(URI.create(question))
        .get(question)
        .headers()
        .firstValue("location")
        .orElse("");
  }
}
