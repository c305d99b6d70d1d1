package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DashboardTest extends KnownHistory {

  @Test
  void anEmptyTrailGivesZerosAndNormal() throws Exception {
    assertLines(
        """
        select metric_name, metric_value, metric_unit, status
        from script_tracking.get_enterprise_dashboard()
        where metric_name <> 'trail_size_mb'
        """,
        "total_operations_24h 0.00 count NORMAL",
        "success_rate_24h 0.00 percentage NORMAL",
        "avg_duration_ms 0.00 milliseconds NORMAL",
        "p95_duration_ms 0.00 milliseconds NORMAL",
        "failed_operations_24h 0.00 count NORMAL",
        "running_operations 0.00 count NORMAL",
        "ddl_operations_24h 0.00 count NORMAL",
        "active_users_24h 0.00 count NORMAL",
        "volume_change_24h 0.00 percentage NORMAL",
        "success_rate_change_24h 0.00 percentage points NORMAL",
        "duration_change_24h 0.00 percentage NORMAL",
        "system_health_score 100.00 percentage NORMAL");
    assertThat(
            value(
                """
                select count(*)
                from script_tracking.get_enterprise_dashboard()
                where metric_value is null or status is null or last_updated <> now()
                """))
        .isEqualTo("0");
  }

  @Test
  void addsUpTheLastDayAndComparesItWithTheDayBefore() throws Exception {
    operations(6).taking("100").ago("1 hour").write();
    operations(2).ofType("DDL_AUTO").taking("20").ago("23 hours 59 minutes").by("ann").write();
    operations(2).failed().taking("580").write();
    operations(5).running().ago("10 minutes").by("ann").write();
    operations(4).taking("150").ago("24 hours 1 minute").by("bob").write();
    operations(1).failed().taking("150").ago("47 hours 59 minutes").by("bob").write();
    operations(50).failed().ago("48 hours 1 minute").by("bob").write();

    assertLines(
        """
        select metric_name, metric_value, status
        from script_tracking.get_enterprise_dashboard()
        where metric_name not in ('trail_size_mb', 'p95_duration_ms')
        """,
        // 6 + 2 + 2 + 5; of the ten that have finished two failed
        "total_operations_24h 15.00 NORMAL",
        "success_rate_24h 80.00 POOR",
        "failed_operations_24h 2.00 CRITICAL",
        "running_operations 5.00 NORMAL",
        "ddl_operations_24h 2.00 NORMAL",
        "active_users_24h 2.00 NORMAL",
        // (6 * 100 + 2 * 20 + 2 * 580) / 10, against 150 the day before
        "avg_duration_ms 180.00 GOOD",
        "duration_change_24h 20.00 NORMAL",
        // 15 against 5, and 80 % as the day before
        "volume_change_24h 200.00 WARNING",
        "success_rate_change_24h 0.00 NORMAL",
        // 20 % failed: 40 points
        "system_health_score 60.00 POOR");
    assertThat(
            value(
                """
                select metric_value between 551 and 609 and status = 'WARNING'
                from script_tracking.get_enterprise_dashboard()
                where metric_name = 'p95_duration_ms'
                """))
        .isEqualTo("t");
  }

  @Test
  void runningOperationsAreCountedHoweverOldAndAreAWarningOnceOverdue() throws Exception {
    operations(1).running().ago("30 days").write();
    operations(1).running().ago("59 minutes").write();

    assertThat(metric("running_operations")).isEqualTo("2.00 WARNING");
    assertThat(metric("total_operations_24h")).isEqualTo("1.00 NORMAL");
    assertThat(metric("success_rate_24h")).isEqualTo("0.00 NORMAL");
    assertThat(metric("system_health_score")).isEqualTo("95.00 GOOD");

    for (String longer : new String[] {"31 days", "100000000 years"}) {
      run("select script_tracking.configure('abandoned_after', '" + longer + "')");

      assertThat(metric("running_operations")).isEqualTo("2.00 NORMAL");
      assertThat(
              value(
                  "select count(*) from script_tracking.get_system_health()"
                      + " where health_category = 'OPERATIONS' and current_status = 'OK'"))
          .isEqualTo("2");
    }
  }

  @Test
  void whoseLatestOperationWasRemovedIsActiveIfAnEarlierOneWasKept() throws Exception {
    operations(1).running().ago("5 hours").by("ann").write();
    operations(1).ago("1 hour").by("ann").write();
    operations(1).ago("1 hour").by("bob").write();
    run("select script_tracking.refresh_rollups()");
    assertThat(metric("active_users_24h")).isEqualTo("2.00 NORMAL");

    run("select script_tracking.cleanup_old_data(0)");

    // Ann, and who removed the other operations; not Bob.
    assertThat(lines("select db_session_user from script_tracking.script_execution_s"))
        .hasSize(2)
        .contains("ann");
    assertThat(metric("active_users_24h")).isEqualTo("2.00 NORMAL");
    assertThat(lines("select db_session_user from pgtrail.actor_rollup")).containsExactly("ann");
  }

  @Test
  void theSizeOfTheTrailIsThatOfItsRelationsOnDisk() throws Exception {
    operations(3000).write();
    run("select script_tracking.refresh_rollups()");

    String sizes =
        value(
            """
            select reported.metric_value || ' ' || round(sum(pg_total_relation_size(c.oid)) / 1048576.0, 2)
            from pg_class as c,
                (
                    select metric_value
                    from script_tracking.get_enterprise_dashboard()
                    where metric_name = 'trail_size_mb'
                ) as reported
            where c.relkind = 'r'
                and c.oid::regclass::text ~ '^(script_tracking[.]script_execution_(h|s|s_history)|pgtrail[.].*_rollup)$'
            group by reported.metric_value
            """);

    int between = sizes.indexOf(' ');
    assertThat(Double.parseDouble(sizes.substring(0, between))).isGreaterThan(1);
    assertThat(sizes.substring(0, between)).isEqualTo(sizes.substring(between + 1));
    assertThat(
            value(
                "select metric_unit || ' ' || status from script_tracking.get_enterprise_dashboard()"
                    + " where metric_name = 'trail_size_mb'"))
        .isEqualTo("megabytes NORMAL");
  }

  @Test
  void worseningIsAWarning() throws Exception {
    operations(10).taking("100").ago("30 hours").write();
    operations(4).taking("160").write();
    operations(1).failed().taking("160").write();

    assertThat(metric("success_rate_change_24h")).isEqualTo("-20.00 WARNING");
    assertThat(metric("duration_change_24h")).isEqualTo("60.00 WARNING");
    assertThat(metric("volume_change_24h")).isEqualTo("-50.00 NORMAL");
  }

  @Test
  void captureThatDoesNotWorkCostsThirtyPoints() throws Exception {
    operations(10).write();
    run("alter event trigger et_sql_drop disable");

    assertThat(metric("system_health_score")).isEqualTo("70.00 POOR");
  }

  @Test
  void captureFailuresOfTheLastDayCostFivePointsEach() throws Exception {
    operations(10).write();
    asOwner(
        "insert into pgtrail.capture_failure values (now(), 'CREATE TABLE', 'XX000', 'x', 'ann'),"
            + " (now() - interval '25 hours', 'CREATE TABLE', 'XX000', 'x', 'ann')");

    assertThat(metric("system_health_score")).isEqualTo("95.00 GOOD");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {
        "null, null, null, null, null, 100",
        "100, 0, 0, 0, true, 100",
        "99.8, 23.5, 0, 0, true, 99.6",
        "95, 500, 0, 0, true, 90",
        "80, 0, 0, 0, true, 60",
        "0, 0, 0, 0, true, 60",
        "100, 600, 0, 0, true, 97",
        "100, 99999999, 0, 0, true, 85",
        "100, 0, 1, 0, true, 95",
        "100, 0, 9000000000000000000, 0, true, 85",
        "100, 0, 0, 2, true, 90",
        "100, 0, 0, 9000000000000000000, true, 70",
        "100, 0, 0, 2, false, 70",
        "0, 99999999, 99, 99, false, 0"
      })
  void theHealthScoreIsItsFormula(
      String success,
      String average,
      String overdue,
      String failures,
      String captures,
      String score)
      throws Exception {
    assertThat(
            value(
                "select trim_scale(pgtrail.health_score(%s, %s, %s, %s, %s))"
                    .formatted(success, average, overdue, failures, captures)))
        .isEqualTo(score);
  }

  @Test
  void everyoneSeesWhatItMayRead() throws Exception {
    operations(3).write();
    operations(2).ofTenant("acme").write();
    run("select script_tracking.create_tenant('acme')");
    operations(1).by(member("eve").user()).write();

    assertThat(totalSeenBy("auditor", "pgtrail_auditor")).isEqualTo("6.00");
    assertThat(totalSeenBy("reader", "pgtrail_reader")).isEqualTo("4.00");
    try (Connection session = database.connectAs(member("eve_again"))) {
      assertThat(value(session, TOTAL)).isEqualTo("0.00");
    }
  }

  private static final String TOTAL =
      "select metric_value from script_tracking.get_enterprise_dashboard()"
          + " where metric_name = 'total_operations_24h'";

  private String totalSeenBy(String name, String role) throws Exception {
    try (Connection session = database.connectAs(member(name, role))) {
      return value(session, TOTAL);
    }
  }

  private String metric(String name) throws SQLException {
    return lines(
            "select metric_value, status from script_tracking.get_enterprise_dashboard()"
                + " where metric_name = '"
                + name
                + "'")
        .get(0);
  }
}
