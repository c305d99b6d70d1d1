package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RunCommandTest {

  private static final String LAST =
      """
      select concat_ws('|', script_name, script_type, execution_status, error_message, sql_command)
      from script_tracking.script_execution_s
      where script_type <> 'DDL_AUTO'
      """;

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @TempDir private Path directory = Path.of("/");

  @Test
  void passesInputOutputAndExitCodeThrough(TestDatabase database) throws Exception {
    Result result =
        Pgtrail.in(database)
            .reading("hello")
            .runProgram(
                "run", "--name", "Greeting", "--", "sh", "-c", "cat; echo oops >&2; exit 3");

    assertThat(result).isEqualTo(new Result(3, "hello", "oops\n"));
    assertThat(database.queryForString(LAST))
        .isEqualTo("Greeting|MANUAL|FAILED|exit code 3|sh -c 'cat; echo oops >&2; exit 3'");
  }

  @Test
  void recordsSuccessWithTypeAndMetadata(TestDatabase database) throws Exception {
    Result result =
        Pgtrail.in(database)
            .runProgram(
                "run", "--name", "Nightly", "--type", "BACKUP", "--metadata", "a=b=c", "true");

    assertThat(result).isEqualTo(new Result(0, "", ""));
    assertThat(database.queryForString(LAST)).isEqualTo("Nightly|BACKUP|COMPLETED|true");
    assertThat(
            database.queryForString(
                "select metadata ->> 'a' from script_tracking.script_execution_s"))
        .isEqualTo("b=c");
  }

  @ParameterizedTest
  @CsvSource({"TERM, 15", "HUP, 1", "INT, 2"})
  void forwardsSignalsAndRecordsTheEnd(String signal, int number, TestDatabase database)
      throws Exception {
    Path ready = directory.resolve("ready");
    String script =
        "trap 'exit "
            + (40 + number)
            + "' "
            + signal
            + "; touch '"
            + ready
            + "'; while :; do sleep 0.05; done";
    Process process = Pgtrail.in(database).start("run", "--name", "Long", "--", "sh", "-c", script);
    Await.until("the program runs", () -> Files.exists(ready));

    new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid()).start().waitFor();

    Await.until("it ends", () -> !process.isAlive());
    assertThat(process.exitValue()).isEqualTo(40 + number);
    assertThat(database.queryForString(LAST))
        .startsWith("Long|MANUAL|FAILED|exit code " + (40 + number));
  }

  @Test
  void cancelsAScriptOnASignalAndRecordsThat(TestDatabase database) throws Exception {
    Path script =
        Files.writeString(directory.resolve("long.sql"), "select pg_sleep(600) /* script */");
    Process process =
        Pgtrail.in(database).start("run", "--name", "Long", "--sql", script.toString());
    Await.until(
        "the script runs",
        () ->
            "1"
                .equals(
                    database.queryForString(
                        "select count(*) from pg_stat_activity where state = 'active'"
                            + " and query like '%/* script */' and datname = current_database()")));

    new ProcessBuilder("sh", "-c", "kill -s TERM " + process.pid()).start().waitFor();

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(database.queryForString(LAST)).startsWith("Long|MANUAL|FAILED|57014");
  }

  @Test
  void endsLikeAProgramThatASignalKilled(TestDatabase database) throws Exception {
    Result result =
        Pgtrail.in(database).runProgram("run", "--name", "Killed", "--", "sh", "-c", "kill -9 $$");

    assertThat(result.exitCode()).isEqualTo(137);
  }

  @Test
  void recordsThatThereIsNoSuchCommand(TestDatabase database) throws Exception {
    Result missing = Pgtrail.in(database).run("run", "--name", "Typo", "--", "no-such-command");

    assertThat(missing.exitCode()).isEqualTo(127);
    assertThat(database.queryForString(LAST))
        .isEqualTo("Typo|MANUAL|FAILED|no-such-command: command not found|no-such-command");
  }

  @Test
  void recordSurvivesTheLossOfItsConnection(TestDatabase database) throws Exception {
    Path go = directory.resolve("go");
    Process process =
        Pgtrail.in(database)
            .start(
                "run",
                "--name",
                "Cut",
                "--",
                "sh",
                "-c",
                "until [ -e '" + go + "' ]; do sleep 0.05; done");
    Await.until("it was recorded", () -> database.queryForString(LAST) != null);
    String backend =
        String.valueOf(
            database.queryForString("select backend_pid from script_tracking.script_execution_s"));

    database.killBackend(Integer.parseInt(backend));
    Files.createFile(go);

    assertThat(process.waitFor()).isZero();
    assertThat(database.queryForString(LAST)).startsWith("Cut|MANUAL|COMPLETED");
  }

  @Test
  void doesNotRunWhatItCannotRecord(TestDatabase database)
      throws IOException, InterruptedException {
    Pgtrail unreachable = Pgtrail.in(database).with("PGPORT", "1");
    Path ran = directory.resolve("ran");

    Result refused = unreachable.run("run", "--name", "x", "--", "touch", ran.toString());
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(ran).doesNotExist();

    Result insisted =
        unreachable.run("run", "--even-untracked", "--name", "x", "--", "touch", ran.toString());
    assertThat(insisted.exitCode()).isZero();
    assertThat(ran).exists();
  }

  @Test
  void executesAScriptAsOneTransaction(TestDatabase database) throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("s.sql"), "create table t (id int);\ninsert into t values (1);");

    Result result = Pgtrail.in(database).run("run", "--name", "Script", "--sql", script.toString());

    assertThat(result.exitCode()).isZero();
    assertThat(database.queryForString(LAST)).startsWith("Script|MANUAL|COMPLETED|create table");
    assertThat(
            database.queryForString(
                "select metadata ->> 'rows_affected' from script_tracking.script_execution_s"
                    + " where script_name = 'Script'"))
        .isEqualTo("1");
  }

  @Test
  void recordsWhereAScriptFailed(TestDatabase database) throws Exception {
    Result result =
        Pgtrail.in(database)
            .reading("create table t (id int);\nselect broken;")
            .run("run", "--name", "Script", "--sql", "-");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).isEqualTo("pgtrail: -:2: column \"broken\" does not exist (42703)\n");
    assertThat(database.queryForString(LAST))
        .startsWith("Script|MANUAL|FAILED|42703: column \"broken\" does not exist (line 2)|");
    assertThat(database.queryForString("select to_regclass('t')")).isNull();
  }

  @Test
  void refusesWhatItCannotUnderstandBeforeItBegins(TestDatabase database) throws Exception {
    Pgtrail pgtrail = Pgtrail.in(database);

    assertThat(pgtrail.run("run", "--name", "x").exitCode()).isEqualTo(2);
    assertThat(pgtrail.run("run", "--", "true").exitCode()).isEqualTo(2);
    assertThat(pgtrail.run("run", "--name", " ", "--", "true").exitCode()).isEqualTo(2);
    assertThat(pgtrail.run("run", "--name", "x", "--sql", "/nonexistent").exitCode()).isEqualTo(2);
    assertThat(pgtrail.reading("\\d").run("run", "--name", "x", "--sql", "-").exitCode())
        .isEqualTo(2);
    assertThat(database.queryForString("select count(*) from script_tracking.script_execution_h"))
        .isEqualTo("0");
  }
}
