package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes that cannot be described: they go on with a warning, or are refused; none passes unseen.
 */
final class UndescribedChangesTest extends VersionedDatabase {

  private static final String LOCK =
      "select from pggit.objects where full_name = 'shop.item' for update";

  private Connection session;

  @BeforeEach
  void createTheShop() throws SQLException {
    Login ann = member("ann");
    session = database.connectAs(ann);
    run(
        "create schema shop",
        "create table shop.item (id integer primary key)",
        "grant usage, create on schema shop to " + ann.user(),
        "alter table shop.item owner to " + ann.user());
  }

  @AfterEach
  void closeTheSession() throws SQLException {
    session.close();
  }

  @Test
  void goOnWithAWarningAndAreCounted() throws SQLException {
    breakTheHistory();

    Attempt alteration = Attempt.at(session, "alter table shop.item add column a int");

    assertThat(alteration.sqlState()).isEqualTo(Attempt.DONE);
    assertThat(alteration.warnings()).containsExactly("PT008");
    assertThat(
            value(
                "select concat_ws(' ', command_tag, sql_state, db_session_user ~ '^ann')"
                    + " from pgtrail.capture_failure"))
        .isEqualTo("COMMIT 42704 t");
    assertThat(value("select count(*) from pgtrail.touched")).isEqualTo("0");

    mendTheHistory();

    assertThat(drift()).containsExactly("DIFFERENT TABLE shop.item {\"added columns.a\"}");
    assertThat(changesOf("alter table shop.item add column b int"))
        .containsExactly("ALTER TABLE shop.item 1.1.0");
    assertThat(drift()).isEmpty();
  }

  @Test
  void areRefusedWhereNoneMayGoUnrecorded() throws SQLException {
    run("select script_tracking.configure('on_capture_failure', 'abort')");
    breakTheHistory();

    Attempt alteration = Attempt.at(session, "alter table shop.item add column a int");

    assertThat(alteration.sqlState()).isEqualTo("PT008");
    assertThat(alteration.message()).contains("its changes could not be described");
    mendTheHistory();
    assertRecordedAsItIs();
    assertThat(version("shop.item")).isEqualTo("1.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set transaction read only",
        "set transaction_read_only = on",
        "select set_config('transaction_read_only', 'on', true)"
      })
  void areRefusedInATransactionThatWasMadeReadOnly(String trick) throws SQLException {
    Sql.execute(session, "begin", "alter table shop.item add column a int", trick);

    Attempt commit = Attempt.at(session, "commit");

    assertThat(commit.sqlState()).isEqualTo("PT007");
    assertThat(drift()).isEmpty();
    assertThat(version("shop.item")).isEqualTo("1.0.1");
  }

  @Test
  void waitNoLongerForALockThanTheSessionAllows() throws SQLException {
    Sql.execute(session, "set lock_timeout = '50ms'");
    try (Connection other = database.connect()) {
      Sql.execute(other, "begin", LOCK);

      Attempt alteration = Attempt.at(session, "alter table shop.item add column a int");

      assertThat(alteration.sqlState()).isEqualTo(Attempt.DONE);
      assertThat(alteration.warnings()).containsExactly("PT008");
    }
    assertThat(column("select sql_state from pgtrail.capture_failure")).containsExactly("55P03");
    assertThat(drift()).containsExactly("DIFFERENT TABLE shop.item {\"added columns.a\"}");
  }

  @Test
  void areUndoneWhenTheSessionIsKilledWhileItCommits() throws Exception {
    assertThat(interruptedBy("pg_terminate_backend")).isEqualTo("57P01");
    assertRecordedAsItIs();
    assertThat(version("shop.item")).isEqualTo("1.0.1");
  }

  @Test
  void areUndoneWhenTheCommitIsCancelled() throws Exception {
    assertThat(interruptedBy("pg_cancel_backend")).isEqualTo("57014");
    assertRecordedAsItIs();
    assertThat(version("shop.item")).isEqualTo("1.0.1");
  }

  @ParameterizedTest
  @CsvSource({"repeatable read, 40001", "serializable, 40001", "read committed, 00000"})
  void mustBeTriedAgainWhereTheSnapshotIsOlderThanTheLastVersion(String level, String sqlState)
      throws SQLException {
    Sql.execute(session, "begin isolation level " + level, "select 1");
    run("alter table shop.item add column a int");

    Sql.execute(session, "alter table shop.item add column b int");
    assertThat(Attempt.at(session, "commit").sqlState()).isEqualTo(sqlState);

    assertRecordedAsItIs();
    Sql.execute(session, "alter table shop.item add column c int");
    assertRecordedAsItIs();
  }

  @Test
  void areNotTheFateOfTransactionsThatChangeDifferentObjects() throws SQLException {
    run("create table shop.other (id serial primary key)");
    String begin = "begin isolation level repeatable read";
    Sql.execute(session, begin, "select count(*) from shop.item");
    Sql.execute(connection, begin, "select count(*) from shop.other");

    Sql.execute(
        session, "alter table shop.item add column a int", "create table shop.first (id serial)");
    run("alter table shop.other add column a int", "create view shop.second as select 1 as one");
    Sql.execute(session, "commit");
    run("drop view shop.second", "create index on shop.other (a)", "commit");

    assertRecordedAsItIs();
    assertThat(version("shop.first")).isEqualTo("1.0.0");
    assertThat(version("shop.other")).isEqualTo("1.1.0");
  }

  /** What PostgreSQL reads of small tables depends on what it knows of their size. */
  @ParameterizedTest
  @ValueSource(strings = {"select 1", "analyze"})
  void atWorstMustBeTriedAgainWhereSerializableTransactionsMeet(String before) throws SQLException {
    run("create table shop.other (id serial primary key)", before);
    String begin = "begin isolation level serializable";
    String[] change = {
      begin, "alter table shop.other add column a int", "create view shop.v as select 1 as one"
    };
    Sql.execute(session, begin, "alter table shop.item add column a int");
    run(change);
    Sql.execute(session, "create table shop.first (id serial)", "commit");

    Attempt commit = attempt("commit");
    assertThat(commit.sqlState()).isIn(Attempt.DONE, "40001");
    if (commit.sqlState().equals("40001")) {
      run(change);
      run("commit");
    }

    assertThat(commit.warnings()).isEmpty();
    assertRecordedAsItIs();
    assertThat(version("shop.item")).isEqualTo("1.1.0");
    assertThat(version("shop.other")).isEqualTo("1.1.0");
    assertThat(version("shop.v")).isEqualTo("1.0.0");
  }

  @Test
  void areNotCausedByAPublicationOfAllTables() throws SQLException {
    run("create publication everything for all tables");

    run(
        "alter table shop.item add column a int",
        "alter table shop.item rename to article",
        "drop table shop.article",
        "select script_tracking.complete_operation(script_tracking.track_operation('Job'))",
        "select script_tracking.refresh_rollups()",
        "select script_tracking.complete_operation(script_tracking.track_operation('Job'))",
        "select script_tracking.refresh_rollups()",
        "select pggit.configure_tracking()",
        "delete from pggit.history",
        "delete from pgtrail.capture_failure");

    assertRecordedAsItIs();
  }

  /** Interrupts a session while its commit waits, and gives what it is told. */
  private String interruptedBy(String function) throws Exception {
    int backend = TestDatabase.backendOf(session);
    try (Connection other = database.connect()) {
      Sql.execute(other, "begin", LOCK);
      CompletableFuture<Attempt> alteration =
          CompletableFuture.supplyAsync(
              () -> Attempt.at(session, "alter table shop.item add column a int"));
      Await.until(
          "the commit waits",
          () ->
              value("select wait_event_type from pg_stat_activity where pid = " + backend)
                  .equals("Lock"));

      run("select " + function + "(" + backend + ")");

      return alteration.get().sqlState();
    }
  }

  private void breakTheHistory() throws SQLException {
    renameTheHistory("pggit.history", "moved_away");
  }

  private void mendTheHistory() throws SQLException {
    renameTheHistory("pggit.moved_away", "history");
  }

  private void renameTheHistory(String from, String to) throws SQLException {
    run(
        "set session_replication_role = replica",
        "alter table " + from + " rename to " + to,
        "reset session_replication_role");
  }
}
