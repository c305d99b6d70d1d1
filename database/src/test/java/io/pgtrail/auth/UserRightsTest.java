package io.pgtrail.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may sign users in, of which tenant, with which data, and what becomes of their secrets. */
final class UserRightsTest extends Users {

  private static final String ANN = "ann@example.com";

  @Test
  void onlyWritersSignUsersIn() throws Exception {
    List<String> calls =
        List.of(
            "select auth.login_user_tracking('a', 'b', null)",
            "select auth.register_user_tracking('{}')",
            "select auth.validate_session_tracking('x')",
            "select auth.logout_tracking('x')");
    try (Connection visitor = database.connectAs(member("visitor", "pgtrail_auditor"));
        Connection writer = database.connectAs(application)) {
      for (String call : calls) {
        assertThat(Attempt.at(visitor, call).sqlState()).as(call).isEqualTo(Attempt.NO_RIGHT);
        assertThat(Attempt.at(writer, call).sqlState()).as(call).isEqualTo(Attempt.DONE);
      }
    }
  }

  @Test
  void aRoleWithTheRightToAFunctionAloneSignsUsersIn() throws Exception {
    register(ANN);
    Login shop = member("shop");
    run(
        "grant usage on schema auth to " + shop.user(),
        "grant execute on function auth.login_user_tracking(varchar, varchar, bytea) to "
            + shop.user());
    try (Connection session = database.connectAs(shop)) {
      assertThat(code(signedIn(session, ANN, PASSWORD, null))).isNull();
      assertThat(Attempt.at(session, "select auth.logout_tracking('x')").sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void nobodyGoesAroundTheFunctions() throws Exception {
    List<String> attempts =
        List.of(
            "select * from pgtrail.user_h",
            "select * from pgtrail.user_profile_s",
            "select * from pgtrail.user_credential_s",
            "select * from pgtrail.user_sign_in",
            "select * from pgtrail.user_session",
            "select pgtrail.sign_in_user('a', 'b', null)",
            "select pgtrail.begin_user_session('a', 'b')",
            "select pgtrail.password_matches('a', 'b')",
            "select pgtrail.may_sign_in('a', true)",
            "select pgtrail.user_facts('a')",
            "select pgtrail.bcrypt('a')",
            "select pgtrail.write_event('Sign-in of x', 'SIGN_IN', null, '{}', null, now())");
    try (Connection session =
        database.connectAs(member("all", "pgtrail_admin", "pgtrail_server"))) {
      for (String attempt : attempts) {
        assertThat(Attempt.at(session, attempt).sqlState()).as(attempt).isEqualTo(Attempt.NO_RIGHT);
      }
    }
  }

  @Test
  void nobodyInventsASignIn() throws Exception {
    try (Connection session = database.connectAs(application)) {
      for (String type :
          List.of("'SIGN_IN'", "'ACCOUNT'", "'DDL_AUTO'", "'CONFIGURATION'", "null")) {
        assertThat(
                Attempt.at(
                        session,
                        "select pgtrail.record_host_answer("
                            + type
                            + ", 'ann@example.com', null, '{}', null, '2001-01-01')")
                    .sqlState())
            .as(type)
            .isEqualTo("PT001");
      }
    }
  }

  @Test
  void theSameAddressInTwoTenantsIsTwoUsersOfWhomNeitherTenantLearnsOfTheOther() throws Exception {
    Login acme = member("acme_app", "pgtrail_writer", "pgtrail_reader");
    Login bolt = member("bolt_app", "pgtrail_writer", "pgtrail_reader");
    run(
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant('acme', '" + acme.user() + "')",
        "select script_tracking.grant_tenant('bolt', '" + bolt.user() + "')");

    try (Connection ofAcme = database.connectAs(acme);
        Connection ofBolt = database.connectAs(bolt)) {
      assertThat(code(registered(ofAcme, ANN, PASSWORD, "acme"))).isNull();
      assertThat(code(registered(ofBolt, ANN, "another password", "bolt"))).isNull();

      assertThat(code(signedIn(ofBolt, ANN, PASSWORD, "bolt"))).isEqualTo("PT027");
      String answer = signedIn(ofAcme, ANN, PASSWORD, "acme");
      assertThat(code(answer)).isNull();
      assertThat(code(signedIn(ofAcme, ANN, PASSWORD, null))).as("its only tenant").isNull();
      String token = part(answer, "{session_token}");
      assertThat(code(byToken(ofBolt, "validate_session_tracking", token))).isEqualTo("PT016");
      assertThat(code(byToken(ofBolt, "logout_tracking", token))).isEqualTo("PT016");
      assertThat(code(byToken(ofAcme, "validate_session_tracking", token))).isNull();

      String foreign = signedIn(ofBolt, ANN, PASSWORD, "acme");
      assertThat(code(foreign)).isEqualTo("PT004");
      assertThat(said(signedIn(ofBolt, ANN, PASSWORD, "no such")))
          .as("a tenant that does not exist")
          .isEqualTo(said(foreign));
      assertThat(said(registered(ofBolt, ANN, PASSWORD, "acme"))).isEqualTo(said(foreign));

      String operations =
          "select string_agg(distinct encode(tenant_hk, 'hex'), ' ')"
              + " from script_tracking.script_execution_s where script_type in ('SIGN_IN', 'ACCOUNT')";
      assertThat(value(ofBolt, operations))
          .as("the refused ones among them")
          .isEqualTo(value("select encode(sha256('bolt'), 'hex')"));
      assertThat(value(ofAcme, operations))
          .isEqualTo(value("select encode(sha256('acme'), 'hex')"));
      assertThat(recorded(foreign)).startsWith("Sign-in refused | SIGN_IN | FAILED");
    }
  }

  @Test
  void whatCannotBeAUserIsRefusedAndRecordedWithoutAnError() throws Exception {
    List<String> unusable =
        List.of(
            "null",
            "'[]'",
            "'\"x\"'",
            "'{}'",
            "'{\"email\": \"x@y.zz\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": null}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"1234567\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": 123456789}'",
            "'{\"email\": \"x@y.zz\", \"password\": [\"secure123\"]}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"aaaaaaaaaaaa\"}'",
            "'{\"email\": \"longname@y.zz\", \"password\": \"LongName\"}'",
            "'{\"email\": \"longname@y.zz\", \"password\": \"longname@y.zz\"}'",
            "'{\"email\": \"x\", \"password\": \"secure123\"}'",
            "'{\"email\": \"x@y\", \"password\": \"secure123\"}'",
            "'{\"email\": \"x@y..zz\", \"password\": \"secure123\"}'",
            "'{\"email\": \"x y@y.zz\", \"password\": \"secure123\"}'",
            "'{\"email\": \"x@y@y.zz\", \"password\": \"secure123\"}'",
            "'{\"email\": \"\\u0430nn@example.com\", \"password\": \"secure123\"}'",
            "'{\"email\": \"ann\\u200b@example.com\", \"password\": \"secure123\"}'",
            "'{\"email\": \"\\u0130@example.com\", \"password\": \"secure123\"}'",
            "'{\"email\": \"x@y.zz\\n\", \"password\": \"secure123\"}'",
            "'{\"email\": {}, \"password\": \"secure123\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"secure123\", \"tenant_id\": {}}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"secure123\", \"role\": \"admin\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"secure123\", \"first_name\": \"a\\nb\"}'",
            "jsonb_build_object('email', repeat('x', 1000000) || '@y.zz', 'password', 'secure123')",
            "jsonb_build_object('email', 'x@' || repeat('y.', 500000) || 'zz', 'password', 'secure123')",
            "jsonb_build_object('email', 'x@y.zz', 'password', repeat('xy', 5000))",
            "jsonb_build_object('email', 'x@y.zz', 'password', 'secure123', 'last_name', repeat('x', 256))");
    List<String> ofUnknownTenants =
        List.of(
            "'{\"email\": \"x@y.zz\", \"password\": \"secure123\", \"tenant_id\": \"123\"}'",
            "'{\"email\": \"x@y.zz\", \"password\": \"secure123\", \"tenant_id\": 123}'");

    assertThat(unusable).hasSize(30).allSatisfy(data -> assertRefused(data, "PT001"));
    assertThat(ofUnknownTenants).allSatisfy(data -> assertRefused(data, "PT004"));
    assertThat(value("select count(*) from pgtrail.user_h")).isEqualTo("0");
  }

  @Test
  void aSessionThatReadsBackslashesOtherwiseRegistersNobodyElse() throws Exception {
    run("set standard_conforming_strings = off", "set escape_string_warning = off");

    assertRefused("'{\"email\": \"a b@example.com\", \"password\": \"secure123\"}'", "PT001");
    assertRefused("'{\"email\": \"a@localhost\", \"password\": \"secure123\"}'", "PT001");
  }

  private void assertRefused(String data, String code) throws Exception {
    String count = "select count(*) from script_tracking.script_execution_s";
    int before = Integer.parseInt(value(count));

    String answer = value("select auth.register_user_tracking(" + data + ")");

    assertThat(code(answer)).isEqualTo(code);
    assertThat(recorded(answer)).startsWith("Registration refused | ACCOUNT | FAILED");
    assertThat(value(count)).isEqualTo(String.valueOf(before + 1));
  }

  @Test
  void whatCannotBeASignInIsRefusedAndRecordedWithoutAnError() throws Exception {
    assertNotSignedIn(null, "x", "PT001");
    assertNotSignedIn(ANN, null, "PT001");
    assertNotSignedIn(ANN, "", "PT001");
    assertNotSignedIn("", "x", "PT001");
    assertNotSignedIn("'; drop table users --", "x", "PT027");
    assertNotSignedIn("%s", "x", "PT027");
    assertNotSignedIn("\u0430nn@example.com", "x", "PT027");
    assertNotSignedIn("x".repeat(1_000_000) + "@y.zz", "x", "PT027");
  }

  private void assertNotSignedIn(@Nullable String email, @Nullable String password, String code)
      throws Exception {
    String answer = signedIn(connection, email, password, null);

    assertThat(code(answer)).isEqualTo(code);
    assertThat(recorded(answer)).startsWith("Sign-in refused | SIGN_IN | FAILED");
  }

  @Test
  void noPasswordAndNoTokenIsInAnyTable() throws Exception {
    register(ANN);
    String token = part(signedIn(connection, ANN, PASSWORD, null), "{session_token}");
    signedIn(connection, PASSWORD, PASSWORD, null);
    registered(connection, ANN, PASSWORD, null);
    registered(connection, "x", PASSWORD, null);
    String call = "auth.login_user_tracking('ann@example.com', '" + PASSWORD + "', null)";
    String json = "'{\"email\": \"x\", \"password\": \"" + PASSWORD + "\"}'";
    run(
        "create table seen as select " + call + " ->> 'success' as success",
        "create table valid as select auth.validate_session_tracking('" + token + "') -> 'user'",
        "do $$ begin perform " + call + "; create table t (id int); end $$",
        "select script_tracking.track_script_execution('x', p_script_content => $c$select "
            + call
            + ", auth.logout_tracking('"
            + token
            + "'), auth.register_user_tracking("
            + json
            + "), 'select "
            + call.replace("'", "''")
            + "'$c$)",
        "select auth.logout_tracking('" + token + "')");
    StringBuilder all = new StringBuilder();
    for (String table :
        value(
                """
                select string_agg(c.oid::regclass::text, ' ')
                from pg_class as c
                where c.relkind = 'r' and c.relnamespace in ('script_tracking'::regnamespace, 'pgtrail'::regnamespace)
                """)
            .split(" ", -1)) {
      all.append(value("select string_agg(t::text, E'\\n') from " + table + " as t"));
    }

    assertThat(all.toString()).contains("Sign-in of ann@example.com", "'<redacted>'");
    assertThat(all.toString()).doesNotContain("hunter2");
    assertThat(all.toString()).doesNotContain(token);
  }

  @Test
  void neitherASearchPathNorAFunctionOfItsNameGetsThePassword() throws Exception {
    run(
        "create schema evil",
        "create table evil.caught (what text)",
        "create function evil.crypt(text, text) returns text language sql"
            + " as 'insert into evil.caught values ($1); select $2'",
        "grant all on schema evil to public",
        "grant all on table evil.caught to public");
    register(ANN);
    try (Connection session = database.connectAs(application)) {
      Sql.execute(session, "set search_path = evil, crypto, public, pg_catalog");

      assertThat(code(signedIn(session, ANN, "wrong", null))).isEqualTo("PT027");
      assertThat(code(signedIn(session, ANN, PASSWORD, null))).isNull();
    }
    assertThat(value("select count(*) from evil.caught")).isEqualTo("0");
  }

  @Test
  void withoutPgcryptoTheAnswerSaysWhatToDo() throws Exception {
    register(ANN);
    run("revoke usage on schema crypto from pgtrail_owner");
    String closed = signedIn(connection, ANN, PASSWORD, null);
    Login mallory = member("mallory");
    run("alter schema crypto owner to " + mallory.user());
    String untrusted = signedIn(connection, ANN, PASSWORD, null);
    run("drop extension pgcrypto");
    String missing = signedIn(connection, ANN, PASSWORD, null);
    run("alter schema crypto owner to current_user", "create extension pgcrypto");

    assertThat(part(closed, "{details,suggestions,0}"))
        .isEqualTo("Have its owner run: GRANT USAGE ON SCHEMA crypto TO pgtrail_owner");
    assertThat(part(untrusted, "{error_message}")).contains("crypto of pgcrypto belongs to");
    assertThat(part(missing, "{details,suggestions,0}")).contains("CREATE EXTENSION pgcrypto");
    assertThat(code(missing)).isEqualTo("PT028");
    assertThat(recorded(missing)).contains("FAILED", "pgcrypto is missing");
    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).as("wherever it is").isNull();
  }
}
