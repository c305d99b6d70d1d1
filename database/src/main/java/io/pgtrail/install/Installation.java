package io.pgtrail.install;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** What the database knows about its installation of pgtrail. */
final class Installation {

  private Installation() {}

  /** Whether pgtrail is here and at work. */
  static boolean exists(Connection connection) throws SQLException {
    return isTrue(
        connection,
        "select pg_catalog.to_regprocedure('pgtrail.record_ddl(text,text)') is not null");
  }

  /** Whether there is a trail of ours, be it left by an uninstallation that kept it. */
  static boolean hasTrail(Connection connection) throws SQLException {
    return isTrue(
        connection, "select pg_catalog.to_regclass('pgtrail.installed_step') is not null");
  }

  static Optional<String> versionIn(Connection connection) throws SQLException {
    if (!exists(connection)) {
      return Optional.empty();
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select installed_version from pgtrail.settings")) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }

  static void setVersion(Connection connection, String version) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update pgtrail.settings
            set installed_version = ?
            where installed_version is distinct from ?
            """)) {
      statement.setString(1, version);
      statement.setString(2, version);
      statement.executeUpdate();
    }
  }

  /** Makes room for the record of steps; false if it is there already. */
  static boolean createSchema(Connection connection) throws SQLException {
    if (isTrue(connection, "select pg_catalog.to_regnamespace('pgtrail') is not null")) {
      return false;
    }
    execute(connection, "create schema pgtrail");
    return true;
  }

  /**
   * Someone may have dropped or disabled a trigger, dropped a function that we made outside our
   * schemas, or put something else in its place; or the trail was restored from a dump; or a host
   * has got functions of its own that sign users in.
   */
  static boolean isIncomplete(Connection connection) throws SQLException {
    return exists(connection)
        && isTrue(
            connection,
            """
            select not pgtrail.feed_is_anchored()
                or not pgtrail.sign_ins_are_current()
                or (
                    select count(*)
                    from pg_catalog.pg_event_trigger as t
                    where t.evtname in (
                        'et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end')
                ) < 4
                or (
                    select count(*)
                    from pg_catalog.pg_trigger as t
                    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
                    where t.tgrelid in (
                            'script_tracking.script_execution_h'::pg_catalog.regclass,
                            'script_tracking.script_execution_s'::pg_catalog.regclass,
                            'script_tracking.script_execution_s_history'::pg_catalog.regclass)
                        and p.pronamespace = 'pgtrail'::pg_catalog.regnamespace
                        and t.tgenabled = 'A'
                ) < 7
                or exists (
                    select
                    from pgtrail.created_outside as c
                    where c.object_kind = 'function'
                        and not exists (
                            select
                            from pg_catalog.pg_proc as p
                            where p.oid = pg_catalog.to_regprocedure(c.object_identity)
                                and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
                        )
                )
            """);
  }

  /** Has all functions, triggers, views and rights made anew by the next migration. */
  static void replay(Connection connection) throws SQLException {
    execute(connection, "delete from pgtrail.installed_step where version is null");
  }

  /** Undoes {@link #createSchema} after all steps were rolled back. */
  static void removeEmptySchema(Connection connection) throws SQLException {
    execute(connection, "drop table if exists pgtrail.installed_step");
    execute(connection, "drop schema pgtrail");
  }

  static boolean isTrue(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() && row.getBoolean(1);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
