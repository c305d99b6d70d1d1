package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TrackOperationTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  private TestDatabase database;
  private Connection connection;

  @BeforeEach
  void connect(TestDatabase fresh) throws Exception {
    database = fresh;
    connection = fresh.connect();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  @Test
  void findsAnOperationByItsKeyHoweverManyATransactionHasCompleted() throws Exception {
    Sql.execute(
        connection,
        // What PostgreSQL knows of the trail is that there is nothing in it.
        "analyze script_tracking.script_execution_s",
        "begin",
        "select script_tracking.complete_operation("
            + "script_tracking.track_operation('Job ' || i, 'MANUAL'), true)"
            + " from generate_series(1, 50) as i");

    assertThat(
            Sql.rows(
                connection,
                """
                select
                    pg_stat_get_xact_tuples_returned('script_tracking.script_execution_s'::regclass) as by_scan,
                    pg_stat_get_xact_tuples_returned(
                        'script_tracking.idx_script_execution_s_running'::regclass) as by_status
                """))
        .containsExactly(Map.of("by_scan", 0L, "by_status", 0L));
    Sql.execute(connection, "commit");
  }

  @Test
  void beginsAnOperationAsRunning() throws Exception {
    Sql.execute(
        connection, "set application_name = 'nightly'", "set script_tracking.app_user = 'ann'");

    String key = track("Weekly maintenance", "MAINTENANCE");

    assertThat(Sql.rows(connection, "select * from script_tracking.script_execution_s"))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("script_name", "Weekly maintenance")
                    .containsEntry("script_type", "MAINTENANCE")
                    .containsEntry("execution_status", "RUNNING")
                    .containsEntry("version_number", 1L)
                    .containsEntry("load_end_date", null)
                    .containsEntry("execution_duration_ms", null)
                    .containsEntry("db_session_user", "postgres")
                    .containsEntry("effective_role", "postgres")
                    .containsEntry("application_name", "nightly")
                    .containsEntry("application_user", "ann")
                    .containsEntry("record_source", "SCRIPT_TRACKER")
                    .containsEntry("backend_pid", TestDatabase.backendOf(connection))
                    .containsEntry("client_ip", "127.0.0.1")
                    .containsEntry("error_message", null)
                    .containsEntry("metadata", null)
                    .containsEntry("tenant_hk", null));
    assertThat(
            hub(
                "script_execution_bk like 'Weekly maintenance\\_%' and record_source = 'SCRIPT_TRACKER'"))
        .isEqualTo(1);
    assertThat(hub("script_execution_hk = sha256(convert_to(script_execution_bk, 'UTF8'))"))
        .isEqualTo(1);
    assertThat(key).hasSize(64);
  }

  @Test
  void takesManualForTheTypeWhenNoneIsGiven() throws Exception {
    Sql.execute(connection, "select script_tracking.track_operation('Something')");

    assertThat(current("script_type")).isEqualTo("MANUAL");
  }

  @Test
  void endsAnOperationAsCompleted() throws Exception {
    String key = track("Work", "MANUAL");

    Attempt attempt = complete(key, "true");

    assertThat(attempt.value()).contains("t");
    assertThat(attempt.warnings()).isEmpty();
    assertThat(current("execution_status")).isEqualTo("COMPLETED");
    assertThat(current("version_number")).isEqualTo("2");
    assertThat(hub("true")).isEqualTo(1);
    assertThat(
            Sql.rows(
                connection,
                """
                select version_number, execution_status, load_end_date =
                    (select s.load_date from script_tracking.script_execution_s as s) as joined
                from script_tracking.script_execution_s_history
                """))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("version_number", 1L)
                    .containsEntry("execution_status", "RUNNING")
                    .containsEntry("joined", true));
  }

  @Test
  void endsAnOperationAsFailedWithItsMessage() throws Exception {
    String key = track("Work", "MANUAL");

    assertThat(complete(key, "false, 'Connection timeout'").value()).contains("t");

    assertThat(current("execution_status")).isEqualTo("FAILED");
    assertThat(current("error_message")).isEqualTo("Connection timeout");
  }

  @Test
  void measuresByTheClockAndNotByTheTransaction() throws Exception {
    Sql.execute(
        connection,
        """
        begin;
        do $$
        declare
            operation bytea;
            until_then timestamptz;
        begin
            operation := script_tracking.track_operation('Work');
            until_then := clock_timestamp() + interval '3 ms';
            while clock_timestamp() < until_then loop null; end loop;
            perform script_tracking.complete_operation(operation);
        end $$;
        commit
        """);

    assertThat(
            database.queryForString(
                """
                select (metadata ->> 'duration_ms')::numeric >= 3
                    and (metadata ->> 'duration_ms')::numeric = round((metadata ->> 'duration_ms')::numeric, 3)
                    and execution_duration_ms = round((metadata ->> 'duration_ms')::numeric)
                    and load_date > execution_timestamp
                from script_tracking.script_execution_s
                """))
        .isEqualTo("t");
  }

  @Test
  void keepsAMessageWrittenEarlierWhenNoneIsGiven() throws Exception {
    String key = track("Work", "MANUAL");
    Sql.execute(
        connection, "update script_tracking.script_execution_s set error_message = 'out of disk'");

    complete(key, "false");

    assertThat(current("error_message")).isEqualTo("out of disk");
    assertThat(current("version_number")).isEqualTo("3");
  }

  @Test
  void completesNothingForAnUnknownKey() throws Exception {
    track("Work", "MANUAL");

    for (String key :
        List.of(
            "null", "''", "'\\x00'", "sha256('unknown')", "decode(repeat('00', 100000), 'hex')")) {
      Attempt attempt =
          Attempt.at(connection, "select script_tracking.complete_operation(" + key + "::bytea)");

      assertThat(attempt.value()).as(key).contains("f");
      assertThat(attempt.warnings()).as(key).containsExactly("PT006");
    }

    assertThat(current("version_number")).isEqualTo("1");
  }

  @Test
  void completesAnOperationOnce() throws Exception {
    String key = track("Work", "MANUAL");
    complete(key, "true");

    Attempt second = complete(key, "false, 'too late'");

    assertThat(second.value()).contains("f");
    assertThat(second.warnings()).containsExactly("PT006");
    assertThat(current("execution_status")).isEqualTo("COMPLETED");
    assertThat(current("version_number")).isEqualTo("2");
  }

  @Test
  void completesAnOperationOnceWhenTwoSessionsTry() throws Exception {
    String key = track("Work", "MANUAL");
    try (Connection other = database.connect()) {
      connection.setAutoCommit(false);
      Attempt first = complete(key, "true");
      String waiting =
          "select count(*) from pg_locks where not granted and pid = "
              + TestDatabase.backendOf(other);
      CompletableFuture<Attempt> second =
          CompletableFuture.supplyAsync(
              () ->
                  Attempt.at(
                      other, "select script_tracking.complete_operation('\\x" + key + "', false)"));
      Await.until("the second waits", () -> "1".equals(database.queryForString(waiting)));
      connection.commit();
      connection.setAutoCommit(true);

      assertThat(first.value()).contains("t");
      assertThat(second.get(30, TimeUnit.SECONDS).value()).contains("f");
    }
    assertThat(current("execution_status")).isEqualTo("COMPLETED");
  }

  @Test
  void completesNothingOfSomeoneElse() throws Exception {
    Login stranger = database.role("stranger");
    String key = track("Work", "MANUAL");

    try (Connection other = database.connectAs(stranger)) {
      Attempt attempt =
          Attempt.at(other, "select script_tracking.complete_operation('\\x" + key + "')");

      assertThat(attempt.value()).contains("f");
      assertThat(attempt.warnings()).containsExactly("PT006");
    }
    assertThat(current("execution_status")).isEqualTo("RUNNING");
  }

  @Test
  void takesANullForSuccessForAMistake() throws Exception {
    String key = track("Work", "MANUAL");

    assertThat(complete(key, "null").sqlState()).isEqualTo("PT001");

    assertThat(current("execution_status")).isEqualTo("RUNNING");
  }

  @Test
  void recordsNothingWhenTheTransactionRollsBack() throws Exception {
    connection.setAutoCommit(false);
    track("Work", "MANUAL");
    connection.rollback();
    connection.setAutoCommit(true);

    assertThat(hub("true")).isZero();
  }

  @Test
  void givesEveryOperationAKeyOfItsOwn() throws Exception {
    Sql.execute(
        connection, "select script_tracking.track_operation('Same') from generate_series(1, 1000)");

    assertThat(hub("true")).isEqualTo(1000);
  }

  @Test
  void leavesLastvalAlone() throws Exception {
    Sql.execute(connection, "create sequence mine start 77", "select nextval('mine')");

    complete(track("Work", "MANUAL"), "true");

    assertThat(Sql.queryForString(connection, "select lastval()")).isEqualTo("77");
  }

  private String track(String name, String type) throws Exception {
    String key =
        Sql.queryForString(
            connection,
            "select encode(script_tracking.track_operation('%s', '%s'), 'hex')"
                .formatted(name, type));
    return String.valueOf(key);
  }

  private Attempt complete(String key, String arguments) {
    return Attempt.at(
        connection,
        "select script_tracking.complete_operation('\\x" + key + "', " + arguments + ")");
  }

  private int hub(String condition) throws Exception {
    return Integer.parseInt(
        String.valueOf(
            database.queryForString(
                "select count(*) from script_tracking.script_execution_h where " + condition)));
  }

  private String current(String column) throws Exception {
    return String.valueOf(
        Sql.queryForString(
            connection,
            "select "
                + column
                + " from script_tracking.script_execution_s where script_type <> 'DDL_AUTO'"));
  }
}
