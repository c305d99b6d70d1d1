package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RollbackCommandTest {

  private static final Terminal PERSON = new Terminal(true, true, 120, 50, true);

  private static final String COLUMNS =
      "select string_agg(attname, ',' order by attnum) from pg_attribute"
          + " where attrelid = 'item'::regclass and attnum > 0 and not attisdropped";

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void previewShowsEveryStepAndChangesNothing(TestDatabase database) throws SQLException {
    String moment = misfortune(database);

    Result result = Pgtrail.in(database).run("rollback", "--to", moment, "--preview");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .matches(
            """
            STEP  ACTION  OBJECT +RISK +LOST ROWS  DDL
               1  DROP    TABLE public\\.extra +DATA_LOSS +2  DROP TABLE public\\.extra
               2  ALTER   TABLE public\\.item +SAFE +ALTER TABLE public\\.item ADD COLUMN note text
            """);
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");
    assertThat(Pgtrail.in(database).on(PERSON).run("rollback", "--to", moment, "--preview").out())
        .contains("\u001b[31mDATA_LOSS\u001b[0m", "\u001b[32mSAFE\u001b[0m");
    assertThat(
            Pgtrail.in(database)
                .run("rollback", "--to", moment, "--preview", "--format", "json")
                .out())
        .contains("\"full_name\":\"public.extra\"", "\"risk\":\"DATA_LOSS\"", "\"lost_rows\":2}");
  }

  @Test
  void undoesWhatAPersonConfirmsWithTheNameOfTheDatabase(TestDatabase database)
      throws SQLException {
    String moment = misfortune(database);
    String[] rollback = {"rollback", "--to", moment, "--allow-data-loss"};
    Pgtrail person = Pgtrail.in(database).on(PERSON);

    for (String answer : new String[] {"yes\n", "\n", "", database.name() + "x\n"}) {
      Result mistyped = person.reading(answer).run(rollback);

      assertThat(mistyped.exitCode()).isEqualTo(4);
      assertThat(mistyped.err()).contains("Not confirmed. Nothing was changed.");
    }
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");

    Result confirmed = person.reading(database.name() + "\n").run(rollback);

    assertThat(confirmed.exitCode()).isZero();
    assertThat(confirmed.err())
        .isEqualTo(
            "This changes the schema of "
                + database.name()
                + ", and may lose data. Type the name of the database to go on:\n");
    assertThat(confirmed.out())
        .contains("DROP TABLE public.extra")
        .endsWith(
            "Rolled back " + database.name() + ": 2 steps carried out, data lost in 2 rows\n");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id,note");
    assertThat(Pgtrail.in(database).run("diff", "--from", moment).exitCode()).isZero();
    assertThat(Pgtrail.in(database).run("history", "--type", "rollback").out())
        .contains("COMPLETED");
  }

  @Test
  void needsConsentWhereNobodyCanBeAsked(TestDatabase database) throws SQLException {
    String moment = misfortune(database);
    database.execute("drop table extra");

    Result silent =
        Pgtrail.in(database).reading(database.name() + "\n").run("rollback", "--to", moment);
    assertThat(silent.exitCode()).isEqualTo(2);
    assertThat(silent.err()).contains("Nobody can be asked here.", "hint: Say --yes");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");

    Result consent = Pgtrail.in(database).run("rollback", "--to", moment, "--yes");
    assertThat(consent.exitCode()).isZero();
    assertThat(consent.err()).isEmpty();
    assertThat(consent.out()).endsWith(": 1 step carried out, no data lost\n");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id,note");
  }

  @Test
  void refusesToLoseDataAndNamesTheStepAndTheSwitch(TestDatabase database) throws SQLException {
    String moment = misfortune(database);

    Result refused = Pgtrail.in(database).on(PERSON).run("rollback", "--to", moment);

    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.err())
        .as("not asked first")
        .isEqualTo(
            """
            pgtrail: the rollback is refused at step 1: it would destroy data in 2 rows
              DROP TABLE public.extra
              Nothing was changed.
              hint: --allow-data-loss does it all the same; --preview shows every step.
            """);
    assertThat(database.queryForString("select count(*) from extra")).isEqualTo("2");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");
  }

  @Test
  void refusesWhatPostgresRejects(TestDatabase database) throws SQLException {
    String moment = misfortune(database);
    Login reader = database.role("reader");
    database.execute("grant pgtrail_reader to " + reader.user(), "delete from extra");

    Result refused =
        Pgtrail.as(reader).run("rollback", "--to", moment, "--yes", "--allow-data-loss");

    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.err())
        .contains("the rollback is refused at step 1: permission denied for table extra")
        .contains("\n  DROP TABLE public.extra\n", "Nothing was changed.")
        .doesNotContain("--allow-data-loss");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");
  }

  @Test
  void needsNoRightsBeyondReadingAndThoseOfItsStatements(TestDatabase database)
      throws SQLException {
    Login nina = database.role("nina");
    database.execute(
        "grant pgtrail_reader to " + nina.user(),
        "create schema hers authorization " + nina.user(),
        "set session authorization "
            + nina.user()
            + "; create table hers.item (id int, note text); commit",
        "alter table hers.item drop column note");

    Result result = Pgtrail.as(nina).run("rollback", "hers.item", "--version", "1.0.0", "--yes");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("ADD COLUMN note text", "no data lost");
    assertThat(Pgtrail.as(nina).run("log", "hers.item", "--author", nina.user()).out().lines())
        .hasSize(4);
  }

  @Test
  void bringsOneObjectBackToAVersion(TestDatabase database) throws SQLException {
    misfortune(database);

    Result preview =
        Pgtrail.in(database).run("rollback", "item", "--version", "1.0.0", "--preview");
    assertThat(preview.out()).contains("ADD COLUMN note text").doesNotContain("extra");
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id");

    Result result = Pgtrail.in(database).run("rollback", "item", "--version", "1.0.0", "--yes");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(database.queryForString(COLUMNS)).isEqualTo("id,note");
    assertThat(database.queryForString("select count(*) from extra")).isEqualTo("2");
  }

  @Test
  void bringsADroppedObjectBack(TestDatabase database) throws SQLException {
    database.execute("create view v as select 1 as one", "drop view v");

    Result result = Pgtrail.in(database).run("rollback", "v", "--version", "1.0.0", "--yes");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(database.queryForString("select one from v")).isEqualTo("1");
  }

  @Test
  void saysThatThereIsNothingToDo(TestDatabase database) throws SQLException {
    String moment = VersionCommandsTest.now(database);

    Result result = Pgtrail.in(database).run("rollback", "--to", moment, "--format", "json");

    assertThat(result).isEqualTo(new Result(0, "[]\n", "Nothing to do: all is as it was.\n"));
  }

  @Test
  void tellsProgramsWhatItDid(TestDatabase database) throws SQLException {
    String moment = misfortune(database);
    database.execute("drop table extra");

    Result result =
        Pgtrail.in(database).run("rollback", "--to", moment, "--yes", "--format", "json");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith("[\n{\"step\":1,\"action\":\"ALTER\",")
        .endsWith("\"lost_rows\":null}\n]\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rollback",
        "rollback item",
        "rollback --version 1.0.0",
        "rollback item --to 1h",
        "rollback item --to 1h --version 1.0.0",
      })
  void needsEitherAMomentOrAnObjectAndItsVersion(String command, TestDatabase database) {
    Result result = Pgtrail.in(database).run(command.split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("Give either a moment with --to");
  }

  @Test
  void hasHelpAlthoughItsVersionIsAnother(TestDatabase database) {
    assertThat(Pgtrail.in(database).run("rollback", "--help").out())
        .contains("Usage: pgtrail rollback", "--version=V", "-h, --help");
  }

  /** Drops a column and adds a table with rows; gives the moment before. */
  private static String misfortune(TestDatabase database) throws SQLException {
    database.execute("create table item (id int, note text)");
    String moment = VersionCommandsTest.now(database);
    database.execute(
        "alter table item drop column note",
        "create table extra (id int)",
        "insert into extra values (1), (2)");
    return moment;
  }
}
