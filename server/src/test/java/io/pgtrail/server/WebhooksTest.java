package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.server.alerts.Receiver;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.BlackHole;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Alerts on their way to somebody. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class WebhooksTest {

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @AfterEach
  void removeWebhooks() {
    sql(
        "select script_tracking.drop_webhook(webhook_name) from script_tracking.get_webhooks()",
        "select script_tracking.drop_alert_rule(rule_name) from script_tracking.get_alert_rules()"
            + " where rule_name = 'Watched'");
  }

  @Test
  void anAlertIsToldSignedAndInOrderThoughTheFirstAttemptsFail() throws Exception {
    try (Receiver receiver = new Receiver().answeringFirst(500, 503)) {
      String secret =
          sql(
              "select script_tracking.create_webhook('ops', '" + receiver.url("/in") + "')",
              "select script_tracking.set_alert_rule('Watched', 'DDL', '{\"objects\": [\"app.told_*\"]}')"
                  + "::text");
      sql("create table app.told_first (id int)", "create table app.told_second (id int)");

      Await.until("both are told", () -> receiver.messages().size() == 4);

      List<Receiver.Message> messages = receiver.messages();
      assertThat(messages)
          .allMatch(message -> message.isSignedWith(secret))
          .extracting(message -> message.json().path("subject").asText())
          .containsExactly("app.told_first", "app.told_first", "app.told_first", "app.told_second");
      assertThat(messages.subList(0, 3))
          .extracting(Receiver.Message::delivery)
          .containsOnly(messages.get(0).delivery());
      assertThat(messages.get(3).json().path("target").asText()).isEqualTo("shop");
    }
  }

  @Test
  void whatWasGivenUpAnAdministratorSendsAgain() throws Exception {
    try (Receiver receiver = new Receiver().answering(500)) {
      sql(
          "select script_tracking.create_webhook('ops', '" + receiver.url("/in") + "')",
          "select script_tracking.test_webhook('ops')::text");
      Visitor admin = new Visitor(server).signedInAs("admin");
      Await.until("it is given up", () -> admin.get("/t/shop/alerts").body().contains("DEAD"));
      assertThat(receiver.messages()).hasSize(3);
      assertThat(admin.get("/t/shop/alerts").body()).contains("The answer was 500");
      receiver.answering(200);

      admin.post(
          "/t/shop/alerts/deliveries/resend",
          Map.of(
              "delivery",
              receiver.messages().get(0).delivery(),
              "csrf",
              admin.csrfOf("/t/shop/alerts")));

      Await.until(
          "it is delivered", () -> admin.get("/t/shop/alerts").body().contains("DELIVERED"));
      assertThat(receiver.messages()).hasSize(4);
    }
  }

  @Test
  void nothingIsSentToTheAddressOfTheMachinesOwnSecretsNorWhereARedirectLeads() throws Exception {
    try (Receiver receiver = new Receiver().answering(307)) {
      sql(
          "select script_tracking.create_webhook('metadata', 'http://169.254.169.254/latest/')",
          "select script_tracking.create_webhook('mapped', 'https://[::ffff:169.254.169.254]/')",
          "select script_tracking.create_webhook('decimal', 'https://2852039166/')",
          "select script_tracking.create_webhook('redirect', '" + receiver.url("/in") + "')",
          "select script_tracking.test_webhook(webhook_name)::text from script_tracking.get_webhooks()");

      Await.until(
          "all are given up",
          () ->
              sql("select count(*)::text from script_tracking.get_deliveries() where status = 'DEAD'")
                  .equals("4"));

      assertThat(
              sql(
                  "select string_agg(webhook_name || ': ' || error, e'\\n' order by webhook_name)"
                      + " from script_tracking.get_deliveries()"))
          .contains(
              "decimal: Nothing was sent: the host 2852039166 is 169.254.169.254, which is not",
              "mapped: Nothing was sent: the host [::ffff:169.254.169.254] is 169.254.169.254, which",
              "metadata: Nothing was sent: the host 169.254.169.254 is 169.254.169.254, which is not",
              "redirect: The answer was 307");
      assertThat(receiver.messages())
          .hasSize(3)
          .extracting(Receiver.Message::path)
          .containsOnly("/in");
    }
  }

  @Test
  void whoDoesNotAnswerKeepsNobodyElseWaiting() throws Exception {
    try (Receiver receiver = new Receiver();
        BlackHole silence = BlackHole.open()) {
      sql(
          "select script_tracking.create_webhook('deaf', 'http://127.0.0.1:"
              + silence.port()
              + "/')",
          "select script_tracking.create_webhook('ops', '" + receiver.url("/") + "')",
          "select script_tracking.test_webhook('deaf')::text",
          "select script_tracking.test_webhook('ops')::text",
          "select script_tracking.test_webhook('ops')::text");

      Await.until("one is told", () -> receiver.messages().size() == 2);
      Await.until(
          "the other is given up",
          () ->
              sql("select count(*)::text from script_tracking.get_deliveries()"
                      + " where status = 'DEAD' and error like 'There was no answer%'")
                  .equals("1"));
    }
  }

  /** Runs statements as superuser; the first value of the first one. */
  private static String sql(String... statements) {
    return Watched.shop()
        .withHandle(
            handle -> {
              String first = "";
              for (String statement : statements) {
                if (statement.startsWith("select")) {
                  List<String> values = handle.createQuery(statement).mapTo(String.class).list();
                  if (first.isEmpty() && !values.isEmpty()) {
                    first = String.valueOf(values.get(0));
                  }
                } else {
                  handle.execute(statement);
                }
              }
              return first;
            });
  }
}
