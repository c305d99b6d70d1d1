package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class TenantTest extends Tenants {

  @Test
  void isKnownByTheHashOfItsName() throws Exception {
    assertThat(value("select script_tracking.create_tenant('caro & co') = sha256('caro & co')"))
        .isEqualTo("t");
    assertThat(attempt("select script_tracking.create_tenant('caro & co')").sqlState())
        .isEqualTo("PT005");
  }

  @Test
  void stampsEveryRowOfACall() throws Exception {
    assertThat(
            value(
                """
                select string_agg(distinct t, ' ' order by t)
                from (
                    select h.script_execution_bk ~ '^acme' and h.tenant_hk = sha256('acme')
                        or h.script_execution_bk ~ '^bolt' and h.tenant_hk = sha256('bolt')
                        or h.script_execution_bk ~ '^system' and h.tenant_hk is null
                    from script_tracking.script_execution_h as h
                    where h.script_execution_bk ~ '^(acme|bolt|system) '
                    union all
                    select case split_part(v.script_name, ' ', 1)
                        when 'system' then v.tenant_hk is null
                        else v.tenant_hk = sha256(split_part(v.script_name, ' ', 1)::bytea)
                    end
                    from script_tracking.script_execution_s_versions as v
                    where v.script_name ~ '^(acme|bolt|system) '
                ) as stamped (correct), lateral (select correct::text) as x (t)
                """))
        .isEqualTo("true");
  }

  @Test
  void stampsDdl() throws Exception {
    run("create schema acme authorization " + alice.user());

    try (Connection session = database.connectAs(alice)) {
      Sql.execute(session, "create table acme.invoice (id int)");
      assertThat(value(session, DDL_TENANT)).isEqualTo("acme");
    }
  }

  @Test
  void isTheOnlyOneGrantedUnlessAnotherIsChosen() throws Exception {
    try (Connection session = database.connectAs(alice)) {
      assertThat(tracked(session)).isEqualTo("acme");

      run("select script_tracking.grant_tenant('bolt', '" + alice.user() + "')");
      assertThat(tracked(session)).isEqualTo("system");

      Sql.execute(session, "select script_tracking.set_tenant('bolt')");
      assertThat(tracked(session)).isEqualTo("bolt");

      Sql.execute(session, "select script_tracking.set_tenant(null)");
      assertThat(tracked(session)).isEqualTo("system");
    }
  }

  @Test
  void isChosenForATransaction() throws Exception {
    run("select script_tracking.grant_tenant('bolt', '" + alice.user() + "')");

    try (Connection session = database.connectAs(alice)) {
      Sql.execute(session, "begin", "set local script_tracking.tenant = 'bolt'");
      Sql.execute(session, "select script_tracking.track_operation('local')", "commit");
      assertThat(tracked(session)).isEqualTo("system");
    }
    assertThat(
            value(
                "select tenant_hk = sha256('bolt') from script_tracking.script_execution_s where script_name = 'local'"))
        .isEqualTo("t");
  }

  @Test
  void isNamedForOneOperation() throws Exception {
    run("select script_tracking.grant_tenant('bolt', '" + alice.user() + "')");

    try (Connection session = database.connectAs(alice)) {
      Sql.execute(
          session,
          "select script_tracking.track_script_execution('one', p_tenant_hk => sha256('bolt'))");
    }

    assertThat(
            value(
                "select tenant_hk = sha256('bolt') from script_tracking.script_execution_s where script_name = 'one'"))
        .isEqualTo("t");
  }

  @Test
  void isGrantedToTheMembersOfARole() throws Exception {
    Login group = member("crew");
    run(
        "select script_tracking.grant_tenant('bolt', '" + group.user() + "')",
        "grant " + group.user() + " to " + eve.user());

    try (Connection session = database.connectAs(eve)) {
      assertThat(tracked(session)).isEqualTo("system");
      Sql.execute(session, "select script_tracking.set_tenant('bolt')");
      assertThat(tracked(session)).isEqualTo("bolt");
    }
  }

  @Test
  void isGoneOnceRevoked() throws Exception {
    try (Connection session = database.connectAs(alice)) {
      Sql.execute(session, "select script_tracking.set_tenant('acme')");

      assertThat(value("select script_tracking.revoke_tenant('acme', '" + alice.user() + "')"))
          .isEqualTo("t");
      assertThat(value("select script_tracking.revoke_tenant('acme', '" + alice.user() + "')"))
          .isEqualTo("f");

      assertSees(session, "", "acme bolt system");
      assertThat(Attempt.at(session, "select script_tracking.track_operation('x')").sqlState())
          .isEqualTo("PT004");
    }
  }

  @Test
  void staysWithARoleThatIsRenamed() throws Exception {
    String renamed = alice.user() + "_x";
    run("alter role " + alice.user() + " rename to " + renamed);
    try {
      run("set session authorization " + renamed);
      assertThat(tracked(connection)).isEqualTo("acme");
    } finally {
      run("reset session authorization", "alter role " + renamed + " rename to " + alice.user());
    }
  }

  @Test
  void grantingTwiceIsNoError() throws Exception {
    run("select script_tracking.grant_tenant('acme', '" + alice.user() + "')");

    try (Connection session = database.connectAs(alice)) {
      assertThat(tracked(session)).isEqualTo("acme");
    }
  }

  @Test
  void takesNamesAndRolesThatLookLikeSql() throws Exception {
    String tenant = "''; drop table script_tracking.script_execution_s; --";
    String role = "we\"ird'' " + database.name();
    run("create role \"" + role.replace("\"", "\"\"").replace("''", "'") + "\"");
    try {
      run(
          "select script_tracking.create_tenant('" + tenant + "')",
          "select script_tracking.grant_tenant('" + tenant + "', '" + role + "')",
          "set session authorization '" + role + "'");

      assertThat(value("select script_tracking.set_tenant('" + tenant + "')")).isEmpty();
      assertThat(tracked(connection)).isEqualTo(tenant.replace("''", "'"));
    } finally {
      run(
          "reset session authorization",
          "drop role \"" + role.replace("\"", "\"\"").replace("''", "'") + "\"");
    }
  }

  @Test
  void letsWritersCompleteItsOperationsOnly() throws Exception {
    Login writer = member("writer", "pgtrail_writer");
    run("select script_tracking.grant_tenant('acme', '" + writer.user() + "')");

    try (Connection session = database.connectAs(writer)) {
      assertThat(complete(session, "bolt running")).isEqualTo("f");
      assertThat(complete(session, "acme running")).isEqualTo("t");
      assertThat(complete(session, "system running")).isEqualTo("t");
    }
  }

  @Test
  void letsAdministratorsCompleteEverything() throws Exception {
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(complete(session, "bolt running")).isEqualTo("t");
    }
  }

  private String complete(Connection session, String name) throws SQLException {
    return value(session, "select script_tracking.complete_operation(" + keyOf(name) + ")");
  }

  /** Records an operation and tells for which tenant it was recorded. */
  private String tracked(Connection session) throws SQLException {
    String key = value(session, "select script_tracking.track_operation('x')");
    return database.queryForString(
            """
            select coalesce(
                (select t.tenant_name from pgtrail.tenant as t where t.tenant_hk = s.tenant_hk), 'system')
            from script_tracking.script_execution_s as s
            where s.script_execution_hk = '%s'
            """
                .formatted(key))
        + "";
  }

  private static final String DDL_TENANT =
      """
      select case tenant_hk when sha256('acme') then 'acme' end
      from script_tracking.script_execution_s
      where script_type = 'DDL_AUTO' and affected_objects = array['acme.invoice']
      """;
}
