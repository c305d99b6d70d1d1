package io.pgtrail.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

@Tag("one-major")
final class TrackedDataSourceTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private TestDatabase database;

  @BeforeEach
  void take(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute("create table item (id integer primary key)");
  }

  @Test
  void tracksBatchesWithTheirRows() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection =
            tracker.wrap(database.dataSource(), Tracked.BATCHES).getConnection();
        PreparedStatement insert = connection.prepareStatement("insert into item values (?)");
        Statement plain = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(3);
      plain.addBatch("delete from item where id < 2");
      plain.addBatch("delete from item");
      assertThat(plain.executeLargeBatch()).containsExactly(2, 1);
      plain.execute("drop table item");
      assertThat(plain.executeBatch()).isEmpty();
    }
    assertThat(tracked("metadata ->> 'batch_size', metadata ->> 'rows_affected', sql_command"))
        .isEqualTo(
            """
            BATCH insert into item values (?) COMPLETED 3 3 insert into item values (?)
            BATCH delete from item where id < 2 COMPLETED 2 3 delete from item where id < 2\
            """);
  }

  @Test
  void tracksDdlThatFailsThoughItsTransactionRollsBack() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection = tracker.wrap(database.dataSource(), Tracked.DDL).getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("create table other (id integer)");
        assertThatThrownBy(() -> statement.execute("create table item (id integer)"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("already exists");
      }
      connection.rollback();
    }
    assertThat(tracked("metadata ->> 'error_code'"))
        .isEqualTo(
            """
            DDL create table other (id integer) COMPLETED
            DDL create table item (id integer) FAILED 42P07\
            """);
  }

  @Test
  void tracksABatchThatFails() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection =
            tracker.wrap(database.dataSource(), Tracked.BATCHES, Tracked.DDL).getConnection();
        Statement statement = connection.createStatement()) {
      statement.addBatch("insert into item values (1)");
      statement.addBatch("insert into item values (1)");
      assertThatThrownBy(statement::executeBatch).isInstanceOf(BatchUpdateException.class);
    }
    assertThat(tracked("metadata ->> 'error_code'"))
        .isEqualTo("BATCH insert into item values (1) FAILED 23505");
  }

  @Test
  void recordsNoValuesOfABatchThatFails() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection =
            tracker.wrap(database.dataSource(), Tracked.BATCHES).getConnection();
        PreparedStatement insert =
            connection.prepareStatement("insert into item select 1 / 0 from (values (?)) as v")) {
      insert.setString(1, "hunter2");
      insert.addBatch();
      assertThatThrownBy(insert::executeBatch).hasMessageContaining("hunter2");
    }
    assertThat(tracked("error_message")).contains("division by zero").doesNotContain("hunter2");
  }

  @Test
  void namesAStatementWithoutThePartOfAConstant() {
    String end = "'hunter2hunter2hunter2'";
    String statement = "create role " + "r".repeat(60) + " login password ";

    assertThat(StatementText.name(statement + end)).isEqualTo(statement + "…");
    assertThat(StatementText.name("create role r login password 'x' in role " + "r".repeat(90)))
        .startsWith("create role r login password 'x' in role r")
        .hasSize(100);
  }

  @Test
  void isOtherwiseTheDataSourceItWas() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection = tracker.wrap(database.dataSource(), Tracked.DDL).getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.getConnection()).isSameAs(connection).isEqualTo(connection);
      assertThat(connection.unwrap(PGConnection.class).getBackendPID())
          .isEqualTo(TestDatabase.backendOf(connection));
      assertThat(Sql.queryForString(connection, "select 1")).isEqualTo("1");
    }
    assertThat(tracked("''")).isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource({
    "create table t (), true",
    "' -- why\n /* that * is */ ALTER TABLE t', true",
    "insert into created values (1), false",
    "creation, false",
    "truncate t, false",
    "'', false",
    "/* open, false",
  })
  void knowsDdlByItsFirstWord(String sql, boolean ddl) {
    assertThat(StatementText.isDdl(sql)).isEqualTo(ddl);
  }

  private String tracked(String columns) throws SQLException {
    return String.valueOf(
        database.queryForString(
            """
            select string_agg(
                concat_ws(' ', script_type, script_name, execution_status, %s), E'\\n'
                order by execution_timestamp)
            from script_tracking.script_execution_s where record_source = 'CLIENT'
            """
                .formatted(columns)));
  }
}
