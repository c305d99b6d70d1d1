package io.pgtrail.install;

import static io.pgtrail.install.InstallerTest.assertRefused;
import static io.pgtrail.install.InstallerTest.installer;
import static io.pgtrail.install.InstallerTest.trail;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What becomes of an installation: it is upgraded, mended, removed. Each test gets a copy of one.
 */
final class InstallationTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  @Test
  void doesNothingTheSecondTime(TestDatabase database) throws Exception {
    CatalogFingerprint once = CatalogFingerprint.of(database);

    Installed again = installer(database).install();

    assertThat(again.changed()).isFalse();
    assertThat(CatalogFingerprint.of(database).differencesTo(once)).isEmpty();
    assertThat(trail(database)).isEmpty();
  }

  @Test
  void keepsTheTrailUnlessToldToDropIt(TestDatabase database) throws Exception {
    database.execute("create table t (id int)");

    Uninstalled uninstalled = installer(database).uninstall(false);

    assertThat(uninstalled.kept()).isNotEmpty();
    assertThat(installer(database).installedVersion()).isEmpty();
    assertThat(trail(database)).containsExactly("create table t (id int)");
    database.execute("create table u (id int)");
    assertThat(trail(database)).hasSize(1);
  }

  @Test
  void goesOnWithATrailThatWasKept(TestDatabase database) throws Exception {
    database.execute("create table t (id int)");
    CatalogFingerprint before = CatalogFingerprint.of(database);
    installer(database).uninstall(false);

    installer(database).install();

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
    database.execute("create table u (id int)");
    assertThat(trail(database)).contains("create table t (id int)", "create table u (id int)");
  }

  @Test
  void keepsAViewOfTheUserOnAKeptTrail(TestDatabase database) throws Exception {
    database.execute(
        "create view script_tracking.mine as select script_name from script_tracking.script_execution_s");

    installer(database).uninstall(false);

    assertThat(database.queryForString("select count(*) from script_tracking.mine")).isEqualTo("1");
  }

  @Test
  void namesAViewOfTheUserInsteadOfDroppingItWithTheTrail(TestDatabase database) throws Exception {
    database.execute(
        "create view public.mine as select script_name from script_tracking.script_execution_s");
    CatalogFingerprint before = CatalogFingerprint.of(database);

    assertRefused(
        ErrorCode.INSTALL_REFUSED, () -> installer(database).uninstall(true), "view mine");

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
    database.execute("create table t (id int)");
    assertThat(trail(database)).contains("create table t (id int)");
  }

  @Test
  void makesADroppedEventTriggerAnew(TestDatabase database) throws Exception {
    database.execute("drop event trigger et_sql_drop");

    installer(database).install();

    assertThat(
            database.queryForString(
                "select count(*) from pg_event_trigger where evtname = 'et_sql_drop'"))
        .isEqualTo("1");
  }

  @Test
  void anUpgradeClosesEveryFunctionToThePublicThatIsNotMeantForIt(TestDatabase database)
      throws Exception {
    database.execute(
        "grant execute on function pgtrail.redact(text) to public",
        "update pgtrail.installed_step set checksum = 0 where script ~ 'R__05_redaction'");

    installer(database).install();

    assertThat(
            database.queryForString(
                "select has_function_privilege('public', 'pgtrail.redact(text)', 'execute')"))
        .isEqualTo("f");
  }

  @Test
  void keepsASchemaThatHoldsSomethingElse(TestDatabase database) throws Exception {
    database.execute("create table script_tracking.mine (id int)");

    Uninstalled uninstalled = installer(database).uninstall(true);

    assertThat(uninstalled.kept()).anyMatch(kept -> kept.contains("schema script_tracking"));
    assertThat(database.queryForString("select count(*) from script_tracking.mine")).isEqualTo("0");
  }

  @Test
  void refusesAnOwnerThatCanLogIn(TestDatabase database) throws Exception {
    database.execute("alter role pgtrail_owner login");
    try {
      assertRefused(
          ErrorCode.INSTALL_REFUSED, () -> installer(database).install(), "pgtrail_owner");
    } finally {
      database.execute("alter role pgtrail_owner nologin");
    }
  }

  @Test
  void refusesWhereANewerPgtrailIsInstalled(TestDatabase database) throws Exception {
    database.execute(
        """
        insert into pgtrail.installed_step (
            installed_rank, version, description, type, script, checksum, installed_by,
            execution_time, success
        )
        select max(installed_rank) + 1, '9999', 'from the future', 'SQL', 'V9999__future.sql', 1,
            'postgres', 1, true
        from pgtrail.installed_step
        """);
    CatalogFingerprint before = CatalogFingerprint.of(database);

    assertRefused(ErrorCode.INSTALL_REFUSED, () -> installer(database).install(), "newer pgtrail");

    assertThat(CatalogFingerprint.of(database).differencesTo(before)).isEmpty();
  }
}
