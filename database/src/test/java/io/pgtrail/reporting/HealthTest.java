package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HealthTest extends KnownHistory {

  @Test
  void aFreshInstallationIsHealthy() throws Exception {
    assertLines(
        """
        select health_category, health_metric, current_status
        from script_tracking.get_system_health()
        where health_category <> 'SECURITY'
        """,
        "CAPTURE et_ddl_command_start OK",
        "CAPTURE et_sql_drop OK",
        "CAPTURE et_table_rewrite OK",
        "CAPTURE et_ddl_command_end OK",
        "CAPTURE capture_failures_24h OK",
        "INTEGRITY trail_triggers OK",
        "INTEGRITY hubs_without_operation OK",
        "INTEGRITY operations_without_hub OK",
        "INTEGRITY open_versions OK",
        "INTEGRITY clock OK",
        "OPERATIONS long_running OK",
        "OPERATIONS abandoned OK",
        "PERFORMANCE performance_rating_24h OK",
        "PERFORMANCE failures_24h OK",
        "FEED oldest_transaction OK",
        "ROLLUPS rollup_lag OK",
        "STORAGE trail_size OK",
        "STORAGE growth OK",
        "RETENTION oldest_operation OK");
    assertLines(
        "select health_metric from script_tracking.get_system_health() where health_category = 'SECURITY'",
        "row_level_security",
        "writers_around_api",
        "roles_without_tenant",
        "superusers_active");
    assertThat(
            value(
                """
                select count(*)
                from script_tracking.get_system_health()
                where details is null or details = '' or last_checked <> now()
                """))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alter event trigger et_sql_drop disable|CRITICAL|ALTER EVENT TRIGGER et_sql_drop ENABLE",
        "alter event trigger et_sql_drop enable replica|CRITICAL|ALTER EVENT TRIGGER et_sql_drop ENABLE",
        "alter event trigger et_sql_drop enable always|OK|Enabled always",
        "drop event trigger et_sql_drop|CRITICAL|pgtrail install"
      })
  void saysWhichEventTriggerDoesNotCapture(String change, String status, String advice)
      throws Exception {
    run(change);

    assertThat(check("et_sql_drop")).startsWith(status).contains(advice);
    assertThat(check("et_ddl_command_end")).startsWith("OK");
  }

  @Test
  void anEventTriggerThatCallsSomethingElseDoesNotCapture() throws Exception {
    run(
        "drop event trigger et_sql_drop",
        "create function public.nothing() returns event_trigger language plpgsql as 'begin end'",
        "create event trigger et_sql_drop on sql_drop execute function public.nothing()");

    assertThat(check("et_sql_drop")).startsWith("CRITICAL").contains("It calls");
  }

  @Test
  void captureAlwaysThatIsNotAlwaysIsAWarning() throws Exception {
    run(
        "select script_tracking.configure('capture_always', 'true')",
        "alter event trigger et_sql_drop enable");

    assertThat(check("et_sql_drop")).startsWith("WARNING").contains("ENABLE ALWAYS");
  }

  /** A setting of PostgreSQL since 17. */
  @Test
  void eventTriggersThatAreOffDoNotCapture() throws Exception {
    assumeTrue(database.majorVersion() >= 17, "no setting event_triggers before 17");
    run("set event_triggers = off");

    for (String trigger :
        List.of("et_ddl_command_start", "et_sql_drop", "et_table_rewrite", "et_ddl_command_end")) {
      assertThat(check(trigger))
          .isEqualTo(
              "CRITICAL DDL is not recorded. Event triggers are off in this session."
                  + " Remove event_triggers = off from the configuration.");
    }
    run("reset event_triggers");
    assertThat(check("et_sql_drop")).startsWith("OK");
  }

  @Test
  void captureFailuresOfTheLastDayAreAWarning() throws Exception {
    asOwner(
        "insert into pgtrail.capture_failure values (now(), 'CREATE TABLE', 'XX000', 'x', 'ann'),"
            + " (now() - interval '25 hours', 'CREATE TABLE', 'XX000', 'x', 'ann')");

    assertThat(check("capture_failures_24h"))
        .startsWith("WARNING 1 DDL statements went through without a record")
        .endsWith("pgtrail.capture_failure says why; mend that.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alter table script_tracking.script_execution_s disable trigger refuse_change"
            + "|refuse_change on script_tracking.script_execution_s",
        "alter table script_tracking.script_execution_h enable trigger refuse_truncate"
            + "|refuse_truncate on script_tracking.script_execution_h",
        "drop trigger refuse_change on script_tracking.script_execution_s_history"
            + "|refuse_change on script_tracking.script_execution_s_history"
      })
  void aTriggerOfTheTrailThatDoesNotAlwaysFireIsCritical(String change, String named)
      throws Exception {
    run(change);

    assertThat(check("trail_triggers"))
        .startsWith("CRITICAL")
        .contains(named)
        .endsWith("Run: pgtrail install");
  }

  @Test
  void findsHubsAndOperationsThatAreAlone() throws Exception {
    operations(5).write();
    asOwner(
        "delete from script_tracking.script_execution_h where script_execution_hk ="
            + " (select script_execution_hk from script_tracking.script_execution_s limit 1)");
    assertThat(check("operations_without_hub"))
        .startsWith("CRITICAL 1 of the newest 5 operations")
        .endsWith(AROUND_THE_API);
    assertThat(check("hubs_without_operation")).startsWith("OK");

    asOwner("delete from script_tracking.script_execution_s");
    assertThat(check("hubs_without_operation"))
        .startsWith("CRITICAL 4 of the newest 4 hubs")
        .endsWith(AROUND_THE_API);
  }

  private static final String AROUND_THE_API =
      " around the API: look for who can, under SECURITY, and restore them from a backup.";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A superseded version that ends after the current one began, or is newer; a current one
        // that has ended.
        "{\"load_end_date\": \"infinity\", \"version_number\": 0}",
        "{\"load_end_date\": \"-infinity\", \"version_number\": 1}",
        ""
      })
  void findsVersionsThatAreOpenOrClosedWrongly(String superseded) throws Exception {
    operations(3).write();
    // That is the fourth.
    run("alter table script_tracking.script_execution_s disable trigger all");
    asOwner(
        superseded.isEmpty()
            ? """
              update script_tracking.script_execution_s
              set load_end_date = now()
              where ctid = (select min(ctid) from script_tracking.script_execution_s)
              """
            : """
              insert into script_tracking.script_execution_s_history
              select (jsonb_populate_record(s, '%s')).*
              from script_tracking.script_execution_s as s
              limit 1
              """
                .formatted(superseded));

    assertThat(check("open_versions"))
        .startsWith("CRITICAL 1 of the newest 4")
        .endsWith(AROUND_THE_API);
  }

  @Test
  void anOperationInTheFutureMeansThatTheClockWentBack() throws Exception {
    operations(2).at("now() + interval '1 hour'").write();

    assertThat(check("clock")).startsWith("WARNING 2 of the newest 2").contains("NTP");
  }

  @Test
  void tellsWhatRunsForLongFromWhatWasAbandoned() throws Exception {
    run("select script_tracking.configure('abandoned_after', '0')");
    try (Connection alive = database.connect()) {
      value(alive, "select script_tracking.track_operation('Alive')");
      Connection dead = database.connect();
      value(dead, "select script_tracking.track_operation('Lost')");
      database.killBackend(TestDatabase.backendOf(dead));
      dead.close();

      assertThat(check("long_running"))
          .startsWith("WARNING 1 ")
          .contains("'Alive'")
          .contains("script_tracking.configure('abandoned_after', ...)");
      assertThat(check("abandoned"))
          .startsWith("WARNING 1 ")
          .contains("'Lost'")
          .contains("close_abandoned()");

      run("select script_tracking.close_abandoned()");

      assertThat(check("abandoned")).startsWith("OK");
      assertThat(check("long_running")).startsWith("WARNING 1 ");
    }
  }

  @Test
  void whatIsYoungerThanTheSettingMayRun() throws Exception {
    operations(1).running().ago("59 minutes").write();

    assertThat(check("long_running")).startsWith("OK");
    assertThat(check("abandoned")).startsWith("OK");
  }

  @ParameterizedTest
  @CsvSource({
    "10, 0, 50, OK, OK", "10, 0, 499, OK, OK", "19, 1, 50, OK, WARNING",
    "17, 3, 50, WARNING, WARNING", "8, 2, 50, CRITICAL, CRITICAL", "9, 0, 500, WARNING, OK",
    "9, 0, 1000, CRITICAL, OK"
  })
  void performanceFollowsItsRating(
      int completed, int failed, String duration, String rating, String failures) throws Exception {
    operations(completed).taking(duration).write();
    operations(failed).failed().taking(duration).write();

    assertThat(check("performance_rating_24h"))
        .startsWith(rating)
        .endsWith(
            rating.equals("OK")
                ? "Nothing to do."
                : "get_performance_metrics() says which types, get_recent_errors() why.");
    assertThat(check("failures_24h"))
        .startsWith(failures)
        .endsWith(
            failures.equals("OK")
                ? "Nothing has failed in the last 24 hours."
                : "get_recent_errors() says why.");
  }

  @Test
  void rollupsThatFarBehindAreCritical() throws Exception {
    operations(10001).ago("2 days").write();
    assertThat(check("rollup_lag"))
        .startsWith("CRITICAL More than 10000 operations")
        .contains("Run script_tracking.refresh_rollups() every few minutes");

    run("select script_tracking.refresh_rollups()");
    assertThat(check("rollup_lag")).startsWith("OK The rollups have read everything");

    operations(3).ago("2 days").write();
    assertThat(check("rollup_lag")).startsWith("OK 3 operations");
  }

  @Test
  void rollupsThatAreHoursBehindAreAWarning() throws Exception {
    operations(10001).ago("59 minutes").write();
    assertThat(check("rollup_lag")).startsWith("OK More than 10000 operations");

    run("select script_tracking.refresh_rollups()");
    operations(10001).ago("61 minutes").write();
    assertThat(check("rollup_lag"))
        .startsWith("WARNING More than 10000 operations")
        .contains("Run script_tracking.refresh_rollups() every few minutes");
  }

  /** As if each operation took a hundred megabytes: what is asked is how the sizes are judged. */
  @ParameterizedTest
  @CsvSource({
    "11, 1 hour, WARNING",
    "10, 1 hour, OK",
    "1000, 25 hours, OK",
  })
  void aTrailThatWillDoubleWithinAMonthIsAWarning(int operations, String began, String status)
      throws Exception {
    operations(operations).ago(began).write();
    asOwner(
        """
        create or replace function pgtrail.trail_bytes()
            returns bigint
            language sql
            stable
        return (select 104857600 * count(*) from script_tracking.script_execution_s where script_type = 'MANUAL')
        """);

    assertThat(check("growth"))
        .startsWith(status)
        .contains(
            status.equals("OK")
                ? " in the last 24 hours."
                : "in the last 24 hours: the trail doubles within a month. Plan for it, see"
                    + " get_growth_forecast(), or keep less: pgtrail cleanup");
  }

  @Test
  void whatIsOlderThanAYearAndAMonthIsARetentionWarning() throws Exception {
    operations(1).ago("395 days").write();
    assertThat(check("oldest_operation")).startsWith("OK").contains("395 days ago");

    operations(1).ago("397 days").write();
    assertThat(check("oldest_operation")).startsWith("WARNING").contains("pgtrail cleanup");
  }

  @Test
  void namesWhoCanWriteAroundTheApi() throws Exception {
    assertThat(check("writers_around_api")).startsWith("OK");

    Login heir = member("heir");
    Login writer = member("scribbler");
    run("grant insert on script_tracking.script_execution_s to " + writer.user());
    assertThat(check("writers_around_api"))
        .startsWith("CRITICAL")
        .contains("Revoke pgtrail_owner, pg_write_all_data and rights on the tables of the trail")
        .contains(writer.user())
        .doesNotContain(heir.user());

    for (String change :
        List.of(
            "grant pgtrail_owner to %s",
            "grant update (execution_status) on script_tracking.script_execution_s to %s",
            "alter table script_tracking.script_execution_s_history owner to %s")) {
      run("begin", change.formatted(heir.user()));
      assertThat(check("writers_around_api")).as(change).contains(heir.user());
      run("rollback");
    }
  }

  @Test
  void rolesWithoutATenantAreAWarningOnceThereAreTenants() throws Exception {
    Login alice = member("alice");
    assertThat(check("roles_without_tenant")).isEqualTo("OK There are no tenants.");

    run("select script_tracking.create_tenant('acme')");
    assertThat(value("select (pgtrail.tenant_facts()).logins_alone::text")).contains(alice.user());
    assertThat(check("roles_without_tenant"))
        .startsWith("WARNING")
        .endsWith("Grant them one: script_tracking.grant_tenant(tenant, role)");

    run("select script_tracking.grant_tenant('acme', '" + alice.user() + "')");
    assertThat(value("select (pgtrail.tenant_facts()).logins_alone::text"))
        .doesNotContain(alice.user());
  }

  @Test
  void anotherSuperuserAtWorkIsAWarning() throws Exception {
    assertThat(check("superusers_active")).startsWith("OK");
    try (Connection other = database.connect()) {
      assertThat(value(other, "select 1")).isEqualTo("1");
      assertThat(check("superusers_active"))
          .startsWith("WARNING 1 ")
          .endsWith("use ordinary roles for daily work.");
    }
  }

  @Test
  void rowLevelSecurityThatIsOffIsCritical() throws Exception {
    run("alter table script_tracking.script_execution_s_history disable row level security");

    assertThat(check("row_level_security"))
        .startsWith("CRITICAL")
        .endsWith(
            "script_tracking.script_execution_s_history. Run: ALTER TABLE ... ENABLE ROW LEVEL SECURITY");
  }

  @Test
  void whoMayNotSeeIsToldSo() throws Exception {
    try (Connection session = database.connectAs(member("eve"))) {
      assertThat(
              lines(
                  session,
                  "select health_metric from script_tracking.get_system_health()"
                      + " where current_status = 'UNKNOWN' and details ~ 'pgtrail_auditor'"))
          .containsExactlyInAnyOrder(
              "capture_failures_24h",
              "hubs_without_operation",
              "operations_without_hub",
              "open_versions",
              "clock",
              "oldest_transaction",
              "rollup_lag",
              "oldest_operation",
              "roles_without_tenant");
    }
    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      assertThat(
              value(
                  session,
                  "select count(*) from script_tracking.get_system_health()"
                      + " where current_status not in ('OK', 'WARNING', 'CRITICAL')"))
          .isEqualTo("0");
    }
  }

  @Test
  void aReaderLearnsNothingOfHowMuchOtherTenantsDo() throws Exception {
    operations(30).write();
    run("analyze script_tracking.script_execution_s");

    try (Connection session = database.connectAs(member("reader", "pgtrail_reader"))) {
      assertThat(value(session, "select pgtrail.trail_facts()")).isEqualTo("(,,,,,,,,)");
      assertThat(value(session, "select pgtrail.tenant_facts()")).isEqualTo("(,)");
      assertThat(value(session, "select pgtrail.bytes_per_operation() % 100")).isEqualTo("0");
    }
  }

  @Test
  void rollupsThatHaveNotReadTheTransactionThatHeldThemUpSaySo() throws Exception {
    try (Connection writer = database.connect()) {
      Sql.execute(writer, "begin", "select script_tracking.track_operation('Bulk load')");
      run("select script_tracking.refresh_rollups()");
      Sql.execute(writer, "commit");
    }

    assertThat(check("rollup_lag")).contains("1 operations");
  }

  @Test
  void saysWhichTransactionHoldsBackTheFeedAndHowToEndIt() throws Exception {
    try (Connection idle = database.connect()) {
      Sql.execute(idle, "begin", "select pg_current_xact_id()");
      String pid = value(idle, "select pg_backend_pid()");

      assertThat(check("oldest_transaction"))
          .startsWith("OK Since ")
          .contains("process " + pid + " (role ", "idle in transaction");
      assertThat(value("select remedy from pgtrail.oldest_transaction()"))
          .isEqualTo("SELECT pg_terminate_backend(" + pid + ")");
      Sql.execute(idle, "prepare transaction 'it''s'");
    }
    assertThat(value("select remedy from pgtrail.oldest_transaction()"))
        .isEqualTo("COMMIT PREPARED 'it''s' or ROLLBACK PREPARED 'it''s' in that database");
    run("rollback prepared 'it''s'");

    assertThat(check("oldest_transaction")).startsWith("OK No other transaction");
  }

  @ParameterizedTest
  @CsvSource({
    ", OK",
    "10 minutes, OK",
    "10 minutes 1 second, WARNING",
    "1 hour, WARNING",
    "61 minutes, CRITICAL"
  })
  void aTransactionMayHoldBackTheFeedSoLong(@Nullable String age, String status) throws Exception {
    assertThat(
            value(
                "select pgtrail.held_back_status("
                    + (age == null ? "null" : "'" + age + "'")
                    + ")"))
        .isEqualTo(status);
  }

  @Test
  void looksWithoutWriting() throws Exception {
    operations(3).write();
    run("set default_transaction_read_only = on");

    assertThat(value("select count(*) from script_tracking.get_system_health()")).isEqualTo("23");
    Sql.execute(connection, "begin", "select * from script_tracking.get_system_health()");
    assertThat(value("select pg_current_xact_id_if_assigned()")).isEqualTo("null");
    run("rollback");
  }

  private String check(String metric) throws SQLException {
    return lines(
            "select current_status, details from script_tracking.get_system_health()"
                + " where health_metric = '"
                + metric
                + "'")
        .get(0);
  }
}
