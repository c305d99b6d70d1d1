package io.pgtrail.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who runs which task when. */
final class TasksTest extends InstalledDatabase {

  private static final String BEGIN =
      "select begins from pgtrail.begin_task('rollups', interval '1 hour')";
  private static final String FINISH = "select pgtrail.finish_task('rollups', true, '7 added')";
  private static final String STATUS =
      "select status from script_tracking.get_tasks() where task = 'rollups'";

  @Test
  void oneOfSeveralServersRunsATaskAndNoneBeforeItsTime() throws Exception {
    Login web = member("web", "pgtrail_server");
    try (Connection one = database.connectAs(web);
        Connection other = database.connectAs(web)) {
      assertThat(value(STATUS)).isEqualTo("NEVER");
      assertThat(value(one, BEGIN)).isEqualTo("t");
      assertThat(value(STATUS)).isEqualTo("RUNNING");
      assertThat(value(other, BEGIN)).isEqualTo("f");
      makeDue();
      assertThat(value(other, BEGIN)).isEqualTo("f");

      value(one, FINISH);
      assertThat(value(STATUS)).isEqualTo("DONE");
      assertThat(value(other, BEGIN)).isEqualTo("t");
      value(other, FINISH);
      assertThat(value(one, BEGIN)).isEqualTo("f");
      assertThat(
              value(
                  one,
                  "select wait between interval '59 minutes' and interval '1 hour'"
                      + " from pgtrail.begin_task('rollups', interval '1 hour')"))
          .isEqualTo("t");
    }
  }

  @Test
  void aTaskWhoseServerWentAwayIsInterruptedAndRunsAgain() throws Exception {
    Login web = member("web", "pgtrail_server");
    try (Connection dying = database.connectAs(web)) {
      value(dying, BEGIN);
    }
    Await.until("the lock is free", () -> value(STATUS).equals("INTERRUPTED"));
    makeDue();

    try (Connection other = database.connectAs(web)) {
      assertThat(value(other, BEGIN)).isEqualTo("t");
    }
  }

  /** Anybody may take an advisory lock, also one that it sees held, as soon as it is free. */
  @Test
  void nobodyElseHoldsATaskUp() throws Exception {
    Login web = member("web", "pgtrail_server");
    String locksOfTasks =
        """
        select pg_try_advisory_lock(hashtextextended('pgtrail task ' || t.task, 0))
        from (values ('alerts'), ('webhooks'), ('rollups'), ('abandoned'), ('retention')) as t (task)
        """;
    String locksThatAreHeld =
        "select %s((l.classid::bigint << 32) | l.objid::bigint) from pg_locks as l where l.locktype = 'advisory'";
    try (Connection stranger = database.connectAs(member("stranger"));
        Connection one = database.connectAs(web)) {
      Sql.execute(stranger, locksOfTasks, locksThatAreHeld.formatted("pg_try_advisory_lock"));
      assertThat(value(one, BEGIN)).isEqualTo("t");
      ExecutorService waiting = Executors.newSingleThreadExecutor();
      try {
        Future<?> taken =
            waiting.submit(
                () -> {
                  Sql.execute(stranger, locksThatAreHeld.formatted("pg_advisory_lock"));
                  return null;
                });
        Await.until(
            "the stranger waits for the lock of the run",
            () ->
                value("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                    .equals("1"));
        value(one, FINISH);
        taken.get();
      } finally {
        waiting.shutdownNow();
      }
      assertThat(value(STATUS)).isEqualTo("DONE");
      makeDue();

      assertThat(value(one, BEGIN)).isEqualTo("t");
      assertThat(value(STATUS)).isEqualTo("RUNNING");
    }
  }

  @Test
  void whatNobodyDoesIsLate() throws Exception {
    try (Connection web = database.connectAs(member("web", "pgtrail_server"))) {
      value(web, BEGIN);
      value(web, FINISH);
    }
    run("update pgtrail.task set started_at = now() - interval '3 hours'");

    assertThat(value("select string_agg(task, ',') from script_tracking.get_tasks() where is_late"))
        .isEqualTo("rollups");
  }

  @Test
  void onlyServersRunTasksAndEveryReaderSeesThem() throws Exception {
    try (Connection reader = database.connectAs(member("reader", "pgtrail_reader"))) {
      for (String call :
          new String[] {
            BEGIN, FINISH, "select pgtrail.start_retention()", "select pgtrail.remove_old_alerts()"
          }) {
        assertThat(Attempt.at(reader, call).sqlState()).as(call).isEqualTo(Attempt.NO_RIGHT);
      }
      assertThat(value(reader, "select count(*) from script_tracking.get_tasks()")).isEqualTo("6");
    }
  }

  @Test
  void aServerRefreshesRollupsAndClosesWhatWasAbandonedButRemovesNothingUnasked() throws Exception {
    recordOld();
    try (Connection web = database.connectAs(member("web", "pgtrail_server"))) {
      assertThat(Attempt.at(web, "select script_tracking.refresh_rollups()").sqlState())
          .isEqualTo(Attempt.DONE);
      assertThat(Attempt.at(web, "select script_tracking.close_abandoned()").sqlState())
          .isEqualTo(Attempt.DONE);
      assertThat(Attempt.at(web, "select script_tracking.cleanup_old_data(0)").sqlState())
          .isEqualTo("PT002");
      assertThat(Attempt.at(web, "select pgtrail.start_cleanup(0)").sqlState()).isEqualTo("PT002");
      assertThat(value(web, "select pgtrail.start_retention()")).isEqualTo("null");
    }
  }

  @Test
  void aServerRemovesWhatTheSettingNoLongerKeepsAndNothingElse() throws Exception {
    recordOld();
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('New'))",
        "select script_tracking.configure('retention_days', '30')");
    try (Connection web = database.connectAs(member("web", "pgtrail_server"))) {
      String batch =
          "select operations_removed from pgtrail.cleanup_batch('"
              + value(web, "select pgtrail.start_retention()")
              + "')";
      // It began the operation, so it may annotate it.
      value(
          web,
          "update script_tracking.script_execution_s set metadata = metadata || jsonb_build_object("
              + "'before', now()) where script_name = 'Cleanup of old operations' returning 1");
      assertThat(Attempt.at(web, batch).sqlState()).isEqualTo("PT002");

      value(
          web,
          "update script_tracking.script_execution_s set metadata = metadata || jsonb_build_object("
              + "'before', now() - interval '30 days')"
              + " where script_name = 'Cleanup of old operations' returning 1");
      assertThat(value(web, batch)).isEqualTo("1");
    }
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s where script_name in ('Old', 'New')"))
        .isEqualTo("1");
  }

  @Test
  void everythingIsKeptForeverUnlessTheSettingSaysOtherwise() throws Exception {
    run(
        "select script_tracking.configure('retention_days', '365')",
        "select script_tracking.configure('retention_days', 'forever')");

    assertThat(value("select retention_days from pgtrail.settings")).isEqualTo("null");
  }

  @Test
  void refusesWhatIsNoNumberOfDays() {
    for (String days : List.of("0", "-1", "1.5", "never", "")) {
      assertThat(
              attempt("select script_tracking.configure('retention_days', '" + days + "')")
                  .sqlState())
          .as(days)
          .isEqualTo("PT001");
    }
  }

  private void recordOld() throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Old'))",
        "begin",
        "set local role pgtrail_owner",
        "update script_tracking.script_execution_s set metadata = '{}',"
            + " execution_timestamp = now() - interval '400 days'",
        "commit");
  }

  private void makeDue() throws Exception {
    run("update pgtrail.task set started_at = now() - interval '1 hour'");
  }
}
