package io.pgtrail.doctor;

import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** Tries it, in transactions that are rolled back. */
final class LiveChecks {

  private static final String IN_THIS_TRANSACTION =
      " and s.backend_pid = pg_backend_pid() and s.execution_timestamp >= now()";

  private LiveChecks() {}

  static Check tracking(Handle handle) {
    if (isReadOnly(handle)) {
      return Check.ok("This server or session is read-only: nothing can be recorded here");
    }
    return rolledBack(
        handle,
        h -> {
          boolean completed =
              h.createQuery(
                      """
                      select script_tracking.complete_operation(
                          script_tracking.track_operation('Doctor: tracking', 'VALIDATION'))
                      """)
                  .mapTo(Boolean.class)
                  .one();
          long seen = count(h, "s.script_type = 'VALIDATION' and s.execution_status = 'COMPLETED'");
          return completed && seen == 1
              ? Check.ok("An operation can be tracked and completed (tried and rolled back)")
              : Check.fail(
                  "An operation was tracked and did not show up in the trail",
                  "Run: pgtrail install; then doctor again");
        });
  }

  static Check capture(Handle handle) {
    if (isReadOnly(handle)) {
      return Check.ok("This server or session is read-only: no DDL can happen here");
    }
    Optional<String> schema =
        handle
            .createQuery(
                """
                select quote_ident(s.name)
                from unnest(current_schemas(false)) as s (name)
                where has_schema_privilege(s.name, 'create')
                limit 1
                """)
            .mapTo(String.class)
            .findOne();
    if (schema.isEmpty()) {
      return Check.warn(
          "Capture of DDL was not tried: this role may create tables in none of its schemas",
          "Run doctor as a role that may");
    }
    return rolledBack(handle, h -> capture(h, schema.get() + ".pgtrail_doctor_" + pid(h)));
  }

  private static Check capture(Handle handle, String table) {
    handle.execute("create table " + table + " (id integer)");
    handle.execute("drop table " + table);
    long seen =
        count(handle, "s.script_type = 'DDL_AUTO' and s.script_name like 'AUTO_DDL_%TABLE%'");
    return seen == 2
        ? Check.ok("CREATE TABLE and DROP TABLE are recorded by themselves (tried and rolled back)")
        : Check.fail(
            "CREATE TABLE and DROP TABLE left " + seen + " records instead of 2",
            "Mend the event triggers above; session_replication_role must not be replica");
  }

  private static long count(Handle handle, String condition) {
    return handle
        .createQuery(
            "select count(*) from script_tracking.script_execution_s as s where "
                + condition
                + IN_THIS_TRANSACTION)
        .mapTo(Long.class)
        .one();
  }

  private static long pid(Handle handle) {
    return handle.createQuery("select pg_backend_pid()").mapTo(Long.class).one();
  }

  private static boolean isReadOnly(Handle handle) {
    return handle.createQuery("show transaction_read_only").mapTo(String.class).one().equals("on");
  }

  private static Check rolledBack(Handle handle, Function<Handle, Check> trial) {
    handle.begin();
    try {
      handle.execute("set local lock_timeout = '5s'");
      return trial.apply(handle);
    } finally {
      handle.rollback();
    }
  }
}
