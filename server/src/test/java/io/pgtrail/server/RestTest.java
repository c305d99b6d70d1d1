package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.server.security.ApiToken;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs get, and who gets what. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class RestTest {

  private static final String SHOP = "/api/v1/targets/shop";

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Test
  void anAuditorReadsTheOperationsOfAllTenantsPageByPage() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    List<String> names = new ArrayList<>();
    String before = "";
    do {
      JsonNode page =
          json(auditor.get(SHOP + "/operations?type=data_import&limit=1&before=" + before));
      page.path("operations").forEach(operation -> names.add(operation.path("name").asText()));
      before = page.path("next").asText("");
    } while (!before.isEmpty() && !before.equals("null"));

    assertThat(names).containsExactly("Import of bolt", "Import of acme");
  }

  @Test
  void aReaderSeesItsOwnTenantAndTheSystem() throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");

    String imports = reader.get(SHOP + "/operations?type=data_import").body();

    assertThat(imports).contains("Import of acme").doesNotContain("Import of bolt");
    assertThat(reader.get(SHOP + "/operations?type=backup").body()).contains("Backup ");
  }

  @Test
  void whatAHostileRoleMakesInPublicIsNotCalled() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("create table public.betrayed (who text)");
              handle.execute("grant insert on public.betrayed to public");
              handle.execute(
                  "create function public.evil(varchar, varchar) returns boolean language plpgsql as"
                      + " $$ begin insert into public.betrayed values (current_user); return true; end $$");
              handle.execute(
                  "create operator public.= (leftarg = varchar, rightarg = varchar, function = public.evil)");
            });
    try {
      Visitor auditor = new Visitor(server).signedInAs("auditor");
      auditor.get("/t/shop");
      auditor.get(SHOP + "/operations?status=FAILED&type=BACKUP");
    } finally {
      Watched.shop()
          .useHandle(
              handle -> handle.execute("drop function public.evil(varchar, varchar) cascade"));
    }

    long betrayals =
        Watched.shop()
            .withHandle(
                handle ->
                    handle
                        .createQuery("select count(*) from public.betrayed")
                        .mapTo(Long.class)
                        .one());
    assertThat(betrayals).isZero();
  }

  @Test
  void anOperationOfAnotherTenantIsAsGoodAsUnknown() throws Exception {
    String key =
        Watched.shop()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "select encode(script_execution_hk, 'hex')"
                                + " from script_tracking.script_execution_s"
                                + " where script_name = 'Import of bolt'")
                        .mapTo(String.class)
                        .one());

    HttpResponse<String> foreign =
        new Visitor(server).signedInAs("acme").get(SHOP + "/operations/" + key);
    HttpResponse<String> unknown =
        new Visitor(server).signedInAs("acme").get(SHOP + "/operations/" + "ab".repeat(32));

    assertThat(foreign.statusCode()).isEqualTo(unknown.statusCode()).isEqualTo(404);
    assertThat(new Visitor(server).signedInAs("auditor").get(SHOP + "/operations/" + key).body())
        .contains("\"RUNNING\"", "\"COMPLETED\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/dashboard, total_operations_24h",
    "/performance, latency",
    "/health, capture",
    "/anomalies, ''",
    "/activity, operations",
    "/errors?type=backup, disk full",
    "/objects, app.customer",
    "/changes, app.customer",
    "/impact?object=app.customer, app.customer_name",
    "/dependencies?object=app.customer_name, app.customer",
    "/blame?table=app.customer, mail"
  })
  void everyReportIsThere(String path, String content) throws Exception {
    HttpResponse<String> answer = new Visitor(server).signedInAs("auditor").get(SHOP + path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
    assertThat(answer.body().toLowerCase(Locale.ROOT)).contains(content);
  }

  @Test
  void aDifferenceTellsWhatChangedSinceAMoment() throws Exception {
    String before = Watched.beforeTheChangeOf("app.customer_name");

    JsonNode differences =
        json(new Visitor(server).signedInAs("auditor").get(SHOP + "/diff?from=" + before));

    assertThat(differences)
        .filteredOn(one -> one.path("full_name").asText().equals("app.customer_name"))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.path("type").asText()).isEqualTo("CREATE");
              assertThat(view.path("ddl_after").asText()).contains("CREATE VIEW");
              assertThat(view.path("ddl_before").isNull()).isTrue();
            });
  }

  @Test
  void theVersionsOfAnObjectCarryItsDdl() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    JsonNode object = json(auditor.get(SHOP + "/objects?name=app.customer")).at("/objects/0");

    JsonNode versions =
        json(auditor.get(SHOP + "/objects/" + object.path("id").asText() + "/versions"));

    assertThat(versions.toString()).contains("ddl_before", "mail text", "1.1.0");
  }

  @Test
  void objectsChangesAndVersionsComePageByPageAndNoneIsMissing() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("set role shop_admin");
              handle.execute("begin");
              handle.execute("create table app.paged_2 (id int)");
              handle.execute("create table app.paged_1 (id int)");
              handle.execute("create function app.paged_1() returns int return 1");
              handle.execute("commit");
              handle.execute("alter table app.paged_1 add column a int");
              handle.execute("alter table app.paged_1 add column b int");
            });
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    List<JsonNode> objects = all(auditor, "/objects?name=app.paged&limit=1", "objects", "after");
    assertThat(objects)
        .extracting(object -> object.path("full_name").asText())
        .containsExactly("app.paged_1", "app.paged_1()", "app.paged_2");

    String table = objects.get(0).path("id").asText();
    assertThat(all(auditor, "/objects/" + table + "/versions?limit=1", "versions", "before"))
        .extracting(version -> version.at("/change/version_after").asText())
        .containsExactly("1.2.0", "1.1.0", "1.0.0");

    String since = "&since=" + objects.get(2).path("created_at").asText();
    assertThat(all(auditor, "/changes?limit=1" + since, "changes", "before"))
        .extracting(change -> change.path("full_name").asText())
        .filteredOn(name -> name.startsWith("app.paged"))
        .containsExactly(
            "app.paged_1", "app.paged_1", "app.paged_1", "app.paged_1()", "app.paged_2");
  }

  /** All pages of a list, one after the other. */
  private static List<JsonNode> all(Visitor visitor, String path, String list, String cursor)
      throws Exception {
    List<JsonNode> all = new ArrayList<>();
    String place = "";
    do {
      JsonNode page = json(visitor.get(SHOP + path + "&" + cursor + "=" + place));
      assertThat(page.path(list).size()).isEqualTo(1);
      page.path(list).forEach(all::add);
      place = page.path("next").asText("");
    } while (!place.isEmpty() && !place.equals("null"));
    return all;
  }

  @Test
  void whoHasItIsToldThatNothingChanged() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    String operation =
        json(auditor.get(SHOP + "/operations?type=data_import&limit=1"))
            .at("/operations/0/key")
            .asText();
    String object =
        json(auditor.get(SHOP + "/objects?name=app.customer")).at("/objects/0/id").asText();
    for (String path :
        List.of(
            "/operations/" + operation,
            "/objects/" + object + "/versions/1.1.0",
            "/schema?at=" + Instant.now().truncatedTo(ChronoUnit.SECONDS))) {
      HttpResponse<String> first = auditor.get(SHOP + path);
      String tag = first.headers().firstValue("etag").orElse("");

      HttpResponse<String> again = auditor.getWith(SHOP + path, "If-None-Match", tag);

      assertThat(first.statusCode()).as(path).isEqualTo(200);
      assertThat(again.statusCode()).as(path).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(auditor.getWith(SHOP + path, "If-None-Match", "\"x\"").body())
          .isEqualTo(first.body());
      assertThat(first.headers().allValues("cache-control")).containsExactly("no-store");
    }
    assertThat(auditor.get(SHOP + "/schema").body()).contains("CREATE TABLE app.customer");
  }

  @Test
  void aListCarriesTheBeginningOfLongTextsAndTheOperationItselfAll() throws Exception {
    String statement = "select '" + "x".repeat(5000) + "'";
    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "select script_tracking.track_script_execution('Long', 'LONG',"
                        + " p_script_content => ?)",
                    statement));
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    JsonNode listed = json(auditor.get(SHOP + "/operations?type=long")).at("/operations/0");
    JsonNode whole = json(auditor.get(SHOP + "/operations/" + listed.path("key").asText()));

    assertThat(listed.path("statement").asText()).hasSize(1002).endsWith("x …");
    assertThat(whole.at("/0/operation/statement").asText()).isEqualTo(statement);
  }

  @Test
  void aPreviewShowsTheStepsAndChangesNothing() throws Exception {
    String moment =
        Watched.shop()
            .withHandle(
                handle ->
                    handle
                        .createQuery(
                            "select to_char(min(change_timestamp) at time zone 'UTC',"
                                + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                                + " from pggit.history where full_name = 'app.customer'")
                        .mapTo(String.class)
                        .one());

    HttpResponse<String> preview =
        new Visitor(server).signedInAs("admin").get(SHOP + "/rollback/preview?to=" + moment);

    assertThat(preview.body()).contains("DROP COLUMN mail", "DATA_LOSS");
    assertThat(
            new Visitor(server)
                .signedInAs("auditor")
                .get(SHOP + "/objects?name=app.customer")
                .body())
        .contains("mail");
  }

  @ParameterizedTest
  @CsvSource({
    "/operations?limit=0, 400, INVALID_ARGUMENT",
    "/operations?limit=abc, 400, INVALID_ARGUMENT",
    "/operations?before=x, 400, INVALID_ARGUMENT",
    "/operations?since=yesterday, 400, INVALID_ARGUMENT",
    "/operations?text=%00, 400, INVALID_ARGUMENT",
    "/operations?since=-290308-12-21T19:59:06Z, 400, INVALID_ARGUMENT",
    "/operations/xyz, 400, INVALID_ARGUMENT",
    "/operations?tenant=unknown, 403, TENANT_NOT_GRANTED",
    "/anomalies?days=-1, 400, INVALID_ARGUMENT",
    "/anomalies?days=abc, 400, INVALID_ARGUMENT",
    "/objects?limit=abc, 400, INVALID_ARGUMENT",
    "/objects?after=x, 400, INVALID_ARGUMENT",
    "/changes?limit=abc, 400, INVALID_ARGUMENT",
    "/changes?before=x, 400, INVALID_ARGUMENT",
    "/schema?at=1999-01-01T00:00:00Z, 404, STATE_UNKNOWN",
    "/impact, 400, INVALID_ARGUMENT",
    "/impact?object=no.such, 404, UNKNOWN_OBJECT",
    "/diff?from=1999-01-01T00:00:00Z, 404, STATE_UNKNOWN",
    "/rollback/preview?to=2999-01-01T00:00:00Z, 400, INVALID_ARGUMENT",
    "/nowhere, 404, UNKNOWN_OBJECT"
  })
  void aWrongQuestionGetsAProblemDocument(String path, int status, String code) throws Exception {
    HttpResponse<String> answer = new Visitor(server).signedInAs("auditor").get(SHOP + path);

    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    JsonNode problem = json(answer);
    assertThat(problem.path("status").asInt()).isEqualTo(status).isEqualTo(answer.statusCode());
    assertThat(problem.path("error_code").asText()).isEqualTo(code);
    assertThat(problem.path("detail").asText()).isNotEmpty();
    assertThat(problem.path("suggestions").isArray()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/operations?type=",
        "/operations?status=",
        "/operations?user=",
        "/operations?object=",
        "/operations?text=",
        "/operations?tenant=",
        "/operations?before=",
        "/operations/",
        "/objects?name=",
        "/objects?after=",
        "/changes?before=",
        "/changes?object=",
        "/changes?author=",
        "/impact?object=",
        "/export/operations?text=",
        "/events/"
      })
  void noTextBecomesSql(String path) throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");
    for (String evil :
        List.of(
            "' or true --", "'); drop table app.customer; --", "\\'; select 1; --", "$$ || 1")) {
      HttpResponse<String> answer = reader.get(SHOP + path + Visitor.encoded(evil));

      assertThat(answer.statusCode()).as(evil).isLessThan(500);
      assertThat(answer.body()).doesNotContain("Import of bolt");
    }
    assertThat(Watched.value("select count(*)::text from app.customer")).isEqualTo("1");
  }

  @Test
  void aTargetThatIsDownSaysSoAndTheOthersAnswer() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    HttpResponse<String> answer = auditor.get("/api/v1/targets/down/dashboard");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(json(answer).path("error_code").asText()).isEqualTo("UNAVAILABLE");
    JsonNode targets = json(auditor.get("/api/v1/targets"));
    assertThat(targets.get(0).path("up").asBoolean()).isFalse();
    assertThat(targets.get(0).path("reason").asText()).isNotEmpty();
    assertThat(targets.get(1).path("up").asBoolean()).isTrue();
    assertThat(auditor.get(SHOP + "/dashboard").statusCode()).isEqualTo(200);
  }

  @Test
  void aTokenActsForItsAccountUntilItExpiresOrIsDropped() throws Exception {
    AccountAdministration accounts = new AccountAdministration(Watched.shop());
    String secret = ApiToken.newSecret();
    String hash = BcryptUtil.bcryptHash(secret);
    UUID lasting = accounts.createToken("acme", "export", hash, Optional.empty());
    UUID expired =
        accounts.createToken("acme", "old", hash, Optional.of(Instant.now().minusSeconds(1)));
    Visitor program = new Visitor(server);

    assertThat(
            program
                .getWithToken(
                    SHOP + "/operations?text=import", new ApiToken(lasting, secret).text())
                .body())
        .contains("Import of acme")
        .doesNotContain("Import of bolt");
    assertThat(status(program, new ApiToken(expired, secret))).isEqualTo(401);
    assertThat(status(program, new ApiToken(lasting, ApiToken.newSecret()))).isEqualTo(401);

    accounts.dropToken(lasting);
    assertThat(status(program, new ApiToken(lasting, secret))).isEqualTo(401);
  }

  private static int status(Visitor program, ApiToken token) throws Exception {
    return program.getWithToken(SHOP + "/operations", token.text()).statusCode();
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return new ObjectMapper().readTree(answer.body());
  }
}
