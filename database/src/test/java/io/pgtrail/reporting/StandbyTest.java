package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.StandbyServer;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a real streaming replica. */
final class StandbyTest extends KnownHistory {

  private static final String ANOMALIES = "script_tracking.get_anomalies(30)";
  private static final String FORECAST = "script_tracking.get_growth_forecast(30)";

  private static final List<String> REPORTS =
      List.of(
          "script_tracking.get_execution_history(30)",
          "script_tracking.get_recent_errors(720)",
          "script_tracking.script_execution_as_of('infinity')",
          "script_tracking.script_execution_s_versions",
          "pgtrail.activity('-infinity', 'infinity')",
          "pgtrail.activity(now() - interval '1 day', 'infinity')",
          "pgtrail.activity_by_actor('-infinity', 'infinity')",
          // Files differ by their maps of free space, which are not replicated, and sessions and
          // their transactions are others.
          "(select metric_name, metric_value, metric_unit, status from script_tracking.get_enterprise_dashboard()"
              + " where metric_name <> 'trail_size_mb')",
          "script_tracking.get_performance_metrics()",
          "(select health_category, health_metric, current_status, details from script_tracking.get_system_health()"
              + " where health_metric not in"
              + " ('abandoned', 'oldest_transaction', 'trail_size', 'growth', 'superusers_active'))",
          "script_tracking.get_activity(264, 3)",
          // What is measured by the day occurred 24 hours before it was asked.
          "(select anomaly_kind, subject_kind, subject, observed, expected, deviation, reason,"
              + " case when deviation is null then occurred_at end from "
              + ANOMALIES
              + ")",
          "(select day, kind, operations, note from " + FORECAST + ")");

  @Test
  void everyReportIsThatOfThePrimary() throws Exception {
    Login auditor = member("auditor", "pgtrail_auditor");
    Login reader = member("reader", "pgtrail_reader");
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.grant_tenant('acme', '" + reader.user() + "')");
    try (StandbyServer standby = StandbyServer.of(database)) {
      recordTenDays();
      record(auditor, reader);
      standby.awaitReplay();

      assertThat(lines("select kind, count(*) from " + FORECAST + " as f group by kind"))
          .containsExactlyInAnyOrder("MEASURED 11", "PROJECTED 10");
      assertThat(lines("select distinct anomaly_kind from " + ANOMALIES))
          .contains("VOLUME_HIGH", "FAILURE_RATE_HIGH", "DURATION_HIGH", "FIRST_SEEN_USER");
      assertThat(value("select count(*) from pgtrail.total_rollup where minutes = 60"))
          .isNotEqualTo("0");
      assertThat(value("select versions_waiting from pgtrail.trail_facts()")).isNotEqualTo("0");

      for (Login role : List.of(auditor, reader, database.login())) {
        try (Connection here = database.connectAs(role);
            Connection there = standby.connectAs(role)) {
          for (String report : REPORTS) {
            String rows = "select r::text as row from " + report + " as r";
            assertThat(Sql.rows(there, rows))
                .as("%s as %s", report, role.user())
                .containsExactlyInAnyOrderElementsOf(Sql.rows(here, rows));
          }
        }
      }
    }
  }

  /** Each with what is usual, and a newest one with what is not; of the system and of a tenant. */
  private void recordTenDays() throws Exception {
    for (int day = 1; day <= 10; day++) {
      String ago = day * 24 + 2 + " hours";
      operations(10).by("ann").taking("i * 10").ago(ago).from("10.0.0.1").write();
      operations(1).failed().by("ann").ago(ago).write();
      operations(20).ofType("BACKUP").by("bob").ofTenant("acme").ago(ago).write();
    }
    operations(40).by("ann").taking("i * 100").ago("3 hours").from("10.0.0.2").write();
    operations(40).failed().by("ann").ago("3 hours").write();
    operations(80).ofType("BACKUP").by("bob").ofTenant("acme").taking("700").ago("3 hours").write();
  }

  /** Before and after a refresh of the rollups, some of it still running. */
  private void record(Login... actors) throws Exception {
    for (Login actor : actors) {
      try (Connection session = database.connectAs(actor)) {
        Sql.execute(session, RECORD);
      }
    }
    run(
        RECORD,
        "create table ddl (id int)",
        "create temporary table open as select script_tracking.track_operation('Long job') as key",
        "select script_tracking.track_operation('Lost job')",
        "select script_tracking.refresh_rollups()",
        "select script_tracking.complete_operation(key, false, 'too late') from open",
        "drop table ddl",
        RECORD,
        "select script_tracking.track_operation('Running job')");
  }

  private static final String RECORD =
      """
      select
          case when i % 3 > 0 then script_tracking.complete_operation(o.key, i % 3 = 1, 'broken') end
      from generate_series(1, 10) as i,
          lateral script_tracking.track_operation('Job ' || i, 'MAINTENANCE') as o (key)
      """;

  @Test
  void whetherASessionIsLostOnlyThePrimaryKnows() throws Exception {
    run(
        "select script_tracking.configure('abandoned_after', '0')",
        "select script_tracking.track_operation('Running job')");
    try (StandbyServer standby = StandbyServer.of(database);
        Connection there = standby.connect()) {
      standby.awaitReplay();

      assertThat(value(there, HEALTH + "'long_running'")).isEqualTo("WARNING");
      assertThat(value(there, HEALTH + "'abandoned'")).isEqualTo("UNKNOWN");
      assertThat(value(there, HEALTH.replace("current_status", "details") + "'abandoned'"))
          .isEqualTo("Only the primary knows which sessions are there.");
      assertThat(value(HEALTH + "'abandoned'")).isEqualTo("OK");
    }
  }

  private static final String HEALTH =
      "select current_status from script_tracking.get_system_health() where health_metric = ";

  @Test
  void whatWouldWriteIsRefused() throws Exception {
    Login admin = member("admin", "pgtrail_admin");
    run("select script_tracking.track_operation('Job')");
    try (StandbyServer standby = StandbyServer.of(database)) {
      standby.awaitReplay();

      try (Connection there = standby.connectAs(admin)) {
        for (String call :
            List.of(
                "track_operation('Job')",
                "track_script_execution('Job')",
                "complete_operation(script_execution_hk) from script_tracking.script_execution_s",
                "complete_script_execution(script_execution_hk) from script_tracking.script_execution_s",
                "cleanup_old_data(0)",
                "close_abandoned()",
                "refresh_rollups()")) {
          assertThat(Attempt.at(there, "select script_tracking." + call))
              .as(call)
              .returns("PT007", Attempt::sqlState)
              .satisfies(refusal -> assertThat(refusal.message()).contains("standby", "primary"));
        }
      }
    }
  }

  @Test
  void followsThePrimary() throws Exception {
    try (StandbyServer standby = StandbyServer.of(database);
        Connection there = standby.connect()) {
      run("select script_tracking.track_operation('Later job')");
      standby.awaitReplay();

      assertThat(value(there, "select script_name from script_tracking.get_execution_history()"))
          .isEqualTo("Later job");
      assertThat(value(there, "select pg_catalog.pg_is_in_recovery()")).isEqualTo("t");
    }
  }
}
