package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Project;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class LogsCommandTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @Test
  void importsFilesAndTheStandardInputEachLineOnce(TestDatabase database) throws Exception {
    Path file = Files.writeString(directory.resolve("log.csv"), record(database, 1, "first"));
    String input = record(database, 1, "first") + record(database, 2, "second") + "2026-03-01";

    Pgtrail.Result one = Pgtrail.in(database).run("logs", "import", file.toString());
    Pgtrail.Result other = Pgtrail.in(database).reading(input).run("logs", "import", "-");

    assertThat(one).returns(0, Pgtrail.Result::exitCode);
    assertThat(one.out()).isEqualTo(file + ": 1 operation recorded of 1 log record\n");
    assertThat(other.out()).isEqualTo("standard input: 1 operation recorded of 2 log records\n");
    assertThat(other.err()).contains("not whole");
    assertThat(
            database.queryForString(
                "select string_agg(error_message, ', ' order by error_message)"
                    + " from script_tracking.script_execution_s where record_source = 'SERVER_LOG'"))
        .isEqualTo("first, second");
    assertThat(Pgtrail.in(database).run("history").out()).contains("Failed SELECT");
  }

  @Test
  void saysWhatIsNoLog(TestDatabase database) throws Exception {
    Path file = Files.writeString(directory.resolve("log.txt"), "ERROR:  no\n");

    assertThat(Pgtrail.in(database).run("logs", "import", file.toString()))
        .returns(2, Pgtrail.Result::exitCode)
        .satisfies(result -> assertThat(result.err()).contains("no csvlog or jsonlog"));
    assertThat(Pgtrail.in(database).run("logs", "import", directory + "/missing.csv"))
        .returns(2, Pgtrail.Result::exitCode)
        .satisfies(result -> assertThat(result.err()).contains("missing.csv"));
  }

  @Test
  void importsForAdministratorsOnly(TestDatabase database) throws Exception {
    Login reader = database.role("reader");
    database.execute("grant pgtrail_auditor to " + reader.user());

    assertThat(Pgtrail.as(reader).reading(record(database, 1, "x")).run("logs", "import", "-"))
        .returns(4, Pgtrail.Result::exitCode);
  }

  @Test
  void showsWhatTheServerLacksAndSetsNothingUnasked(TestDatabase database) throws Exception {
    Pgtrail.Result shown = Pgtrail.in(database).run("logs", "setup");

    assertThat(shown.exitCode()).isEqualTo(1);
    assertThat(shown.out()).contains("logging_collector", "MISSING", "log_min_messages", "OK");
    assertThat(shown.err())
        .contains("alter system set log_statement = ddl;", "must be restarted", "--apply");
    assertThat(Pgtrail.in(database).run("logs", "setup", "--apply"))
        .returns(2, Pgtrail.Result::exitCode);
    assertThat(Pgtrail.in(database).run("logs", "setup", "--format", "json").out())
        .contains(
            "\"remedy\":\"grant execute on function pg_catalog.pg_ls_logdir() to pgtrail_owner\"");
  }

  @Test
  void setsWhatTheServerLacksWhenItIsAllowedTo(TestDatabase database) throws Exception {
    try {
      Pgtrail.Result applied = Pgtrail.in(database).run("logs", "setup", "--apply", "--yes");

      assertThat(applied.out().lines().filter(line -> line.contains("MISSING")))
          .as("what needs a restart")
          .hasSize(1)
          .allMatch(line -> line.startsWith("logging_collector"));
      assertThat(applied.err()).contains("must be restarted");
      assertThat(applied.exitCode()).isEqualTo(1);
    } finally {
      database.execute("alter system reset all", "select pg_reload_conf()");
    }
  }

  @Test
  void doesWhatThePageOnTheLogSays(TestDatabase database) throws Exception {
    String page = Files.readString(Project.root().resolve("docs/how-to/read-the-log.md"));
    Path log = Files.writeString(directory.resolve("log.csv"), record(database, 1, "of a page"));
    List<String> commands =
        page.lines().filter(line -> line.matches("(zcat .*\\| )?pgtrail .*")).toList();

    for (String command : commands) {
      String[] words = command.replaceFirst(".*?pgtrail ", "").split(" ", -1);
      for (int word = 0; word < words.length; word++) {
        words[word] = words[word].replaceFirst(".*\\.(json|csv)(\\.gz)?", log.toString());
      }
      Pgtrail.Result result =
          Pgtrail.in(database).reading(record(database, 1, "of a page")).run(words);

      assertThat(result.exitCode()).as(command).isEqualTo(command.contains("setup") ? 1 : 0);
    }
    assertThat(commands).hasSize(3);
    assertThat(Pgtrail.in(database).run("history").out()).containsOnlyOnce("Failed SELECT");
  }

  private static String record(TestDatabase database, int line, String message) {
    return ("2026-03-01 12:00:00.123 UTC,\"ann\",\"%s\",26,\"10.0.0.1:5\",65e1a3c0.1a,%d,\"SELECT\","
            + "2026-03-01 11:00:00 UTC,3/7,0,ERROR,22012,\"%s\",,,,,,\"select 1/0\",,,\"\",\"client backend\",,0\n")
        .formatted(database.name(), line, message);
  }
}
