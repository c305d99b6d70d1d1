package io.pgtrail.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

final class TrailGeneratorTest {

  private static final int OPERATIONS = 20_000;

  private static EmbeddedPostgres server;

  @BeforeAll
  static void fill() throws Exception {
    server = EmbeddedPostgres.builder().inMemory().setting("fsync", "off").start();
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.jdbcUrl("postgres"));
    source.setUser(server.user());
    source.setPassword(server.password());
    new Installer(source).install();
    new TrailGenerator(
            TrailGeneratorTest::connect,
            new Progress(new PrintStream(OutputStream.nullOutputStream())))
        .fill(Workload.of(OPERATIONS, Instant.now()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.user(), server.password());
  }

  private static String value(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @Test
  void writesAsManyOperationsAsAsked() throws Exception {
    assertThat(value("select count(*) from script_tracking.script_execution_s"))
        .isEqualTo(String.valueOf(OPERATIONS));
    assertThat(value("select count(*) from script_tracking.script_execution_h"))
        .isEqualTo(String.valueOf(OPERATIONS));
  }

  @Test
  void everyVersionIsOneThatTheFunctionsCouldHaveWritten() throws Exception {
    assertThat(
            value(
                """
                select count(*)
                from script_tracking.script_execution_s_versions as v
                left join script_tracking.script_execution_h as h using (script_execution_hk)
                left join script_tracking.script_execution_s as s using (script_execution_hk)
                where (h.script_execution_hk = script_tracking.calculate_hash_key(h.script_execution_bk)
                    and h.tenant_hk is not distinct from v.tenant_hk
                    and v.hash_diff = pgtrail.hash_diff(
                        v.script_name, v.script_type, v.execution_status, v.execution_duration_ms,
                        v.affected_objects, v.sql_command, v.error_message, v.metadata)
                    and (v.execution_status = 'RUNNING') = (v.execution_duration_ms is null)
                    and (v.execution_status = 'FAILED') = (v.error_message is not null)
                    and (v.execution_status = 'RUNNING' or v.script_type = 'DDL_AUTO') = (v.version_number = 1)
                    and coalesce(v.load_end_date, s.load_date) = s.load_date
                    and v.load_date >= v.execution_timestamp
                    and v.execution_timestamp < now()) is not true
                """))
        .isEqualTo("0");
  }

  @Test
  void manyUsersAndTenantsOverManyDays() throws Exception {
    assertThat(
            value(
                """
                select concat_ws(' ',
                    count(distinct db_session_user) > 250, count(distinct tenant_hk),
                    count(distinct script_type), count(distinct execution_timestamp::date) > 390,
                    count(*) filter (where execution_status = 'FAILED') between 200 and 600)
                from script_tracking.script_execution_s
                """))
        .isEqualTo("t 40 7 t t");
  }

  @Test
  void theRollupsTakeItAllIn() throws Exception {
    assertThat(value("select script_tracking.refresh_rollups() > " + OPERATIONS)).isEqualTo("t");
    assertThat(value("select sum(operations) from pgtrail.activity('-infinity', 'infinity')"))
        .isEqualTo(String.valueOf(OPERATIONS));
  }
}
