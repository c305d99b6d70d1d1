package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordOperationsTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  private static final String RUNNING =
      """
      {"id": "00000000-0000-4000-8000-000000000001", "name": "Import", "type": "DATA_IMPORT",
       "status": "RUNNING", "age_ms": 5, "metadata": {"source": "crm"}}
      """;

  private static final String COMPLETED =
      """
      {"id": "00000000-0000-4000-8000-000000000001", "name": "Import", "type": "DATA_IMPORT",
       "status": "COMPLETED", "age_ms": 1000, "duration_ms": 900.5, "objects": ["public.customer"],
       "metadata": {"source": "crm", "rows": 7}}
      """;

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
  void recordsAnOperationThatHasEndedAsOneVersion() throws Exception {
    assertThat(record("[" + COMPLETED + "]")).isEqualTo(1);

    assertThat(
            told(
                """
                execution_status, version_number, execution_duration_ms, metadata, affected_objects,
                round(extract(epoch from s.load_date - execution_timestamp) * 1000),
                s.hash_diff = pgtrail.hash_diff(script_name, script_type, execution_status,
                    execution_duration_ms, affected_objects, sql_command, error_message, metadata),
                h.script_execution_hk = sha256(convert_to(h.script_execution_bk, 'UTF8')),
                h.load_date = s.load_date
                """))
        .isEqualTo(
            "COMPLETED|1|901|{\"rows\": 7, \"source\": \"crm\", \"duration_ms\": 900.500}"
                + "|{public.customer}|1000|t|t|t");
  }

  @Test
  void recordsTheEndOfWhatBeganInAnEarlierBatch() throws Exception {
    assertThat(record("[" + RUNNING + "]")).isEqualTo(1);
    assertThat(told("execution_status, version_number, metadata"))
        .isEqualTo("RUNNING|1|{\"source\": \"crm\"}");

    assertThat(record("[" + COMPLETED + "]")).isEqualTo(1);

    assertThat(
            told(
                "execution_status, version_number, execution_duration_ms, metadata ->> 'rows',"
                    + " metadata ->> 'duration_ms'"))
        .isEqualTo("COMPLETED|2|901|7|900.500");
  }

  @Test
  void takesABatchAgainWithoutRecordingItTwice() throws Exception {
    record("[" + RUNNING + "]");
    assertThat(record("[" + RUNNING + "]")).isZero();
    record("[" + COMPLETED + "]");

    assertThat(record("[" + COMPLETED + "]")).isZero();
    assertThat(record("[" + RUNNING + "]")).isZero();
    assertThat(record("[" + RUNNING + "," + COMPLETED + "]")).isZero();

    assertThat(told("execution_status, version_number")).isEqualTo("COMPLETED|2");
  }

  @Test
  void countsAnOperationThatIsToldTwiceInABatchAsItIsToldLast() throws Exception {
    assertThat(record("[" + RUNNING + "," + COMPLETED + "]")).isEqualTo(1);

    assertThat(told("execution_status, version_number")).isEqualTo("COMPLETED|1");
  }

  @Test
  void recordsTheEndThoughTheBeginIsNotCommittedYet() throws Exception {
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      record(other, "[" + RUNNING + "]");
      int waiter = TestDatabase.backendOf(connection);
      CompletableFuture<Integer> end =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return record("[" + COMPLETED + "]");
                } catch (SQLException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      Await.until(
          "the end waits for the begin",
          () ->
              "t"
                  .equals(
                      database.queryForString(
                          "select cardinality(pg_blocking_pids(" + waiter + ")) > 0")));
      other.commit();

      assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
    assertThat(told("execution_status, version_number")).isEqualTo("COMPLETED|2");
  }

  @Test
  void leavesTheOperationOfAnotherRoleAlone() throws Exception {
    Login clerk = database.role("clerk");
    record("[" + RUNNING + "]");
    try (Connection other = database.connectAs(clerk)) {
      assertThatThrownBy(() -> record(other, "[" + COMPLETED + "]"))
          .isInstanceOfSatisfying(
              SQLException.class, refusal -> assertThat(refusal.getSQLState()).isEqualTo("PT006"));
    }
    assertThat(told("execution_status, db_session_user")).isEqualTo("RUNNING|postgres");
  }

  @Test
  void takesAnOperationForAbandonedAfterADayWithoutAWordOfIt() throws Exception {
    String old = RUNNING.replace("\"age_ms\": 5", "\"age_ms\": 500000000");
    try (Connection program = database.connect()) {
      record(program, "[" + old + "]");
      database.killBackend(TestDatabase.backendOf(program));
    }
    assertThat(Sql.queryForString(connection, "select script_tracking.close_abandoned()"))
        .isEqualTo("0");

    Sql.execute(
        connection,
        "begin",
        "set local role pgtrail_owner",
        "alter table script_tracking.script_execution_s disable trigger supersede_version",
        "update script_tracking.script_execution_s set load_date = load_date - interval '25 hours'",
        "alter table script_tracking.script_execution_s enable always trigger supersede_version",
        "commit");
    assertThat(Sql.queryForString(connection, "select script_tracking.close_abandoned()"))
        .isEqualTo("1");

    assertThat(record("[" + COMPLETED.replace("\"age_ms\": 1000", "\"age_ms\": 1e9") + "]"))
        .isZero();
    assertThat(told("execution_status, metadata -> 'abandoned'")).isEqualTo("FAILED|true");
  }

  @Test
  void redactsSecrets() throws Exception {
    record(
        """
        [{"id": "00000000-0000-4000-8000-000000000001", "name": "alter role clerk password 'hush'", "type": "MANUAL", "status": "FAILED",
          "age_ms": 0, "duration_ms": 0, "content": "alter role clerk password 'hush'",
          "error": "no: password = 'hush'"}]
        """);
    assertThat(told("script_name, left(script_execution_bk, 40), sql_command, error_message"))
        .isEqualTo(
            "alter role clerk password '<redacted>'|alter role clerk password '<redacted>'_0|alter role clerk password '<redacted>'|no: password = '<redacted>'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "null | PT001",
        "{} | PT001",
        "[1] | 22023",
        "[{}] | PT001",
        "[{\"name\": \"x\", \"type\": \"y\", \"status\": \"RUNNING\", \"age_ms\": 0}] | PT001",
        "[{\"id\": \"no uuid\"}] | 22P02",
        "[$, \"status\": \"DONE\", \"age_ms\": 0}] | PT001",
        "[$, \"status\": \"RUNNING\"}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": -1}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 604800001}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1e300}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"duration_ms\": 1}] | PT001",
        "[$, \"status\": \"COMPLETED\", \"age_ms\": 1}] | PT001",
        "[$, \"status\": \"COMPLETED\", \"age_ms\": 1, \"duration_ms\": 2}] | PT001",
        "[$, \"status\": \"COMPLETED\", \"age_ms\": 1, \"duration_ms\": -1}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"metadata\": [1]}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"type\": \"DDL_AUTO\"}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"name\": \" \"}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"type\": \"\"}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"type\": \"a type with more than fifty characters, which no type has\"}] | PT001",
        "[$, \"status\": \"RUNNING\", \"age_ms\": 1, \"tenant\": \"unknown\"}] | PT004",
      })
  void refusesABatchWithWhatCannotBeRecorded(String batch, String sqlState) throws Exception {
    String begin =
        "{\"id\": \"00000000-0000-4000-8000-000000000002\", \"name\": \"x\", \"type\": \"y\"";
    assertThatThrownBy(() -> record(batch.strip().replace("$", begin)))
        .isInstanceOfSatisfying(
            SQLException.class,
            failure ->
                assertThat(failure.getSQLState()).as(failure.getMessage()).isEqualTo(sqlState));
    assertThat(told("execution_status")).isEqualTo("null");
  }

  @Test
  void recordsANameThatBeginsWithWhateverCharacter() throws Exception {
    record(
        """
        [{"id": "00000000-0000-4000-8000-000000000001", "name": "Übung", "type": "年次",
          "status": "COMPLETED", "age_ms": 2, "duration_ms": 1},
         {"id": "00000000-0000-4000-8000-000000000002", "name": " x", "type": "\\ty",
          "status": "RUNNING", "age_ms": 0}]
        """);

    assertThat(told("script_name, script_type, execution_status, s.metadata").split("\n"))
        .containsExactlyInAnyOrder("Übung|年次|COMPLETED|{\"duration_ms\": 1.000}", " x|\ty|RUNNING");
  }

  private int record(String batch) throws SQLException {
    return record(connection, batch);
  }

  private static int record(Connection over, String batch) throws SQLException {
    try (PreparedStatement statement =
        over.prepareStatement("select script_tracking.record_operations(cast(? as jsonb))")) {
      statement.setString(1, batch);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private String told(String columns) throws SQLException {
    return String.valueOf(
        Sql.queryForString(
            connection,
            """
            select string_agg(concat_ws('|', %s), E'\\n')
            from script_tracking.script_execution_s as s
            join script_tracking.script_execution_h as h using (script_execution_hk)
            where s.record_source = 'CLIENT'
            """
                .formatted(columns)));
  }
}
