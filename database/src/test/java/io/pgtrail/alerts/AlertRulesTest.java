package io.pgtrail.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What rules tell, once each, and until it is over. */
final class AlertRulesTest extends InstalledDatabase {

  @Test
  void tellsWhenDdlIsNoLongerRecordedOnceAndWhenItIsAgain() throws Exception {
    assertThat(evaluate()).isEqualTo("(0,0)");
    run("alter event trigger et_sql_drop disable");
    assertThat(evaluate()).isEqualTo("(1,0)");
    assertThat(evaluate()).isEqualTo("(0,0)");
    assertThat(open())
        .containsExactly(
            "DDL is not recorded | CRITICAL | capture | et_sql_drop: DDL is not recorded. It is"
                + " disabled. Run as its owner: ALTER EVENT TRIGGER et_sql_drop ENABLE");

    run("alter event trigger et_sql_drop enable");
    assertThat(evaluate()).isEqualTo("(0,1)");
    assertThat(open()).isEmpty();

    run("alter event trigger et_sql_drop disable");
    assertThat(evaluate()).isEqualTo("(1,0)");
    assertThat(value("select count(*) from script_tracking.get_alerts()")).isEqualTo("2");
  }

  @Test
  void tellsWhenACheckOfHealthIsCritical() throws Exception {
    run("grant insert on script_tracking.script_execution_h to pg_monitor");

    evaluate();

    assertThat(open())
        .singleElement()
        .asString()
        .startsWith("Health is critical | CRITICAL | SECURITY: writers_around_api | CRITICAL: ")
        .contains("pg_monitor");
  }

  @Test
  void tellsWhenManyOperationsFailAndKeepsTheNumbersUpToDate() throws Exception {
    record("Import", 9, false);
    assertThat(evaluate()).isEqualTo("(0,0)");
    record("Import", 1, true);
    assertThat(evaluate()).isEqualTo("(1,0)");
    assertThat(open())
        .containsExactly(
            "Many operations fail | WARNING | all operations |"
                + " 9 of 10 operations that began in the last 60 minutes failed, 90.0 %");
    record("Import", 10, true);
    assertThat(evaluate()).isEqualTo("(0,0)");
    assertThat(open()).singleElement().asString().contains("9 of 20");

    record("Import", 30, true);
    assertThat(evaluate()).isEqualTo("(0,1)");
  }

  @Test
  void tellsOfTheFailuresOfOneType() throws Exception {
    set("Backups", "FAILURE_RATE", "{\"type\": \"BACKUP\", \"at_least\": 1, \"percent\": 100}");
    record("Import", 5, false);
    assertThat(evaluate()).isEqualTo("(0,0)");

    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('B', 'BACKUP'), false)");
    evaluate();

    assertThat(open()).singleElement().asString().startsWith("Backups | WARNING | BACKUP | 1 of 1");
  }

  @Test
  void tellsOfEachSlowOperationOnceWhateverIsAddedToIt() throws Exception {
    took("Before the rule", 900);
    set("Slow", "SLOW_OPERATION", "{\"milliseconds\": 500, \"name\": \"Night*\"}");
    took("Nightly import", 500);
    took("Nightly import", 499);
    took("Daily import", 900);

    assertThat(evaluate()).isEqualTo("(1,0)");
    run("update script_tracking.script_execution_s set metadata = metadata || '{\"seen\": true}'");
    took("Nightly import", 700);
    assertThat(evaluate()).isEqualTo("(1,0)");

    assertThat(open()).isEmpty();
    assertThat(
            column(
                "select subject || ': ' || split_part(detail, ' and', 1)"
                    + " from script_tracking.get_alerts() order by fired_at"))
        .containsExactly("Nightly import: It took 500 ms", "Nightly import: It took 700 ms");
    assertThat(
            value(
                "select count(*) from script_tracking.get_alerts() as a"
                    + " join script_tracking.script_execution_s as s using (script_execution_hk)"))
        .isEqualTo("2");
  }

  /** So that a backlog that takes longer than a statement may is caught up with all the same. */
  @Test
  void aBacklogIsReadInStepsOfWhichEachIsDone() throws Exception {
    set("Slow", "SLOW_OPERATION", "{\"milliseconds\": 500}");
    run(
        "select script_tracking.complete_script_execution("
            + "script_tracking.track_operation('Import'), p_duration_ms => 500)"
            + " from generate_series(1, 3000)");
    String step = "select more from pgtrail.evaluate_event_rules()";
    String told = "select count(*) from script_tracking.get_alerts()";

    assertThat(value(step)).isEqualTo("t");
    int first = Integer.parseInt(value(told));
    run("begin");
    assertThat(value(step)).isEqualTo("f");
    run("rollback");

    assertThat(first).isBetween(1, 2999);
    assertThat(value("select fired from pgtrail.evaluate_event_rules()"))
        .isEqualTo(String.valueOf(3000 - first));
    assertThat(value(told)).isEqualTo("3000");
  }

  @Test
  void tellsOfDdlOnWatchedObjectsOnceForEachObjectAndTransaction() throws Exception {
    run("create schema billing", "create table billing.invoice_1 (id int)");
    set("Watched", "DDL", "{\"objects\": [\"billing.invoice_1\", \"public.*\"]}");
    run(
        "begin",
        "alter table billing.invoice_1 add column a int",
        "comment on table billing.invoice_1 is 'x'",
        "create table billing.invoiceX1 (id int)",
        "create table public.other (id int)",
        "commit",
        "alter table billing.invoice_1 add column b int");

    assertThat(evaluate()).isEqualTo("(3,0)");
    assertThat(evaluate()).isEqualTo("(0,0)");

    assertThat(
            column(
                "select subject || ': ' || split_part(detail, ' by', 1)"
                    + " from script_tracking.get_alerts() order by 1"))
        .containsExactly(
            "billing.invoice_1: ALTER TABLE",
            "billing.invoice_1: ALTER TABLE, COMMENT",
            "public.other: CREATE TABLE");
  }

  @Test
  void noNameOfAnObjectIsTooLongToBeToldOf() throws Exception {
    set("Watched", "DDL", "{}");
    run(
        """
        do $$
        declare
            arguments text := '';
        begin
            for i in 1..99 loop
                execute format('create domain %I as integer', left(md5(i::text) || md5((-i)::text), 60));
                arguments := concat_ws(', ', nullif(arguments, ''), quote_ident(left(md5(i::text) || md5((-i)::text), 60)));
            end loop;
            execute 'create function public.long(' || arguments || ') returns integer language sql return 1';
        end
        $$
        """);

    assertThat(evaluate()).isEqualTo("(100,0)");
    assertThat(evaluate()).isEqualTo("(0,0)");
  }

  @Test
  void theSubjectOfAnOperationThatIsNoDdlIsItsName() throws Exception {
    set("Slow", "SLOW_OPERATION", "{\"milliseconds\": 1}");
    run(
        "select script_tracking.track_operation('Import', 'MANUAL')",
        "update script_tracking.script_execution_s set metadata = '{\"command_tag\": \"DROP TABLE\"}'",
        "select script_tracking.complete_script_execution(script_execution_hk, 'COMPLETED', 5000)"
            + " from script_tracking.script_execution_s where script_name = 'Import'");

    evaluate();

    assertThat(
            value("select subject from script_tracking.get_alerts() where kind = 'SLOW_OPERATION'"))
        .isEqualTo("Import");
  }

  @Test
  void tellsOfSomeCommandsOnly() throws Exception {
    set("Drops", "DDL", "{\"commands\": [\"DROP *\"]}");
    run("create table public.gone (id int)", "drop table public.gone");

    assertThat(evaluate()).isEqualTo("(1,0)");
    assertThat(column("select subject from script_tracking.get_alerts()"))
        .containsExactly("public.gone");
  }

  @Test
  void missesNothingThatIsCommittedLate() throws Exception {
    set("Watched", "DDL", "{}");
    try (Connection late = database.connect()) {
      Sql.execute(late, "begin", "create table public.late (id int)");
      run("create table public.early (id int)");
      evaluate();
      Sql.execute(late, "commit");
    }
    evaluate();

    assertThat(column("select subject from script_tracking.get_alerts()"))
        .containsExactlyInAnyOrder("public.late", "public.early");
  }

  @Test
  void tellsOfAnomaliesAndOfGrowthAtMostOnceAnHour() throws Exception {
    set("Growth", "STORAGE_GROWTH", "{\"megabytes\": 1, \"days\": 1}");
    set("Anomalies", "ANOMALY", "{\"kinds\": [\"FIRST_SEEN_*\"]}");
    evaluate();
    assertThat(open()).isEmpty();
    // As large as it takes: the sizes of the relations of the trail count.
    run(
        "begin",
        "set local role pgtrail_owner",
        "insert into pgtrail.actor_rollup select null, repeat('x', 90) || i, now()"
            + " from generate_series(1, 8000) as i",
        "commit");

    evaluate();
    assertThat(open()).isEmpty();
    run("update pgtrail.alert_rule set evaluated_at = now() - interval '2 hours'");
    evaluate();

    assertThat(open())
        .singleElement()
        .asString()
        .startsWith("Growth | WARNING | size of the trail | it takes ");
  }

  @Test
  void aRuleThatIsDisabledOrDroppedOrBecomesAnotherHasNothingOpen() throws Exception {
    run("alter event trigger et_sql_drop disable");
    set("Second", "CAPTURE_OFF", "{}");
    set("Third", "CAPTURE_OFF", "{}");
    assertThat(evaluate()).isEqualTo("(3,0)");

    run(
        "select script_tracking.enable_alert_rule('DDL is not recorded', false)",
        "select script_tracking.drop_alert_rule('Second')");
    set("Third", "DDL", "{}");
    assertThat(evaluate()).isEqualTo("(0,3)");

    run("select script_tracking.enable_alert_rule('DDL is not recorded')");
    assertThat(evaluate()).isEqualTo("(1,0)");
  }

  @Test
  void aDisabledRuleTellsNothingOfItsTime() throws Exception {
    set("Slow", "SLOW_OPERATION", "{\"milliseconds\": 500}");
    run("select script_tracking.enable_alert_rule('Slow', false)");
    took("Unwatched", 900);
    run("select script_tracking.enable_alert_rule('Slow', true)");
    took("Watched", 900);

    assertThat(evaluate()).isEqualTo("(1,0)");
    assertThat(column("select subject from script_tracking.get_alerts()"))
        .containsExactly("Watched");
  }

  @Test
  void changesOfRulesAreOperations() throws Exception {
    set("Slow", "SLOW_OPERATION", "{}");
    run(
        "select script_tracking.enable_alert_rule('Slow', false)",
        "select script_tracking.drop_alert_rule('Slow')");

    assertThat(
            column(
                "select script_name || (metadata - 'duration_ms') from script_tracking.script_execution_s"
                    + " where script_type = 'CONFIGURATION' order by execution_timestamp"))
        .containsExactly(
            "Alert rule Slow{\"kind\": \"SLOW_OPERATION\", \"severity\": \"WARNING\","
                + " \"parameters\": {\"milliseconds\": 60000}}",
            "Alert rule Slow{\"enabled\": false}",
            "Alert rule Slow{\"dropped\": true}");
  }

  @Test
  void refusesWhatARuleCannotBeTold() {
    for (String rule :
        List.of(
            "'x', 'NO_SUCH'",
            "'', 'DDL'",
            "' x', 'DDL'",
            "null, 'DDL'",
            "'x', 'DDL', '{}', 'BAD'",
            "'x', 'DDL', '{}', null",
            "'x', 'DDL', null",
            "'x', 'DDL', '[]'",
            "'x', 'DDL', '{\"objects\": []}'",
            "'x', 'DDL', '{\"objects\": [1]}'",
            "'x', 'DDL', '{\"objects\": [\"\"]}'",
            "'x', 'DDL', '{\"objects\": null}'",
            "'x', 'DDL', '{\"object\": [\"a\"]}'",
            "'x', 'HEALTH', '{\"status\": \"OK\"}'",
            "'x', 'HEALTH', '{\"categories\": [\"NONE\"]}'",
            "'x', 'FAILURE_RATE', '{\"percent\": 0}'",
            "'x', 'FAILURE_RATE', '{\"percent\": \"20\"}'",
            "'x', 'FAILURE_RATE', '{\"minutes\": 1.5}'",
            "'x', 'FAILURE_RATE', '{\"minutes\": 1e999}'",
            "'x', 'SLOW_OPERATION', '{\"milliseconds\": 99999999999}'")) {
      assertThat(attempt("select script_tracking.set_alert_rule(" + rule + ")").sqlState())
          .as(rule)
          .isEqualTo("PT001");
    }
  }

  @Test
  void onlyAdministratorsChangeRulesAndWebhooks() throws Exception {
    try (Connection web = database.connectAs(member("web", "pgtrail_server", "pgtrail_auditor"));
        Connection admin = database.connectAs(member("admin", "pgtrail_admin"))) {
      for (String change :
          List.of(
              "select script_tracking.set_alert_rule('x', 'DDL')",
              "select script_tracking.enable_alert_rule('Health is critical', false)",
              "select script_tracking.drop_alert_rule('Health is critical')",
              "select script_tracking.create_webhook('x', 'https://example.com/')",
              "select script_tracking.test_webhook('x')",
              "select script_tracking.enable_webhook('x', false)",
              "select script_tracking.drop_webhook('x')")) {
        assertThat(Attempt.at(web, change).sqlState()).as(change).isEqualTo("PT002");
        assertThat(Attempt.at(admin, change).sqlState()).as(change).isEqualTo(Attempt.DONE);
      }
      assertThat(
              Attempt.at(web, "select script_tracking.resend_delivery(gen_random_uuid())")
                  .sqlState())
          .isEqualTo("PT002");
    }
  }

  @Test
  void onlyWhoReadsTheTrailOfAllTenantsReadsAlertsAndEvaluatesRules() throws Exception {
    try (Connection reader = database.connectAs(member("reader", "pgtrail_reader"));
        Connection server = database.connectAs(member("server", "pgtrail_server"));
        Connection auditor = database.connectAs(member("auditor", "pgtrail_auditor"));
        Connection web = database.connectAs(member("web", "pgtrail_server", "pgtrail_auditor"))) {
      for (String reading :
          List.of(
              "select * from script_tracking.get_alerts()",
              "select * from script_tracking.get_alert_rules()",
              "select * from script_tracking.get_webhooks()",
              "select * from script_tracking.get_deliveries()")) {
        assertThat(Attempt.at(reader, reading).sqlState()).as(reading).isEqualTo(Attempt.NO_RIGHT);
        assertThat(Attempt.at(auditor, reading).sqlState()).as(reading).isEqualTo(Attempt.DONE);
      }
      String evaluation = "select script_tracking.evaluate_alerts()";
      assertThat(Attempt.at(auditor, evaluation).sqlState()).isEqualTo(Attempt.NO_RIGHT);
      assertThat(Attempt.at(server, evaluation).sqlState()).isEqualTo("PT002");
      assertThat(Attempt.at(web, evaluation).sqlState()).isEqualTo(Attempt.DONE);
    }
  }

  private void set(String name, String kind, String parameters) throws SQLException {
    run(
        "select script_tracking.set_alert_rule('%s', '%s', '%s')"
            .formatted(name, kind, parameters));
  }

  private void record(String name, int times, boolean success) throws SQLException {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('%s'), %s)"
                .formatted(name, success)
            + " from generate_series(1, "
            + times
            + ")");
  }

  private void took(String name, int milliseconds) throws SQLException {
    run(
        "select script_tracking.complete_script_execution("
            + "script_tracking.track_operation('%s'), p_duration_ms => %d)"
                .formatted(name, milliseconds));
  }

  private String evaluate() throws SQLException {
    return value("select script_tracking.evaluate_alerts()");
  }

  private List<String> open() throws SQLException {
    return column(
        "select concat_ws(' | ', rule_name, severity, subject, detail)"
            + " from script_tracking.get_alerts() where resolved_at is null order by 1");
  }

  private List<String> column(String query) throws SQLException {
    return Sql.rows(connection, query).stream()
        .map(row -> String.valueOf(row.values().iterator().next()))
        .toList();
  }
}
