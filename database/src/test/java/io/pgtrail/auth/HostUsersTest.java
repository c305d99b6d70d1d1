package io.pgtrail.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installed;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host platform that has a schema auth, and functions in it that sign users in. */
final class HostUsersTest {

  @RegisterExtension static final TestDatabases databases = TestDatabases.empty();

  static final String LOGIN =
      """
      create function auth.login_user(p_email text, p_password text, p_tenant bytea)
          returns jsonb language plpgsql as $$
      begin
          if p_password = 'raise' then
              raise exception 'the password % is wrong', p_password;
          end if;
          return jsonb_build_object(
              'success', p_password = 'hunter2', 'error_code', case when p_password <> 'hunter2' then 'E7' end,
              'token', 'of the host', 'role', current_user, 'details', jsonb_build_object('hint', 1));
      end $$
      """;
  private static final String REGISTER =
      "create function auth.register_user(p jsonb) returns json language sql as"
          + " $$select json_build_object('id', 7)$$";
  private static final String OPERATIONS =
      """
      select string_agg(concat_ws(' | ', script_name, script_type, execution_status, error_message, metadata),
          E'\\n' order by execution_timestamp)
      from script_tracking.script_execution_s
      where script_type in ('SIGN_IN', 'ACCOUNT')
      """;
  static final String FUNCTIONS =
      "select string_agg(oid::regprocedure::text, ' ' order by proname)"
          + " from pg_proc where pronamespace = 'auth'::regnamespace";

  @Test
  void itsFunctionsAreCalledAsTheCallerAndTracked(TestDatabase database) throws Exception {
    database.execute("create schema auth", LOGIN, REGISTER, "grant usage on schema auth to public");
    install(database);
    Login application = database.role("application");
    database.execute("grant pgtrail_writer to " + application.user());

    try (Connection session = database.connectAs(application)) {
      assertThat(ask(session, "auth.login_user_tracking('Ann@x.yy', 'hunter2', null)"))
          .contains("\"success\": true", "\"token\": \"of the host\"", "\"hint\": 1")
          .contains("\"operation_id\": \"", "\"role\": \"" + application.user() + "\"");
      assertThat(ask(session, "auth.login_user_tracking('ann@x.yy', 'wrong', null)"))
          .contains("\"success\": false", "\"error_code\": \"E7\"");
      assertThat(ask(session, "auth.login_user_tracking('ann@x.yy', 'raise', null)"))
          .contains("\"success\": false", "\"error_code\": \"P0001\"");
      assertThat(ask(session, "auth.register_user_tracking('{\"email\": \"bob@x.yy\"}')"))
          .contains("\"success\": true", "\"id\": 7");
    }
    database.execute("revoke all on function auth.register_user from public");
    try (Connection session = database.connectAs(application)) {
      assertThat(ask(session, "auth.register_user_tracking('{\"email\": \"bob@x.yy\"}')"))
          .contains("\"error_code\": \"42501\"");
    }

    assertThat(String.valueOf(database.queryForString(OPERATIONS)).lines())
        .containsExactly(
            "Sign-in of ann@x.yy | SIGN_IN | COMPLETED | {\"by\": \"host\"}",
            "Sign-in refused | SIGN_IN | FAILED | refused by the host"
                + " | {\"by\": \"host\", \"error_code\": \"E7\"}",
            "Sign-in refused | SIGN_IN | FAILED | refused by the host"
                + " | {\"by\": \"host\", \"error_code\": \"P0001\"}",
            "Registration of bob@x.yy | ACCOUNT | COMPLETED | {\"by\": \"host\"}",
            "Registration refused | ACCOUNT | FAILED | refused by the host"
                + " | {\"by\": \"host\", \"error_code\": \"42501\"}");

    try (Connection session = database.connectAs(application)) {
      ask(
          session,
          "pgtrail.record_host_answer('SIGN_IN', 'a@b.cc', null, '{}', null, '2001-01-01')");
    }
    assertThat(
            database.queryForString(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_type = 'SIGN_IN' and execution_timestamp < now() - interval '1 day'"))
        .as("none of the past")
        .isEqualTo("0");
  }

  @Test
  void hasNothingOfOursInASchemaThatSomebodyElseCouldChange(TestDatabase database)
      throws Exception {
    Login mallory = database.role("mallory");
    database.execute("create schema auth authorization " + mallory.user());

    assertThat(install(database).notices())
        .anyMatch(notice -> notice.contains("sign-ins are not tracked: the schema auth belongs"));
    assertThat(database.queryForString(FUNCTIONS)).isNull();

    database.execute("alter schema auth owner to current_user");
    assertThat(install(database).changed()).isTrue();
    assertThat(database.queryForString(FUNCTIONS)).contains("auth.login_user_tracking(");
    assertThat(install(database).changed()).isFalse();
  }

  @Test
  void keepsItsSchemaAndItsOwnFunctionsOfTheSameNames(TestDatabase database) throws Exception {
    database.execute(
        "create schema auth",
        "create function auth.login_user_tracking() returns int language sql return 7",
        "create table auth.users (id int)");

    assertThat(install(database).notices())
        .anyMatch(notice -> notice.contains("auth.login_user_tracking exists and is left alone"));
    assertThat(database.queryForString(FUNCTIONS)).contains("auth.register_user_tracking(jsonb)");
    assertThat(install(database).changed()).isFalse();
    new Installer(database.dataSource()).uninstall(true);

    assertThat(database.queryForString(FUNCTIONS)).isEqualTo("auth.login_user_tracking()");
    assertThat(database.queryForString("select count(*) from auth.users")).isEqualTo("0");
  }

  static Installed install(TestDatabase database) {
    return new Installer(database.dataSource()).install();
  }

  static String ask(Connection session, String call) throws Exception {
    return String.valueOf(Sql.queryForString(session, "select " + call));
  }
}
