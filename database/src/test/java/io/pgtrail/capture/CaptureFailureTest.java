package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DDL that cannot be recorded: it goes on with a warning, or is refused, as configured. */
class CaptureFailureTest {

  @RegisterExtension static final TestDatabases DATABASES = Installations.PGTRAIL_DATABASES;

  private static final String BREAK_THE_TRAIL =
      "alter table script_tracking.script_execution_s rename to moved_away";

  private TestDatabase database;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute("create schema shop", "create table shop.old (id integer)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table shop.item (id integer)",
        "drop table shop.old",
        "do $$ begin create table shop.item (id integer); drop table shop.old; end $$",
      })
  void letsTheStatementGoOnWithAWarningAndCountsTheFailure(String statement) throws SQLException {
    try (Connection connection = database.connect();
        Statement work = connection.createStatement()) {
      Sql.execute(connection, "begin", BREAK_THE_TRAIL);

      work.execute(statement);

      assertThat(work.getWarnings().getSQLState()).isEqualTo("PT008");
      assertThat(work.getWarnings().getMessage()).contains("pgtrail could not record this");
      assertThat(
              Sql.rows(
                  connection, "select * from pgtrail.capture_failure where sql_state = '42P01'"))
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row).containsEntry("db_session_user", "postgres"));
      Sql.execute(connection, "rollback");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"create table shop.item (id integer)", "drop table shop.old"})
  void refusesTheStatementWhenItMustBeRecorded(String statement) throws SQLException {
    database.execute("select script_tracking.configure('on_capture_failure', 'abort')");

    try (Connection connection = database.connect()) {
      Sql.execute(connection, "set session_replication_role = replica", BREAK_THE_TRAIL);
      Sql.execute(connection, "set session_replication_role = origin");

      assertThatThrownBy(() -> Sql.execute(connection, statement))
          .isInstanceOfSatisfying(
              SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("PT008"))
          .hasMessageContaining("could not be recorded");

      assertThat(Sql.queryForString(connection, "select to_regclass('shop.item')")).isNull();
      assertThat(Sql.queryForString(connection, "select to_regclass('shop.old')"))
          .isEqualTo("shop.old");
    }
  }

  @Test
  void doesNotWaitLongerForALockThanTheSessionAllows() throws SQLException {
    try (Connection blocker = database.connect();
        Connection connection = database.connect();
        Statement work = connection.createStatement()) {
      Sql.execute(
          blocker, "begin", "lock table script_tracking.script_execution_s in exclusive mode");
      Sql.execute(connection, "set lock_timeout = '50ms'");

      work.execute("create table shop.item (id integer)");

      assertThat(work.getWarnings().getSQLState()).isEqualTo("PT008");
      Sql.execute(blocker, "rollback");
    }
    assertThat(database.queryForString("select sql_state from pgtrail.capture_failure"))
        .isEqualTo("55P03");
  }

  @Test
  void leavesNoHalfRecordBehind() throws SQLException {
    DdlTrail trail = DdlTrail.from(database);

    try (Connection connection = database.connect()) {
      Sql.execute(
          connection,
          "begin",
          BREAK_THE_TRAIL,
          "create table shop.item (id integer)",
          "alter table script_tracking.moved_away rename to script_execution_s",
          "create table shop.other (id integer)",
          "commit");
    }

    List<Captured> captured = trail.captured();
    assertThat(captured)
        .extracting(Captured::statement)
        .contains("create table shop.other (id integer)");
    assertThat(
            database.queryForString(
                """
                select count(*)
                from script_tracking.script_execution_h as h
                where not exists (
                    select from script_tracking.script_execution_s as s
                    where s.script_execution_hk = h.script_execution_hk)
                """))
        .isEqualTo("0");
  }
}
