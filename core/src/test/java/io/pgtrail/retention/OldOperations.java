package io.pgtrail.retention;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;

/** A trail that reaches far back. */
final class OldOperations {

  /** The keys of all versions in the trail that are not of a cleanup, one text. */
  static final String VERSIONS =
      """
      select string_agg(encode(script_execution_hk, 'hex') || ':' || version_number, ' '
          order by script_execution_hk, version_number)
      from script_tracking.script_execution_s_versions
      where script_name !~ '^Cleanup'
      """;

  private static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  private OldOperations() {}

  static TestDatabases databases() {
    return DATABASES;
  }

  /** Operations with three versions each that began 400 days ago, one a minute. */
  static void record(TestDatabase database, int number) throws SQLException {
    database.execute(
        """
        begin;
        set local role pgtrail_owner;
        create temporary table old on commit drop as
        select
            sha256(convert_to('old ' || i, 'UTF8')) as hk, i, v,
            now() - interval '400 days' + i * interval '1 minute' as began
        from generate_series(1, %d) as i, generate_series(1, 3) as v;
        insert into script_tracking.script_execution_h
        select hk, 'old ' || i, null, began, 'SCRIPT_TRACKER' from old where v = 1;
        insert into script_tracking.script_execution_s_history (
            script_execution_hk, load_date, load_end_date, hash_diff, version_number, script_name,
            script_type, execution_status, execution_timestamp, db_session_user, record_source,
            effective_role, backend_pid, recorded_xid)
        select hk, began, began, hk, v, 'Old ' || i, 'MANUAL', 'RUNNING', began, 'ann',
            'SCRIPT_TRACKER', 'ann', 1, pg_current_xact_id()
        from old where v < 3;
        insert into script_tracking.script_execution_s (
            script_execution_hk, load_date, hash_diff, version_number, script_name,
            script_type, execution_status, execution_timestamp, execution_duration_ms,
            db_session_user, record_source, effective_role, error_message, metadata)
        select hk, began, hk, v, 'Old ' || i, 'MANUAL', 'FAILED', began, i, 'ann',
            'SCRIPT_TRACKER', 'ann', 'why ' || i, jsonb_build_object('text', repeat(md5(i::text), 20))
        from old where v = 3;
        commit
        """
            .formatted(number));
  }
}
