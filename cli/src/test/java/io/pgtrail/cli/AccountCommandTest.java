package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may sign in, from the shell. */
final class AccountCommandTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  /** Shows what it is given, where the real one hashes it. */
  private static final PageServer SERVER =
      new PageServer() {
        @Override
        public Serving start(Map<String, String> configuration) {
          throw new AssertionError("nothing is served here");
        }

        @Override
        public String hash(String secret) {
          return "hash of " + secret;
        }

        @Override
        public String newTokenSecret() {
          return "secret";
        }

        @Override
        public String token(UUID id, String secret) {
          return id + " " + secret;
        }
      };

  @Test
  void anAccountIsMadeAndActsAsAnotherRole(TestDatabase database) throws SQLException {
    Pgtrail pgtrail = Pgtrail.in(database);

    Result made = pgtrail.run(SERVER, "account", "create", "anna", "--role", "pgtrail_auditor");
    pgtrail.run(SERVER, "account", "role", "anna", "pgtrail_reader");

    assertThat(made.out()).contains("Password: ", "Account anna acts as pgtrail_auditor");
    assertThat(pgtrail.run(SERVER, "account", "list", "--format", "csv").out())
        .contains("anna,pgtrail_reader,viewer");
  }

  @Test
  void anAccountForAProviderNeedsNoPassword(TestDatabase database) throws SQLException {
    Result made =
        Pgtrail.in(database)
            .run(SERVER, "account", "create", "ben", "--subject", "6a1f", "--no-password");

    assertThat(made.exitCode()).isZero();
    assertThat(made.out()).doesNotContain("Password");
    assertThat(
            database.queryForString(
                "select external_subject || coalesce(password_hash, '!') from pgtrail.account"))
        .isEqualTo("6a1f!");
  }

  @Test
  void aTokenExpiresIsListedAndDropped(TestDatabase database) throws SQLException {
    Pgtrail pgtrail = Pgtrail.in(database);
    pgtrail.run(SERVER, "account", "create", "anna");

    Result token =
        pgtrail.run(
            SERVER, "account", "token", "anna", "--label", "nightly export", "--expires", "90d");

    assertThat(token.out()).endsWith(" secret\n");
    String id = token.out().substring(0, token.out().indexOf(' '));
    assertThat(pgtrail.run(SERVER, "account", "tokens", "anna", "--format", "csv").out())
        .contains(id + ",nightly export,");
    assertThat(
            database.queryForString(
                "select expires_at - created_at between interval '89 days' and interval '91 days'"
                    + " from pgtrail.api_token"))
        .isEqualTo("t");

    assertThat(pgtrail.run(SERVER, "account", "token", "drop", id).exitCode()).isZero();
    assertThat(database.queryForString("select count(*) from pgtrail.api_token")).isEqualTo("0");
  }

  @Test
  void aTokenNeedsANameAndALabel(TestDatabase database) {
    Result result = Pgtrail.in(database).run(SERVER, "account", "token", "anna");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--label");
  }
}
