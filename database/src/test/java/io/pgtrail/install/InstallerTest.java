package io.pgtrail.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

final class InstallerTest {

  @RegisterExtension static final TestDatabases databases = TestDatabases.empty();

  @Test
  void recordsDdlOnceItIsInstalled(TestDatabase database) throws Exception {
    Installed installed = installer(database).install();

    database.execute("create table t (id int)");

    assertThat(installed.changed()).isTrue();
    assertThat(installer(database).installedVersion()).contains(installed.version());
    assertThat(trail(database)).containsExactly("create table t (id int)");
  }

  @Test
  void letsTheSecondOfTwoAtOnceWaitForTheFirst(TestDatabase database) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Installed> one = threads.submit(() -> installer(database).install());
      Future<Installed> other = threads.submit(() -> installer(database).install());

      assertThat(List.of(one.get().changed(), other.get().changed()))
          .containsExactlyInAnyOrder(true, false);
    } finally {
      threads.shutdown();
    }

    database.execute("create table t (id int)");
    assertThat(trail(database)).hasSize(1);
  }

  @Test
  void leavesAThousandObjectsOfTheDatabaseAsTheyAre(TestDatabase database) throws Exception {
    database.execute(
        "create schema util",
        "create function util.hash_binary(text) returns bytea language sql return '\\x00'::bytea",
        "create function util.other() returns int language sql return 1",
        """
        do $$
        begin
            for i in 1..300 loop
                execute format('create table t%1$s (id int primary key, n int)', i);
                execute format('create view v%1$s as select id from t%1$s', i);
                execute format('create function f%1$s() returns int language sql return %1$s', i);
            end loop;
        end
        $$
        """,
        "alter default privileges grant select on tables to public",
        "grant select on t1 to public");
    CatalogFingerprint before = CatalogFingerprint.of(database);

    installer(database).install();
    assertThat(CatalogFingerprint.of(database).missingFrom(before))
        .allMatch(
            object -> object.startsWith("-[database,") || object.startsWith("-[schema, util,"));
    installer(database).uninstall(true);

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }

  @Test
  void leavesNothingBehindInAnEmptyDatabase(TestDatabase database) throws Exception {
    CatalogFingerprint before = CatalogFingerprint.of(database);
    installer(database).install();

    Uninstalled uninstalled = installer(database).uninstall(true);

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
    assertThat(uninstalled.removed())
        .contains(
            "event trigger et_ddl_command_end",
            "event trigger et_sql_drop",
            "table script_tracking.script_execution_s",
            "schema script_tracking",
            "schema pgtrail",
            "schema util");
  }

  @Test
  void dropsATrailThatWasKept(TestDatabase database) throws Exception {
    CatalogFingerprint before = CatalogFingerprint.of(database);
    installer(database).install();
    installer(database).uninstall(false);

    installer(database).uninstall(true);

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }

  @Test
  void saysThatThereIsNothingToUninstall(TestDatabase database) {
    assertRefused(
        ErrorCode.NOT_INSTALLED,
        () -> installer(database).uninstall(false),
        "not installed in this database");
  }

  @Test
  void leavesRolesAndOtherDatabasesAtWork(TestDatabase database) throws Exception {
    String other = "other_" + database.name();
    database.execute("create database " + other + " template template0");
    DataSource otherSource = source(database.jdbcUrl().replace(database.name(), other), database);
    try {
      new Installer(otherSource).install();
      installer(database).install();

      Uninstalled uninstalled = new Installer(otherSource).uninstall(true);

      assertThat(uninstalled.removed()).noneMatch(object -> object.startsWith("role "));
      assertThat(uninstalled.kept()).anyMatch(kept -> kept.contains("roles"));
      database.execute("create table t (id int)");
      assertThat(trail(database)).hasSize(1);
    } finally {
      database.execute("drop database " + other + " with (force)");
    }
  }

  @Test
  void usesHelpersOfTheHostAndLeavesThem(TestDatabase database) throws Exception {
    database.execute(
        "create schema util",
        """
        create function util.current_load_date() returns timestamptz language sql
        as 'select clock_timestamp()'
        """,
        "create function util.unrelated() returns int language sql as 'select 1'");
    CatalogFingerprint before = CatalogFingerprint.of(database);

    installer(database).install();

    assertThat(CatalogFingerprint.of(database).missingFrom(before))
        .allMatch(
            object -> object.startsWith("-[database,") || object.startsWith("-[schema, util,"));
    installer(database).uninstall(true);
    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }

  @Test
  void refusesToInstallOverAForeignSchema(TestDatabase database) throws Exception {
    for (String schema : List.of("script_tracking", "pgtrail", "pggit")) {
      database.execute("create schema " + schema, "create table " + schema + ".other (id int)");

      refusesAndLeavesNothing(database, schema);

      database.execute("drop schema " + schema + " cascade");
    }
  }

  @Test
  void goesOnWhereAnInstallerWasKilledBeforeItsTransaction(TestDatabase database) throws Exception {
    database.execute("create schema pgtrail", "create table pgtrail.installed_step (id int)");
    database.execute("drop table pgtrail.installed_step");

    assertThat(installer(database).install().changed()).isTrue();
  }

  @Test
  void refusesToInstallBesideAForeignEventTriggerOfOneOfItsNames(TestDatabase database)
      throws Exception {
    database.execute(
        "create function watch() returns event_trigger language plpgsql as 'begin end'",
        "create event trigger et_sql_drop on sql_drop execute function watch()");

    refusesAndLeavesNothing(database, "et_sql_drop");
  }

  @Test
  void tellsARoleWithoutTheRightForEventTriggersWhatToHaveRun(TestDatabase database)
      throws Exception {
    Login visitor = database.role("visitor");
    CatalogFingerprint before = CatalogFingerprint.of(database);

    assertThatThrownBy(() -> new Installer(visitor.dataSource()).install())
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.INSTALL_REFUSED);
              assertThat(refusal).hasMessageContaining(visitor.user());
              assertThat(refusal.hint())
                  .hasValueSatisfying(
                      hint ->
                          assertThat(hint).contains("ALTER ROLE " + visitor.user() + " SUPERUSER"));
            });

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }

  @Test
  void refusesADatabaseThatIsReadOnly(TestDatabase database) throws Exception {
    database.execute(
        "alter database " + database.name() + " set default_transaction_read_only = on");

    assertRefused(ErrorCode.READ_ONLY, () -> installer(database).install(), "read-only");
  }

  @Test
  void undoesAllWhenAStepFails(TestDatabase database) throws Exception {
    // The last step but one finds a foreign object in its way.
    database.execute(
        """
        create function no_policies() returns event_trigger language plpgsql
        as $$begin raise exception 'no policies here'; end$$
        """,
        """
        create event trigger no_policies on ddl_command_start when tag in ('CREATE POLICY')
        execute function no_policies()
        """);

    refusesAndLeavesNothing(database, "no policies here");
  }

  @Test
  void saysThatTheDatabaseCannotBeReached(TestDatabase database) {
    DataSource missing = source(database.jdbcUrl().replace(database.name(), "missing"), database);

    assertRefused(ErrorCode.UNAVAILABLE, () -> new Installer(missing).install(), "missing");
  }

  private static void refusesAndLeavesNothing(TestDatabase database, String reason)
      throws Exception {
    CatalogFingerprint before = CatalogFingerprint.of(database);

    assertRefused(ErrorCode.INSTALL_REFUSED, () -> installer(database).install(), reason);

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }

  static void assertRefused(ErrorCode code, ThrowingCallable call, String reason) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal).hasMessageContaining(reason);
            });
  }

  static List<@Nullable String> trail(TestDatabase database) throws Exception {
    return database
        .rows(
            "select sql_command from script_tracking.script_execution_s order by execution_timestamp")
        .stream()
        .map(row -> (String) row.get("sql_command"))
        .toList();
  }

  static Installer installer(TestDatabase database) {
    return new Installer(database.dataSource());
  }

  private static DataSource source(String url, TestDatabase database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setUser(database.login().user());
    source.setPassword(database.login().password());
    return source;
  }
}
