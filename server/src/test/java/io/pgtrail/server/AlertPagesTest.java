package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pgtrail.server.metrics.AlertMetrics;
import io.pgtrail.testkit.Await;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Alerts, rules and webhooks as people and programs see them, and who changes them. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class AlertPagesTest {

  private static final String PAGE = "/t/shop/alerts";
  private static final String ALERTS = "/api/v1/targets/shop/alerts";

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Inject
  @SuppressWarnings("NullAway.Init")
  AlertMetrics metrics;

  @Test
  void anAdministratorMakesDisablesAndRemovesARuleAndTheTrailNamesTheAccount() throws Exception {
    Visitor admin = new Visitor(server).signedInAs("admin");
    Map<String, String> form = new HashMap<>();
    form.put("name", "Slow <i>ones</i>");
    form.put("kind", "SLOW_OPERATION");
    form.put("severity", "CRITICAL");
    form.put("parameter", "milliseconds");
    form.put("value", "1234");

    assertThat(post(admin, "/rules", form).statusCode()).isEqualTo(303);
    assertThat(admin.get(PAGE).body())
        .contains("Slow &lt;i&gt;ones&lt;/i&gt;", "{&quot;milliseconds&quot;: 1234}")
        .doesNotContain("<i>");

    post(admin, "/rules/enable", Map.of("name", "Slow <i>ones</i>", "enabled", "false"));
    assertThat(rule("Slow <i>ones</i>").path("enabled").asBoolean()).isFalse();

    post(admin, "/rules/drop", Map.of("name", "Slow <i>ones</i>"));
    assertThat(rule("Slow <i>ones</i>").isMissingNode()).isTrue();
    assertThat(
            admin
                .get("/api/v1/targets/shop/operations?type=CONFIGURATION&text=Slow&user=admin")
                .body())
        .contains("\"dropped\": true");
  }

  private JsonNode rule(String name) throws Exception {
    String rules =
        new Visitor(server).signedInAs("auditor").get("/api/v1/targets/shop/alert-rules").body();
    for (JsonNode rule : new ObjectMapper().readTree(rules)) {
      if (rule.path("name").asText().equals(name)) {
        return rule;
      }
    }
    return MissingNode.getInstance();
  }

  @Test
  void theSecretOfAWebhookIsShownOnceAndItsAddressNever() throws Exception {
    Visitor admin = new Visitor(server).signedInAs("admin");

    HttpResponse<String> created =
        post(
            admin,
            "/webhooks",
            Map.of(
                "name",
                "hidden",
                "url",
                "https://hooks.example.com/a-secret-path",
                "template",
                "SLACK",
                "severity",
                "CRITICAL"));

    Matcher secret = Pattern.compile("<code>([0-9a-f]{64})</code>").matcher(created.body());
    assertThat(secret.find()).isTrue();
    assertThat(created.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(created.body()).doesNotContain("a-secret-path");
    assertThat(admin.get(PAGE).body())
        .contains("https://hooks.example.com")
        .doesNotContain("a-secret-path", secret.group(1));
    post(admin, "/webhooks/drop", Map.of("name", "hidden"));
    assertThat(admin.get(PAGE).body()).doesNotContain("hooks.example.com<");
  }

  @Test
  void onlyAdministratorsChangeAnythingAndOnlyWithTheSecretOfTheForm() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    Visitor admin = new Visitor(server).signedInAs("admin");
    Map<String, String> form = Map.of("name", "x", "csrf", auditor.csrfOf("/t/shop"));

    for (String path :
        List.of(
            "/rules",
            "/rules/enable",
            "/rules/drop",
            "/webhooks",
            "/webhooks/enable",
            "/webhooks/drop",
            "/webhooks/test",
            "/deliveries/resend")) {
      assertThat(auditor.post(PAGE + path, form).statusCode()).as(path).isEqualTo(403);
      assertThat(admin.post(PAGE + path, Map.of("name", "x")).statusCode()).as(path).isEqualTo(400);
    }
    assertThat(auditor.get(PAGE).body()).contains("Health is critical").doesNotContain("Disable");
  }

  @Test
  void aReaderOfOneTenantSeesNoAlerts() throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");

    assertThat(reader.get(PAGE).body())
        .contains("only auditors see them")
        .doesNotContain("Health is critical");
    assertThat(reader.get(ALERTS).statusCode()).isEqualTo(403);
    assertThat(reader.get("/api/v1/targets/shop/alert-rules").statusCode()).isEqualTo(403);
  }

  @Test
  void alertsComePageByPageAsTextAndOpenOnesAreCounted() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle
                  .createQuery(
                      "select script_tracking.set_alert_rule('Paged', 'DDL',"
                          + " '{\"objects\": [\"app.never\"]}')")
                  .mapTo(String.class)
                  .list();
              handle.execute(
                  """
                  insert into pgtrail.alert (rule_name, kind, severity, subject, detail, fired_at,
                      resolved_at)
                  select 'Paged', 'DDL', 'INFO', '<script>alert(' || i || ')</script>', 'x',
                      '2026-01-01', case when i > 1 then timestamptz '2026-01-02' end
                  from generate_series(1, 5) as i
                  """);
            });
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    try {
      List<String> subjects = new ArrayList<>();
      String before = "";
      do {
        JsonNode page =
            new ObjectMapper()
                .readTree(auditor.get(ALERTS + "?open=false&limit=2&before=" + before).body());
        for (JsonNode alert : page.path("alerts")) {
          if (alert.path("rule").asText().equals("Paged")) {
            subjects.add(alert.path("subject").asText());
          }
        }
        before = page.path("next").asText("");
      } while (!before.isEmpty() && !before.equals("null"));

      assertThat(subjects).hasSize(4).doesNotHaveDuplicates();
      assertThat(auditor.get(PAGE).body())
          .contains("&lt;script&gt;alert(1)")
          .doesNotContain("<script>");
      metrics.refresh();
      assertThat(auditor.get("/metrics").body())
          .containsPattern("pgtrail_alerts_open\\{severity=\"INFO\",target=\"shop\"\\} [1-9]")
          .contains("pgtrail_alerts_open{severity=\"CRITICAL\",target=\"shop\"}")
          .doesNotContain("pgtrail_alerts_open{severity=\"INFO\",target=\"down\"}");
    } finally {
      Watched.shop()
          .useHandle(
              handle -> {
                handle.execute("delete from pgtrail.alert where rule_name = 'Paged'");
                handle.execute("delete from pgtrail.alert_rule where rule_name = 'Paged'");
              });
    }
  }

  @Test
  void aWrongQuestionIsRefused() throws Exception {
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    for (String query :
        List.of("?limit=0", "?limit=x", "?open=maybe", "?before=x", "?before=AAAAAAAAAAAAAAA")) {
      HttpResponse<String> answer = auditor.get(ALERTS + query);
      assertThat(answer.statusCode()).as(query).isIn(400, 404);
      assertThat(answer.headers().firstValue("content-type").orElse(""))
          .startsWith("application/problem+json");
    }
  }

  @Test
  void whatTheDatabaseRefusesThePageExplains() throws Exception {
    Visitor admin = new Visitor(server).signedInAs("admin");

    HttpResponse<String> answer =
        post(
            admin,
            "/rules",
            Map.of(
                "name", "Bad",
                "kind", "FAILURE_RATE",
                "severity", "INFO",
                "parameter", "percent",
                "value", "400"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("a whole number from 1 to 100, not 400");
  }

  @Test
  void anAlertIsOnThePageSoonAfterItsRuleIsMade() throws Exception {
    Watched.shop()
        .useHandle(
            handle ->
                handle
                    .createQuery(
                        "select script_tracking.set_alert_rule('Noticed', 'DDL',"
                            + " '{\"objects\": [\"app.noticed\"]}')")
                    .mapTo(String.class)
                    .list());
    Watched.shop().useHandle(handle -> handle.execute("create table app.noticed (id int)"));
    Visitor auditor = new Visitor(server).signedInAs("auditor");

    Await.until("it is told", () -> auditor.get(PAGE).body().contains("CREATE TABLE by postgres"));
  }

  private static HttpResponse<String> post(Visitor visitor, String path, Map<String, String> form)
      throws Exception {
    Map<String, String> signed = new HashMap<>(form);
    signed.put("csrf", visitor.csrfOf(PAGE));
    return visitor.post(PAGE + path, signed);
  }
}
