package io.pgtrail.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The schema auth that pgtrail made, and what becomes of it when others use it. */
final class AuthSchemaTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  @Test
  void isNotTrustedWhereOthersThanSuperusersCouldReplaceWhatIsInIt(TestDatabase database)
      throws Exception {
    Login mallory = database.role("mallory");
    String login =
        "create function auth.login_user(text, varchar, bytea) returns json language sql";
    String body = " as 'select null::json'";

    assertWay(database, "built-in", null);
    database.execute("grant create on schema auth to public, " + mallory.user());
    assertWay(
        database,
        null,
        "roles that are no superusers may create in the schema auth: PUBLIC, " + mallory.user());
    database.execute(
        "revoke create on schema auth from public, " + mallory.user(),
        "alter schema auth owner to " + mallory.user());
    assertWay(
        database, null, "the schema auth belongs to " + mallory.user() + ", which is no superuser");
    database.execute("alter schema auth owner to current_user", login + body);
    assertWay(database, "host", null);
    database.execute("alter function auth.login_user owner to " + mallory.user());
    assertWay(
        database,
        null,
        "auth.login_user(text,character varying,bytea) is not called: its owner is no superuser");
    database.execute(
        "create function auth.register_user(p jsonb, q int default 1) returns jsonb language sql as 'select p'",
        "drop function auth.login_user");
    assertWay(
        database,
        null,
        "auth.register_user(jsonb,integer) is not called: it takes or returns something else");
  }

  private static void assertWay(
      TestDatabase database, @Nullable String way, @Nullable String problem) throws Exception {
    assertThat(database.queryForString("select way from pgtrail.sign_in_ways()")).isEqualTo(way);
    assertThat(database.queryForString("select problem from pgtrail.sign_in_ways()"))
        .isEqualTo(problem);
  }

  @Test
  void aHostThatGetsFunctionsLaterIsAskedFromTheNextInstallOn(TestDatabase database)
      throws Exception {
    database.execute(HostUsersTest.LOGIN);

    assertThat(HostUsersTest.install(database).changed()).isTrue();

    assertThat(database.queryForString(HostUsersTest.FUNCTIONS))
        .isEqualTo(
            "auth.login_user(text,text,bytea)"
                + " auth.login_user_tracking(character varying,character varying,bytea)");
    try (Connection session = database.connect()) {
      assertThat(
              HostUsersTest.ask(session, "auth.login_user_tracking('ann@x.yy', 'hunter2', null)"))
          .contains("of the host");
    }
    assertThat(HostUsersTest.install(database).changed()).isFalse();

    database.execute("drop function auth.login_user");
    assertThat(HostUsersTest.install(database).changed()).isTrue();
    assertThat(database.queryForString(HostUsersTest.FUNCTIONS))
        .contains("auth.register_user_tracking(jsonb)");
  }

  @Test
  void staysAfterUninstallingWhereSomebodyElsePutSomethingIntoIt(TestDatabase database)
      throws Exception {
    database.execute("create table auth.users (id int)");

    assertThat(new Installer(database.dataSource()).uninstall(true).kept())
        .anyMatch(kept -> kept.contains("schema auth"));
    assertThat(database.queryForString("select count(*) from auth.users")).isEqualTo("0");
  }
}
