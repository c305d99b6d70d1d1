package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dashboard}, {@code performance}, {@code health} and {@code anomalies}. */
final class ReportCommandsTest {

  private static final Terminal SCREEN = new Terminal(true, false, 80, 50, true);

  /** As NO_COLOR makes it. */
  private static final Terminal COLOURLESS = new Terminal(true, false, 80, 50, false);

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void dashboardShowsTheLastDayInNumbers(TestDatabase database) throws SQLException {
    track(database, true);
    track(database, false);

    Result table = Pgtrail.in(database).run("dashboard");

    assertThat(table.exitCode()).isZero();
    assertThat(table.err()).isEmpty();
    assertThat(table.out())
        .startsWith("METRIC ")
        .containsPattern("total_operations_24h +2  count ")
        .containsPattern("success_rate_24h +50  percentage ")
        .doesNotContain("\u001b", "█");
    assertThat(Pgtrail.in(database).run("dashboard", "--format", "json").out())
        .startsWith("[\n{\"metric_name\":\"total_operations_24h\",\"metric_value\":2.00,")
        .endsWith("}\n]\n");
    assertThat(Pgtrail.in(database).run("dashboard", "--format", "csv").out())
        .startsWith("metric_name,metric_value,metric_unit,status,last_updated\r\n")
        .contains("\r\nfailed_operations_24h,1.00,count,");
  }

  @Test
  void dashboardDrawsTheHoursInATerminal(TestDatabase database) throws SQLException {
    track(database, true);
    track(database, false);

    String out = Pgtrail.in(database).on(SCREEN).run("dashboard").out();

    assertThat(out)
        .contains("operations  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁")
        .contains("█  at most 2 an hour", "█  at most 1 an hour")
        .contains("\u001b[31mfailures");
  }

  @Test
  void aTerminalShowsEachStatusInItsColour(TestDatabase database) throws SQLException {
    for (int i = 0; i < 9; i++) {
      track(database, true);
    }
    track(database, false);
    database.execute("alter event trigger et_sql_drop disable");

    assertThat(Pgtrail.in(database).on(SCREEN).run("dashboard").out())
        .containsPattern("system_health_score .*\u001b\\[31mPOOR\u001b\\[0m\n")
        .containsPattern("success_rate_24h .*\u001b\\[33mWARNING\u001b\\[0m\n")
        .containsPattern("avg_duration_ms .*\u001b\\[32mGOOD\u001b\\[0m\n");
    assertThat(Pgtrail.in(database).on(SCREEN).run("performance").out())
        .containsPattern("failure_rate .*\u001b\\[33mWARNING\u001b\\[0m ");
    assertThat(Pgtrail.in(database).on(SCREEN).run("health").out())
        .containsPattern("et_sql_drop .*\u001b\\[31mCRITICAL\u001b\\[0m ")
        .containsPattern("failures_24h .*\u001b\\[33mWARNING\u001b\\[0m ")
        .containsPattern("clock .*\u001b\\[32mOK\u001b\\[0m ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard", "performance", "health", "history", "errors"})
  void nothingIsColouredInAPipeOrWhereNobodyWantsIt(String command, TestDatabase database)
      throws SQLException {
    track(database, false);

    for (String out :
        List.of(
            Pgtrail.in(database).run(command).out(),
            Pgtrail.in(database).on(COLOURLESS).run(command).out())) {
      assertThat(out).containsPattern("POOR|CRITICAL|FAILED|because").doesNotContain("\u001b");
    }
  }

  @Test
  void aProgramTellsThatItWritesToAPipe(TestDatabase database) throws Exception {
    track(database, false);

    assertThat(Pgtrail.in(database).with("TERM", "xterm").runProgram("errors").out())
        .contains("because")
        .doesNotContain("\u001b");
  }

  @Test
  void performanceDrawsBarsOnlyInATerminal(TestDatabase database) throws SQLException {
    track(database, true);

    assertThat(Pgtrail.in(database).run("performance").out())
        .contains("p95_duration_ms", "STABLE")
        .doesNotContain("█");
    assertThat(Pgtrail.in(database).on(SCREEN).run("performance").out()).contains("█");
    assertThat(Pgtrail.in(database).on(SCREEN).run("performance", "--format", "csv").out())
        .startsWith(
            "metric_category,metric_name,current_value,trend_direction,performance_rating\r\n")
        .doesNotContain("█");
  }

  @Test
  void healthIsExitCodeZeroUntilSomethingIsCritical(TestDatabase database) throws SQLException {
    Result well = Pgtrail.in(database).run("health");
    assertThat(well.out()).contains("CAPTURE", " OK ").doesNotContain("CRITICAL");
    assertThat(well.exitCode()).isZero();

    database.execute("alter event trigger et_sql_drop disable");

    Result ill = Pgtrail.in(database).run("health");
    assertThat(ill.exitCode()).isEqualTo(1);
    assertThat(ill.out().lines().skip(1).findFirst().orElse("")).contains(" CRITICAL ");
    assertThat(ill.out()).contains("ALTER EVENT TRIGGER et_sql_drop ENABLE");
    assertThat(Pgtrail.in(database).run("health", "--format", "json").exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard", "performance", "health", "anomalies"})
  void noTableIsWiderThanTheTerminalAndNoDetailIsCut(String command, TestDatabase database)
      throws SQLException {
    track(database, false);
    database.execute("alter event trigger et_sql_drop disable");

    String out = Pgtrail.in(database).on(SCREEN).run(command).out();

    assertThat(out.lines())
        .allSatisfy(
            line ->
                assertThat(SafeText.width(line.replaceAll("\u001b\\[\\d+m", "")))
                    .isLessThanOrEqualTo(80));
    if (command.equals("health")) {
      assertThat(out).doesNotContain("…");
    }
  }

  @Test
  void anomaliesSayWhy(TestDatabase database) throws SQLException {
    database.execute(
        """
        set role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, execution_status,
            execution_timestamp, execution_duration_ms, db_session_user, record_source)
        select sha256(n::text::bytea), now(), '', 'operation ' || n, 'COMPLETED',
            now() - n * interval '3 hours', 5, 'alice', 'TEST'
        from generate_series(1, 200) as n
        """);
    track(database, true);

    Result json = Pgtrail.in(database).run("anomalies", "--format", "json");
    assertThat(json.exitCode()).isZero();
    assertThat(json.out()).contains("\"anomaly_kind\":\"FIRST_SEEN_USER\"", "\"reason\":\"");
  }

  @Test
  void saysThatNothingIsOutOfTheOrdinary(TestDatabase database) {
    Result result = Pgtrail.in(database).run("anomalies", "--format", "json");

    assertThat(result).isEqualTo(new Result(0, "[]\n", "Nothing out of the ordinary.\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "2147483647, 0",
    "-1, 2",
    "abc, 2",
    "1.5, 2",
    "99999999999999999999, 2",
  })
  void anomaliesTakesAnyNumberOfDaysThatIsOne(String days, int exitCode, TestDatabase database) {
    Result result = Pgtrail.in(database).run("anomalies", "--days=" + days);

    assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
    assertThat(result.err()).doesNotContain("internal error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard", "performance", "health", "anomalies"})
  void someoneWithoutRightsSeesWhatItMay(String command, TestDatabase database)
      throws SQLException {
    track(database, false);

    Result result = Pgtrail.as(database.role("nina")).run(command);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).doesNotContain("postgres");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard", "performance", "health", "anomalies"})
  void saysThatPgtrailIsNotInstalled(String command, TestDatabase database) throws SQLException {
    new Installer(database.dataSource()).uninstall(true);

    Result result = Pgtrail.in(database).run(command);

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err())
        .isEqualTo(
            """
            pgtrail: pgtrail is not installed in this database
              hint: Install it with: pgtrail install
            """);
  }

  private static void track(TestDatabase database, boolean success) throws SQLException {
    database.execute(
        "do $$ begin perform script_tracking.complete_operation("
            + "script_tracking.track_operation('Import', 'IMPORT'), "
            + success
            + ", 'because'); end $$");
  }
}
