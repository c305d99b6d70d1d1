package io.pgtrail.doctor;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Whether the trail is in order. */
final class TrailChecks {

  private TrailChecks() {}

  /** As {@code ENABLE ALWAYS}: otherwise session_replication_role = replica switches them off. */
  static Check triggers(Handle handle) {
    List<String> open =
        handle
            .createQuery(
                """
                select format('%s on %s %s', w.trigger_name, w.trail_table,
                    case t.tgenabled
                        when 'D' then 'is disabled'
                        when 'O' then 'does not fire under session_replication_role = replica'
                        when 'R' then 'fires under session_replication_role = replica only'
                        else 'is missing'
                    end)
                from (values
                    ('script_tracking.script_execution_h', 'refuse_truncate', 'refuse_change'),
                    ('script_tracking.script_execution_h', 'refuse_change', 'refuse_change'),
                    ('script_tracking.script_execution_s', 'refuse_truncate', 'refuse_change'),
                    ('script_tracking.script_execution_s', 'refuse_change', 'refuse_change'),
                    ('script_tracking.script_execution_s', 'supersede_version', 'supersede_version'),
                    ('script_tracking.script_execution_s_history', 'refuse_truncate', 'refuse_change'),
                    ('script_tracking.script_execution_s_history', 'refuse_change', 'refuse_change')
                ) as w (trail_table, trigger_name, function_name)
                left join pg_trigger as t
                    on t.tgrelid = w.trail_table::regclass
                    and t.tgname = w.trigger_name
                    and t.tgfoid = to_regproc('pgtrail.' || w.function_name)
                where t.tgenabled is distinct from 'A'
                order by 1
                """)
            .mapTo(String.class)
            .list();
    return open.isEmpty()
        ? Check.ok("The triggers that keep the trail append-only are enabled for all sessions")
        : Check.fail(
            "The trail is not append-only: the trigger " + String.join(", the trigger ", open),
            "Run: pgtrail install; and find out in the trail who did it: pgtrail history --type DDL_AUTO");
  }

  static Check feed(Handle handle) {
    return handle.createQuery("select pgtrail.feed_is_anchored()").mapTo(Boolean.class).one()
        ? Check.ok("The feed counts the transactions of this server")
        : Check.warn(
            "The trail was restored from a dump: until its feed is anchored here, recording is slower",
            "Run: pgtrail upgrade");
  }

  static Check abandoned(Handle handle) {
    long abandoned =
        count(
            handle,
            """
            select count(*)
            from script_tracking.script_execution_s as s, pgtrail.settings as settings
            where s.execution_status = 'RUNNING'
                and s.execution_timestamp < clock_timestamp() - settings.abandoned_after
                and not exists (select from pg_stat_activity as a where a.pid = s.backend_pid)
            """);
    return abandoned == 0
        ? Check.ok("No operation was abandoned")
        : Check.warn(
            abandoned + " operations are RUNNING although their sessions are gone",
            "Close them with: SELECT script_tracking.close_abandoned();");
  }

  static Check orphans(Handle handle) {
    long orphans =
        count(
            handle,
            """
            select count(*)
            from script_tracking.script_execution_h as h
            full join script_tracking.script_execution_s as s using (script_execution_hk)
            where h.script_execution_hk is null or s.script_execution_hk is null
            """);
    return orphans == 0
        ? Check.ok("Hub and satellite agree")
        : Check.fail(
            orphans + " operations have a hub row without a satellite row or the reverse",
            "Rows were removed behind the back of pgtrail; restore them from a backup");
  }

  static Check intervals(Handle handle) {
    return handle
        .createQuery(
            """
            select count(*) as operations, string_agg(b.key, ', ') filter (where b.place <= 3) as first
            from (
                select encode(v.script_execution_hk, 'hex') as key,
                    row_number() over (order by v.script_execution_hk) as place
                from (
                    select v.script_execution_hk, v.version_number, v.load_date, v.load_end_date,
                        row_number() over w as expected_number, lead(v.load_date) over w as superseded
                    from script_tracking.script_execution_s_versions as v
                    window w as (partition by v.script_execution_hk order by v.version_number)
                ) as v
                where v.version_number <> v.expected_number
                    or v.load_end_date is distinct from v.superseded
                    or v.load_end_date <= v.load_date
                group by v.script_execution_hk
            ) as b
            """)
        .map((row, context) -> intervals(row.getLong("operations"), row.getString("first")))
        .one();
  }

  private static Check intervals(long operations, String first) {
    return operations == 0
        ? Check.ok("Each operation has one open version, and the others lead up to it")
        : Check.fail(
            operations
                + " operations have no or several open versions, or a gap or an overlap: "
                + first
                + (operations > 3 ? ", …" : ""),
            "Rows were changed behind the back of pgtrail; restore them from a backup");
  }

  private static long count(Handle handle, String query) {
    return handle.createQuery(query).mapTo(Long.class).one();
  }
}
