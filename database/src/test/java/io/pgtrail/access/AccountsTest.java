package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may sign in to the server, and who may know and change that. */
final class AccountsTest extends InstalledDatabase {

  private static final String CREATE =
      "select pgtrail.create_account('anna', '%s', 'hash of anna')";

  @ParameterizedTest
  @CsvSource({
    "pgtrail_reader, {viewer}",
    "pgtrail_auditor, '{viewer,auditor}'",
    "pgtrail_admin, '{viewer,auditor,operator,admin}'"
  })
  void anAccountHasTheRightsOfItsRole(String role, String rights) throws Exception {
    run(CREATE.formatted(role));

    assertThat(value("select rights from pgtrail.find_account('anna')")).isEqualTo(rights);
    assertThat(value("select acts_as from pgtrail.accounts()")).isEqualTo(role);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from pgtrail.account",
        "select * from pgtrail.api_token",
        "select pgtrail.find_account('anna')",
        "select pgtrail.find_api_token(gen_random_uuid())",
        "select pgtrail.sign_in('anna', true)",
        "select pgtrail.find_external_account('x')",
        "select pgtrail.record_external_sign_in('x')",
        "select pgtrail.record_sign_out('anna')",
        "select pgtrail.record_refusal('anna', 'x', 'y')"
      })
  void onlyTheServerSeesHashesAndSaysWhoSignedIn(String question) throws Exception {
    run(CREATE.formatted("pgtrail_reader"));
    for (String role : new String[] {"pgtrail_writer", "pgtrail_auditor", "pgtrail_admin"}) {
      try (Connection session = database.connectAs(member("of_" + role, role))) {
        assertThat(Attempt.at(session, question).sqlState()).as(role).isEqualTo(Attempt.NO_RIGHT);
      }
    }

    try (Connection session = database.connectAs(member("web", "pgtrail_server"))) {
      assertThat(value(session, "select password_hash from pgtrail.find_account('anna')"))
          .isEqualTo("hash of anna");
      assertThat(Attempt.at(session, "select * from pgtrail.account").sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pgtrail.create_account('eve', 'pgtrail_reader', 'x')",
        "select pgtrail.set_account_password('anna', 'x')",
        "select pgtrail.set_account_role('anna', 'pgtrail_reader')",
        "select pgtrail.api_tokens('anna')",
        "select pgtrail.drop_account('anna')",
        "select pgtrail.accounts()",
        "select pgtrail.create_api_token('anna', 'x', 'x', null)",
        "select pgtrail.drop_api_token(gen_random_uuid())"
      })
  void onlyAdministratorsChangeAccounts(String change) throws Exception {
    run(CREATE.formatted("pgtrail_reader"));

    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      assertThat(Attempt.at(session, change).sqlState()).isEqualTo("PT002");
    }
  }

  @Test
  void anAdministratorLendsOnlyRolesItHas() throws Exception {
    Login admin = member("admin", "pgtrail_admin");
    Login boss = member("boss", "pgtrail_admin");
    run("create table public.kept (id int)", CREATE.formatted(boss.user()));

    try (Connection session = database.connectAs(admin)) {
      assertThat(
              Attempt.at(session, "select pgtrail.create_account('x', '" + boss.user() + "', 'x')")
                  .sqlState())
          .isEqualTo("PT002");
      // Whoever gives boss's account a password or a token could act as boss.
      assertThat(Attempt.at(session, "select pgtrail.set_account_password('anna', 'x')").sqlState())
          .isEqualTo("PT001");
      assertThat(
              Attempt.at(session, "select pgtrail.create_api_token('anna', 'x', 'x', null)")
                  .sqlState())
          .isEqualTo("PT001");
      assertThat(
              Attempt.at(session, "select pgtrail.set_account_role('anna', 'pgtrail_reader')")
                  .sqlState())
          .isEqualTo("PT001");
      assertThat(
              Attempt.at(session, "select pgtrail.create_account('x', 'pgtrail_reader', 'x')")
                  .sqlState())
          .isEqualTo(Attempt.DONE);
    }
  }

  @Test
  void membershipThatDoesNotAllowToActAsARoleDoesNotAllowToLendIt() throws Exception {
    assumeThat(database.majorVersion()).isGreaterThanOrEqualTo(16);
    Login admin = member("admin", "pgtrail_admin");
    Login boss = member("boss", "pgtrail_auditor");
    run("grant %s to %s with set false".formatted(boss.user(), admin.user()));

    try (Connection session = database.connectAs(admin)) {
      assertThat(
              Attempt.at(session, "select pgtrail.create_account('x', '" + boss.user() + "', 'x')")
                  .sqlState())
          .isEqualTo("PT002");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "anna, pgtrail_reader, PT005",
    "'', pgtrail_reader, PT001",
    "' x', pgtrail_reader, PT001",
    "x, no_such_role, PT001",
    "x, pg_monitor, PT001"
  })
  void whatCannotBeAnAccountIsRefused(String name, String role, String state) throws Exception {
    run(CREATE.formatted("pgtrail_reader"));

    assertThat(
            attempt("select pgtrail.create_account('%s', '%s', 'x')".formatted(name, role))
                .sqlState())
        .isEqualTo(state);
  }

  @Test
  void everyChangeOfAnAccountIsInTheTrail() throws Exception {
    run(
        "select pgtrail.create_account('anna', 'pgtrail_reader', 'secret hash', 'subject of anna')",
        "select pgtrail.set_account_password('anna', 'secret hash')",
        "select pgtrail.set_account_role('anna', 'pgtrail_auditor')",
        "select pgtrail.create_api_token('anna', 'export', 'secret hash', null)",
        "select pgtrail.drop_api_token(token_id) from pgtrail.api_tokens('anna')",
        "select pgtrail.drop_account('anna')");

    assertThat(
            value(
                "select string_agg(script_name, '; ' order by execution_timestamp)"
                    + " from script_tracking.script_execution_s"
                    + " where script_type = 'ACCOUNT' and execution_status = 'COMPLETED'"))
        .isEqualTo(
            "Account anna created; Password of account anna changed; Role of account anna changed;"
                + " Token of account anna created; Token of account anna dropped;"
                + " Account anna dropped");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s as s"
                    + " where s::text like '%secret hash%'"))
        .isEqualTo("0");
  }

  @Test
  void anAccountIsTheOneOfOneSubjectOfAProvider() throws Exception {
    run("select pgtrail.create_account('anna', 'pgtrail_reader', null, 'one')");

    assertThat(value("select account_name from pgtrail.find_external_account('one')"))
        .isEqualTo("anna");
    assertThat(
            attempt("select pgtrail.create_account('ben', 'pgtrail_reader', null, 'one')")
                .sqlState())
        .isEqualTo("PT005");
    assertThat(
            attempt("select pgtrail.create_account('ben', 'pgtrail_reader', null, '')").sqlState())
        .isEqualTo("PT001");
    assertThat(value("select pgtrail.record_external_sign_in('one')")).isEqualTo("t");
    assertThat(value("select pgtrail.record_external_sign_in('two')")).isEqualTo("f");
    assertThat(
            value(
                "select string_agg(script_name || ' ' || execution_status, '; '"
                    + " order by execution_timestamp) from script_tracking.script_execution_s"
                    + " where script_type = 'SIGN_IN'"))
        .isEqualTo("Sign-in of anna COMPLETED; Sign-in of an unknown account FAILED");
  }

  @ParameterizedTest
  @CsvSource({"4, 00:00:00", "5, 00:00:15", "6, 00:00:30", "7, 00:01:00", "99, 01:00:00"})
  void eachFailureFromTheFifthOnDoublesTheWait(int failures, String wait) throws Exception {
    assertThat(
            value(
                "select date_trunc('second', pgtrail.sign_in_wait(%d, clock_timestamp())"
                        .formatted(failures)
                    + " + interval '1 second' * ("
                    + failures
                    + " >= 5)::int)"))
        .isEqualTo(wait);
  }

  @Test
  void signInsAndRefusalsAreOperationsAndCounted() throws Exception {
    run(CREATE.formatted("pgtrail_reader"));
    for (int i = 0; i < 7; i++) {
      run("select pgtrail.sign_in('anna', false)");
    }

    // The last two came while the account waited, and did not prolong that.
    assertThat(value("select failed_sign_ins from pgtrail.account")).isEqualTo("5");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_type = 'SIGN_IN' and execution_status = 'FAILED'"))
        .isEqualTo("7");

    assertThat(value("select pgtrail.sign_in('anna', true)")).isEqualTo("f");

    run("update pgtrail.account set last_failed_at = now() - interval '1 hour'");
    assertThat(value("select pgtrail.sign_in('anna', true)")).isEqualTo("t");
    assertThat(value("select failed_sign_ins from pgtrail.account")).isEqualTo("0");
  }

  @Test
  void tokensEndWithTimeAndWithTheirAccount() throws Exception {
    run(
        CREATE.formatted("pgtrail_reader"),
        "select pgtrail.create_api_token('anna', 'old', 'x', now() - interval '1 second')",
        "select pgtrail.create_api_token('anna', 'new', 'y', now() + interval '1 hour')");
    String found =
        "select string_agg(f.token_hash, ',') from pgtrail.api_token as t,"
            + " pgtrail.find_api_token(t.token_id) as f";

    assertThat(value(found)).isEqualTo("y");

    Sql.execute(connection, "select pgtrail.drop_account('anna')");
    assertThat(value("select count(*) from pgtrail.api_token")).isEqualTo("0");
  }
}
