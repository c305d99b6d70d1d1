package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code log}, {@code show}, {@code impact} and {@code schema}, and what all six have in common.
 */
final class VersionCommandsTest {

  private static final Terminal SCREEN = new Terminal(true, false, 120, 50, true);
  private static final Terminal NO_COLOR = new Terminal(true, false, 120, 50, false);

  /** All six, with what they need. */
  private static final List<String[]> COMMANDS =
      List.of(
          new String[] {"log"},
          new String[] {"show", "abcd"},
          new String[] {"diff", "--from", "1h"},
          new String[] {"rollback", "--to", "1h", "--preview"},
          new String[] {"schema"},
          new String[] {"impact", "item"});

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @TempDir private Path directory = Path.of("/");

  @Test
  void logShowsTheVersionsOfAnObjectNewestFirst(TestDatabase database) throws SQLException {
    grow(database);

    Result result = Pgtrail.in(database).run("log", "public.item");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines().toList())
        .satisfiesExactly(
            header -> assertThat(header).startsWith("TIME ").endsWith("  VERSIONS"),
            row -> assertThat(row).contains("ALTER   MAJOR ").endsWith("  1.1.0 → 2.0.0"),
            row -> assertThat(row).contains("ALTER   MINOR ").endsWith("  1.0.0 → 1.1.0"),
            row ->
                assertThat(row)
                    .contains(" postgres  CREATE  MINOR ", " TABLE public.item ")
                    .endsWith("  → 1.0.0"));
  }

  @Test
  void logFiltersByTimeAuthorAndNumber(TestDatabase database) throws SQLException {
    grow(database);
    String nina = database.role("nina").user();
    database.execute(
        "create schema hers authorization " + nina,
        "set session authorization " + nina + "; create table hers.t (a int); commit");
    Pgtrail pgtrail = Pgtrail.in(database);

    assertThat(pgtrail.run("log", "--author", nina).out())
        .contains("hers.t")
        .doesNotContain("item");
    assertThat(pgtrail.run("log", "--since", "1h").out()).contains("hers.t", "public.item");
    assertThat(pgtrail.run("log", "--until", "1h"))
        .extracting(Result::exitCode, Result::err)
        .containsExactly(0, "No changes match.\n");
    Result limited = pgtrail.run("log", "--limit", "2");
    assertThat(limited.out().lines()).hasSize(3);
    assertThat(limited.err()).isEqualTo("There are older ones: --limit 0 shows all.\n");
    assertThat(pgtrail.run("log", "--limit", "0").out().lines().count()).isGreaterThan(3);
    assertThat(pgtrail.run("log", "--limit=-1").exitCode()).isEqualTo(2);
  }

  @Test
  void logIsColouredBySeverityWhereColoursAreWanted(TestDatabase database) throws SQLException {
    grow(database);

    assertThat(Pgtrail.in(database).on(SCREEN).run("log").out())
        .contains("\u001b[31mMAJOR\u001b[0m", "\u001b[33mMINOR\u001b[0m");
    assertThat(Pgtrail.in(database).on(NO_COLOR).run("log").out()).doesNotContain("\u001b");
    assertThat(Pgtrail.in(database).run("log").out()).doesNotContain("\u001b");
  }

  @Test
  void logHasTheColumnsOfItsFunctionForPrograms(TestDatabase database) throws SQLException {
    grow(database);

    assertThat(Pgtrail.in(database).run("log", "item", "--format", "csv").out())
        .startsWith(
            "change_timestamp,commit_id,changed_by,change_type,change_severity,object_type,"
                + "full_name,version_before,version_after,script_execution_hk\r\n")
        .contains(",postgres,ALTER,MAJOR,TABLE,public.item,1.1.0,2.0.0,");
    assertThat(Pgtrail.in(database).run("log", "item", "--format", "json").out())
        .startsWith("[\n{\"change_timestamp\":\"")
        .contains("\"version_before\":null,\"version_after\":\"1.0.0\"");
  }

  @Test
  void anIndexThatIsRebuiltKeepsItsVersion(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)", "create index item_id on item (id)");

    database.execute("reindex index concurrently item_id");

    assertThat(Pgtrail.in(database).run("log", "item_id").out().lines()).hasSize(2);
    assertThat(Pgtrail.in(database).run("impact", "item").out().lines()).hasSize(2);
  }

  @Test
  void showTellsWhoWhenByWhichStatementAndWhat(TestDatabase database) throws SQLException {
    grow(database);
    String commit = newestCommit(database);

    Result result = Pgtrail.in(database).run("show", commit.substring(0, 4));

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith("commit  " + commit + "\nauthor  postgres for erika\ntime    20")
        .contains(
            """

            ALTER  TABLE public.item  MAJOR  1.1.0 → 2.0.0
                alter table item drop column note
            --- TABLE public.item 1.1.0
            +++ TABLE public.item 2.0.0
            @@ -1,6 +1,5 @@
             CREATE TABLE public.item (
                 id integer NOT NULL,
            -    note text,
                 CONSTRAINT item_pkey PRIMARY KEY (id)
            """);
    assertThat(Pgtrail.in(database).on(SCREEN).run("show", commit).out())
        .contains("\u001b[31m-    note text,\u001b[0m", "\u001b[36m@@ ");
    assertThat(Pgtrail.in(database).run("show", commit, "--format", "json").out())
        .contains(
            "\"changes\":[\"removed columns.note\"]",
            "\"commit_id\":\"" + commit,
            "\"application_user\":\"erika\"",
            "\"statement\":\"alter table item drop column note\"");
  }

  @Test
  void showKeepsTheStatementFromThoseWhoMayNotReadTheOperation(TestDatabase database)
      throws SQLException {
    database.execute(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.grant_tenant('acme', 'postgres')",
        "set script_tracking.tenant = 'acme'; create table item (id int); commit");
    Login reader = reader(database);
    String commit = newestCommit(database);

    assertThat(Pgtrail.in(database).run("show", commit).out()).contains("create table item");
    assertThat(Pgtrail.as(reader).run("show", commit).out())
        .contains("+CREATE TABLE public.item (")
        .doesNotContain("create table item");
  }

  @Test
  void showSaysWhatIsNotThere(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)");
    String commit = newestCommit(database);
    database.execute("delete from pggit.history");

    Result result = Pgtrail.in(database).run("show", commit);

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEqualTo("Its changes are no longer in the history.\n");
  }

  @Test
  void impactDrawsATreeAndMarksWhatIsOnlyPossible(TestDatabase database) throws SQLException {
    database.execute(
        "create table item (id int primary key)",
        "create table part (item int references item)",
        "create view ids as select id from item",
        "create view more_ids as select id from ids",
        "create function count_items() returns bigint language plpgsql"
            + " as 'begin return (select count(*) from item); end'");

    Result result = Pgtrail.in(database).run("impact", "item");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .isEqualTo(
            """
            public.item
            ├─ TABLE public.part (foreign key)
            ├─ VIEW public.ids
            │  └─ VIEW public.more_ids
            └─ FUNCTION public.count_items() POSSIBLE
            """);
    assertThat(Pgtrail.in(database).on(SCREEN).run("impact", "item").out())
        .contains("\u001b[33mFUNCTION public.count_items() POSSIBLE\u001b[0m");
    assertThat(Pgtrail.in(database).run("impact", "item", "--format", "json").out())
        .contains("\"path\":[\"public.item\",\"public.ids\",\"public.more_ids\"]");
    assertThat(Pgtrail.in(database).run("impact", "more_ids").err())
        .isEqualTo("Nothing depends on it.\n");
  }

  @Test
  void schemaMakesTheSchemaOfAMoment(TestDatabase database) throws SQLException, IOException {
    database.execute("create table item (id int)");
    String moment = now(database);
    database.execute("drop table item");
    Path file = directory.resolve("schema.sql");

    Result before = Pgtrail.in(database).run("schema", "--at", moment);
    Result now = Pgtrail.in(database).run("schema", "--output", file.toString());

    assertThat(before.out()).contains("CREATE TABLE public.item (\n    id integer\n);\n");
    assertThat(now).isEqualTo(new Result(0, "", ""));
    assertThat(Files.readString(file)).contains("SCHEMA public").doesNotContain("item");
    database.execute("drop schema public cascade");
    database.execute(before.out());
    assertThat(database.queryForString("select to_regclass('public.item') is not null"))
        .isEqualTo("t");
  }

  @Test
  void schemaSaysThatItCannotWrite(TestDatabase database) {
    Result result =
        Pgtrail.in(database).run("schema", "--output", directory.resolve("no/file").toString());

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("cannot be written", "hint: Name a file");
  }

  @ParameterizedTest
  @CsvSource({
    "log nix, no versioned object is called nix",
    "impact nix, no versioned object is called nix",
    "show abcd, there is no commit abcd",
    "show ab, there is no commit ab",
    "show ____, there is no commit ____",
    "rollback nix --version 1.0.0 --yes, no versioned object is called nix",
    "rollback item --version 9.9.9 --yes, public.item has no version 9.9.9",
    "rollback item --version x --yes, public.item has no version x",
  })
  void saysWhatIsUnknown(String command, String complaint, TestDatabase database)
      throws SQLException {
    database.execute("create table item (id int)");

    Result result = Pgtrail.in(database).run(command.split(" "));

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).startsWith("pgtrail: " + complaint + "\n").contains("  hint: ");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void listsTheObjectsAmongWhichANameDoesNotDecide(TestDatabase database) throws SQLException {
    database.execute(
        "create schema a",
        "create schema b",
        "create table a.t (i int)",
        "create view b.t as select 1");

    Result result = Pgtrail.in(database).run("log", "t");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("more than one object is called t\n  TABLE a.t, VIEW b.t\n  hint: ");
    assertThat(Pgtrail.in(database).run("log", "VIEW b.t").exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diff --from %s", "diff --from 0s --to %s", "diff --from %s --migration",
        "schema --at %s", "rollback --to %s --preview", "rollback --to %s --yes"
      })
  void knowsNothingOfTheTimeBeforeAndAfter(String command, TestDatabase database) {
    Result before = Pgtrail.in(database).run(command.formatted("2001-01-01").split(" "));
    Result future = Pgtrail.in(database).run(command.formatted("2999-01-01").split(" "));
    Result nonsense = Pgtrail.in(database).run(command.formatted("yesterday").split(" "));

    assertThat(before.exitCode()).isEqualTo(1);
    assertThat(before.err()).contains("is not known\n  It is known since 20", "  hint: ");
    assertThat(future.exitCode()).isEqualTo(2);
    assertThat(future.err()).contains("is in the future");
    assertThat(nonsense.exitCode()).isEqualTo(2);
    assertThat(nonsense.err()).contains("'yesterday' is no moment");
  }

  @Test
  void saysThatPgtrailIsNotInstalled(TestDatabase database) throws SQLException {
    new Installer(database.dataSource()).uninstall(true);

    for (String[] command : COMMANDS) {
      Result result = Pgtrail.in(database).run(command);

      assertThat(result.exitCode()).as(command[0]).isEqualTo(4);
      assertThat(result.err())
          .isEqualTo(
              """
              pgtrail: pgtrail is not installed in this database
                hint: Install it with: pgtrail install
              """);
    }
  }

  @Test
  void saysWhichRoleMayRead(TestDatabase database) throws SQLException {
    Pgtrail nina = Pgtrail.as(database.role("nina"));

    for (String[] command : COMMANDS) {
      Result result = nina.run(command);

      assertThat(result.exitCode()).as(command[0]).isEqualTo(4);
      assertThat(result.err())
          .contains("This role may not read the versions", "grant it the role pgtrail_reader");
    }
  }

  @Test
  void aReaderNeedsNoOtherRight(TestDatabase database) throws SQLException {
    database.execute("create schema s", "create table s.item (id int)");
    Pgtrail reader = Pgtrail.as(reader(database));

    for (String command :
        List.of(
            "log item",
            "schema",
            "impact item",
            "diff --from 0s",
            "show " + newestCommit(database))) {
      Result result = reader.run(command.split(" "));

      assertThat(result.exitCode()).as(command + result.err()).isZero();
    }
  }

  @Test
  void hostileNamesNeverReachTheTerminal(TestDatabase database) throws SQLException {
    String moment = now(database);
    database.execute(
        "create table \"\u001b[2Jevil\u202e\" (\"\u001b]0;owned\u0007\" int)",
        "create view \"v\u001b[1m\" as select * from \"\u001b[2Jevil\u202e\"",
        "comment on table \"\u001b[2Jevil\u202e\" is e'\\u001b[31m\\u009b'");

    for (String command :
        List.of(
            "log",
            "show " + newestCommit(database),
            "diff --from " + moment,
            "diff --side-by-side --from " + moment,
            "diff --migration --from " + moment,
            "schema",
            "rollback --preview --to " + moment)) {
      String out = Pgtrail.in(database).on(SCREEN).run(command.split(" ")).out();

      assertThat(out).as(command).contains("evil");
      assertThat(out.replaceAll("\n", "").replaceAll("\u001b\\[\\d+m", ""))
          .as(command)
          .doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u202e]");
    }
  }

  /** Three versions of one table; the last by the user of an application. */
  private static void grow(TestDatabase database) throws SQLException {
    database.execute(
        "create table item (id int primary key)",
        "alter table item add column note text",
        "set script_tracking.app_user = 'erika'; alter table item drop column note; commit");
  }

  private static Login reader(TestDatabase database) throws SQLException {
    Login reader = database.role("reader");
    database.execute("grant pgtrail_reader to " + reader.user());
    return reader;
  }

  private static String newestCommit(TestDatabase database) throws SQLException {
    return String.valueOf(
        database.queryForString(
            "select commit_id from pggit.commit order by committed_at desc limit 1"));
  }

  static String now(TestDatabase database) throws SQLException {
    return String.valueOf(
        database.queryForString(
            "select to_char(clock_timestamp() at time zone 'UTC',"
                + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
  }
}
