package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CleanupCommandTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  /** The numbers of the old operations in the trail, one text. */
  private static final String OLD =
      "select coalesce(string_agg(split_part(script_name, ' ', 2), ' '), '')"
          + " from script_tracking.script_execution_s where script_name ~ '^Old'";

  @TempDir private Path directory = Path.of("/");

  @Test
  void removesWhatIsOldEnough(TestDatabase database) throws SQLException {
    database.execute("create table t (id int)");

    assertThat(Pgtrail.in(database).run("cleanup", "--older-than", "1d").out())
        .isEqualTo("Removed 0 operations that began more than 1 day ago\n");
    assertThat(Pgtrail.in(database).run("cleanup", "--older-than", "0d").out())
        .startsWith("Removed 2 operations ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-5D", "6m", "5", "", "99999999999d", "999999999y", "PT5H", "x"})
  void refusesWhatIsNoPeriod(String period, TestDatabase database) {
    Result result = Pgtrail.in(database).run("cleanup", "--older-than", period);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("is no period");
  }

  @Test
  void archivesWhatItRemovesAndProvesIt(TestDatabase database) throws Exception {
    database.execute("create table t (id int)");
    String file = directory.resolve("old.ndjson.gz").toString();
    Pgtrail pgtrail = Pgtrail.in(database);

    Result archived = pgtrail.run("cleanup", "--older-than", "0d", "--archive", file);

    assertThat(archived)
        .isEqualTo(
            new Result(
                0,
                "Removed 1 operation that began more than 0 days ago; 1 version is in "
                    + file
                    + "\n",
                ""));
    Result verified = pgtrail.run("archive", "verify", file);
    assertThat(verified.exitCode()).isZero();
    assertThat(verified.out())
        .startsWith(file + " is complete and unaltered\n1 operations with 1 versions of database ");
    Result compared = pgtrail.run("archive", "verify", "--against-trail", file);
    assertThat(compared.exitCode()).isZero();
    assertThat(compared.out())
        .endsWith("\nThe trail recorded the same SHA-256, and that nothing else was removed\n");
    assertThat(pgtrail.run("cleanup", "--older-than", "0d", "--archive", file).err())
        .isEqualTo("pgtrail: " + file + " exists already\n  hint: An archive is a new file.\n");
  }

  @Test
  void findsADamagedArchiveWithoutADatabase(TestDatabase database) throws Exception {
    Path file = directory.resolve("old.ndjson.gz");
    Pgtrail.in(database).run("cleanup", "--older-than", "0d", "--archive", file.toString());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 9));
    Pgtrail nowhere =
        new Pgtrail(Map.of("PGHOST", "127.0.0.1", "PGPORT", "1"), "", Terminal.none());

    Result result = nowhere.run("archive", "verify", file.toString());

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains(file + " is damaged: it is cut off");
    assertThat(nowhere.run("archive", "verify", directory.resolve("none").toString()).exitCode())
        .isEqualTo(2);
    assertThat(nowhere.run("archive", "verify", directory.toString()).exitCode()).isEqualTo(2);
    assertThat(nowhere.run("archive").exitCode()).isEqualTo(2);
  }

  @Test
  void anArchiveBelongsToTheTrailItCameFrom(TestDatabase database) throws Exception {
    String file = directory.resolve("old.ndjson.gz").toString();
    Pgtrail pgtrail = Pgtrail.in(database);
    pgtrail.run("cleanup", "--older-than", "0d", "--archive", file);
    pgtrail.run("cleanup", "--older-than", "0d");

    Result result = pgtrail.run("archive", "verify", "--against-trail", file);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("is complete and unaltered", "knows no cleanup");
  }

  @Test
  void showsHowFarItIsOnATerminalOnly(TestDatabase database) {
    Result result =
        Pgtrail.in(database)
            .on(new Terminal(true, false, 80, 24, false))
            .run("cleanup", "--older-than", "0d");

    assertThat(result.err()).startsWith("\rRemoved 0 operations, up to ").endsWith("\r\u001b[K");
    assertThat(Pgtrail.in(database).run("cleanup", "--older-than", "5d").err()).isEmpty();
  }

  @Test
  void losesNothingWhenItIsKilled(TestDatabase database) throws Exception {
    database.execute(
        """
        select script_tracking.complete_operation(script_tracking.track_operation('Old ' || i))
        from generate_series(1, 4000) as i
        """,
        "begin; set local role pgtrail_owner;"
            + " update script_tracking.script_execution_s"
            + " set metadata = '{}', execution_timestamp = now() - interval '1 year'"
            + " + split_part(script_name, ' ', 2)::integer * interval '1 minute';"
            + " commit");
    String before = String.valueOf(database.queryForString(OLD));
    Path file = directory.resolve("killed.ndjson.gz");

    Process process =
        Pgtrail.in(database).start("cleanup", "--older-than", "100d", "--archive", file.toString());
    Await.until("a batch is committed", () -> !before.equals(database.queryForString(OLD)));
    process.destroyForcibly().waitFor();
    Await.until(
        "its session is gone",
        () ->
            "0"
                .equals(
                    database.queryForString(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                            + " and backend_type = 'client backend' and pid <> pg_backend_pid()")));

    Set<String> found =
        new TreeSet<>(List.of(String.valueOf(database.queryForString(OLD)).split(" ")));
    try (InputStream archive = Files.newInputStream(file);
        Scanner lines = new Scanner(new GZIPInputStream(archive), StandardCharsets.UTF_8)) {
      while (lines.hasNextLine()) {
        Matcher name = Pattern.compile("\"script_name\":\"Old (\\d+)\"").matcher(lines.nextLine());
        if (name.find()) {
          found.add(name.group(1));
        }
      }
    }
    assertThat(found).containsAll(List.of(before.split(" ")));
    Path next = directory.resolve("next.ndjson.gz");
    assertThat(
            Pgtrail.in(database)
                .run("cleanup", "--older-than", "100d", "--archive", next.toString())
                .exitCode())
        .isZero();
    assertThat(database.queryForString(OLD)).isEmpty();
  }

  @Test
  void needsAnAdministrator(TestDatabase database) throws SQLException {
    Result result = Pgtrail.as(database.role("nina")).run("cleanup", "--older-than", "1y");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("only pgtrail_admin may", "hint: Ask an administrator for:");
  }
}
