package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(admin.get("/t/shop/rollback?to=" + before).body())
        .contains("DROP TABLE app.mistake");

    HttpResponse<String> done =
        admin.post(
            "/t/shop/rollback",
            Map.of(
                "to",
                before,
                "confirmation",
                "shop",
                "lose",
                "true",
                "csrf",
                admin.csrfOf("/t/shop/rollback")));

    assertThat(done.body()).contains("The schema is what it was");
    assertThat(admin.get("/api/v1/targets/shop/objects?name=mistake").body()).isEqualTo("[]");
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
