package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two tenants, acme of Alice and bolt of Bob, with one failed and one running operation each, one
 * of the system, and Eve, who has none of it.
 */
abstract class Tenants extends InstalledDatabase {

  /** Everything that shows operations, as queries that give their names. */
  static final String[] SOURCES = {
    "select script_name as name from script_tracking.script_execution_s",
    "select script_execution_bk as name from script_tracking.script_execution_h",
    "select script_name as name from script_tracking.script_execution_s_history",
    "select script_name as name from script_tracking.script_execution_s_versions",
    "select script_name as name from script_tracking.script_execution_as_of('infinity')",
    "select script_name as name from script_tracking.get_execution_history()",
    "select script_name as name from script_tracking.get_recent_errors()"
  };

  Login alice;
  Login bob;
  Login eve;

  @BeforeEach
  final void createTenants() throws Exception {
    alice = member("alice");
    bob = member("bob");
    eve = member("eve");
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant('acme', '" + alice.user() + "')",
        "select script_tracking.grant_tenant('bolt', '" + bob.user() + "')");
    track(alice, "acme");
    track(bob, "bolt");
    track(database.login(), "system");
  }

  private void track(Login login, String name) throws SQLException {
    try (Connection session = database.connectAs(login)) {
      Sql.execute(
          session,
          "select script_tracking.track_operation('" + name + " running')",
          "select script_tracking.complete_operation("
              + "script_tracking.track_operation('"
              + name
              + " failed'), false, '"
              + name
              + " secret')");
    }
  }

  /** How many operations with a name that begins like this the session sees in a source. */
  static int seen(Connection session, String source, String name) throws SQLException {
    return Integer.parseInt(
        value(
            session, "select count(*) from (" + source + ") as q where name like '" + name + "%'"));
  }

  /** Asserts which of the names a session sees, and which not, in every source. */
  static void assertSees(Connection session, String visible, String hidden) throws SQLException {
    for (String source : SOURCES) {
      for (String name : visible.isEmpty() ? new String[0] : visible.split(" ", -1)) {
        assertThat(seen(session, source, name)).as(name + " in " + source).isPositive();
      }
      for (String name : hidden.isEmpty() ? new String[0] : hidden.split(" ", -1)) {
        assertThat(seen(session, source, name)).as(name + " in " + source).isZero();
      }
    }
  }

  /** The key of a running operation, as a literal. */
  String keyOf(String name) throws SQLException {
    return "'\\x"
        + value(
            "select encode(script_execution_hk, 'hex') from script_tracking.script_execution_s where script_name = '"
                + name
                + "'")
        + "'::bytea";
  }

  /** All that the trail holds of others than Eve. */
  String trailOfOthers() throws SQLException {
    return value(
        """
        select md5(string_agg(v::text, '|' order by v::text))
        from script_tracking.script_execution_s_versions as v
        where db_session_user <> '%s' and script_type <> 'DDL_AUTO'
        """
            .formatted(eve.user()));
  }
}
