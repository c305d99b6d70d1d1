package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.server.security.ApiToken;
import io.pgtrail.server.security.RefusalLog;
import io.pgtrail.testkit.Await;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and what nobody sees before. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class SignInTest {

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Inject
  @SuppressWarnings("NullAway.Init")
  RefusalLog refusals;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/targets",
        "/t/shop",
        "/t/shop/operations",
        "/t/shop/schema",
        "/t/shop/health",
        "/t/shop/rollback",
        "/t/shop/alerts",
        "/metrics",
        "/health/ready",
        "/health",
        "/q/dev",
        "/nowhere"
      })
  void nobodySeesAPageWithoutSigningIn(String path) throws Exception {
    HttpResponse<String> answer = new Visitor(server).get(path);

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location")).hasValue("/sign-in");
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/targets",
        "/api/v1/targets/shop/operations",
        "/api/v1/targets/shop/dashboard",
        "/api/v1/targets/shop/alerts",
        "/api/v1/targets/shop/tasks",
        "/api/openapi",
        "/api/nowhere"
      })
  void programsWithoutATokenAreToldToSendOne(String path) throws Exception {
    HttpResponse<String> answer = new Visitor(server).get(path);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("\"error_code\":\"NOT_SIGNED_IN\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pgt_",
        "pgt_00000000-0000-0000-0000-000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "' or true --"
      })
  void aTokenThatNobodyMadeOpensNothing(String token) throws Exception {
    assertThat(new Visitor(server).getWithToken("/api/v1/targets", token).statusCode())
        .isEqualTo(401);
  }

  @Test
  void everyoneSeesThatTheServerLives() throws Exception {
    assertThat(new Visitor(server).get("/health/live").body()).contains("UP");
  }

  @Test
  void theServerIsReadyWhenItCanSignSomebodyInThoughATargetIsDown() throws Exception {
    assertThat(new Visitor(server).signedInAs("auditor").get("/health/ready").body())
        .contains("\"accounts\"")
        .doesNotContain("DOWN");
  }

  @Test
  void whoHasThePasswordGetsIn() throws Exception {
    Visitor visitor = new Visitor(server).signedInAs("auditor");

    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(200);
    assertThat(signIns("auditor", "COMPLETED")).isPositive();
  }

  @Test
  void whoSignsOutIsOut() throws Exception {
    Visitor visitor = new Visitor(server).signedInAs("auditor");

    String copied = visitor.cookies();
    assertThat(new Visitor(server).getWith("/t/shop", "Cookie", copied).statusCode())
        .isEqualTo(200);

    visitor.post("/sign-out", Map.of("csrf", visitor.csrfOf("/t/shop")));

    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(302);
    assertThat(new Visitor(server).getWith("/t/shop", "Cookie", copied).statusCode())
        .isEqualTo(302);
  }

  @Test
  void wrongPasswordsAndUnknownNamesGetOneAnswerAndAreRecorded() throws Exception {
    account("clumsy");

    HttpResponse<String> wrong = new Visitor(server).signIn("clumsy", "wrong");
    HttpResponse<String> unknown = new Visitor(server).signIn("stranger", "wrong");

    assertThat(wrong.headers().firstValue("location"))
        .isEqualTo(unknown.headers().firstValue("location"))
        .hasValueSatisfying(location -> assertThat(location).endsWith("/sign-in?refused"));
    assertThat(signIns("clumsy", "FAILED")).isEqualTo(1);
    // What is no account may be a password in the wrong field.
    assertThat(signIns("stranger", "FAILED")).isZero();
    assertThat(
            one(
                "select (count(*) > 0)::text from script_tracking.script_execution_s"
                    + " where script_name = 'Sign-in of an unknown account'"))
        .isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "' or true --", "<script>", "\r\nSet-Cookie: a=b", "ä💥", " "})
  void strangeNamesAreUnknownNames(String name) throws Exception {
    HttpResponse<String> answer = new Visitor(server).signIn(name, "wrong");

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("location").orElse("")).endsWith("/sign-in?refused");
    assertThat(answer.headers().allValues("set-cookie"))
        .noneMatch(cookie -> cookie.contains("a=b"));
  }

  @Test
  void aPasswordOfAMegabyteIsRefusedLikeAnyOther() throws Exception {
    HttpResponse<String> answer = new Visitor(server).signIn("auditor", "x".repeat(500_000));

    assertThat(answer.statusCode()).isIn(302, 413);
    assertThat(answer.body()).doesNotContain("xxx");
    new Visitor(server).signedInAs("auditor");
  }

  @Test
  void afterFiveFailuresTheRightPasswordHasToWait() throws Exception {
    account("forgetful");
    Visitor visitor = new Visitor(server);
    for (int i = 0; i < 5; i++) {
      visitor.signIn("forgetful", "wrong");
    }

    assertThat(visitor.signIn("forgetful", Watched.PASSWORD).headers().firstValue("location"))
        .hasValueSatisfying(location -> assertThat(location).endsWith("refused"));

    sql(
        "update pgtrail.account set last_failed_at = now() - interval '1 hour'"
            + " where account_name = 'forgetful'");
    assertThat(visitor.signedInAs("forgetful").get("/t/shop").statusCode()).isEqualTo(200);
  }

  @Test
  void aSessionEndsWithItsAccount() throws Exception {
    account("leaving");
    Visitor visitor = new Visitor(server).signedInAs("leaving");

    sql("select pgtrail.drop_account('leaving')");

    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(302);
    assertThat(visitor.get("/sign-in").statusCode()).isEqualTo(200);

    account("leaving");
    assertThat(visitor.get("/t/shop").statusCode()).isEqualTo(302);
  }

  @Test
  void aSessionEndsWithItsPassword() throws Exception {
    account("robbed");
    Visitor thief = new Visitor(server).signedInAs("robbed");

    sql("select pgtrail.set_account_password('robbed', 'the hash of another')");

    assertThat(thief.get("/t/shop").statusCode()).isEqualTo(302);
  }

  @Test
  void manyGuessesAtOnceCountOneByOne() throws Exception {
    account("besieged");
    ExecutorService guessers = Executors.newFixedThreadPool(8);
    try {
      List<Future<HttpResponse<String>>> guesses = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        guesses.add(guessers.submit(() -> new Visitor(server).signIn("besieged", "wrong")));
      }
      for (Future<HttpResponse<String>> guess : guesses) {
        guess.get();
      }
    } finally {
      guessers.shutdownNow();
    }

    assertThat(
            one(
                "select failed_sign_ins::text from pgtrail.account where account_name = 'besieged'"))
        .isEqualTo("5");
    assertThat(
            new Visitor(server)
                .signIn("besieged", Watched.PASSWORD)
                .headers()
                .firstValue("location"))
        .hasValueSatisfying(location -> assertThat(location).endsWith("refused"));
  }

  @Test
  void whileNoAccountCanBeLookedUpPeopleAndProgramsAreToldSo() throws Exception {
    ApiToken token = Watched.token("auditor");
    Visitor visitor = new Visitor(server);
    sql("alter role pgtrail_web nologin");
    try {
      sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pgtrail_web'");

      HttpResponse<String> person = visitor.signIn("auditor", Watched.PASSWORD);
      HttpResponse<String> program = visitor.getWithToken("/api/v1/targets", token.text());

      assertThat(person.statusCode()).isEqualTo(program.statusCode()).isEqualTo(503);
      assertThat(person.body())
          .contains("UNAVAILABLE")
          .doesNotContain("127.0.0.1", "pgtrail_web")
          .startsWith("<!DOCTYPE html>");
      assertThat(program.body()).contains("\"error_code\":\"UNAVAILABLE\"");
    } finally {
      sql("alter role pgtrail_web login");
      Await.until(
          "the accounts can be looked up again",
          () -> visitor.getWithToken("/api/v1/targets", token.text()).statusCode() == 200);
    }
  }

  @Test
  void whatIsRefusedToAnAccountIsInTheTrail() throws Exception {
    account("curious");
    new Visitor(server).signedInAs("curious").get("/metrics");

    Watched.await(
        "select (count(*) = 1)::text from script_tracking.script_execution_s"
            + " where script_name = 'Refused to curious: GET /metrics'"
            + " and execution_status = 'FAILED'");
  }

  @Test
  void whatTheDatabaseRefusesIsInTheTrailToo() throws Exception {
    account("foreign");
    new Visitor(server).signedInAs("foreign").get("/api/v1/targets/shop/operations?tenant=unknown");

    Watched.await(
        "select (count(*) = 1)::text from script_tracking.script_execution_s"
            + " where script_name = 'Refused to foreign: GET /api/v1/targets/shop/operations'"
            + " and error_message like '%tenant%'");
  }

  @Test
  void ofManyRefusalsTheRestIsCounted() throws Exception {
    account("insistent");
    Visitor insistent = new Visitor(server).signedInAs("insistent");
    for (int i = 0; i < 40; i++) {
      insistent.get("/metrics");
    }

    refusals.recordRest();

    Watched.await(
        "select (count(*) < 40 and 40 = count(*) filter (where script_name like '%GET /metrics')"
            + " + sum(substring(script_name from ': and ([0-9]+) more$')::integer))::text"
            + " from script_tracking.script_execution_s"
            + " where script_name like 'Refused to insistent: %'");
  }

  @Test
  void aSignOutIsInTheTrail() throws Exception {
    account("parting");
    Visitor visitor = new Visitor(server).signedInAs("parting");

    visitor.post("/sign-out", Map.of("csrf", visitor.csrfOf("/t/shop")));

    assertThat(
            one(
                "select count(*)::text from script_tracking.script_execution_s"
                    + " where script_name = 'Sign-out of parting' and script_type = 'SIGN_IN'"))
        .isEqualTo("1");
  }

  @Test
  void withoutAProviderNothingLeadsToOne() throws Exception {
    assertThat(new Visitor(server).get("/sign-in").body()).doesNotContain("/sign-in/provider");
    assertThat(new Visitor(server).get("/sign-in/provider").statusCode()).isBetween(300, 404);
  }

  @Test
  void aForgedHostLeadsNobodyElsewhere() throws Exception {
    String body = "j_username=auditor&j_password=" + Visitor.encoded(Watched.PASSWORD);

    String sent = answer("GET /t/shop HTTP/1.1", "Host: evil.example", "");
    String forwarded =
        answer("GET /t/shop HTTP/1.1", "Host: here\r\nX-Forwarded-Host: evil.example", "");
    String signedIn =
        answer(
            "POST /sign-in/check HTTP/1.1",
            "Host: here\r\nCookie: pgtrail-wanted=http://evil.example/\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + body.length(),
            body);

    assertThat(sent).contains("location: /sign-in");
    assertThat(forwarded).contains("location: /sign-in").doesNotContain("evil.example");
    assertThat(signedIn).doesNotContainPattern("(?i)location: [^\\n]*evil");
  }

  /** To a request as nobody's browser would send it. */
  private String answer(String request, String headers, String body) throws Exception {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket
          .getOutputStream()
          .write(
              (request + "\r\n" + headers + "\r\nConnection: close\r\n\r\n" + body)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/t/shop/operations?text=a,b", "/t/shop/operations;x?text=%22,%5C"})
  void whoSignsInComesToWhereItWantedToGo(String wanted) throws Exception {
    Visitor visitor = new Visitor(server);

    assertThat(visitor.getExactly(wanted).headers().firstValue("location")).hasValue("/sign-in");
    HttpResponse<String> in = visitor.signIn("auditor", Watched.PASSWORD);

    assertThat(in.headers().firstValue("location"))
        .hasValue(wanted.replace(",", "%2C").replace(";", "%3B"));
  }

  @Test
  void aForgedSessionIsNone() throws Exception {
    Visitor visitor = new Visitor(server);

    assertThat(visitor.get("/t/shop?pgtrail-session=admin").statusCode()).isEqualTo(302);
  }

  @Test
  void noPasswordIsInTheTrail() throws Exception {
    new Visitor(server).signIn("auditor", "a secret that was mistyped");

    assertThat(
            one(
                "select count(*)::text from script_tracking.script_execution_s_versions as s"
                    + " where s::text like '%a secret that was mistyped%'"))
        .isEqualTo("0");
    new Visitor(server).signedInAs("auditor");
  }

  private static void account(String name) {
    sql(
        "select pgtrail.create_account('%s', 'pgtrail_reader',".formatted(name)
            + " (select password_hash from pgtrail.account where account_name = 'auditor'))");
  }

  private static long signIns(String account, String status) {
    return Long.parseLong(
        String.valueOf(
            one(
                ("select count(*)::text from script_tracking.script_execution_s"
                        + " where script_type = 'SIGN_IN' and script_name = 'Sign-in of %s'"
                        + " and execution_status = '%s'")
                    .formatted(account, status))));
  }

  private static void sql(String statement) {
    Watched.shop().useHandle(handle -> handle.execute(statement));
  }

  private static @Nullable String one(String query) {
    return Watched.shop().withHandle(handle -> handle.createQuery(query).mapTo(String.class).one());
  }
}
