package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eve has a schema of her own, and tries to forge versions, to hide changes, to read what others
 * made.
 */
final class AttackedVersionsTest extends VersionedDatabase {

  private static final String[] FORBIDDEN = {
    "insert into pgtrail.touched (class_oids, object_oids) values ('{1259}', '{1259}')",
    "delete from pgtrail.touched",
    "update pgtrail.touched set object_oids = '{}'",
    "select * from pgtrail.touched",
    "truncate pgtrail.touched",
    "do $$ begin lock table pgtrail.touched in access exclusive mode; end $$",
    "alter table pgtrail.touched disable trigger all",
    "drop trigger describe_touched on pgtrail.touched",
    "create table lair.mine () inherits (pgtrail.touched)",
    "drop table pgtrail.touched",
    "select * from pggit.objects",
    "select * from pggit.objects for update",
    "select * from pggit.history",
    "select * from pggit.commit",
    "select * from pggit.dependencies",
    "insert into pggit.commit (committed_at, recorded_xid) values (now(), '1')",
    "insert into pggit.dependencies values (null, null, 'NORMAL', 'a', 'b')",
    "update pggit.history set changed_by = 'eve'",
    "delete from pggit.history",
    "delete from pggit.objects",
    "truncate pggit.history",
    "alter table pggit.history disable trigger all",
    "create trigger mine before insert on pggit.history for each row"
        + " execute function pgtrail.refuse_change()",
    "create table pggit.mine (id int)",
    "create function pggit.get_version(varchar) returns text language sql return 'mine'",
    "create or replace function pggit.get_version(text) returns text language sql return 'mine'",
    "select pggit.get_version('pg_class')",
    "select pggit.log()",
    "select pggit.show('abcd')",
    "select pggit.verify_database_integrity()",
    "select pggit.export_schema()",
    "select pggit.preview_rollback(now())",
    "select pggit.rollback_to_timestamp(now())",
    "select pgtrail.take_baseline()",
    "select pgtrail.tie_to_catalogs()",
    "select pgtrail.current_commit('DDL')",
    "select pgtrail.record_objects('DDL', '{}', '{}', '{}')",
    "select pgtrail.record_missing()",
    "select pgtrail.refresh_dependencies('{}')",
    "select pgtrail.describe_touched()",
    "select pgtrail.describe_noted('{}', true)",
    "select pgtrail.noted_objects('{}')",
    "select pgtrail.describe(1259, '{}')",
    "select pgtrail.live_state()",
    "select pgtrail.state_at(now())",
    "select * from pgtrail.user_mapping_option",
    "select * from pgtrail.versioning",
    "select * from pgtrail.severity_rule",
    "update pgtrail.versioning set schemas = '{}'",
    "update pgtrail.severity_rule set severity = 'PATCH'",
  };

  private Login eve;
  private Connection attacker;

  @BeforeEach
  void logIn() throws SQLException {
    eve = member("eve");
    run(
        "create schema lair authorization " + eve.user(),
        "create schema shop",
        "create table shop.item (id integer primary key)");
    attacker = database.connectAs(eve);
  }

  @AfterEach
  void findTheVersionsAsTheyShouldBe() throws SQLException {
    attacker.close();
    assertRecordedAsItIs();
  }

  @Test
  void isRefusedByPostgresItself() {
    for (String statement : FORBIDDEN) {
      assertThat(Attempt.at(attacker, statement).sqlState())
          .as(statement)
          .isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void isRefusedByUs() {
    for (String call :
        List.of(
            "pggit.configure_tracking()",
            "pggit.configure_tracking(schemas => '{}')",
            "pggit.adopt_drift()")) {
      assertThat(Attempt.at(attacker, "select " + call).sqlState()).as(call).isEqualTo("PT002");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set constraints all immediate",
        "set constraints pgtrail.describe_touched immediate",
        "set constraints pgtrail.describe_touched deferred",
        "savepoint a; rollback to a",
        "set local search_path = lair",
        "set local search_path = ''",
        "set local quote_all_identifiers = on",
        "set local standard_conforming_strings = off",
        "set local plpgsql.extra_errors = 'all'",
        "set local transform_null_equals = on",
        "set local datestyle = 'ISO, DMY'",
        "set local work_mem = '64kB'",
        "set local enable_indexscan = off; set local enable_nestloop = off",
        "set local default_transaction_deferrable = on",
        "set local script_tracking.tenant = ''",
        "set local pgtrail.note = 'x'",
        "select pg_catalog.pg_notify('x', 'y')",
        "create temp table if not exists touched (recorded_xid xid8); create temp table if not exists objects (id int);"
            + " create temp table if not exists history (id int); create temp table if not exists versioning (id int)",
        "create temp table if not exists settings (on_capture_failure text)",
        "declare c cursor for select 1; fetch c",
      })
  void cannotHideAChange(String trick) throws SQLException {
    String before = now();
    for (String moment : List.of("before", "after")) {
      Sql.execute(attacker, "begin");
      if (moment.equals("before")) {
        Sql.execute(attacker, trick);
      }
      Sql.execute(
          attacker,
          "create table lair.hidden_"
              + moment
              + " (id integer check (id > 0), moment timestamptz default now())",
          "alter table lair.hidden_" + moment + " add column name text default 'it''s'");
      if (moment.equals("after")) {
        Sql.execute(attacker, trick);
      }
      Sql.execute(attacker, "commit");
    }
    Sql.execute(attacker, "discard all");

    assertThat(changesSince(before))
        .containsExactly(
            "CREATE TABLE lair.hidden_before 1.0.0", "CREATE TABLE lair.hidden_after 1.0.0");
    assertThat(
            column(
                "select distinct changed_by from pggit.history where change_timestamp > '"
                    + before
                    + "'"))
        .containsExactly(eve.user());
    assertThat(
            value(
                "select a.definition -> 'columns' = b.definition -> 'columns'"
                    + " from pggit.objects as a, pggit.objects as b"
                    + " where a.object_name = 'hidden_before' and b.object_name = 'hidden_after'"))
        .isEqualTo("t");
  }

  @Test
  void cannotPutAChangeUnderAnotherName() throws SQLException {
    run("grant " + member("mallory").user() + " to " + eve.user());
    Sql.execute(
        attacker,
        "set role mallory_" + database.name(),
        "reset role",
        "set application_name = 'postgres'",
        "set script_tracking.app_user = 'postgres'",
        "set script_tracking.db_session_user = 'postgres'",
        "create table lair.mine (id integer)");

    assertThat(
            value(
                "select concat_ws(' ', h.changed_by, c.author, c.application_user)"
                    + " from pggit.history as h join pggit.commit as c using (commit_id)"
                    + " where full_name = 'lair.mine'"))
        .isEqualTo(eve.user() + " " + eve.user() + " postgres");
  }

  @Test
  void ownFunctionsAndOperatorsAreNotCalledByOthers() throws SQLException {
    Sql.execute(
        attacker,
        """
        set search_path = lair;
        create function trap() returns trigger language plpgsql as 'begin raise exception ''trapped''; end';
        create function trap(anyelement, anyelement) returns boolean language plpgsql
        as 'begin raise exception ''trapped''; end';
        create function trap_text(text, text) returns boolean language plpgsql
        as 'begin raise exception ''trapped''; end';
        create function trap_oid(oid, oid) returns boolean language plpgsql
        as 'begin raise exception ''trapped''; end';
        create operator = (leftarg = text, rightarg = text, function = trap_text);
        create operator <> (leftarg = text, rightarg = text, function = trap_text);
        create operator = (leftarg = oid, rightarg = oid, function = trap_oid);
        create operator || (leftarg = text, rightarg = text, function = trap_text);
        create function format(text, text) returns text language plpgsql
        as 'begin raise exception ''trapped''; end';
        create function array_agg(oid) returns oid[] language plpgsql
        as 'begin raise exception ''trapped''; end';
        create function pg_get_viewdef(oid) returns text language plpgsql
        as 'begin raise exception ''trapped''; end';
        create function positive(integer) returns boolean immutable language plpgsql
        as 'begin raise exception ''trapped''; end';
        create domain trapped as integer;
        create table bait (id trapped, total integer check (positive(total)));
        create view bait_view as select id from bait where positive(total);
        """,
        "grant usage on schema lair to public");
    run("set search_path = lair, pg_catalog, public");

    String before = now();
    run(
        "alter table shop.item add column name text",
        "create view shop.items as select name from shop.item",
        "alter table lair.bait rename to bait2",
        "select pggit.get_version('shop.item')",
        "select * from pggit.log()",
        "select * from pggit.impact('shop.item')",
        "select * from pggit.diff('" + before + "')",
        "select * from pggit.verify_database_integrity()",
        "select pggit.adopt_drift()",
        "select pggit.configure_tracking()",
        "reset search_path");

    assertThat(changesSince(before))
        .containsExactly(
            "ALTER TABLE shop.item 1.1.0",
            "CREATE VIEW shop.items 1.0.0",
            "RENAME TABLE lair.bait2 2.0.0",
            "ALTER VIEW lair.bait_view 1.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quo\"\"te",
        "it's",
        "back\\slash",
        "new\nline",
        "; drop table shop.item; --",
        "$$",
        "$function$",
        "%s %I %L",
        "a.b.c",
        "name with (parentheses) on public.x",
        " ",
        "select",
        "äöü 🐘",
        "a2345678901234567890123456789012345678901234567890123456789012",
      })
  void namesAreOnlyNames(String name) throws SQLException {
    String quoted = "lair.\"" + name + "\"";
    String column = "\"" + name + "\"";

    Sql.execute(
        attacker,
        "create table "
            + quoted
            + " ("
            + column
            + " integer, constraint "
            + column
            + " check ("
            + column
            + " > 0))",
        "create index on " + quoted + " (" + column + ")",
        "create function "
            + quoted
            + "("
            + column
            + " integer) returns integer language sql as 'select 1'",
        "create trigger "
            + column
            + " before update on "
            + quoted
            + " for each row execute function suppress_redundant_updates_trigger()",
        "create policy " + column + " on " + quoted,
        "create type lair." + column.replaceFirst(".$", "t\"") + " as (" + column + " integer)",
        "comment on table " + quoted + " is 'x'",
        "alter table " + quoted + " rename column " + column + " to plain",
        "alter table " + quoted + " rename to plain");

    assertThat(drift()).isEmpty();
    assertThat(version("lair.plain")).isEqualTo("3.0.0");
  }

  @Test
  void secretsOfOthersAreNotInTheVersions() throws SQLException {
    run(
        "create foreign data wrapper wrapper",
        "create server far foreign data wrapper wrapper options (host 'h', password 'hidden1')",
        "create user mapping for public server far options (user 'u', password 'hidden2')",
        "alter user mapping for public server far options (set password 'hidden3')");

    for (String table : List.of("pggit.objects", "pggit.history")) {
      assertThat(value("select count(*) from " + table + " as t where t::text like '%hidden%'"))
          .isEqualTo("0");
    }
  }

  @Test
  void aReaderMayLookButNotTouch() throws Exception {
    try (Connection reader = database.connectAs(member("reader", "pgtrail_reader"))) {
      for (String statement :
          List.of(
              "select * from pggit.objects for update",
              "select * from pggit.objects for key share",
              "delete from pggit.history",
              "update pggit.objects set is_active = false",
              "insert into pggit.commit (committed_at, recorded_xid) values (now(), '1')",
              "select pgtrail.record_objects('DDL', '{}', '{}', '{}')",
              "select pgtrail.take_baseline()",
              "do $$ begin lock table pggit.objects in row exclusive mode; end $$")) {
        assertThat(Attempt.at(reader, statement).sqlState())
            .as(statement)
            .isEqualTo(Attempt.NO_RIGHT);
      }
    }
  }
}
