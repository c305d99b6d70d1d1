package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the catalogs say about rights, for everything that is installed. */
final class FunctionRightsTest extends InstalledDatabase {

  @Test
  void everythingThatRunsAsItsOwnerHasAFixedSearchPathAndTheOwnerNobodyLogsInAs() throws Exception {
    assertThat(
            column(
                """
                select p.oid::regprocedure
                from pg_proc as p
                where p.pronamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail', 'util', 'auth')
                    and p.prosecdef
                    and (p.proowner <> 'pgtrail_owner'::regrole
                        or 'search_path=pg_catalog, pg_temp' = any (p.proconfig) is not true)
                """))
        .isEmpty();
    assertThat(
            value(
                "select rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication"
                    + " from pg_roles where rolname = 'pgtrail_owner'"))
        .isEqualTo("f");
  }

  @Test
  void everythingInOurSchemasBelongsToTheOwnerNobodyLogsInAs() throws Exception {
    assertThat(
            column(
                """
                select c.oid::regclass::text
                from pg_class as c
                where c.relnamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail')
                    and c.relowner <> 'pgtrail_owner'::regrole
                    and c.relname !~ '^installed_step'
                    -- The installer's: only a superuser reads the catalog behind it.
                    and c.relname <> 'user_mapping_option'
                union all
                select p.oid::regprocedure::text
                from pg_proc as p
                where p.pronamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail')
                    and p.proowner <> 'pgtrail_owner'::regrole
                """))
        .isEmpty();
  }

  @Test
  void everyoneMayCallExactlyTheseFunctions() throws Exception {
    assertThat(
            column(
                """
                select p.pronamespace::regnamespace || '.' || p.proname
                from pg_proc as p
                where p.pronamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail', 'auth')
                    and has_function_privilege('public', p.oid, 'execute')
                """))
        .containsExactlyInAnyOrder(
            "pggit.adopt_drift",
            "pggit.configure_tracking",
            "pggit.coverage",
            "pgtrail.accounts",
            "pgtrail.activity",
            "pgtrail.activity_by_actor",
            "pgtrail.activity_health",
            "pgtrail.api_tokens",
            "pgtrail.archive_batch",
            "pgtrail.bucket_duration",
            "pgtrail.bytes_per_operation",
            "pgtrail.caller",
            "pgtrail.capture_facts",
            "pgtrail.capture_health",
            "pgtrail.capture_problem",
            "pgtrail.captures",
            "pgtrail.change_setting",
            "pgtrail.cleanup_batch",
            "pgtrail.create_account",
            "pgtrail.create_api_token",
            "pgtrail.current_tenant",
            "pgtrail.drop_account",
            "pgtrail.drop_api_token",
            "pgtrail.duration_bucket",
            "pgtrail.duration_percentile",
            "pgtrail.duration_status",
            "pgtrail.feed_base",
            "pgtrail.feed_horizon",
            "pgtrail.feed_is_anchored",
            "pgtrail.finish_operation",
            "pgtrail.health_score",
            "pgtrail.measured_capture_ms",
            "pgtrail.metric",
            "pgtrail.next_piece",
            "pgtrail.next_utc_hour",
            "pgtrail.not_rolled_up",
            "pgtrail.note_ddl_start",
            "pgtrail.note_table_rewrite",
            "pgtrail.operations_health",
            "pgtrail.feed_health",
            "pgtrail.oldest_transaction",
            "pgtrail.held_back_status",
            "pgtrail.host_function",
            "pgtrail.percent_change",
            "pgtrail.pgcrypto_home",
            "pgtrail.percentage",
            "pgtrail.performance_rating",
            "pgtrail.piece_of",
            "pgtrail.pieces",
            "pgtrail.read_versions",
            "pgtrail.reads_all",
            "pgtrail.reads_system",
            "pgtrail.reads_tenant",
            "pgtrail.recent_activity",
            "pgtrail.record_ddl",
            "pgtrail.record_drop",
            "pgtrail.report_failure",
            "pgtrail.require_admin",
            "pgtrail.require_name",
            "pgtrail.rolled_up",
            "pgtrail.rolled_up_actors",
            "pgtrail.rolled_up_durations",
            "pgtrail.rolled_up_to",
            "pgtrail.rolled_up_xid",
            "pgtrail.scopes",
            "pgtrail.security_health",
            "pgtrail.set_account_password",
            "pgtrail.set_account_role",
            "pgtrail.sessions",
            "pgtrail.shortest_sums",
            "pgtrail.sign_in_ways",
            "pgtrail.slowest_share",
            "pgtrail.span",
            "pgtrail.start_cleanup",
            "pgtrail.start_operation",
            "pgtrail.write_reported",
            "pgtrail.success_status",
            "pgtrail.tell_host",
            "pgtrail.tenant_facts",
            "pgtrail.trail_bytes",
            "pgtrail.trail_facts",
            "pgtrail.trail_health",
            "pgtrail.trend",
            "pgtrail.trigger_health",
            "pgtrail.utc_hour",
            "pgtrail.whole_milliseconds",
            "script_tracking.calculate_hash_key",
            "script_tracking.cleanup_in_batches",
            "script_tracking.cleanup_old_data",
            "script_tracking.close_abandoned",
            "script_tracking.complete_operation",
            "script_tracking.complete_script_execution",
            "script_tracking.configure",
            "script_tracking.create_tenant",
            "script_tracking.create_webhook",
            "script_tracking.drop_alert_rule",
            "script_tracking.drop_webhook",
            "script_tracking.enable_alert_rule",
            "script_tracking.enable_webhook",
            "script_tracking.generate_unique_script_name",
            "script_tracking.get_activity",
            "script_tracking.get_anomalies",
            "script_tracking.get_enterprise_dashboard",
            "script_tracking.get_execution_history",
            "script_tracking.get_growth_forecast",
            "script_tracking.get_performance_metrics",
            "script_tracking.get_recent_errors",
            "script_tracking.get_system_health",
            "script_tracking.grant_tenant",
            "script_tracking.import_postgres_logs",
            "script_tracking.refresh_rollups",
            "script_tracking.resend_delivery",
            "script_tracking.revoke_tenant",
            "script_tracking.script_execution_as_of",
            "script_tracking.set_alert_rule",
            "script_tracking.set_tenant",
            "script_tracking.test_webhook",
            "script_tracking.record_operations",
            "script_tracking.track_operation",
            "script_tracking.track_script_execution");
  }

  @Test
  void everyoneMayTouchExactlyTheseRelations() throws Exception {
    assertThat(
            column(
                """
                select c.oid::regclass || ' ' || lower(a.privilege_type)
                from pg_class as c, aclexplode(c.relacl) as a
                where c.relnamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail')
                    and a.grantee = 0
                union all
                select t.attrelid::regclass || '.' || t.attname || ' ' || lower(a.privilege_type)
                from pg_attribute as t, aclexplode(t.attacl) as a
                where a.grantee = 0 and t.attrelid::regclass::text ~ '^(script_tracking|pggit|pgtrail)\\.'
                """))
        .containsExactlyInAnyOrder(
            "pgtrail.actor_rollup select",
            "pgtrail.duration_rollup select",
            "pgtrail.feed_consumer select",
            "pgtrail.operation_rollup select",
            "pgtrail.total_rollup select",
            "script_tracking.script_execution_h select",
            "script_tracking.script_execution_s select",
            "script_tracking.script_execution_s_history select",
            "script_tracking.script_execution_s_versions select",
            "script_tracking.script_execution_s.error_message update",
            "script_tracking.script_execution_s.metadata update");
  }

  @Test
  void readersMayTouchExactlyTheseRelationsOfTheVersionsAndOnlyAdministratorsDeleteOldOnes()
      throws Exception {
    assertThat(
            column(
                """
                select c.oid::regclass || ' ' || lower(a.privilege_type) || ' ' || a.grantee::regrole
                from pg_class as c, aclexplode(c.relacl) as a
                where c.relnamespace = 'pggit'::regnamespace and a.grantee <> c.relowner
                """))
        .containsExactlyInAnyOrder(
            "pggit.commit select pgtrail_reader",
            "pggit.dependencies select pgtrail_reader",
            "pggit.history delete pgtrail_admin",
            "pggit.history select pgtrail_reader",
            "pggit.objects select pgtrail_reader");
  }

  @Test
  void everyTableCanBeChangedUnderAPublicationOfAllTables() throws Exception {
    assertThat(
            column(
                """
                select c.oid::regclass::text
                from pg_class as c
                where c.relnamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail')
                    and c.relkind = 'r'
                    and c.relpersistence = 'p'
                    and c.relreplident = 'd'
                    and not exists (
                        select from pg_index as i where i.indrelid = c.oid and i.indisprimary
                    )
                """))
        .isEmpty();
  }

  @Test
  void everyTableOfTheTrailHasRowLevelSecurity() throws Exception {
    assertThat(
            column(
                """
                select oid::regclass::text
                from pg_class
                where relkind = 'r' and not relrowsecurity
                    and (relnamespace = 'script_tracking'::regnamespace or relname ~ '_rollup$')
                """))
        .isEmpty();
  }

  @Test
  void nobodyIsAMemberOfTheOwner() throws Exception {
    assertThat(
            column(
                "select member::regrole::text from pg_auth_members"
                    + " where roleid in ('pgtrail_owner'::regrole, 'pgtrail_admin'::regrole)"))
        .isEmpty();
  }

  @Test
  void everyObjectHasAComment() throws Exception {
    assertThat(
            column(
                """
                with ours (class, id) as (
                    select 'pg_proc'::regclass, oid
                    from pg_proc
                    where pronamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail', 'util', 'auth')
                    union all
                    select 'pg_class', oid
                    from pg_class
                    where relnamespace::regnamespace::text in ('script_tracking', 'pggit', 'pgtrail')
                        and relkind in ('r', 'v') and relname <> 'installed_step'
                    union all
                    select 'pg_class', oid
                    from pg_class
                    where relname ~ '^idx_script_execution'
                    union all
                    select 'pg_trigger', oid
                    from pg_trigger
                    where tgrelid::regclass::text ~ '^(script_tracking|pggit|pgtrail)\\.' and not tgisinternal
                    union all
                    select 'pg_policy', oid from pg_policy where polrelid::regclass::text ~ '^(script_tracking|pgtrail)\\.'
                    union all
                    select 'pg_namespace', oid from pg_namespace where nspname in ('script_tracking', 'pggit', 'pgtrail', 'util', 'auth')
                )
                select i.type || ' ' || i.identity
                from ours, pg_identify_object(ours.class, ours.id, 0) as i
                where obj_description(ours.id, ours.class::text) is null
                union all
                select attrelid::regclass || '.' || attname
                from pg_attribute
                where attrelid::regclass::text ~ '^script_tracking\\.script_execution_(h|s|s_history)$'
                    and attnum > 0 and not attisdropped and col_description(attrelid, attnum) is null
                """))
        .isEmpty();
  }

  private List<String> column(String query) throws Exception {
    return Sql.rows(connection, query).stream()
        .map(row -> String.valueOf(row.values().iterator().next()))
        .toList();
  }
}
