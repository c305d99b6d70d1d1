package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eve can log in and create objects of her own, and tries everything. */
final class AttackerTest extends Tenants {

  private static final String[] FORBIDDEN = {
    "insert into script_tracking.script_execution_h values ('x', 'x', null, now(), 'EVENT_TRIGGER')",
    "insert into script_tracking.script_execution_s (script_execution_hk, hash_diff, script_name,"
        + " record_source) values ('x', 'x', 'x', 'EVENT_TRIGGER')",
    "copy script_tracking.script_execution_h from program 'true'",
    "do $$ begin lock table script_tracking.script_execution_s in access exclusive mode; end $$",
    "alter table script_tracking.script_execution_s disable trigger all",
    "alter table script_tracking.script_execution_s disable row level security",
    "alter table script_tracking.script_execution_s owner to current_user",
    "alter table script_tracking.script_execution_s add column mine int default 1",
    "drop table script_tracking.script_execution_s cascade",
    "drop view script_tracking.script_execution_s_versions cascade",
    "drop trigger refuse_change on script_tracking.script_execution_s",
    "drop policy readers on script_tracking.script_execution_s",
    "alter policy readers on script_tracking.script_execution_s using (true)",
    "create policy mine on script_tracking.script_execution_s using (true)",
    "create trigger mine before insert on script_tracking.script_execution_s for each row"
        + " execute function pgtrail.refuse_change()",
    "create rule mine as on insert to script_tracking.script_execution_s do instead nothing",
    "create index mine on script_tracking.script_execution_s (script_name)",
    "create table lair.t (k bytea references script_tracking.script_execution_h)",
    "comment on table script_tracking.script_execution_s is 'mine'",
    "alter event trigger et_ddl_command_end disable",
    "drop event trigger et_ddl_command_end",
    "create event trigger mine on ddl_command_end execute function script_tracking.event_trigger_ddl_end()",
    "create table script_tracking.mine (a int)",
    "create view pgtrail.mine as select 1",
    "create function script_tracking.track_operation(text) returns bytea language sql return null",
    "create function util.log_audit_event(text) returns bytea language sql return null",
    "create or replace function pgtrail.caller() returns text language sql return 'postgres'::text",
    "alter function pgtrail.caller() owner to current_user",
    "drop function script_tracking.track_operation(varchar, varchar) cascade",
    "drop schema pgtrail cascade",
    "set role pgtrail_owner",
    "set role pgtrail_admin",
    "set session authorization postgres",
    "set session_replication_role = replica",
    "grant pgtrail_admin to current_user",
    "grant pgtrail_owner to current_user",
    "alter role pgtrail_admin login password 'x'",
    "update pgtrail.settings set capture_temporary = true",
    "select * from pgtrail.settings",
    "select * from pgtrail.secret",
    "select * from pgtrail.tenant",
    "select * from pgtrail.tenant_grant",
    "select * from pgtrail.capture_failure",
    "select * from pgtrail.created_outside",
    "select * from pgtrail.installed_step",
    "insert into pgtrail.tenant_grant select current_user::regrole, sha256('bolt')",
    "select pgtrail.may_use_tenant(sha256('bolt'))",
    "select pgtrail.tenant_named('bolt')",
    "select pgtrail.seal('x')",
    "select pgtrail.read_note()",
    "select pgtrail.write_note('{}')",
    "select pgtrail.write_ddl_operation('DROP TABLE', 'postgres', '', false)",
    "select script_tracking.event_trigger_ddl_end()",
    "select pgtrail.supersede_version()"
  };

  private static final String[] FOR_OTHERS = {
    "script_tracking.create_tenant('eve')",
    "script_tracking.grant_tenant('bolt', current_user)",
    "script_tracking.revoke_tenant('bolt', session_user)",
    "script_tracking.configure('on_capture_failure', 'warn')",
    "script_tracking.cleanup_old_data(0)",
    "script_tracking.close_abandoned()",
    "pgtrail.change_setting('capture_temporary', 'true')",
    "pgtrail.record_ddl('DROP TABLE', 'postgres')",
    "pgtrail.record_drop('DROP TABLE', 'postgres')",
    "pgtrail.report_failure('x', 'x', 'x')",
    "pgtrail.note_ddl_start('DROP TABLE')",
  };

  private Connection attacker;
  private String before;

  @BeforeEach
  void logIn() throws Exception {
    run("create schema lair authorization " + eve.user());
    before = trailOfOthers();
    attacker = database.connectAs(eve);
  }

  @AfterEach
  void findTheTrailAsItWas() throws Exception {
    attacker.close();
    assertThat(trailOfOthers()).isEqualTo(before);
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
  void givesHerselfNothing() throws Exception {
    Attempt.at(attacker, "grant all on script_tracking.script_execution_s to current_user");

    assertThat(
            value(
                attacker,
                "select has_table_privilege('script_tracking.script_execution_s', 'insert, update, delete, truncate')"))
        .isEqualTo("f");
  }

  @Test
  void changesNothingThroughTheView() {
    for (String statement :
        new String[] {
          "insert into script_tracking.script_execution_s_versions (script_name) values ('x')",
          "update script_tracking.script_execution_s_versions set script_name = 'x'",
          "delete from script_tracking.script_execution_s_versions"
        }) {
      assertThat(Attempt.at(attacker, statement).sqlState()).as(statement).isEqualTo("55000");
    }
  }

  @Test
  void isRefusedByUs() {
    for (String call : FOR_OTHERS) {
      assertThat(Attempt.at(attacker, "select " + call).sqlState()).as(call).isEqualTo("PT002");
    }
  }

  @Test
  void readsNoOtherTenantByClaimingIt() throws Exception {
    for (String claim : new String[] {"bolt", "BOLT", "bolt' or true --", "%"}) {
      Sql.execute(attacker, "set script_tracking.tenant = '" + claim.replace("'", "''") + "'");
      assertSees(attacker, "", "acme bolt system");
      assertThat(Attempt.at(attacker, "select script_tracking.track_operation('x')").sqlState())
          .isEqualTo("PT004");
    }
    assertThat(Attempt.at(attacker, "select script_tracking.set_tenant('bolt')").sqlState())
        .isEqualTo("PT004");
    assertThat(
            Attempt.at(
                    attacker,
                    "select script_tracking.track_script_execution('x', p_tenant_hk => sha256('bolt'))")
                .sqlState())
        .isEqualTo("PT004");
    assertThat(
            Attempt.at(
                    attacker,
                    "select pgtrail.start_operation('x', 'X', null, sha256('bolt'), null)")
                .sqlState())
        .isEqualTo("PT004");
  }

  @Test
  void completesAndAnnotatesNothingOfOthers() throws Exception {
    for (String name : new String[] {"acme running", "bolt running", "system running"}) {
      String key = keyOf(name);
      for (String call :
          new String[] {
            "script_tracking.complete_operation(" + key + ")",
            "script_tracking.complete_script_execution(" + key + ", 'FAILED')",
            "complete_operation(" + key + ")",
            "pgtrail.finish_operation(" + key + ", 'FAILED', 1, 'forged', null, null)"
          }) {
        assertThat(Attempt.at(attacker, "select " + call).value()).as(call).contains("f");
      }
      assertThat(
              Attempt.at(
                      attacker,
                      "update script_tracking.script_execution_s set error_message = 'forged'"
                          + " where script_execution_hk = "
                          + key)
                  .rows())
          .isZero();
      assertThat(
              Attempt.at(
                      attacker,
                      "select * from script_tracking.script_execution_s where script_execution_hk = "
                          + key
                          + " for update")
                  .rows())
          .isZero();
    }
  }

  @Test
  void cannotPutARecordUnderAnotherName() throws Exception {
    Sql.execute(
        attacker,
        "set application_name = 'postgres'",
        "set script_tracking.app_user = 'postgres'",
        "set script_tracking.db_session_user = 'postgres'",
        "set pgtrail.note = 'x'",
        "select script_tracking.track_operation('mine')",
        "select pgtrail.start_operation('mine', 'X', 'drop table t', null, '{\"db_session_user\": \"postgres\"}')");

    assertThat(
            value(
                """
                select string_agg(distinct concat_ws(' ', db_session_user, effective_role, record_source), ', ')
                from script_tracking.script_execution_s
                where script_name = 'mine'
                """))
        .isEqualTo(eve.user() + " " + eve.user() + " SCRIPT_TRACKER");
    for (String type :
        List.of("DDL_AUTO", "SIGN_IN", "ACCOUNT", "REFUSAL", "CONFIGURATION", "FAILED_STATEMENT")) {
      String start = "select pgtrail.start_operation('x', '" + type + "', null, null, null)";
      assertThat(Attempt.at(attacker, start).sqlState()).as(type).isEqualTo("PT001");
      String record = "select pgtrail.record_event('x', '" + type + "', null, null)";
      assertThat(Attempt.at(attacker, record).sqlState()).as(type).isEqualTo(Attempt.NO_RIGHT);
    }
  }

  @Test
  void cannotHideDdlBySettingsOrNotes() throws Exception {
    Sql.execute(
        attacker,
        "set pgtrail.note = '{\"frames\": [], \"next\": 1}'",
        "set script_tracking.tenant = 'bolt'",
        "set script_tracking.enabled = off",
        "set search_path = lair",
        "create table hidden (id int)",
        "drop table hidden");

    assertThat(
            value(
                """
                select string_agg(db_session_user || ' ' || (tenant_hk is null), ', ')
                from script_tracking.script_execution_s
                where script_type = 'DDL_AUTO' and affected_objects = array['lair.hidden']
                """))
        .isEqualTo(eve.user() + " true, " + eve.user() + " true");
  }

  @Test
  void deletesNothingThroughForeignFunctionsOfHerOwn() throws Exception {
    Sql.execute(
        attacker,
        """
        create function lair.cleanup() returns int language sql security definer
        as 'select script_tracking.cleanup_old_data(0)'
        """);

    // An administrator who runs her function lends her his rights in any database; the reverse,
    // her running one of his, must not make her an administrator.
    assertThat(Attempt.at(attacker, "select lair.cleanup()").sqlState()).isEqualTo("PT002");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lair, pg_catalog", "pg_temp, lair, pg_catalog", "pg_temp", "\"$user\", public"})
  void shadowsNothingThatTheFunctionsCall(String searchPath) throws Exception {
    String path = String.join(", ", searchPath, "lair");
    Sql.execute(attacker, SHADOWS);
    run(
        "grant usage on schema lair to public",
        "grant execute on all functions in schema lair to public");

    for (Connection victim : new Connection[] {attacker, connection}) {
      Sql.execute(
          victim,
          "create temp table tenant_grant (grantee regrole, tenant_hk bytea)",
          "create temp table settings (only_row boolean)",
          "create temp table script_execution_s (a int)",
          "create temp table script_execution_h (a int)",
          "set search_path = " + path);
      for (String call :
          new String[] {
            "script_tracking.complete_operation(script_tracking.track_operation('shadow', 'X'), false, 'x')",
            "script_tracking.complete_script_execution(script_tracking.track_script_execution('shadow',"
                + " p_script_content => 'password ''x''', p_ticket_reference => 'x'), 'COMPLETED', 1, 1)",
            "script_tracking.complete_operation(null)",
            "script_tracking.generate_unique_script_name('x')",
            "script_tracking.calculate_hash_key('x')",
            "util.hash_binary('x')",
            "util.current_load_date()",
            "util.log_audit_event('E'::pg_catalog.text, 'C', 'R', 'U', '{}')",
            "public.complete_operation(public.track_operation('shadow'))",
            "script_tracking.set_tenant(null)",
            "count(*) from script_tracking.get_execution_history()",
            "count(*) from script_tracking.get_recent_errors()",
            "count(*) from script_tracking.script_execution_s_versions",
            "count(*) from script_tracking.script_execution_h",
            "count(*) from script_tracking.script_execution_as_of('infinity')"
          }) {
        Attempt attempt = Attempt.at(victim, "select " + call);
        assertThat(attempt.sqlState()).as(call + ": " + attempt.message()).isEqualTo(Attempt.DONE);
      }
    }
    for (String call :
        new String[] {
          "script_tracking.cleanup_old_data()",
          "script_tracking.close_abandoned()",
          "script_tracking.create_tenant('new')",
          "script_tracking.grant_tenant('new', '" + eve.user() + "')",
          "script_tracking.revoke_tenant('new', '" + eve.user() + "')",
          "script_tracking.configure('abandoned_after', '2 hours')",
        }) {
      Attempt attempt = attempt("select " + call);
      assertThat(attempt.sqlState()).as(call + ": " + attempt.message()).isEqualTo(Attempt.DONE);
    }
    run("reset search_path");
    before = trailOfOthers();
  }

  private static final String SHADOWS =
      """
      set search_path = lair;
      do $$
      declare
          shadow text;
      begin
          foreach shadow in array array[
              'format(text, text)', 'format(text, varchar)', 'now()', 'clock_timestamp()',
              'transaction_timestamp()', 'sha256(bytea)', 'convert_to(text, name)', 'convert_to(varchar, name)',
              'encode(bytea, text)', 'gen_random_uuid()', 'current_setting(text, boolean)', 'current_setting(text)',
              'set_config(text, text, boolean)', 'pg_has_role(name, name, text)', 'pg_has_role(text, text, text)',
              'left(text, integer)', 'length(text)', 'length(varchar)', 'replace(text, text, text)',
              'to_char(timestamptz, text)', 'jsonb_typeof(jsonb)', 'jsonb_strip_nulls(jsonb)',
              'round(numeric)', 'round(numeric, integer)', 'lower(text)',
              'regexp_replace(text, text, text, text)', 'to_regrole(text)', 'quote_ident(text)',
              'jsonb_build_object(text, text)', 'num_nonnulls(text, text)', 'count(text)', 'pg_backend_pid()',
              'make_interval(integer)', 'pg_is_in_recovery()', 'inet_client_addr()', 'octet_length(bytea)',
              'starts_with(text, text)'
          ] loop
              execute 'create function ' || 'lair.' || shadow
                  || ' returns text language plpgsql as ''begin raise exception using errcode = ''''XX666'''', message = ''''shadowed''''; end''';
          end loop;
      end $$;
      create function lair.trap(text, text) returns boolean language plpgsql
      as 'begin raise exception ''shadowed operator''; end';
      create function lair.trap(bytea, bytea) returns boolean language plpgsql
      as 'begin raise exception ''shadowed operator''; end';
      create function lair.trap(varchar, varchar) returns boolean language plpgsql
      as 'begin raise exception ''shadowed operator''; end';
      create function lair.trap(varchar, name) returns boolean language plpgsql
      as 'begin raise exception ''shadowed operator''; end';
      create function lair.trap(timestamptz, timestamptz) returns boolean language plpgsql
      as 'begin raise exception ''shadowed operator''; end';
      create operator lair.= (leftarg = text, rightarg = text, function = lair.trap);
      create operator lair.<> (leftarg = text, rightarg = text, function = lair.trap);
      create operator lair.!~ (leftarg = text, rightarg = text, function = lair.trap);
      create operator lair.= (leftarg = bytea, rightarg = bytea, function = lair.trap);
      create operator lair.= (leftarg = varchar, rightarg = varchar, function = lair.trap);
      create operator lair.= (leftarg = varchar, rightarg = name, function = lair.trap);
      create operator lair.>= (leftarg = timestamptz, rightarg = timestamptz, function = lair.trap);
      create operator lair.<= (leftarg = timestamptz, rightarg = timestamptz, function = lair.trap);
      create operator lair.|| (leftarg = text, rightarg = text, function = lair.trap);
      """;
}
