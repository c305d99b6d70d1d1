package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every piece of SQL in the user guide, as printed. PostgreSQL itself forbids four of them:
 *
 * <ul>
 *   <li>"Basic Manual Tracking" runs VACUUM and REINDEX DATABASE in a DO block, but both refuse to
 *       run inside a transaction;
 *   <li>"Advanced Manual Tracking" divides by the time since the block began, but CURRENT_TIMESTAMP
 *       stands still in a transaction: it takes clock_timestamp();
 *   <li>"System Maintenance" updates pg_stat_user_tables, a view over counters that no UPDATE can
 *       reach;
 *   <li>"Performance Issues" selects tablename from pg_stat_user_indexes, which calls it relname,
 *       and indexname, which it calls indexrelname.
 * </ul>
 */
final class UserGuideTest extends InstalledDatabase {

  @BeforeEach
  void prepare() throws Exception {
    run(
        "create table source_table (id int)",
        "create table target_table (id int)",
        "insert into source_table values (1), (2), (3)",
        "grant select on source_table to public",
        "grant insert on target_table to public");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Checking Recent Activity",
        "Viewing Automatic DDL History",
        "DDL Impact Analysis",
        "Performance Reports",
        "Compliance and Audit Reports",
        "Error Analysis",
        "Error Analysis 2",
        "Custom Health Queries",
        "Performance Monitoring",
        "User Activity Tracking",
        "Security Anomaly Detection",
        "Missing Operations",
        "Data Inconsistencies",
        "Integration with External Monitoring"
      })
  void queriesRunAsPrintedForEveryone(String title) throws Exception {
    Login visitor = member("visitor");
    try (Connection session = database.connectAs(visitor)) {
      assertThat(Attempt.at(session, guide(title)).sqlState()).isEqualTo(Attempt.DONE);
    }
    assertThat(attempt(guide(title)).sqlState()).isEqualTo(Attempt.DONE);
  }

  @Test
  void simpleTrackingRunsOnceVacuumAndReindexStandOutside() throws Exception {
    String printed = guide("Basic Manual Tracking");

    assertThat(attempt(printed).sqlState()).isEqualTo("25001");
    run(printed.replace("VACUUM ANALYZE;", "").replace("REINDEX DATABASE one_vault;", ""));

    assertThat(operation("Database Maintenance")).isEqualTo("MAINTENANCE COMPLETED 2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void trackingWithErrorHandlingRunsAsPrinted(boolean works) throws Exception {
    if (!works) {
      run("alter table target_table add check (id < 3)");
    }

    runAsVisitor(guide("Basic Manual Tracking 2"));

    assertThat(operation("Data Migration"))
        .isEqualTo("MIGRATION " + (works ? "COMPLETED" : "FAILED") + " 2");
    assertThat(value("select count(*) from target_table")).isEqualTo(works ? "3" : "0");
  }

  @Test
  void metadataUpdatesRunWithAClockThatGoesOn() throws Exception {
    String printed = guide("Advanced Manual Tracking");

    assertThat(attempt(printed).sqlState()).isEqualTo("22012");
    runAsVisitor(printed.replace("CURRENT_TIMESTAMP", "clock_timestamp()"));

    assertThat(operation("Bulk Data Import")).isEqualTo("DATA_IMPORT COMPLETED 4");
    assertThat(value("select metadata" + named("Bulk Data Import")))
        .contains("\"batch_size\": 10000", "\"source_file\"", "\"processing_rate_per_sec\"");
  }

  @Test
  void namingConventionsRunAsPrinted() throws Exception {
    runAsVisitor(inBlock(guide("Operation Naming Conventions")));

    assertThat(operation("User_Migration_Batch_2024Q1")).isEqualTo("MIGRATION RUNNING 1");
    assertThat(operation("Weekly_Index_Maintenance")).isEqualTo("MAINTENANCE RUNNING 1");
    assertThat(operation("Compliance_Report_Generation")).isEqualTo("REPORTING RUNNING 1");
  }

  @Test
  void errorHandlingOfTheBestPracticesRunsAsPrinted() throws Exception {
    runAsVisitor(guide("Error Handling"));

    assertThat(operation("Risky Operation")).isEqualTo("MAINTENANCE COMPLETED 2");
  }

  @Test
  void errorHandlingOfTheBestPracticesKeepsTheMessageOfAFailure() throws Exception {
    runAsVisitor(guide("Error Handling").replace("-- Your operation code", "PERFORM 1 / 0;"));

    assertThat(operation("Risky Operation")).isEqualTo("MAINTENANCE FAILED 3");
    assertThat(
            value("select error_message || (metadata ->> 'error_code')" + named("Risky Operation")))
        .isEqualTo("division by zero22012");
  }

  @Test
  void metadataUsageRunsAsPrinted() throws Exception {
    runAsVisitor(inBlock(guide("Metadata Usage")));

    assertThat(operation("Data Export")).isEqualTo("EXPORT RUNNING 2");
    assertThat(value("select metadata ->> 'destination'" + named("Data Export")))
        .isEqualTo("s3://bucket/exports/");
  }

  @Test
  void systemMaintenanceRunsWithoutTheUpdateOfCounters() throws Exception {
    String printed = guide("System Maintenance");

    assertThat(attempt(printed).sqlState()).isEqualTo("55000");
    run(printed.replaceAll("UPDATE pg_stat_user_tables[^;]*;", ""));

    assertThat(operation("System Maintenance")).isEqualTo("MAINTENANCE COMPLETED 2");
  }

  @Test
  void indexUsageRunsWithTheColumnThatPostgresHas() throws Exception {
    String printed = guide("Performance Issues");

    assertThat(attempt(printed).sqlState()).isEqualTo("42703");
    assertThat(
            attempt(printed.replace("tablename", "relname").replace("indexname", "indexrelname"))
                .rows())
        .isPositive();
  }

  @Test
  void eventTriggersAreThereAsPrinted() throws Exception {
    assertThat(Sql.rows(connection, guide("Missing Operations").replaceAll("--.*", "")))
        .extracting(
            row -> row.get("evtname") + " | " + row.get("evtevent") + " | " + row.get("evtenabled"))
        .contains(
            "et_ddl_command_start | ddl_command_start | O",
            "et_ddl_command_end | ddl_command_end | O",
            "et_sql_drop | sql_drop | O");
  }

  @Test
  void noRecordIsAnOrphan() throws Exception {
    runAsVisitor(guide("Basic Manual Tracking 2"));

    assertThat(value(guide("Data Inconsistencies"))).isEqualTo("0");
  }

  @Test
  void cleanupAndArchiveRunAsPrinted() throws Exception {
    run(guide("Cleanup Operations"));
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Old'))",
        "begin",
        "set local role pgtrail_owner",
        "update script_tracking.script_execution_s set metadata = '{}', execution_timestamp = now() - interval '400 days'"
            + " where script_name = 'Old'",
        "commit");
    run(guide("Archive Historical Data"));

    assertThat(
            value(
                "select string_agg(script_name, ',') from script_tracking.script_execution_archive_2024"))
        .isEqualTo("Old");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s where script_name = 'Old'"))
        .isEqualTo("0");
  }

  @Test
  void viewsOfTheUsersOwnAreCreatedAsPrinted() throws Exception {
    run(guide("Custom Reporting Functions"));

    assertThat(attempt("select * from script_tracking.monthly_summary").rows()).isPositive();
  }

  @Test
  void finalVerificationOfTheDeploymentGuideRunsAsPrinted() throws Exception {
    runAsVisitor(
        """
        DO $$
        DECLARE
            v_execution_hk BYTEA;
        BEGIN
            -- Test tracking
            v_execution_hk := track_operation('Deployment Verification Test', 'VALIDATION');

            -- Test completion
            PERFORM complete_operation(v_execution_hk, true, NULL);

            RAISE NOTICE '🎉 Script tracking system is working perfectly!';
        END $$;
        """);

    assertThat(operation("Deployment Verification Test")).isEqualTo("VALIDATION COMPLETED 2");
  }

  @Test
  void validationStepsOfTheDeploymentGuideRunAsPrinted() throws Exception {
    assertThat(attempt("SELECT track_operation('Test Script', 'MAINTENANCE');").rows())
        .isEqualTo(1);
    run("CREATE TABLE test_tracking_table (id INTEGER);", "DROP TABLE test_tracking_table;");
    assertThat(attempt("SELECT * FROM script_tracking.get_execution_history() LIMIT 10;").rows())
        .isBetween(3, 10);
  }

  private void runAsVisitor(String sql) throws Exception {
    try (Connection session = database.connectAs(member("visitor"))) {
      Sql.execute(session, sql);
    }
  }

  private static String inBlock(String statements) {
    return "do $$ declare operation_id bytea; begin " + statements + " end $$";
  }

  private String operation(String name) throws Exception {
    return value(
        "select script_type || ' ' || execution_status || ' ' || version_number" + named(name));
  }

  private static String named(String name) {
    return " from script_tracking.script_execution_s where script_name = '" + name + "'";
  }

  private static String guide(String title) throws IOException {
    try (InputStream file = UserGuideTest.class.getResourceAsStream("user-guide.sql")) {
      String all = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      String heading = "--# " + title + "\n";
      int start = all.indexOf(heading);
      if (start < 0) {
        throw new IllegalArgumentException("The user guide has no piece of SQL called " + title);
      }
      int end = all.indexOf("\n--# ", start + heading.length());
      return all.substring(start + heading.length(), end < 0 ? all.length() : end);
    }
  }
}
