package io.pgtrail.doctor;

import org.jdbi.v3.core.Handle;

/** Whether the trail is in order. */
final class TrailChecks {

  private TrailChecks() {}

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

  private static long count(Handle handle, String query) {
    return handle.createQuery(query).mapTo(Long.class).one();
  }
}
