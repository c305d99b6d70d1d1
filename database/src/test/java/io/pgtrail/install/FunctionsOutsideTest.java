package io.pgtrail.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The functions that pgtrail makes in schemas of others: ours stay ours, the host's the host's. */
final class FunctionsOutsideTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  private static final List<String> OURS =
      List.of(
          "auth.login_user_tracking(character varying,character varying,bytea)",
          "auth.logout_tracking(text)",
          "auth.register_user_tracking(jsonb)",
          "auth.validate_session_tracking(text)",
          "public.complete_operation(bytea,boolean,text)",
          "public.track_operation(character varying,character varying)",
          "util.current_load_date()",
          "util.hash_binary(text)",
          "util.log_audit_event(text,text,text,text,jsonb)");

  private static final String BODIES =
      """
      select string_agg(c.object_identity || p.prosrc, E'\\n' order by c.object_identity)
      from pgtrail.created_outside as c
      join pg_proc as p on p.oid = to_regprocedure(c.object_identity)
      where c.object_kind = 'function'
      """;

  @Test
  void areBroughtUpToDateByAnUpgrade(TestDatabase database) throws Exception {
    String bodies = database.queryForString(BODIES);
    for (String function : OURS) {
      // As an earlier version may have made it.
      database.execute(
          "update pg_proc set prosrc = 'begin end' where oid = '" + function + "'::regprocedure");
    }

    upgrade(database);

    assertThat(database.queryForString(BODIES)).isEqualTo(bodies);
  }

  @Test
  void areMadeAnewWhenTheyWereDropped(TestDatabase database) throws Exception {
    String bodies = database.queryForString(BODIES);
    for (String function : OURS) {
      database.execute("drop function " + function + " cascade");
    }

    installer(database).install();

    assertThat(database.queryForString(BODIES)).isEqualTo(bodies);
    assertThat(
            database.queryForString(
                "select count(*) from information_schema.columns"
                    + " where column_name = 'load_date' and column_default = 'util.current_load_date()'"))
        .isEqualTo("2");
    assertThat(installer(database).install().changed()).isFalse();
  }

  @Test
  void areLeftAloneAndForgottenOnceTheHostHasItsOwnInTheirPlace(TestDatabase database)
      throws Exception {
    for (String function : OURS) {
      String result =
          database.queryForString(
              "select pg_get_function_result('" + function + "'::regprocedure)");
      database.execute(
          "drop function " + function + " cascade",
          "create function "
              + function
              + " returns "
              + result
              + " language sql as 'select null::"
              + result
              + "'");
    }

    List<String> notices = installer(database).install().notices();

    assertThat(notices).anyMatch(notice -> notice.contains("public.track_operation exists"));
    assertThat(database.queryForString("select count(*) from pgtrail.created_outside"))
        .as("the schemas auth and util")
        .isEqualTo("2");
    assertThat(installer(database).install().changed()).isFalse();
    assertThat(installer(database).uninstall(true).removed())
        .noneMatch(removed -> removed.matches("function (auth|public|util)\\..*"));
    for (String function : OURS) {
      assertThat(
              database.queryForString(
                  "select prosrc from pg_proc where oid = '" + function + "'::regprocedure"))
          .startsWith("select null::");
    }
  }

  @Test
  void areNotDroppedByUninstallOnceTheHostHasItsOwnInTheirPlace(TestDatabase database)
      throws Exception {
    database.execute(
        "drop function public.track_operation",
        "create function public.track_operation(varchar, varchar) returns int language sql as 'select 7'");

    installer(database).uninstall(true);

    assertThat(database.queryForString("select public.track_operation('x', 'y')")).isEqualTo("7");
  }

  /** As a later version does, with other files. */
  private static void upgrade(TestDatabase database) throws Exception {
    database.execute(
        "update pgtrail.installed_step set checksum = 0 where script ~ 'R__05_redaction'");
    installer(database).install();
  }

  private static Installer installer(TestDatabase database) {
    return new Installer(database.dataSource());
  }
}
