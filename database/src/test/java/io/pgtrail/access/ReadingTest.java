package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReadingTest extends Tenants {

  @Test
  void ordinaryRolesSeeTheirOwnOperationsOnly() throws Exception {
    try (Connection session = database.connectAs(alice)) {
      assertSees(session, "acme", "bolt system");
    }
    try (Connection session = database.connectAs(eve)) {
      assertSees(session, "", "acme bolt system");
    }
  }

  @Test
  void readersSeeTheirTenantAndTheSystem() throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')");

    try (Connection session = database.connectAs(reader)) {
      assertSees(session, "acme system", "bolt");
    }
  }

  @Test
  void readersWithoutATenantSeeTheSystem() throws Exception {
    try (Connection session = database.connectAs(member("reader", "pgtrail_reader"))) {
      assertSees(session, "system", "acme bolt");
    }
  }

  @Test
  void writersSeeNoMoreThanOrdinaryRoles() throws Exception {
    try (Connection session = database.connectAs(member("writer", "pgtrail_writer"))) {
      assertSees(session, "", "acme bolt system");
    }
  }

  @Test
  void auditorsAndAdministratorsSeeEverything() throws Exception {
    for (String role : new String[] {"pgtrail_auditor", "pgtrail_admin"}) {
      try (Connection session = database.connectAs(member("eyes_of_" + role, role))) {
        assertSees(session, "acme bolt system", "");
      }
    }
  }

  @Test
  void severalProcessesSearchTheTrailAndSeeWhatTheSessionSees() throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')");

    try (Connection session = database.connectAs(reader)) {
      Sql.execute(
          session,
          "set parallel_setup_cost = 0",
          "set parallel_tuple_cost = 0",
          "set min_parallel_table_scan_size = 0",
          "set enable_indexscan = off",
          "set enable_bitmapscan = off");
      assertThat(value(session, "explain select from script_tracking.script_execution_s"))
          .startsWith("Gather ");
      assertSees(session, "acme system", "bolt");
    }
  }

  @Test
  void operationsOfATenantAreHiddenWhileAnotherIsChosen() throws Exception {
    run("select script_tracking.grant_tenant('bolt', '" + alice.user() + "')");

    try (Connection session = database.connectAs(alice)) {
      assertSees(session, "", "acme bolt");
      Sql.execute(session, "select script_tracking.set_tenant('acme')");
      assertSees(session, "acme", "bolt");
      Sql.execute(session, "select script_tracking.set_tenant('bolt')");
      assertSees(session, "", "acme bolt");
    }
  }

  @Test
  void aRoleThatActsForAnotherSeesWhatThatMaySee() throws Exception {
    run("alter role " + eve.user() + " noinherit", "grant pgtrail_auditor to " + eve.user());

    try (Connection session = database.connectAs(eve)) {
      Sql.execute(session, "set role pgtrail_auditor");
      assertSees(session, "acme bolt system", "");
      Sql.execute(session, "reset role");
    }
  }

  @Test
  void sumsAreVisibleLikeTheOperationsTheyWereMadeOf() throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')");
    addSums();

    assertThat(sumsSeenBy(alice)).isEqualTo("acme of alice");
    assertThat(sumsSeenBy(eve)).isEqualTo("system of eve");
    assertThat(sumsSeenBy(reader)).isEqualTo("acme of alice, system of bob, system of eve");
    assertThat(sumsSeenBy(member("lost_reader", "pgtrail_reader")))
        .isEqualTo("system of bob, system of eve");
    assertThat(sumsSeenBy(member("writer", "pgtrail_writer"))).isEqualTo("null");
    for (String role : new String[] {"pgtrail_auditor", "pgtrail_admin"}) {
      assertThat(sumsSeenBy(member("sums_for_" + role, role)))
          .isEqualTo("acme of alice, bolt of bob, system of bob, system of eve");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"total_rollup", "duration_rollup"})
  void sumsOverActorsAreVisibleToWhoReadsAllOfThem(String rollup) throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')");
    addSums();

    for (String role : new String[] {"pgtrail_auditor", "pgtrail_admin"}) {
      assertThat(scopesSeenBy(member("totals_for_" + role, role), rollup)).isEqualTo("all");
    }
    assertThat(scopesSeenBy(reader, rollup)).isEqualTo("acme system");
    assertThat(scopesSeenBy(member("lost_reader", "pgtrail_reader"), rollup)).isEqualTo("system");
    assertThat(scopesSeenBy(member("writer", "pgtrail_writer"), rollup)).isEqualTo("null");
    assertThat(scopesSeenBy(alice, rollup)).isEqualTo("null");
  }

  @Test
  void actorsAreVisibleLikeTheirOperations() throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')");
    addSums();

    assertThat(actorsSeenBy(member("auditor", "pgtrail_auditor"))).isEqualTo("4");
    assertThat(actorsSeenBy(reader)).isEqualTo("3");
    assertThat(actorsSeenBy(alice)).isEqualTo("1");
    assertThat(actorsSeenBy(member("writer", "pgtrail_writer"))).isEqualTo("0");
  }

  @Test
  void nobodyChangesSumsOrHowFarTheyAre() throws Exception {
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      for (String table :
          new String[] {
            "operation_rollup", "total_rollup", "duration_rollup", "actor_rollup", "feed_consumer"
          }) {
        assertThat(Attempt.at(session, "delete from pgtrail." + table).sqlState())
            .as(table)
            .isEqualTo(Attempt.NO_RIGHT);
      }
    }
  }

  /** One row each of Alice for acme and Bob for bolt, and of Bob and Eve for the system. */
  private void addSums() throws Exception {
    run(
        """
        insert into pgtrail.operation_rollup
        select '2001-01-01 00:00+00', t.tenant_hk, v.name, v.actor, 'COMPLETED',
            1, 0, 0, null, null, '{}', '{}'
        from (values
            ('acme', 'acme of alice', '%1$s'),
            ('bolt', 'bolt of bob', '%2$s'),
            (null, 'system of bob', '%2$s'),
            (null, 'system of eve', '%3$s')
        ) as v (tenant, name, actor)
        left join pgtrail.tenant as t on t.tenant_name = v.tenant
        """
            .formatted(alice.user(), bob.user(), eve.user()),
        """
        insert into pgtrail.total_rollup
        select s.scope, 60, '2001-01-01 00:00+00', 'any', 'COMPLETED', 1, 0, 0
        from (
            select coalesce(r.tenant_hk, '') as scope from pgtrail.operation_rollup as r
            union select '\\xff'
        ) as s
        """,
        """
        insert into pgtrail.duration_rollup
        select t.scope, t.minutes, t.begins, '{}', '{}' from pgtrail.total_rollup as t
        """,
        """
        insert into pgtrail.actor_rollup
        select r.tenant_hk, r.db_session_user, r.hour from pgtrail.operation_rollup as r
        """);
  }

  private String sumsSeenBy(Login login) throws Exception {
    try (Connection session = database.connectAs(login)) {
      return value(
          session,
          "select string_agg(script_type, ', ' order by script_type) from pgtrail.operation_rollup");
    }
  }

  private String scopesSeenBy(Login login, String rollup) throws Exception {
    try (Connection session = database.connectAs(login)) {
      return value(
          session,
          """
          select string_agg(name, ' ' order by name)
          from (values ('acme', sha256('acme')), ('bolt', sha256('bolt')), ('system', ''), ('all', '\\xff'))
              as s (name, scope)
          join pgtrail.%s using (scope)
          """
              .formatted(rollup));
    }
  }

  private String actorsSeenBy(Login login) throws Exception {
    try (Connection session = database.connectAs(login)) {
      return value(session, "select count(*) from pgtrail.actor_rollup");
    }
  }

  @Test
  void leakyFunctionsAndCastsSeeNothingThatIsHidden() throws Exception {
    try (Connection session = database.connectAs(eve)) {
      Sql.execute(
          session,
          "create temp table leaked (what text)",
          """
          create function pg_temp.leak(what text) returns boolean language plpgsql cost 0.0000001
          as 'begin insert into pg_temp.leaked values (what); return true; end'
          """);
      for (String source : SOURCES) {
        Sql.execute(session, "select * from (" + source + ") as q where pg_temp.leak(name)");
        assertThat(
                Attempt.at(session, "select * from (" + source + ") as q where name::int = 1")
                    .sqlState())
            .as(source)
            .isEqualTo(Attempt.DONE);
      }
      Sql.execute(
          session,
          "update script_tracking.script_execution_s set metadata = '{}' where pg_temp.leak(script_name)",
          "select * from script_tracking.script_execution_s_versions where pg_temp.leak(error_message)");

      assertThat(value(session, "select count(*) from leaked")).isEqualTo("0");
    }
  }

  @Test
  void statisticsOfTheTrailAreHidden() throws Exception {
    run("analyze");

    try (Connection session = database.connectAs(eve)) {
      assertThat(
              value(
                  session,
                  "select count(*) from pg_stats where schemaname in ('script_tracking', 'pgtrail')"
                      + " and tablename <> 'feed_consumer'")) // holds nothing of anyone
          .isEqualTo("0");
    }
  }
}
