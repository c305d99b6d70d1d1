package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrailTest extends InstalledDatabase {

  private static final String[] FORBIDDEN = {
    "update script_tracking.script_execution_s set execution_status = 'COMPLETED'",
    "update script_tracking.script_execution_s set script_name = 'Other'",
    "update script_tracking.script_execution_s set db_session_user = 'other'",
    "update script_tracking.script_execution_s set load_end_date = now()",
    "update script_tracking.script_execution_s set tenant_hk = 'x', metadata = '{}'",
    "update script_tracking.script_execution_s set hash_diff = hash_diff",
    "update script_tracking.script_execution_s set version_number = 7",
    "update script_tracking.script_execution_s set recorded_xid = '7'",
    "update script_tracking.script_execution_h set tenant_hk = null",
    "update script_tracking.script_execution_s_history set metadata = '{}'",
    "insert into script_tracking.script_execution_h (script_execution_hk, script_execution_bk, record_source)"
        + " values ('x', 'x', 'x')",
    "insert into script_tracking.script_execution_s (script_execution_hk, hash_diff, script_name, record_source)"
        + " values ('x', 'x', 'x', 'x')",
    "insert into script_tracking.script_execution_s_history select (s).* from"
        + " (select s from script_tracking.script_execution_s_history as s) as x",
    "delete from script_tracking.script_execution_h",
    "delete from script_tracking.script_execution_s",
    "delete from script_tracking.script_execution_s_history",
    "truncate script_tracking.script_execution_h",
    "truncate script_tracking.script_execution_s",
    "truncate script_tracking.script_execution_s_history",
    "merge into script_tracking.script_execution_s using (values (1)) as v on true when matched then delete"
  };

  @ParameterizedTest
  @ValueSource(strings = {"superuser", "superuser as replica", "pgtrail_admin", "nobody"})
  void isAppendOnlyFor(String who) throws Exception {
    Login login =
        who.startsWith("superuser")
            ? database.login()
            : "nobody".equals(who) ? member("visitor") : member("visitor", who);
    run("select script_tracking.complete_operation(script_tracking.track_operation('Job'), false)");
    String before = fingerprint();

    try (Connection visitor = database.connectAs(login)) {
      if (who.endsWith("replica")) {
        Attempt.at(visitor, "set session_replication_role = replica");
      }
      for (String statement : FORBIDDEN) {
        if (statement.startsWith("merge") && database.majorVersion() < 15) {
          continue;
        }
        Attempt attempt = Attempt.at(visitor, statement);

        assertThat(attempt.sqlState())
            .as(statement)
            .isEqualTo(who.startsWith("superuser") ? "PT003" : Attempt.NO_RIGHT);
      }
    }

    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void makesNoVersionOfAnUpdateThatChangesNothing() throws Exception {
    run("select script_tracking.track_operation('Job')");
    run("update script_tracking.script_execution_s set metadata = '{\"a\": 1, \"b\": 2}'");

    run(
        "update script_tracking.script_execution_s set metadata = '{\"b\": 2, \"a\": 1}'",
        "update script_tracking.script_execution_s set metadata = metadata, error_message = error_message",
        "update script_tracking.script_execution_s set error_message = null");

    assertThat(versions()).isEqualTo("1:past 2:current");
  }

  @Test
  void makesAVersionOfEveryChange() throws Exception {
    run("select script_tracking.track_operation('Job')");

    run(
        "update script_tracking.script_execution_s set metadata = '{\"a\": 1}'",
        "update script_tracking.script_execution_s set error_message = 'oh'",
        "select script_tracking.complete_operation(script_execution_hk, false) from script_tracking.script_execution_s");

    assertThat(versions()).isEqualTo("1:past 2:past 3:past 4:current");
  }

  @Test
  void keepsIntervalsWithoutGapsInOneTransaction() throws Exception {
    run(
        """
        do $$
        declare operation bytea := script_tracking.track_operation('Job');
        begin
            for i in 1..50 loop
                update script_tracking.script_execution_s
                set metadata = jsonb_build_object('i', i)
                where script_execution_hk = operation and load_end_date is null;
            end loop;
        end $$
        """);

    assertThat(
            value(
                """
                select count(*) || ' ' || bool_and(
                    load_date < load_end_date
                    and load_end_date = (
                        select n.load_date
                        from script_tracking.script_execution_s_versions as n
                        where n.version_number = h.version_number + 1))
                from script_tracking.script_execution_s_history as h
                """))
        .isEqualTo("50 true");
  }

  @Test
  void letsOwnersAnnotateAndNobodyElse() throws Exception {
    Login ann = member("ann");
    Login bob = member("bob");
    Login admin = member("admin", "pgtrail_admin");
    Login writer = member("writer", "pgtrail_writer", "pgtrail_reader");
    String annotate = "update script_tracking.script_execution_s set metadata = '{\"by\": \"%s\"}'";
    try (Connection session = database.connectAs(ann)) {
      value(session, "select script_tracking.track_operation('Job')");
      assertThat(Attempt.at(session, annotate.formatted("ann")).rows()).isEqualTo(1);
    }

    for (Login other : new Login[] {bob, writer}) {
      try (Connection session = database.connectAs(other)) {
        assertThat(Attempt.at(session, annotate.formatted("other")).rows()).isZero();
      }
    }
    try (Connection session = database.connectAs(admin)) {
      assertThat(Attempt.at(session, annotate.formatted("admin")).rows()).isEqualTo(1);
    }

    assertThat(versions()).isEqualTo("1:past 2:past 3:current");
  }

  @Test
  void givesEachOperationAsItStoodAtAMoment() throws Exception {
    run(
        """
        create table moment (at text primary key, t timestamptz default clock_timestamp());
        insert into moment values ('before');
        do $$
        declare operation bytea;
        begin
            operation := script_tracking.track_operation('Job');
            insert into moment values ('between');
            perform script_tracking.complete_operation(operation);
            insert into moment values ('after');
        end $$;
        insert into moment values ('future', 'infinity'), ('never', '-infinity'), ('unknown', null)
        """);

    assertThat(statusAt("before")).isEqualTo("null");
    assertThat(statusAt("between")).isEqualTo("RUNNING");
    assertThat(statusAt("after")).isEqualTo("COMPLETED");
    assertThat(statusAt("future")).isEqualTo("COMPLETED");
    assertThat(statusAt("never")).isEqualTo("null");
    assertThat(statusAt("unknown")).isEqualTo("null");
    run(
        "update moment set t = (select load_date from script_tracking.script_execution_s where script_name = 'Job')");
    assertThat(statusAt("after")).isEqualTo("COMPLETED");
  }

  @Test
  void hasExactlyOneCurrentVersionAndOneHubForEachOperation() throws Exception {
    run("select script_tracking.track_operation('Job ' || i) from generate_series(1, 20) as i");
    run(
        "select script_tracking.complete_operation(script_execution_hk) from script_tracking.script_execution_s");

    assertThat(
            value(
                """
                select count(*) || ' ' || count(distinct s.script_execution_hk) || ' '
                    || count(h.script_execution_hk) || ' ' || count(s.load_end_date)
                from script_tracking.script_execution_s as s
                full join script_tracking.script_execution_h as h using (script_execution_hk)
                """))
        .isEqualTo("20 20 20 0");
  }

  @Test
  void numbersEveryVersionWithTheTransactionThatWroteIt() throws Exception {
    run("begin", "select script_tracking.track_operation('Job')");
    String first = value("select pg_current_xact_id()");
    run("commit", "begin");
    run(
        "select script_tracking.complete_operation(script_execution_hk) from script_tracking.script_execution_s");
    String second = value("select pg_current_xact_id()");
    run("commit");

    assertThat(
            value(
                "select string_agg(recorded_xid::text, ' ' order by version_number)"
                    + " from script_tracking.script_execution_s_versions"))
        .isEqualTo(first + " " + second);
  }

  private String versions() throws Exception {
    return value(
        """
        select string_agg(
            version_number || case when load_end_date is null then ':current' else ':past' end, ' '
            order by version_number)
        from script_tracking.script_execution_s_versions
        where script_name = 'Job'
        """);
  }

  private String statusAt(String moment) throws Exception {
    return value(
        """
        select execution_status
        from moment, script_tracking.script_execution_as_of(moment.t)
        where at = '%s' and script_name = 'Job'
        """
            .formatted(moment));
  }

  private String fingerprint() throws Exception {
    return value(
        """
        select md5(string_agg(t, '|' order by t))
        from (
            select h::text as t from script_tracking.script_execution_h as h
            union all
            select v::text from script_tracking.script_execution_s_versions as v
        ) as everything
        """);
  }
}
