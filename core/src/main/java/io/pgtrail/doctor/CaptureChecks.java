package io.pgtrail.doctor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Whether DDL is seen. */
final class CaptureChecks {

  /** Event trigger, its event and its function, separated by blanks. */
  private static final Map<String, String> WANTED =
      Map.of(
          "et_ddl_command_start", "ddl_command_start event_trigger_ddl_start",
          "et_sql_drop", "sql_drop event_trigger_sql_drop",
          "et_table_rewrite", "table_rewrite event_trigger_table_rewrite",
          "et_ddl_command_end", "ddl_command_end event_trigger_ddl_end");

  private CaptureChecks() {}

  static List<String> eventTriggers() {
    return List.of("et_ddl_command_start", "et_sql_drop", "et_table_rewrite", "et_ddl_command_end");
  }

  static Check eventTrigger(Handle handle, String name) {
    Optional<Map<String, Object>> found =
        handle
            .createQuery(
                """
                select
                    t.evtenabled::text as enabled,
                    t.evtevent || ' ' || p.proname as does,
                    pg_get_userbyid(p.proowner) = 'pgtrail_owner'
                        and n.nspname = 'script_tracking' as ours,
                    coalesce(current_setting('event_triggers', true), 'on') = 'on' as switched_on,
                    (select s.capture_always from pgtrail.settings as s) as always
                from pg_event_trigger as t
                join pg_proc as p on p.oid = t.evtfoid
                join pg_namespace as n on n.oid = p.pronamespace
                where t.evtname = :name
                """)
            .bind("name", name)
            .mapToMap()
            .findOne();
    if (found.isEmpty()) {
      return Check.fail("The event trigger " + name + " is missing", "Run: pgtrail install");
    }
    return eventTrigger(name, found.get());
  }

  private static Check eventTrigger(String name, Map<String, Object> found) {
    if (!Boolean.TRUE.equals(found.get("ours"))
        || !Objects.equals(WANTED.get(name), found.get("does"))) {
      return Check.fail(
          "The event trigger " + name + " calls something else than pgtrail",
          "Have its owner run: DROP EVENT TRIGGER " + name + "; then: pgtrail install");
    }
    boolean always = Boolean.TRUE.equals(found.get("always"));
    String enabled = String.valueOf(found.get("enabled"));
    if (enabled.equals("D") || enabled.equals("R") || (always && !enabled.equals("A"))) {
      return Check.fail(
          "The event trigger "
              + name
              + (enabled.equals("D") ? " is disabled" : " does not fire for all sessions"),
          "Have a superuser run: ALTER EVENT TRIGGER "
              + name
              + (always ? " ENABLE ALWAYS" : " ENABLE"));
    }
    return Boolean.TRUE.equals(found.get("switched_on"))
        ? Check.ok("The event trigger " + name + " is enabled")
        : Check.fail(
            "The server's setting event_triggers is off: " + name + " does not fire",
            "Turn it on again; ALTER ROLE, ALTER DATABASE or postgresql.conf may have set it");
  }

  static Check failures(Handle handle) {
    Map<String, Object> row =
        handle
            .createQuery(
                """
                select count(*) as number,
                    (array_agg(f.command_tag || ': ' || f.message order by f.failed_at desc))[1] as last
                from pgtrail.capture_failure as f
                where f.failed_at > now() - interval '7 days'
                """)
            .mapToMap()
            .one();
    return Long.valueOf(0).equals(row.get("number"))
        ? Check.ok("No DDL went unrecorded in the last 7 days")
        : Check.fail(
            row.get("number")
                + " DDL statements went unrecorded in the last 7 days, the last: "
                + row.get("last"),
            "See table pgtrail.capture_failure");
  }
}
