package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.server.security.ApiToken;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations that programs record by REST. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class WritesTest {

  private static final String OPERATIONS = "/api/v1/targets/shop/operations";
  private static final String KEY = "Idempotency-Key";

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @SuppressWarnings("NullAway.Init")
  private Visitor program;

  @SuppressWarnings("NullAway.Init")
  private ApiToken token;

  @BeforeEach
  void operator() {
    program = new Visitor(server);
    token = Watched.token("operator");
  }

  @Test
  void anOperationBeginsIsAnnotatedAndEndsAsTheRoleOfTheAccount() throws Exception {
    HttpResponse<String> started =
        program.postJson(
            OPERATIONS,
            token,
            """
            {"name": "Nightly load", "type": "DATA_IMPORT", "metadata": {"file": "a.csv"},
             "statement": "alter role x password 'geheim'"}
            """);
    String operation = started.headers().firstValue("location").orElse("");
    program.postJson(operation + "/annotations", token, "{\"metadata\": {\"rows\": 7}}");
    HttpResponse<String> ended =
        program.postJson(
            operation + "/complete",
            token,
            "{\"succeeded\": false, \"error\": \"disk full\", \"modified\": [\"app.customer\"]}");

    assertThat(started.statusCode()).isEqualTo(201);
    assertThat(json(started).path("status").asText()).isEqualTo("RUNNING");
    assertThat(json(ended).path("status").asText()).isEqualTo("FAILED");
    JsonNode versions = json(program.getWithToken(operation, token.text()));
    JsonNode last = versions.get(versions.size() - 1).path("operation");
    assertThat(last.path("effective_role").asText()).isEqualTo("shop_operator");
    assertThat(last.path("application_user").asText()).isEqualTo("operator");
    assertThat(last.path("error").asText()).isEqualTo("disk full");
    assertThat(last.path("objects").toString()).contains("app.customer");
    assertThat(last.path("metadata").toString()).contains("a.csv", "\"rows\":7");
    assertThat(versions.toString()).doesNotContain("geheim");
  }

  @Test
  void whatIsSentAgainWithItsKeyIsAnsweredAgainAndRecordedOnce() throws Exception {
    String key = UUID.randomUUID().toString();
    String body = "{\"name\": \"Sent twice\"}";

    HttpResponse<String> first = program.postJson(OPERATIONS, token, body, KEY, key);
    HttpResponse<String> second = program.postJson(OPERATIONS, token, body, KEY, key);
    HttpResponse<String> other =
        program.postJson(OPERATIONS, token, "{\"name\": \"Another\"}", KEY, key);
    HttpResponse<String> ofAnother =
        program.postJson(OPERATIONS, Watched.token("admin"), body, KEY, key);

    assertThat(second.statusCode()).isEqualTo(first.statusCode()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.headers().firstValue("idempotency-replayed")).hasValue("true");
    assertThat(first.headers().firstValue("idempotency-replayed")).isEmpty();
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(json(other).path("error_code").asText()).isEqualTo("KEY_REUSED");
    assertThat(ofAnother.body()).isNotEqualTo(first.body());
    assertThat(recorded("Sent twice")).isEqualTo("2");
    assertThat(recorded("Another")).isEqualTo("0");

    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "update pgtrail.kept_answer set created_at = created_at - interval '25 hours'"));
    assertThat(program.postJson(OPERATIONS, token, body, KEY, key).body())
        .isNotEqualTo(first.body());
  }

  @Test
  void manyAtOnceWithOneKeyAreOne() throws Exception {
    String key = UUID.randomUUID().toString();
    ExecutorService senders = Executors.newFixedThreadPool(4);
    Set<String> answers = new HashSet<>();
    try {
      List<Future<HttpResponse<String>>> sent = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        sent.add(
            senders.submit(
                () ->
                    new Visitor(server)
                        .postJson(OPERATIONS, token, "{\"name\": \"At once\"}", KEY, key)));
      }
      for (Future<HttpResponse<String>> answer : sent) {
        assertThat(answer.get().statusCode()).isEqualTo(201);
        answers.add(answer.get().body());
      }
    } finally {
      senders.shutdownNow();
    }

    assertThat(answers).hasSize(1);
    assertThat(recorded("At once")).isEqualTo("1");
  }

  @Test
  void whatFailedIsNotKept() throws Exception {
    String key = UUID.randomUUID().toString();
    String unknown = OPERATIONS + "/" + "ab".repeat(32) + "/complete";

    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          program.postJson(unknown, token, "{\"succeeded\": true}", KEY, key);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(json(answer).path("error_code").asText()).isEqualTo("NOTHING_COMPLETED");
    }
  }

  @Test
  void onlyOperatorsWriteAndTheDatabaseSaysSoToo() throws Exception {
    HttpResponse<String> refused =
        program.postJson(OPERATIONS, Watched.token("acme"), "{\"name\": \"x\"}");

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(json(refused).path("error_code").asText()).isEqualTo("NOT_PERMITTED");
    assertThat(
            Watched.value(
                "select has_function_privilege('acme_reader',"
                    + " 'pgtrail.open_write(text, bytea)', 'execute')::text"))
        .isEqualTo("false");
  }

  @Test
  void anAccountAnnotatesWhatItBeganAndAnAdministratorAnything() throws Exception {
    String body = "{\"name\": \"Of the operator\"}";
    String mine =
        program.postJson(OPERATIONS, token, body).headers().firstValue("location").orElse("");
    String foreign =
        program
            .postJson(OPERATIONS, Watched.token("admin"), body)
            .headers()
            .firstValue("location")
            .orElse("");

    String note = "{\"metadata\": {\"seen\": true}}";
    assertThat(program.postJson(mine + "/annotations", token, note).statusCode()).isEqualTo(200);
    assertThat(program.postJson(foreign + "/annotations", token, note).statusCode()).isEqualTo(403);
    assertThat(program.postJson(mine + "/annotations", Watched.token("admin"), note).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 400",
        "{ | 400",
        "[] | 400",
        "{} | 400",
        "{\"name\": \"\"} | 400",
        "{\"name\": \"x\", \"type\": \"DDL_AUTO\"} | 400",
        "{\"name\": \"x\", \"unknown\": 1} | 400",
        "{\"name\": \"x\", \"metadata\": []} | 400",
        "{\"name\": \"x\\u0000\"} | 400",
        "{\"name\": \"x\", \"metadata\": {\"a\": \"\\u0000\"}} | 400",
        "{\"name\": \"x\", \"tenant\": \"bolt\"} | 403"
      })
  void whatCannotBeRecordedIsRefusedWithAProblem(String body, int status) throws Exception {
    HttpResponse<String> answer = program.postJson(OPERATIONS, token, body);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(json(answer).path("detail").asText()).isNotEmpty();
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    HttpResponse<String> answer =
        program.postJson(OPERATIONS, token, "{\"name\": \"" + "x".repeat(2_000_000) + "\"}");

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void noPageOfAnotherSiteWritesWithTheSessionOfItsVisitor() throws Exception {
    Visitor operator = new Visitor(server).signedInAs("operator");
    String body = "{\"name\": \"Forged\"}";

    assertThat(operator.postAs("application/json", OPERATIONS, body).statusCode()).isEqualTo(403);
    assertThat(operator.postAs("text/plain", OPERATIONS, body).statusCode()).isIn(403, 415);
    assertThat(operator.postAs("text/plain", "/sign-out", "csrf=x").statusCode()).isEqualTo(415);
    assertThat(operator.post(OPERATIONS, Map.of("name", "Forged")).statusCode())
        .isIn(400, 403, 415);
    assertThat(operator.get("/t/shop").statusCode()).isEqualTo(200);
    assertThat(recorded("Forged")).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource({"/..%2f..%2fstock", "/%2e%2e", "/ab;x=y", "/ab%00"})
  void strangePathsLeadNowhere(String path) throws Exception {
    HttpResponse<String> answer =
        program.postJson(OPERATIONS + path + "/complete", token, "{\"succeeded\": true}");

    assertThat(answer.statusCode()).isBetween(400, 405);
  }

  private static String recorded(String name) {
    return String.valueOf(
        Watched.value(
            "select count(*)::text from script_tracking.script_execution_s where script_name = '"
                + name
                + "'"));
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return new ObjectMapper().readTree(answer.body());
  }
}
