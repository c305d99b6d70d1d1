package io.pgtrail.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CleanupTest extends InstalledDatabase {

  /** They are what counting the trail anew gives, as far as they have read it. */
  private static final String ROLLUPS_ARE_EXACT =
      """
      with counted as (
          select date_trunc('hour', s.execution_timestamp, 'UTC'), s.script_type, s.db_session_user,
              s.execution_status, count(*)::bigint, sum(coalesce(s.execution_duration_ms, 0))::bigint,
              min(s.execution_duration_ms), max(s.execution_duration_ms)
          from script_tracking.script_execution_s as s, pgtrail.feed_consumer as c
          where (s.recorded_xid, s.script_execution_hk, s.version_number)
              <= ((c.position).recorded_xid, (c.position).script_execution_hk, (c.position).version_number)
          group by 1, 2, 3, 4
      ), rolled_up as (
          select r.hour, r.script_type, r.db_session_user, r.execution_status, r.operations,
              r.duration_sum_ms, r.duration_min_ms, r.duration_max_ms
          from pgtrail.operation_rollup as r
          where r.hour < now() - interval '1 year'
      )
      select not exists (select * from rolled_up except select * from counted)
          and not exists (
              select * from counted as c where c.date_trunc < now() - interval '1 year'
              except
              select * from rolled_up)
      """;

  @BeforeEach
  void recordOldAndNew() throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Old ' || i), i % 2 = 0)"
            + " from generate_series(1, 5) as i",
        "select script_tracking.track_operation('Old and running')",
        "begin",
        "set local role pgtrail_owner",
        "update script_tracking.script_execution_s set metadata = '{}', execution_timestamp = now() - interval '400 days'",
        // Some as if recorded when they began, the others as if only now, by a program that was cut
        // off.
        """
        update script_tracking.script_execution_s_history as h
        set execution_timestamp = s.execution_timestamp
        from script_tracking.script_execution_s as s
        where s.script_execution_hk = h.script_execution_hk and s.script_name in ('Old 1', 'Old 2')
        """,
        """
        update script_tracking.script_execution_h as h
        set load_date = s.execution_timestamp + interval '1 second'
        from script_tracking.script_execution_s as s
        where s.script_execution_hk = h.script_execution_hk and s.script_name in ('Old 1', 'Old 2')
        """,
        "commit",
        "select script_tracking.complete_operation(script_tracking.track_operation('New'))");
  }

  @Test
  void removesOldOperationsWithTheirVersionsAndHubs() throws Exception {
    assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("5");

    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,New,Old and running");
    assertThat(
            value(
                "select string_agg(coalesce(s.script_name, 'none'), ',' order by s.script_name) from script_tracking.script_execution_h as h"
                    + " left join script_tracking.script_execution_s as s using (script_execution_hk)"))
        .isEqualTo("Cleanup of old operations,New,Old and running");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s_history as h where not exists"
                    + " (select from script_tracking.script_execution_s as s where s.script_execution_hk = h.script_execution_hk)"))
        .isEqualTo("0");
  }

  @Test
  void recordsItself() throws Exception {
    run("select script_tracking.cleanup_old_data(100)");

    assertThat(
            value(
                """
                select concat_ws(' ', script_type, execution_status, metadata ->> 'retention_days',
                    metadata ->> 'operations_removed', (metadata ->> 'before')::timestamptz < now() - interval '99 days')
                from script_tracking.script_execution_s
                where script_name = 'Cleanup of old operations'
                """))
        .isEqualTo("MAINTENANCE COMPLETED 100 5 t");
  }

  @Test
  void keepsWhatIsYoungerThanAsked() throws Exception {
    assertThat(value("select script_tracking.cleanup_old_data(401)")).isEqualTo("0");
    assertThat(value("select script_tracking.cleanup_old_data(399)")).isEqualTo("5");
    assertThat(value("select script_tracking.cleanup_old_data(399)")).isEqualTo("0");
  }

  @Test
  void isForAdministrators() throws Exception {
    for (String role : new String[] {"pgtrail_auditor", "pgtrail_reader", "pgtrail_writer"}) {
      try (Connection session = database.connectAs(member("of_" + role, role))) {
        assertThat(Attempt.at(session, "select script_tracking.cleanup_old_data()").sqlState())
            .isEqualTo("PT002");
      }
    }
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(Attempt.at(session, "select script_tracking.cleanup_old_data()").value())
          .contains("5");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "-1", "-2147483648"})
  void refusesWhatIsNoNumberOfDays(String days) {
    for (String statement :
        new String[] {
          "select script_tracking.cleanup_old_data(" + days + ")",
          "call script_tracking.cleanup_in_batches(" + days + ")",
          "select pgtrail.start_cleanup(" + days + ")"
        }) {
      assertThat(attempt(statement).sqlState()).as(statement).isEqualTo("PT001");
    }
  }

  @Test
  void findsNothingThatIsOlderThanEver() throws Exception {
    assertThat(value("select script_tracking.cleanup_old_data(2147483647)")).isEqualTo("0");
  }

  @Test
  void blocksNoWriterWhileItsTransactionIsOpen() throws Exception {
    run("select script_tracking.track_operation('Kept and annotated')");
    Login writer = member("writer");
    try (Connection session = database.connectAs(writer);
        Connection annotator = database.connect()) {
      run("begin", "select script_tracking.cleanup_old_data()");

      Sql.execute(session, "set lock_timeout = '50ms'");
      assertThat(
              value(
                  session,
                  "select script_tracking.complete_operation(script_tracking.track_operation('Job'))"))
          .isEqualTo("t");
      Sql.execute(session, "create temporary table t (id int)");
      Sql.execute(annotator, "set lock_timeout = '50ms'");
      assertThat(annotate(annotator, "New")).isEqualTo(1);
      assertThat(annotate(annotator, "Kept and annotated")).isEqualTo(1);
      assertThat(annotate(annotator, "Old and running")).isEqualTo(1);
      run("commit");
    }

    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,Job,Kept and annotated,New,Old and running");
  }

  @Test
  void keepsWhatASessionIsAnnotatingAndDoesNotWaitForIt() throws Exception {
    try (Connection annotator = database.connect()) {
      Sql.execute(annotator, "begin");
      assertThat(annotate(annotator, "Old 3")).isEqualTo(1);
      run("set lock_timeout = '50ms'");

      assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("4");

      Sql.execute(annotator, "commit");
    }
    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,New,Old 3,Old and running");
    run("select script_tracking.refresh_rollups()");
    assertThat(value(ROLLUPS_ARE_EXACT)).isEqualTo("t");
    assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("1");
  }

  @Test
  void keepsWhatTheRollupsCannotHaveReadYet() throws Exception {
    try (Connection slow = database.connect()) {
      Sql.execute(slow, "begin", "select pg_current_xact_id()");
      run(
          "update script_tracking.script_execution_s set metadata = '{}' where script_name = 'Old 1'");
      run(
          "update script_tracking.script_execution_s set metadata = '{\"late\": true}'"
              + " where script_name = 'Old 1'");

      assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("4");

      Sql.execute(slow, "rollback");
    }
    assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("1");
  }

  @Test
  void correctsTheRollups() throws Exception {
    run(
        "select script_tracking.refresh_rollups()",
        "select script_tracking.cleanup_old_data()",
        "select script_tracking.refresh_rollups()");

    assertThat(value(ROLLUPS_ARE_EXACT)).isEqualTo("t");
    assertThat(
            value(
                "select string_agg(execution_status || operations, ',')"
                    + " from pgtrail.operation_rollup where hour < now() - interval '1 year'"))
        .isEqualTo("RUNNING1");
  }

  @Test
  void removesInBatchesOfWholeHours() throws Exception {
    old(12, "'400 days'::interval + i * '10 min'::interval");
    run("select pgtrail.start_cleanup(365)");

    List<String> batches = batches(7);

    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s where script_name ~ '^Old \\d+$'"))
        .isEqualTo("0");
    assertThat(batches).hasSizeGreaterThan(2);
    assertThat(batches.get(0)).matches("\\d+ .*:00:00\\+00 f");
    assertThat(batches.get(batches.size() - 1)).startsWith("17 ").endsWith(" t");
    assertThat(value(ROLLUPS_ARE_EXACT)).isEqualTo("t");
  }

  @Test
  void removesAnHourOfVeryManyOperationsInSeveralBatchesAndKeepsTheRollupsExact() throws Exception {
    old(200, "'400 days'::interval");
    run("select pgtrail.start_cleanup(365)");
    int batches = 0;

    for (String state = ""; !state.endsWith(" t"); batches++) {
      state = batch(3);
      assertThat(value(ROLLUPS_ARE_EXACT)).as(state).isEqualTo("t");
    }

    assertThat(batches).isBetween(8, 70);
    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,New,Old and running");
  }

  @Test
  void recordsEachBatch() throws Exception {
    run("select pgtrail.start_cleanup(365)");

    String state = batch(100);

    assertThat(state).startsWith("5 ").endsWith(" t");
    assertThat(
            value(
                """
                select concat_ws(' ', execution_status, version_number, metadata ->> 'operations_removed',
                    metadata ->> 'versions_removed', metadata ->> 'reached' = metadata ->> 'before')
                from script_tracking.script_execution_s
                where script_name = 'Cleanup of old operations'
                """))
        .isEqualTo("RUNNING 2 5 15 t");
  }

  @Test
  void refusesBatchesOfNoCleanup() throws Exception {
    run("select pgtrail.start_cleanup(365)");
    String running =
        "(select script_execution_hk from script_tracking.script_execution_s where script_name ~ '^Cleanup')";

    for (String arguments :
        new String[] {
          "null",
          "'\\x00'",
          running + ", 0",
          running + ", null",
          running + ", -1",
          running + ", 2147483647",
          "(select script_execution_hk from script_tracking.script_execution_s where script_name = 'Old and running')"
        }) {
      assertThat(attempt("select pgtrail.cleanup_batch(" + arguments + ")").sqlState())
          .as(arguments)
          .isEqualTo("PT001");
      assertThat(attempt("select pgtrail.archive_batch(" + arguments + ")").sqlState())
          .as(arguments)
          .isEqualTo("PT001");
    }
    run("select pgtrail.finish_operation(" + running + ", 'FAILED', null, null, null, null)");
    assertThat(attempt("select pgtrail.cleanup_batch(" + running + ")").sqlState())
        .isEqualTo("PT001");
  }

  @Test
  void batchesAreForAdministrators() throws Exception {
    String cleanup = value("select pgtrail.start_cleanup(365)");
    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      for (String statement :
          new String[] {
            "call script_tracking.cleanup_in_batches()",
            "select pgtrail.start_cleanup(365)",
            "select pgtrail.cleanup_batch('" + cleanup + "')",
            "select * from pgtrail.archive_batch('" + cleanup + "')"
          }) {
        assertThat(Attempt.at(session, statement).sqlState()).as(statement).isEqualTo("PT002");
      }
      assertThat(
              Attempt.at(session, "select pgtrail.remove_oldest('{\"before\": \"now\"}', 5)")
                  .sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      Sql.execute(session, "set search_path = ''");
      assertThat(Attempt.at(session, "call script_tracking.cleanup_in_batches()").value())
          .contains("5");
      assertThat(
              Attempt.at(session, "select pgtrail.remove_oldest('{\"before\": \"now\"}', 5)")
                  .sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void theProcedureCommitsItsBatchesAndRecordsItself() throws Exception {
    assertThat(value("call script_tracking.cleanup_in_batches(100)")).isEqualTo("5");

    assertThat(
            value(
                """
                select concat_ws(' ', script_type, execution_status, metadata ->> 'retention_days',
                    metadata ->> 'operations_removed', (
                        select count(distinct v.recorded_xid)
                        from script_tracking.script_execution_s_versions as v
                        where v.script_execution_hk = s.script_execution_hk))
                from script_tracking.script_execution_s as s
                where script_name = 'Cleanup of old operations'
                """))
        .isEqualTo("MAINTENANCE COMPLETED 100 5 3");
    assertThat(value("select count(*) from script_tracking.script_execution_h")).isEqualTo("3");
  }

  @Test
  void theProcedureDoesNothingInsideATransaction() throws Exception {
    run("begin");

    Attempt attempt = attempt("call script_tracking.cleanup_in_batches(100)");

    assertThat(attempt.sqlState()).isEqualTo("2D000");
    assertThat(attempt.message()).contains("invalid transaction termination");
    run("rollback");
    assertThat(value("select count(*) from script_tracking.script_execution_s")).isEqualTo("7");
  }

  @Test
  void archivesEveryColumnOfEveryVersionAndItsHub() throws Exception {
    run(
        "update script_tracking.script_execution_s set error_message = E'\\u00fc\"\\n\\\\' where script_name = 'Old 1'");
    run(
        """
        create temporary table expected as
        select to_jsonb(v) || jsonb_build_object('hub', to_jsonb(h)) as line
        from script_tracking.script_execution_s_versions as v
        join script_tracking.script_execution_h as h using (script_execution_hk)
        where v.script_name ~ '^Old \\d'
        """,
        "set timezone = 'Asia/Kolkata'",
        "set bytea_output = 'escape'",
        "create temporary table archived as select line::jsonb as line from pgtrail.archive_batch(pgtrail.start_cleanup(365)) where line is not null",
        "reset all");

    assertThat(value("select count(*) from archived")).isEqualTo("16");
    assertThat(
            value(
                """
                select count(*)
                from archived as a
                full join expected as e
                    on (e.line ->> 'script_execution_hk', e.line ->> 'version_number')
                        = (a.line ->> 'script_execution_hk', a.line ->> 'version_number')
                where (to_jsonb(jsonb_populate_record(null::script_tracking.script_execution_s, a.line))
                        || jsonb_build_object('hub', to_jsonb(jsonb_populate_record(
                            null::script_tracking.script_execution_h, a.line -> 'hub')))
                    = e.line) is not true
                """))
        .isEqualTo("0");
    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,New,Old and running");
  }

  @Test
  void twoCleanupsAtOnceRemoveEachOperationOnce() throws Exception {
    try (Connection other = database.connect()) {
      Sql.execute(other, "begin");
      value(other, "select script_tracking.cleanup_old_data()");
      int pid = TestDatabase.backendOf(connection);
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(
              () -> attempt("select script_tracking.cleanup_old_data()").value().orElse(""));
      Await.until(
          "the second waits",
          () ->
              "Lock"
                  .equals(
                      database.queryForString(
                          "select wait_event_type from pg_stat_activity where pid = " + pid)));

      Sql.execute(other, "commit");

      assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("0");
    }
    assertThat(value("select count(*) from script_tracking.script_execution_h")).isEqualTo("4");
  }

  /** Finished ones that began so long ago, i = 1 to the number. */
  private void old(int number, String age) throws SQLException {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Old ' || (100 + i)))"
            + " from generate_series(1, "
            + number
            + ") as i",
        "begin",
        "set local role pgtrail_owner",
        """
        update script_tracking.script_execution_s as s
        set metadata = '{}', execution_timestamp = now() - (%s)
        from generate_series(1, %d) as i
        where s.script_name = 'Old ' || (100 + i)
        """
            .formatted(age, number),
        "commit");
  }

  private String batch(int operations) throws SQLException {
    return value(
        """
        select concat_ws(' ', b.operations_removed, to_char(b.reached at time zone 'UTC', 'HH24:MI:SS+00'), b.finished)
        from script_tracking.script_execution_s as s, pgtrail.cleanup_batch(s.script_execution_hk, %d) as b
        where s.script_name = 'Cleanup of old operations'
        """
            .formatted(operations));
  }

  private List<String> batches(int operations) throws SQLException {
    List<String> batches = new ArrayList<>();
    do {
      batches.add(batch(operations));
    } while (!batches.get(batches.size() - 1).endsWith(" t"));
    return batches;
  }

  private static int annotate(Connection session, String name) {
    return Attempt.at(
            session,
            "update script_tracking.script_execution_s set metadata = '{\"seen\": true}' where script_name = '"
                + name
                + "'")
        .rows();
  }

  @Test
  void isThroughWhateverTheTimeZone() throws Exception {
    run(
        "set timezone = 'Europe/Berlin'",
        "create temporary table k as select pgtrail.start_cleanup(365) as hk");

    assertThat(value("select max(b.finished::text) from k, pgtrail.archive_batch(k.hk) as b"))
        .isEqualTo("true");
  }

  private String remaining(String table, String column) throws SQLException {
    return value(
        "select string_agg(%1$s, ',' order by %1$s) from script_tracking.%2$s"
            .formatted(column, table));
  }
}
