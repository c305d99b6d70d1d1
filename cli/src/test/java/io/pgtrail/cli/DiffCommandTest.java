package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code diff}: two moments, or two databases. */
final class DiffCommandTest {

  private static final Terminal WIDE = new Terminal(true, false, 100, 50, true);
  private static final Terminal NARROW = new Terminal(true, false, 99, 50, true);

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void exitCodeSaysWhetherThereIsADifference(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)");
    String moment = VersionCommandsTest.now(database);
    assertThat(Pgtrail.in(database).run("diff", "--from", moment))
        .isEqualTo(new Result(0, "", "No difference.\n"));

    database.execute("alter table item alter column id type bigint", "create view v as select 1");

    Result result = Pgtrail.in(database).run("diff", "--from", moment);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith(
            """
            ALTER  TABLE public.item  MINOR  1.0.0 → 1.1.0
            --- TABLE public.item 1.0.0
            +++ TABLE public.item 1.1.0
            @@ -1,4 +1,4 @@
             CREATE TABLE public.item (
            -    id integer
            +    id bigint
             );
             ALTER TABLE public.item OWNER TO postgres;

            CREATE  VIEW public.v  MINOR  → 1.0.0
            --- /dev/null
            +++ VIEW public.v 1.0.0
            """);
  }

  @Test
  void takesTheMomentsInEitherOrder(TestDatabase database) throws SQLException {
    String early = VersionCommandsTest.now(database);
    database.execute("create table item (id int)");
    String late = VersionCommandsTest.now(database);
    database.execute("drop table item");

    assertThat(Pgtrail.in(database).run("diff", "--from", early, "--to", late).out())
        .startsWith("CREATE  TABLE public.item ");
    assertThat(Pgtrail.in(database).run("diff", "--from", late, "--to", early).out())
        .startsWith("DROP  TABLE public.item ");
    assertThat(Pgtrail.in(database).run("diff", "--from", early).exitCode()).isZero();
  }

  @Test
  void printsTheMigrationFromOneToTheOther(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)");
    String moment = VersionCommandsTest.now(database);
    database.execute("alter table item add column note text");

    Result result = Pgtrail.in(database).run("diff", "--migration", "--from", moment);

    assertThat(result)
        .isEqualTo(new Result(1, "ALTER TABLE public.item ADD COLUMN note text;\n", ""));
  }

  @Test
  void putsBothBesideEachOtherWhereThereIsRoom(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)");
    String[] diff = {"diff", "--side-by-side", "--from", VersionCommandsTest.now(database)};
    database.execute("alter table item alter column id type bigint");

    Result wide = Pgtrail.in(database).on(WIDE).run(diff);
    Result narrow = Pgtrail.in(database).on(NARROW).run(diff);
    Result pipe = Pgtrail.in(database).run(diff);

    assertThat(wide.out())
        .containsPattern(
            "\n\u001b\\[31m    id integer\u001b\\[0m {34} \\| \u001b\\[32m    id bigint\u001b\\[0m\n");
    assertThat(wide.err()).isEmpty();
    assertThat(wide.out().replaceAll("\u001b\\[\\d+m", "").lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(narrow.out()).contains("\u001b[32m+    id bigint\u001b[0m");
    assertThat(narrow.err()).contains("a terminal of 100 columns is needed");
    assertThat(pipe.out()).contains("\n+    id bigint\n").doesNotContain("\u001b");
  }

  @Test
  void hasTheColumnsOfItsFunctionForPrograms(TestDatabase database) throws SQLException {
    String moment = VersionCommandsTest.now(database);
    database.execute("create table item (id int)");

    assertThat(Pgtrail.in(database).run("diff", "--from", moment, "--format", "json").out())
        .startsWith("[\n{\"object_type\":\"TABLE\",\"full_name\":\"public.item\"")
        .contains("\"ddl_before\":null,\"ddl_after\":\"CREATE TABLE public.item (\\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "diff",
        "diff --to 1h",
        "diff --from 1h --against postgresql://localhost/x",
        "diff --to 1h --against postgresql://localhost/x",
      })
  void needsEitherAMomentOrADatabase(String command, TestDatabase database) {
    Result result = Pgtrail.in(database).run(command.split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("Give either a moment with --from");
  }

  @Test
  void comparesAndMigratesToAnotherDatabase(TestDatabase database) throws SQLException {
    database.execute(
        "create table item (id int primary key, old text)", "create table gone (id int)");
    try (Neighbour other = Neighbour.of(database)) {
      new Installer(other.login().dataSource()).install();
      other.execute(
          "create table item (note text not null, id int primary key)",
          "create function twice(int) returns int language sql return $1 * 2",
          "create view doubled as select twice(id) from item");
      String[] diff = {"diff", "--against", other.url()};
      Pgtrail pgtrail = Pgtrail.in(database);

      Result result = pgtrail.run(diff);
      assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
      assertThat(result.out())
          .contains(
              "CREATE  FUNCTION public.twice(integer) ",
              "DROP  TABLE public.gone ",
              "ALTER  TABLE public.item ",
              "\n-    old text,\n",
              "\n+    note text NOT NULL,\n",
              "CREATE  VIEW public.doubled ");
      Result migration = pgtrail.run("diff", "--migration", "--against", other.url());
      assertThat(migration.exitCode()).isEqualTo(1);
      assertThat(migration.out())
          .contains("-- DATA_LOSS: ", "DROP TABLE public.gone;\n", "DROP COLUMN old;\n")
          .doesNotContain("RENAME");

      database.execute(migration.out());

      assertThat(pgtrail.run(diff)).isEqualTo(new Result(0, "", "No difference.\n"));
    }
  }

  @Test
  void knowsARenamedObjectInACopyOfTheDatabase(TestDatabase database) throws SQLException {
    database.execute("create table item (id int)");
    try (Neighbour copy = Neighbour.copyOf(database)) {
      copy.execute("alter table item rename to thing");

      Result result = Pgtrail.in(database).run("diff", "--migration", "--against", copy.url());

      assertThat(result.out()).isEqualTo("ALTER TABLE public.item RENAME TO thing;\n");
    }
  }

  @Test
  void saysThatTheOtherDatabaseHasNoPgtrail(TestDatabase database) throws SQLException {
    try (Neighbour other = Neighbour.of(database)) {
      Result result = Pgtrail.in(database).run("diff", "--against", other.url());

      assertThat(result.exitCode()).isEqualTo(4);
      assertThat(result.err())
          .contains(
              "pgtrail is not installed in the other database, postgres@",
              other.login().jdbcUrl().replaceFirst(".*/", "/"),
              "hint: Install it there");
    }
  }

  @Test
  void saysThatTheOtherDatabaseCannotBeReached(TestDatabase database) {
    Result result =
        Pgtrail.in(database).run("diff", "--against", "postgresql://127.0.0.1:1/elsewhere");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("127.0.0.1:1");
  }

  /** Another database on the same server, dropped at the end. */
  private record Neighbour(Login server, Login login) implements AutoCloseable {

    static Neighbour of(TestDatabase database) throws SQLException {
      return create(database, "");
    }

    static Neighbour copyOf(TestDatabase database) throws SQLException {
      return create(database, " template " + database.name());
    }

    private static Neighbour create(TestDatabase database, String template) throws SQLException {
      Login here = database.login();
      String name = database.name() + "_other";
      Login server = in(here, database.name(), "postgres");
      try (Connection connection = server.connect()) {
        Sql.execute(connection, "create database " + name + template);
      }
      return new Neighbour(server, in(here, database.name(), name));
    }

    private static Login in(Login here, String database, String other) {
      return new Login(
          here.jdbcUrl().replace("/" + database, "/" + other), here.user(), here.password());
    }

    void execute(String... statements) throws SQLException {
      try (Connection connection = login.connect()) {
        Sql.execute(connection, statements);
      }
    }

    String url() {
      return login.jdbcUrl().substring("jdbc:".length());
    }

    @Override
    public void close() throws SQLException {
      try (Connection connection = server.connect()) {
        String name = login.jdbcUrl().replaceFirst(".*/([^?]*).*", "$1");
        Sql.execute(connection, "drop database " + name + " with (force)");
      }
    }
  }
}
