package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Old changes may go; what stays is as right as before. */
final class HistoryCleanupTest extends VersionedDatabase {

  private String early;
  private String late;

  @BeforeEach
  void changeTheShopTwice() throws SQLException {
    run(
        "create schema shop",
        "create table shop.item (id integer)",
        "create view shop.v as select 1 as a");
    early = now();
    run("alter table shop.item add column a int", "drop view shop.v");
    late = now();
    run("alter table shop.item add column b int", "create table shop.sale (id integer)");
  }

  @Test
  void anAdministratorRemovesOldChangesAsTheGuideSays() throws Exception {
    String lateState = state(late);
    String now = now();
    String nowState = state(now);
    try (Connection admin = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(
              Attempt.at(
                      admin,
                      "DELETE FROM pggit.history WHERE change_timestamp < NOW() - INTERVAL '90 days'")
                  .rows())
          .isZero();
      assertThat(value("select pgtrail.state_at('" + early + "') is not null limit 1"))
          .isEqualTo("t");

      assertThat(
              Attempt.at(
                  admin, "delete from pggit.history where change_timestamp < '" + late + "'"))
          .matches(delete -> delete.sqlState().equals(Attempt.DONE) && delete.rows() == 5);
    }

    assertThat(state(late)).isEqualTo(lateState);
    assertThat(state(now)).isEqualTo(nowState);
    assertThat(attempt("select * from pggit.diff('" + late + "', '" + now + "')").rows())
        .isEqualTo(2);
    assertThat(attempt("select * from pggit.diff('" + early + "', '" + now + "')").sqlState())
        .isEqualTo("PT013");
    assertThat(drift()).isEmpty();
    assertThat(version("shop.item")).isEqualTo("1.2.0");
    assertThat(changesOf("alter table shop.item add column c int"))
        .containsExactly("ALTER TABLE shop.item 1.3.0");
  }

  @Test
  void movesTheMomentSinceWhenTheSchemaIsKnown() throws SQLException {
    String newestRemoved =
        value(
            "select max(change_timestamp) from pggit.history where change_timestamp < '"
                + late
                + "'");

    run("delete from pggit.history where change_timestamp = '" + newestRemoved + "'");

    assertThat(value("select known_since = '" + newestRemoved + "' from pgtrail.versioning"))
        .isEqualTo("t");
    assertThat(attempt("select pggit.export_schema('" + newestRemoved + "')").sqlState())
        .isEqualTo(Attempt.DONE);

    run("delete from pggit.history where change_timestamp < '" + early + "'");

    assertThat(value("select known_since = '" + newestRemoved + "' from pgtrail.versioning"))
        .as("older ones do not move it back")
        .isEqualTo("t");
  }

  @Test
  void leavesARecordOfWhoRemovedHowMuch() throws Exception {
    Login admin = member("admin", "pgtrail_admin");
    try (Connection session = database.connectAs(admin)) {
      Attempt.at(session, "delete from pggit.history where change_timestamp < '" + late + "'");
    }

    assertThat(
            value(
                """
                select concat_ws(' ', script_name, script_type, execution_status, db_session_user,
                    metadata ->> 'changes_removed')
                from script_tracking.script_execution_s
                where script_type = 'MAINTENANCE'
                """))
        .isEqualTo("Cleanup of schema history MAINTENANCE COMPLETED " + admin.user() + " 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pgtrail_reader", "pgtrail_auditor", "pgtrail_writer"})
  void nobodyElseRemovesChanges(String role) throws Exception {
    try (Connection session = database.connectAs(member("someone", role))) {
      assertThat(Attempt.at(session, "delete from pggit.history").sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void nobodyRewritesTheHistoryNotEvenASuperuser() throws Exception {
    List<String> statements =
        List.of(
            "update pggit.history set changed_by = 'mallory'",
            "insert into pggit.history select * from pggit.history",
            "truncate pggit.history",
            "update pggit.objects set version_major = 9",
            "insert into pggit.objects (object_type, object_name, full_name, content_hash, definition,"
                + " ddl, created_at, changed_at, class_oid)"
                + " values ('TABLE', 't', 'public.t', '', '{}', '', now(), now(), 1259)",
            "delete from pggit.objects",
            "truncate pggit.objects cascade",
            "update pggit.commit set author = 'mallory'",
            "insert into pggit.commit (committed_at, recorded_xid) values (now(), '1')",
            "delete from pggit.commit",
            "truncate pggit.commit cascade",
            "update pggit.dependencies set dependency_object = 'x'",
            "delete from pggit.dependencies",
            "truncate pggit.dependencies",
            "set session_replication_role = replica; update pggit.history set changed_by = 'x'");

    for (String statement : statements) {
      assertThat(attempt(statement).sqlState()).as(statement).isEqualTo("PT003");
    }
    run("reset session_replication_role");
    try (Connection admin = database.connectAs(member("admin", "pgtrail_admin"))) {
      for (String statement : statements) {
        assertThat(Attempt.at(admin, statement).sqlState())
            .as(statement)
            .isEqualTo(Attempt.NO_RIGHT);
      }
    }
    assertRecordedAsItIs();
  }

  private String state(String moment) throws SQLException {
    return value(
        "select jsonb_agg(to_jsonb(s) order by s.id) from pgtrail.state_at('" + moment + "') as s");
  }
}
