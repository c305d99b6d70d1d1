package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored carries no secret, and what is none stays as it was. */
class RedactionTest {

  @RegisterExtension static final TestDatabases DATABASES = Installations.PGTRAIL_DATABASES;

  private static TestDatabase database;

  @BeforeAll
  static void share(TestDatabase shared) {
    database = shared;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create user mapping for bob server far options (user 'bob', password 'hunter2')",
        "create user mapping for bob server far options (user 'bob', \"password\" 'hunter2')",
        "create user mapping for bob server far options (user 'bob', pin 'hunter2')",
        "alter user mapping for bob server far options (set password E'hun\\'ter2', add other U&'hunt\\0065er2')",
        "create server far foreign data wrapper w options (host 'h', api_key 'hunter2', dbname 'd')",
        "create server far foreign data wrapper w options (dbname 'host=h password=hunter2 user=x')",
        "create subscription s connection 'host=h user=u password=hunter2 dbname=d' publication p",
        "create subscription s connection 'host=h user=u password=''hunter2 hunter2'' dbname=d' publication p",
        "create subscription s connection 'host=h user=u password = hunter2' publication p",
        "create subscription s connection E'host=h user=u password=\\'hunter2 hunter2\\' dbname=d' publication p",
        "create subscription s connection 'postgresql://u:hunter2@h:5432/d?sslmode=require' publication p",
        "create subscription s connection 'postgresql://u@h:5432/d?password=hunter2&sslmode=require' publication p",
        "create subscription s connection 'host=h sslpassword=hunter2 user=x' publication p",
        "alter subscription s connection $$host=h password=hunter2$$",
        "alter role bob password 'hunter2' valid until '2030-01-01'",
        "alter role bob with encrypted password 'hunter2'",
        "create role bob login password 'hun''hunter2'",
        "create role bob login password e'hun\\'hunter2'",
        "create role bob login password u&'hunter2'",
        "create role bob login password $p$hunter2$p$",
        "create role bob password /* x */ 'hunter2'",
        "create role bob password\n 'hunter2'",
        "create role bob password 'part'\n 'hunter2'",
        "alter role bob set x.secret_key = 'hunter2'",
        "alter role bob set app.password to 'hunter2'",
        "select dblink_connect('host=h password=hunter2')",
        "create function f() returns void language sql as $$ select dblink_connect('c', 'dbname=d password=hunter2 host=h') $$",
        "create function f() returns void language sql as 'select dblink_connect(''dbname=d password=hunter2'')'",
        "create function f() returns void language sql as 'alter role bob password ''hunter2'' valid until ''x'''",
        "create view v as select * from dblink('dbname=d user=u password=hunter2', 'select 1') as t(a int)",
        "create function f() returns void language plpgsql as $$ begin execute 'alter role x password ''hunter2'''; perform set_config('app.secret', 'hunter2', false); api_key := 'hunter2'; end $$",
        "create foreign table t (id int) server s options (secret_access_key 'hunter2', bucket 'b')",
        "connection to server at \"h\" failed: password=hunter2 is wrong",
        "could not connect to postgresql://u:hunter2@h/d",
        "{\"password\": \"hunter2\", \"x\": 1}",
        "password: hunter2",
        "create server s foreign data wrapper w options (token 'hunter2')",
        "comment on table t is 'the password=hunter2'",
        "create subscription s connection 'host=h passfile=/x password=hun''ter2'",
        "create publication x; PGPASSWORD=hunter2 psql",
        "create role bob password 'SCRAM-SHA-256$4096:hunter2'",
        "create subscription s connection 'postgresql://u:p@hunter2/x@h:5432/d'",
        "Authorization: Bearer hunter2hunter2hunter2",
        "set password_encryption = 'md5'; alter role bob password 'hunter2'",
        "select auth.login_user_tracking('a@b.cc', 'hunter2', null)",
        "select auth.login_user_tracking('a@b.cc'::varchar, E'hun\\'hunter2', null)",
        "do 'begin perform auth.login_user(''a@b.cc'', ''hunter2'', null); end'",
        "select auth.login_user_tracking($1, $p$hunter2$p$, null)",
        "select auth.login_user_tracking(lower('A@b.cc'), 'hunter2', null)",
        "select auth.login_user_tracking /* x */ ('a@b.cc', /* y, */ varchar 'hunter2', null)",
        "select auth.login_user_tracking('a@b.cc', 'hun' || 'hunter2', null)",
        "select auth.register_user_tracking(jsonb_object('{email,a@b.cc,password,hunter2}'))",
        "select auth.register_user_tracking(jsonb_object(array['email', 'a@b.cc', 'password', 'hunter2']))",
        "select auth.logout_tracking(trim('hunter2'))",
        "create role bob login password 'hunter2…",
        "create role bob login password E'hunter2…",
        "create table t as select auth.login_user_tracking('a@b.cc', 'hunter2…",
        "{\"password\": \"hunter2…",
        "select auth.login_user_tracking(p_email => 'a@b.cc', p_password => 'hunter2', p_tenant_hk => null)",
        "select auth.register_user_tracking('{\"email\": \"a@b.cc\", \"password\": \"hunter2\"}')",
        "select auth.register_user_tracking(jsonb_build_object('email', 'a@b.cc', 'password', 'hunter2'))",
        "select auth.validate_session_tracking('hunter2')",
        "select auth.logout_tracking('hunter2'::text)",
      })
  void takesTheSecretOutOf(String text) throws SQLException {
    String redacted = redact(text);

    assertThat(redacted).contains("<redacted>").doesNotContain("ter2");
    assertThat(redact(redacted)).as("redacted again").isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create table users (id int, password text not null, token uuid default gen_random_uuid(), secret_note text)",
        "create table users (password text default '', token text not null default 'none')",
        "alter table users add column access_key text check (access_key <> '')",
        "create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
        "create index on users (password, token)",
        "comment on column users.password is 'hashed, see the handbook'",
        "create function check_password(password text) returns boolean language sql as 'select true'",
        "create view v as select token from users where u.token = s.token and id = 7",
        "grant select (password) on users to bob",
        "create table links (url text default 'https://example.org/a@b')",
        "create user mapping for bob server far options (user 'bob')",
        "create table t (tokens int[] default '{}', pwd_changed_at timestamptz)",
        "alter role bob password null",
        "create policy p on users using (token = current_setting('app.token'))",
        "create function f() returns trigger language plpgsql as $$ begin if new.password = old.password then return new; end if; new.token := gen_random_uuid(); return new; end $$",
        "create table mapping (user_mapping int, city text default 'Rome')",
        "alter role bob set password_encryption = 'scram-sha-256'",
        "create subscription s connection 'dbname=d' publication p with (password_required = false)",
        "create table links (url text default 'https://example.org:8080/a@b')",
        "create type key as enum ('password', 'token')",
        "select password::text, token::uuid from users",
        "create function auth.login_user(a text default 'x') returns json language sql as $$ select 'x' $$",
        "create table login_users (a text default 'x')",
        "create function f(a text) returns json as $$ select auth.login_user_tracking(a, a, null); select 'x' $$",
      })
  void leavesAsItIs(String text) throws SQLException {
    assertThat(redact(text)).isEqualTo(text);
  }

  @Test
  void keepsWhatStandsAroundASecret() throws SQLException {
    assertThat(redact("alter role bob password 'hunter2' valid until '2030-01-01'"))
        .isEqualTo("alter role bob password '<redacted>' valid until '2030-01-01'");
    assertThat(redact("could not connect to postgresql://bob:hunter2@db:5432/shop"))
        .isEqualTo("could not connect to postgresql://bob:<redacted>@db:5432/shop");
    assertThat(redact("create user mapping for bob server far options (user 'bob', pin 'hunter2')"))
        .isEqualTo("create user mapping for bob server far options (user 'bob', pin '<redacted>')");
  }

  @Test
  void holdsForTheTrailItself() throws SQLException {
    database.execute("create foreign data wrapper store");

    Captured captured =
        DdlTrail.ofOne(
            database,
            "create server far foreign data wrapper store options (host 'h', password 'hunter2')");

    assertThat(captured.row().toString()).doesNotContain("hunter2");
    assertThat(captured.statement())
        .isEqualTo(
            "create server far foreign data wrapper store options"
                + " (host 'h', password '<redacted>')");
  }

  private static String redact(String text) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement call = connection.prepareStatement("select pgtrail.redact(?)")) {
      call.setString(1, text);
      try (ResultSet result = call.executeQuery()) {
        result.next();
        return result.getString(1);
      }
    }
  }
}
