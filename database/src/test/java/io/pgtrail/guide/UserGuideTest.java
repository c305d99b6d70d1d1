package io.pgtrail.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the guide's tracking patterns do when the work in them fails, and real DDL counted. */
final class UserGuideTest extends InstalledDatabase {

  @Test
  void aMigrationThatFailsIsKeptAndNothingOfItsWork() throws Exception {
    PrintedSql pattern = PrintedSql.titled("user-guide", "Basic Manual Tracking 2");
    run(pattern.before(), "alter table target_table add check (id < 3)");

    runAsVisitor(pattern.sql());

    assertThat(operation("Data Migration")).isEqualTo("MIGRATION FAILED 2");
    assertThat(value("select count(*) from target_table")).isEqualTo("0");
  }

  @Test
  void theMessageOfAFailureIsKept() throws Exception {
    runAsVisitor(
        PrintedSql.titled("user-guide", "3. Error Handling")
            .sql()
            .replace("-- Your operation code", "PERFORM 1 / 0;"));

    assertThat(operation("Risky Operation")).isEqualTo("MAINTENANCE FAILED 3");
    assertThat(
            value("select error_message || (metadata ->> 'error_code')" + named("Risky Operation")))
        .isEqualTo("division by zero22012");
  }

  @Test
  void everyStatementOfDdlCountsOnceByItsKind() throws Exception {
    run(
        "create table orders (id int primary key)",
        "alter table orders add note text",
        "alter table orders alter id type bigint",
        "alter table orders rename to purchases",
        "grant select on purchases to public",
        "create index purchases_note on purchases (note)",
        "drop table purchases");

    List<String> kinds =
        ScriptRun.of(
            connection,
            NoonDay.today(connection),
            PrintedSql.titled("user-guide", "DDL Impact Analysis").sql());

    assertThat(kinds.stream().map(row -> row.split(" \\| ", -1)).map(row -> row[0] + " " + row[1]))
        .containsExactlyInAnyOrder(
            "operation_type operation_count", "ALTER 3", "CREATE 2", "DROP 1", "OTHER 1");
  }

  @Test
  void aScriptSentAsOneStringRunsAsInPsql() throws Exception {
    run(PrintedSql.titled("user-guide", "Archive Historical Data").sql());

    assertThat(value("select to_regclass('script_tracking.script_execution_archive_2024')"))
        .isEqualTo("script_tracking.script_execution_archive_2024");
  }

  private void runAsVisitor(String sql) throws Exception {
    try (Connection session = database.connectAs(member("visitor"))) {
      Sql.execute(session, sql);
    }
  }

  private String operation(String name) throws Exception {
    return value(
        "select script_type || ' ' || execution_status || ' ' || version_number" + named(name));
  }

  private static String named(String name) {
    return " from script_tracking.script_execution_s where script_name = '" + name + "'";
  }
}
