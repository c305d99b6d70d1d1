package io.pgtrail.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for webhooks, in which order, and who knows their secrets. */
final class DeliveriesTest extends InstalledDatabase {

  private static final String SECRET_PATH = "a-secret-path";

  @BeforeEach
  void createWebhook() throws Exception {
    run(
        "select script_tracking.create_webhook('all', 'https://hooks.example.com/%s', 'SLACK')"
            .formatted(SECRET_PATH));
  }

  @Test
  void eachWebhookHearsOfAlertsOfItsSeverityInTheirOrder() throws Exception {
    run(
        "select script_tracking.create_webhook('grave', 'https://example.com/', 'GENERIC', 'CRITICAL')",
        "select script_tracking.create_webhook('off', 'https://example.com/')",
        "select script_tracking.enable_webhook('off', false)",
        "select script_tracking.set_alert_rule('Watched', 'DDL')",
        "create table public.first (id int)",
        "create table public.second (id int)",
        "select script_tracking.evaluate_alerts()",
        "alter event trigger et_sql_drop disable",
        "select script_tracking.evaluate_alerts()",
        "alter event trigger et_sql_drop enable",
        "select script_tracking.evaluate_alerts()");

    assertThat(column(deliveries("all")))
        .containsExactly(
            "FIRED public.first", "FIRED public.second", "FIRED capture", "RESOLVED capture");
    assertThat(column(deliveries("grave"))).containsExactly("FIRED capture", "RESOLVED capture");
    assertThat(column(deliveries("off"))).isEmpty();
  }

  private static String deliveries(String webhook) {
    return "select d.event || ' ' || (d.content ->> 'subject') from pgtrail.delivery as d"
        + " where d.webhook_name = '"
        + webhook
        + "' order by d.place";
  }

  @Test
  void noDeliveryOvertakesAnotherAndEachFailureDoublesThePauseUntilItIsGivenUp() throws Exception {
    String first = test();
    String second = test();
    assertThat(due()).containsExactly(first);

    fail(first);
    assertThat(due()).isEmpty();
    assertThat(pause(first)).isEqualTo("00:00:30");
    fail(first);
    assertThat(pause(first)).isEqualTo("00:01:00");
    run("update pgtrail.delivery set next_attempt_at = now()");
    assertThat(due()).containsExactly(first);

    fail(first);
    assertThat(status(first)).isEqualTo("DEAD 3");
    assertThat(due()).containsExactly(second);
    run("select pgtrail.record_attempt('" + second + "', 200, null, '30 seconds', 3)");
    assertThat(status(second)).isEqualTo("DELIVERED 1");
    assertThat(due()).isEmpty();
  }

  @Test
  void whatWasGivenUpCanBeSentAgainAndThatIsRecorded() throws Exception {
    String delivery = test();
    assertThat(attempt("select script_tracking.resend_delivery('" + delivery + "')").sqlState())
        .isEqualTo("PT001");
    run("select pgtrail.record_attempt('" + delivery + "', 500, 'no', '30 seconds', 1)");

    run("select script_tracking.resend_delivery('" + delivery + "')");

    assertThat(due()).containsExactly(delivery);
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_name = 'Webhook all' and metadata ->> 'sent_again' = '"
                    + delivery
                    + "'"))
        .isEqualTo("1");
  }

  @Test
  void theSecretIsShownOnceAndTheAddressNever() throws Exception {
    String secret =
        value(
            "select script_tracking.create_webhook('other', 'https://example.com/"
                + SECRET_PATH
                + "')");
    run("select script_tracking.test_webhook('other')");
    String everything =
        value(
            "select string_agg(t, ' ') from ("
                + " select s::text from script_tracking.script_execution_s_versions as s"
                + " union all select w::text from script_tracking.get_webhooks() as w"
                + " union all select d::text from script_tracking.get_deliveries() as d) as x (t)");

    assertThat(secret).hasSize(64);
    assertThat(everything)
        .contains("https://example.com", "https://hooks.example.com")
        .doesNotContain(secret, SECRET_PATH);
  }

  @Test
  void onlyTheServerKnowsSecretsAndAddresses() throws Exception {
    test();
    for (String role : List.of("pgtrail_auditor", "pgtrail_admin", "pgtrail_writer")) {
      try (Connection session = database.connectAs(member("of_" + role, role))) {
        for (String question :
            List.of(
                "select * from pgtrail.webhook",
                "select * from pgtrail.due_deliveries()",
                "select pgtrail.record_attempt(gen_random_uuid(), 200, null, '1s', 1)",
                "insert into pgtrail.alert_rule select * from pgtrail.alert_rule")) {
          assertThat(Attempt.at(session, question).sqlState())
              .as(role + ": " + question)
              .isEqualTo(Attempt.NO_RIGHT);
        }
      }
    }
    try (Connection web = database.connectAs(member("web", "pgtrail_server"))) {
      assertThat(value(web, "select url from pgtrail.due_deliveries()")).contains(SECRET_PATH);
      assertThat(Attempt.at(web, "select * from pgtrail.webhook").sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void whatIsNoAddressIsRefused() throws SQLException {
    for (String url :
        List.of(
            "",
            "hooks.example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user:password@example.com/",
            "https://example.com\\@evil.example/",
            "https://example.com/ x",
            "https://example.com\nHost: evil")) {
      assertThat(attempt("select script_tracking.create_webhook('x', '" + url + "')").sqlState())
          .as(url)
          .isEqualTo("PT001");
    }
    assertThat(value("select count(*) from pgtrail.webhook")).isEqualTo("1");
  }

  @Test
  void aNameIsGivenOnce() {
    assertThat(
            attempt("select script_tracking.create_webhook('all', 'https://example.com/')")
                .sqlState())
        .isEqualTo("PT005");
  }

  @Test
  void oldAlertsGoBySettingAndOpenOnesStay() throws Exception {
    run(
        "alter event trigger et_sql_drop disable",
        "select script_tracking.set_alert_rule('Watched', 'DDL')",
        "create table public.some (id int)",
        "select script_tracking.evaluate_alerts()",
        "update pgtrail.alert set fired_at = fired_at - interval '90 days',"
            + " resolved_at = resolved_at - interval '90 days'",
        "update pgtrail.delivery set status = 'DELIVERED', created_at = created_at - interval '90 days'");
    assertThat(value("select pgtrail.remove_old_alerts()")).isEqualTo("0");
    run("select script_tracking.configure('retention_days', '30')");

    assertThat(value("select pgtrail.remove_old_alerts()")).isEqualTo("1");

    assertThat(value("select string_agg(subject, ',') from script_tracking.get_alerts()"))
        .isEqualTo("capture");
    assertThat(value("select count(*) from script_tracking.get_deliveries()")).isEqualTo("0");
  }

  private String test() throws SQLException {
    return value("select script_tracking.test_webhook('all')");
  }

  private void fail(String delivery) throws SQLException {
    run("select pgtrail.record_attempt('" + delivery + "', 500, 'refused', '30 seconds', 3)");
  }

  private List<String> due() throws SQLException {
    return column("select delivery_id from pgtrail.due_deliveries()");
  }

  private String pause(String delivery) throws SQLException {
    return value(
        "select date_trunc('second', next_attempt_at - last_attempt_at + interval '1 millisecond')"
            + " from pgtrail.delivery where delivery_id = '"
            + delivery
            + "'");
  }

  private List<String> column(String query) throws SQLException {
    return Sql.rows(connection, query).stream()
        .map(row -> String.valueOf(row.values().iterator().next()))
        .toList();
  }

  private String status(String delivery) throws SQLException {
    return value(
        "select status || ' ' || attempts from script_tracking.get_deliveries()"
            + " where delivery_id = '"
            + delivery
            + "'");
  }
}
