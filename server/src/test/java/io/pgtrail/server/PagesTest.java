package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.accounts.AccountAdministration;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class PagesTest {

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @ParameterizedTest
  @CsvSource({
    "/, environment=test",
    "/targets, down",
    "/t/shop, Latest failures",
    "/t/shop/operations?type=data_import, Import of acme",
    "/t/shop/operations?text=import+of+bolt, Import of bolt",
    "/t/shop?span=30d, each 12 h",
    "/t/shop/glance, success rate",
    "/t/shop/schema, app</a>",
    "/t/shop/schema?in=app, app.customer",
    "/t/shop/schema?name=customer, app.customer",
    "/t/shop/schema/at, Compare",
    "/t/shop/health, Performance",
    "/t/shop/alerts, Health is critical",
    "/t/shop/rollback, Moment"
  })
  void everyPageShowsWhatItIsAbout(String path, String content) throws Exception {
    HttpResponse<String> page = new Visitor(server).signedInAs("auditor").get(path);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/t/shop",
        "/t/shop/operations",
        "/t/shop/operations?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/t/shop/schema?name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/t/shop?span=%3Cscript%3E",
        "/t/shop/schema?in=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/t/shop/schema/named?type=TABLE&name=%3Cscript%3Ealert(1)%3C/script%3E",
        "/t/shop/schema/at?moment=%3Cscript%3E",
        "/t/shop/rollback?to=%3Cscript%3E",
        "/t/%3Cscript%3Ealert(1)%3C%2Fscript%3E"
      })
  void whateverIsStoredOrAskedIsTextAndNeverMarkup(String path) throws Exception {
    HttpResponse<String> page = new Visitor(server).signedInAs("auditor").get(path);

    assertThat(page.body()).doesNotContain("<script>", "<img");
    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(
            policy -> assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe"));
  }

  @Test
  void everyStoredFieldOfAnOperationIsText() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute(
                  "select set_config('application_name', ?, false),"
                      + " set_config('script_tracking.app_user', ?, false)",
                  evil("program"),
                  evil("person"));
              handle.execute(
                  "select script_tracking.complete_script_execution("
                      + "script_tracking.track_script_execution(?, ?, ?, ?, ?), 'FAILED', null, null,"
                      + " ?, ?, array[?], array[?], array[?], array[?])",
                  evil("name"),
                  evil("type"),
                  evil("category"),
                  evil("statement"),
                  evil("file"),
                  evil("error"),
                  evil("code"),
                  evil("created"),
                  evil("modified"),
                  evil("dropped"),
                  evil("schema"));
            });
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    // What it shows may be some seconds old.
    assertText(auditor, "/t/shop");
    assertText(auditor, "/t/shop/operations?text=%3Cscript%3Ename", "name", "type");
    assertText(
        auditor,
        linkTo(auditor, "/t/shop/operations?text=%3Cscript%3Ename&status=FAILED", "operations/"),
        "name",
        "type",
        "category",
        "statement",
        "file",
        "error",
        "code",
        "created",
        "modified",
        "dropped",
        "schema",
        "program",
        "person");
  }

  @Test
  void everyStoredFieldOfAnObjectIsText() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              String table = "app.\"" + evil("table") + "\"";
              handle.execute("set role shop_admin");
              handle.execute("create table " + table + " (\"" + evil("column") + "\" text)");
              handle.execute("comment on table " + table + " is '" + evil("comment") + "'");
              handle.execute("alter table " + table + " add column \"" + evil("later") + "\" text");
              handle.execute("create view app.\"" + evil("view") + "\" as select * from " + table);
            });
    String before = Watched.beforeTheChangeOf("app.\"" + evil("view") + "\"");
    Visitor admin = new Visitor(server).signedInAs("admin");

    assertText(admin, "/t/shop", "view");
    assertText(admin, "/t/shop/schema?in=app", "table", "view");
    String object = linkTo(admin, "/t/shop/schema?name=%3Cscript%3Etable", "schema/[0-9a-f-]{36}");
    assertText(admin, object, "table", "column", "comment", "later", "view");
    assertThat(admin.get(object).body())
        .containsPattern("(?s)COLUMN</span> \"?&lt;script&gt;column")
        .containsPattern("(?s)<svg class=\"graph\".*?&lt;script&gt;view.*?</svg>");
    assertText(admin, object + "?from=1.0.0&to=1.1.0", "table", "later");
    assertText(admin, "/t/shop/schema/at?ddl=true&moment=" + before, "table", "view");
    assertText(admin, "/t/shop/rollback?to=" + before, "view");
  }

  @Test
  void everyStoredFieldOfAlertsAndAnomaliesIsText() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute(
                  "select script_tracking.set_alert_rule(?, 'DDL', '{\"objects\": [\"app.never\"]}')",
                  evil("rule"));
              handle.execute(
                  "insert into pgtrail.alert (rule_name, kind, severity, subject, detail, fired_at)"
                      + " values (?, 'DDL', 'INFO', ?, ?, now())",
                  evil("rule"),
                  evil("subject"),
                  evil("detail"));
              handle.execute(
                  "insert into pgtrail.operation_rollup (hour, script_type, db_session_user,"
                      + " execution_status, operations, timed_operations, duration_sum_ms, buckets,"
                      + " bucket_operations)"
                      + " select pgtrail.utc_hour(now()) - day * interval '1 day', ?, ?,"
                      + " 'COMPLETED', 100, 0, 0, '{}', '{}' from generate_series(2, 12) as day",
                  evil("KIND"),
                  evil("actor"));
              handle.execute(
                  "select script_tracking.complete_script_execution("
                      + "script_tracking.track_script_execution(?, ?))",
                  evil("deed"),
                  evil("KIND"));
              handle.execute("create role markup_auditor");
              handle.execute("grant pgtrail_auditor to markup_auditor");
              handle.execute("grant markup_auditor to pgtrail_web");
            });
    new AccountAdministration(Watched.shop())
        .create("reader of markup", "markup_auditor", BcryptUtil.bcryptHash(Watched.PASSWORD, 4));
    Visitor auditor = new Visitor(server).signedInAs("reader of markup");

    assertText(auditor, "/t/shop/alerts", "rule", "subject", "detail");
    assertText(auditor, "/t/shop/health", "kind");
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("delete from pgtrail.alert where rule_name = ?", evil("rule"));
              handle.execute("delete from pgtrail.alert_rule where rule_name = ?", evil("rule"));
            });
  }

  @Test
  void whoLosesARightDoesNotSeeWhatWasReadWithItBefore() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("create role fading");
              handle.execute("grant pgtrail_auditor to fading");
              handle.execute("grant fading to pgtrail_web");
              handle.execute(
                  "insert into pgtrail.operation_rollup (hour, tenant_hk, script_type,"
                      + " db_session_user, execution_status, operations, timed_operations,"
                      + " duration_sum_ms, buckets, bucket_operations)"
                      + " select pgtrail.utc_hour(now()) - day * interval '1 day', t.tenant_hk,"
                      + " 'FADING', 'fading_user', 'COMPLETED', n, 0, 0, '{}', '{}'"
                      + " from (select distinct s.tenant_hk from script_tracking.script_execution_s as s"
                      + " where s.script_name = 'Import of bolt') as t,"
                      + " (select 0, 1000 union all select day, 10"
                      + " from generate_series(2, 12) as day) as d (day, n)");
            });
    new AccountAdministration(Watched.shop())
        .create("fading", "fading", BcryptUtil.bcryptHash(Watched.PASSWORD, 4));
    Visitor visitor = new Visitor(server).signedInAs("fading");
    assertThat(visitor.get("/t/shop/health").body()).contains("FADING");

    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("revoke pgtrail_auditor from fading");
              handle.execute("grant pgtrail_reader to fading");
            });

    assertThat(visitor.get("/t/shop/health").body()).contains("capture").doesNotContain("FADING");
  }

  private static String evil(String field) {
    return "<script>" + field + "</script>";
  }

  /** Each field is there, and none of them as markup. */
  private static void assertText(Visitor visitor, String path, String... fields) throws Exception {
    String page = visitor.get(path).body();
    assertThat(page).as(path).doesNotContainIgnoringCase("<script>");
    for (String field : fields) {
      assertThat(page).as(path).containsIgnoringCase("&lt;script&gt;" + field);
    }
  }

  @Test
  void anOperationTellsItsVersionsAndItsErrorAsText() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    String page =
        auditor.get(linkTo(auditor, "/t/shop/operations?type=backup", "operations/")).body();

    assertThat(page)
        .contains("RUNNING", "FAILED", "disk full &lt;/pre&gt;&lt;script&gt;")
        .doesNotContain("<script>alert");
  }

  @Test
  void anObjectShowsWhatChangedBetweenItsVersions() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    String object = linkTo(auditor, "/t/shop/schema?name=app.customer", "schema/[0-9a-f-]{36}");

    String page = auditor.get(object + "?from=1.0.0&to=1.1.0").body();

    assertThat(page).containsPattern("class=\"added\">[^<]*mail text");
  }

  @Test
  void anObjectTellsWhoChangedItsColumnsAndWhatNeedsIt() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    String page =
        auditor
            .get(linkTo(auditor, "/t/shop/schema?name=app.customer", "schema/[0-9a-f-]{36}"))
            .body();

    assertThat(page)
        .containsPattern("(?s)COLUMN</span> mail.*?>CREATE<.*?operations/")
        .containsPattern("(?s)<svg class=\"graph\".*?app.customer_name.*?</svg>")
        .contains("VIEW app.customer_name");
  }

  @Test
  void theSchemaOfAMomentStandsBesideThatOfNow() throws Exception {
    String before = Watched.beforeTheChangeOf("app.customer_name");
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    String page = auditor.get("/t/shop/schema/at?ddl=true&moment=" + before).body();

    assertThat(page)
        .contains("CREATE, ", "VIEW app.customer_name", "The way back")
        .containsPattern("(?s)As it was, as DDL.*CREATE TABLE app.customer");
    assertThat(auditor.get("/api/v1/targets/shop/schema?at=" + before).body())
        .contains("CREATE TABLE app.customer")
        .doesNotContain("customer_name");
  }

  @Test
  void anObjectIsFoundByItsName() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    assertThat(auditor.get("/t/shop/schema/named?type=TABLE&name=app.customer").statusCode())
        .isEqualTo(303);
    assertThat(auditor.get("/t/shop/schema/named?type=VIEW&name=app.customer").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aSearchShowsWhereItFoundTheText() throws Exception {
    assertThat(
            new Visitor(server)
                .signedInAs("auditor")
                .get("/t/shop/operations?text=ADD+COLUMN")
                .body())
        .contains("<code class=\"soft\">alter table app.customer add column mail text</code>")
        .contains("?text=ADD+COLUMN\"");
  }

  @Test
  void onlyAdministratorsRollBackAndOnlyWithTheSecretOfTheFormAndTheConfirmation()
      throws Exception {
    String to = "2999-01-01T00:00:00Z";
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    Visitor admin = new Visitor(server).signedInAs("admin");
    Map<String, String> order = Map.of("to", to, "confirmation", "shop");

    assertThat(admin.post("/t/shop/rollback", order).statusCode()).isEqualTo(400);
    assertThat(
            auditor
                .post("/t/shop/rollback", with(order, "csrf", auditor.csrfOf("/t/shop")))
                .statusCode())
        .isEqualTo(403);
    HttpResponse<String> unconfirmed =
        admin.post(
            "/t/shop/rollback",
            Map.of("to", to, "confirmation", "yes", "csrf", admin.csrfOf("/t/shop")));
    assertThat(unconfirmed.statusCode()).isEqualTo(400);
    assertThat(unconfirmed.body()).contains("Nothing was rolled back");
  }

  @Test
  void anAdministratorRollsBackAndTheTrailNamesTheAccount() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("set role shop_admin");
              handle.execute("create table app.mistake (id int)");
            });
    String before = Watched.beforeTheChangeOf("app.mistake");
    Visitor admin = new Visitor(server).signedInAs("admin");
    String page = admin.get("/t/shop/rollback?to=" + before).body();
    assertThat(page).contains("DROP TABLE app.mistake");
    Matcher plan = Pattern.compile("name=\"plan\" value=\"(\\w+)\"").matcher(page);
    assertThat(plan.find()).isTrue();
    Map<String, String> order =
        Map.of("to", before, "confirmation", "shop", "lose", "true", "plan", plan.group(1));
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("set role shop_admin");
              handle.execute("create table app.meanwhile (id int)");
            });
    HttpResponse<String> changed =
        admin.post("/t/shop/rollback", with(order, "csrf", admin.csrfOf("/t/shop/rollback")));
    assertThat(changed.body()).contains("The plan has changed");
    assertThat(admin.get("/api/v1/targets/shop/objects?name=mistake").body()).contains("mistake");
    Watched.shop().useHandle(handle -> handle.execute("drop table app.meanwhile"));

    HttpResponse<String> done =
        admin.post("/t/shop/rollback", with(order, "csrf", admin.csrfOf("/t/shop/rollback")));

    assertThat(done.body()).contains("The schema is what it was");
    assertThat(admin.get("/api/v1/targets/shop/objects?name=mistake").body())
        .isEqualTo("{\"objects\":[],\"next\":null}");
    assertThat(admin.get("/api/v1/targets/shop/operations?user=admin&limit=10").body())
        .contains("Rollback");
  }

  private static Map<String, String> with(Map<String, String> form, String name, String value) {
    Map<String, String> more = new HashMap<>(form);
    more.put(name, value);
    return more;
  }

  private static String linkTo(Visitor visitor, String page, String part) throws Exception {
    Matcher link =
        Pattern.compile("href=\"(/t/shop/" + part + "[^\"]*)\"").matcher(visitor.get(page).body());
    assertThat(link.find()).isTrue();
    return link.group(1);
  }
}
