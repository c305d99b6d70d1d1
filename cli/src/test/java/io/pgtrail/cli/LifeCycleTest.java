package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code install}, {@code upgrade} and {@code uninstall}, and why they refuse. */
final class LifeCycleTest {

  private static final String SCHEMAS =
      "select string_agg(nspname, ',') from pg_namespace where nspname in ('script_tracking', 'pgtrail', 'util')";

  @RegisterExtension static final TestDatabases DATABASES = TestDatabases.empty();

  @Test
  void installsOnceAndUninstallsWithoutATrace(TestDatabase database) throws SQLException {
    Pgtrail pgtrail = Pgtrail.in(database);

    assertThat(pgtrail.run("install").out())
        .matches(
            "Applied \\d+ steps\npgtrail \\S+ is installed in " + database.name() + " on .*\n");
    Result again = pgtrail.run("install");
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("was installed in").doesNotContain("Applied");
    assertThat(pgtrail.run("upgrade").exitCode()).isZero();

    Result kept = pgtrail.run("uninstall");
    assertThat(kept.exitCode()).isZero();
    assertThat(kept.out())
        .contains("Dropped event trigger et_sql_drop\n", "Kept the trail", "is uninstalled from");

    Result gone = pgtrail.run("uninstall", "--drop-data", "--yes");
    assertThat(gone.out()).contains("Dropped table script_tracking.script_execution_s\n");
    assertThat(database.queryForString(SCHEMAS)).isNull();
  }

  @Test
  void deletesTheTrailOnlyWhenItIsMeant(TestDatabase database) throws SQLException {
    Pgtrail pgtrail = Pgtrail.in(database);
    pgtrail.run("install");

    assertThat(pgtrail.run("uninstall", "--drop-data").exitCode()).isEqualTo(2);
    Pgtrail person = pgtrail.on(new Terminal(true, true, 80, 24, false));
    assertThat(person.reading("no\n").run("uninstall", "--drop-data").exitCode()).isEqualTo(4);
    assertThat(database.queryForString(SCHEMAS)).contains("script_tracking");
    Result confirmed = person.reading(database.name() + "\n").run("uninstall", "--drop-data");
    assertThat(confirmed.exitCode()).isZero();
    assertThat(database.queryForString(SCHEMAS)).isNull();
  }

  @Test
  void refusesToUpgradeOrUninstallNothing(TestDatabase database) {
    for (String command : new String[] {"upgrade", "uninstall"}) {
      Result result = Pgtrail.in(database).run(command);

      assertThat(result.exitCode()).isEqualTo(4);
      assertThat(result.err()).contains("pgtrail is not installed in");
    }
  }

  @Test
  void everyCommandSaysThatPgtrailIsNotInstalled(TestDatabase database) {
    String[][] commands = {
      {"history"},
      {"errors"},
      {"cleanup", "--older-than", "1d"},
      {"run", "--name", "x", "--", "true"}
    };
    for (String[] command : commands) {
      Result result = Pgtrail.in(database).run(command);

      assertThat(result.exitCode()).isEqualTo(4);
      assertThat(result.err())
          .isEqualTo(
              """
              pgtrail: pgtrail is not installed in this database
                hint: Install it with: pgtrail install
              """);
    }
  }

  @Test
  void saysWhichRightIsMissingForEventTriggers(TestDatabase database) throws SQLException {
    Login weak = database.role("weak");

    Result result = Pgtrail.as(weak).run("install");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err())
        .contains(
            "The role " + weak.user() + " may not create event triggers",
            "have a superuser run: ALTER ROLE " + weak.user() + " SUPERUSER");
    assertThat(database.queryForString(SCHEMAS)).isNull();
  }

  @Test
  void refusesAForeignSchemaOfTheSameName(TestDatabase database) throws SQLException {
    database.execute("create schema script_tracking", "create table script_tracking.mine (id int)");

    Result result = Pgtrail.in(database).run("install");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("script_tracking (owner postgres)");
    assertThat(database.queryForString(SCHEMAS)).isEqualTo("script_tracking");
  }

  @Test
  void refusesAReadOnlyDatabase(TestDatabase database) throws SQLException {
    database.execute(
        "alter database " + database.name() + " set default_transaction_read_only = on");

    Result result = Pgtrail.in(database).run("install");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("This database is read-only");
  }

  @Test
  void refusesToGoBackFromANewerVersion(TestDatabase database) throws SQLException {
    Pgtrail pgtrail = Pgtrail.in(database);
    pgtrail.run("install");
    database.execute(
        """
        insert into pgtrail.installed_step
        select 1000, '9999', 'from the future', type, 'V9999__from_the_future.sql', 1, installed_by,
            installed_on, 0, true
        from pgtrail.installed_step where version is not null limit 1
        """,
        "update pgtrail.settings set installed_version = '99.0'");

    Result result = pgtrail.run("upgrade");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("A newer pgtrail is installed in this database: 99.0");
  }
}
