package io.pgtrail.install;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Finds out before the first change whether this database can take pgtrail. */
final class Preflight {

  private static final int OLDEST_SUPPORTED = 140_000;

  private final Connection connection;

  private Preflight(Connection connection) {
    this.connection = connection;
  }

  /**
   * @throws PgtrailException {@code INSTALL_REFUSED} or {@code READ_ONLY}, saying what is in the
   *     way and what to do about it
   */
  static void check(Connection connection) throws SQLException {
    Preflight preflight = new Preflight(connection);
    preflight.checkServerVersion();
    preflight.checkWritable();
    preflight.checkSchemas();
    preflight.checkRoles();
    preflight.checkEventTriggers();
  }

  private void checkServerVersion() throws SQLException {
    refuseTooOld(
        Integer.parseInt(text("show server_version_num").orElse("0")),
        text("show server_version").orElse("?"));
  }

  static void refuseTooOld(int versionNumber, String version) {
    if (versionNumber < OLDEST_SUPPORTED) {
      throw refused(
          "PostgreSQL " + version + " is too old", "pgtrail needs PostgreSQL 14 or later.");
    }
  }

  private void checkWritable() throws SQLException {
    if (Installation.isTrue(connection, "select pg_catalog.pg_is_in_recovery()")) {
      throw new PgtrailException(
          ErrorCode.READ_ONLY,
          "This server is a standby",
          "Install on the primary; the standby follows by itself.");
    }
    if (text("show transaction_read_only").equals(Optional.of("on"))) {
      throw new PgtrailException(
          ErrorCode.READ_ONLY,
          "This database is read-only",
          "See default_transaction_read_only of the server, the database and the role.");
    }
  }

  private void checkSchemas() throws SQLException {
    Optional<String> foreign =
        text(
            """
            select pg_catalog.string_agg(pg_catalog.format('%I (owner %I)', n.nspname, o.rolname), ', ')
            from pg_catalog.pg_namespace as n
            join pg_catalog.pg_roles as o on o.oid = n.nspowner
            where n.nspname in ('script_tracking', 'pgtrail', 'pggit')
                and o.rolname <> 'pgtrail_owner'
                -- Left by an installer that was killed before its transaction: nothing is in it yet.
                and not (
                    n.nspname = 'pgtrail'
                    and o.rolname = current_user
                    and not exists (
                        select
                        from pg_catalog.pg_class as c
                        where c.relnamespace = n.oid and c.relname !~ '^installed_step'
                    )
                )
            """);
    if (foreign.isPresent()) {
      throw refused(
          "There is already something else of the name of our schemas: " + foreign.get(),
          "Rename or drop it, or install into another database. Nothing was changed.");
    }
  }

  private void checkRoles() throws SQLException {
    Optional<String> unsafe =
        text(
            """
            select r.rolname
            from pg_catalog.pg_roles as r
            where r.rolname = 'pgtrail_owner'
                and (r.rolcanlogin or r.rolsuper)
            """);
    if (unsafe.isPresent()) {
      throw refused(
          "The role pgtrail_owner can log in or is a superuser: then it could rewrite the trail",
          "Have a superuser run: ALTER ROLE pgtrail_owner NOLOGIN NOSUPERUSER");
    }
    Optional<String> members =
        text(
            """
            select pg_catalog.string_agg(m.rolname, ', ')
            from pg_catalog.pg_auth_members as a
            join pg_catalog.pg_roles as g on g.oid = a.roleid and g.rolname = 'pgtrail_owner'
            join pg_catalog.pg_roles as m on m.oid = a.member
            where not m.rolsuper
                and m.rolname <> current_user
            """);
    if (members.isPresent()) {
      throw refused(
          "Members of the role pgtrail_owner could rewrite the trail: " + members.get(),
          "Have a superuser run, for each: REVOKE pgtrail_owner FROM name");
    }
  }

  /** Tries it: which roles may create event triggers differs from provider to provider. */
  private void checkEventTriggers() throws SQLException {
    Optional<String> taken =
        text(
            """
            select pg_catalog.string_agg(t.evtname, ', ')
            from pg_catalog.pg_event_trigger as t
            join pg_catalog.pg_proc as p on p.oid = t.evtfoid
            join pg_catalog.pg_roles as o on o.oid = p.proowner
            where t.evtname in (
                    'et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end')
                and o.rolname <> 'pgtrail_owner'
            """);
    if (taken.isPresent()) {
      throw refused(
          "There are event triggers of the names that pgtrail uses: " + taken.get(),
          "Have their owner run, for each: DROP EVENT TRIGGER name");
    }
    // now() is no event trigger function, so nothing can come of this: the question is whether the
    // server objects to the function or to us.
    try {
      Installation.execute(
          connection,
          """
          do $probe$
          begin
              create event trigger pgtrail_probe on ddl_command_start execute function pg_catalog.now();
          exception
              when insufficient_privilege then
                  raise;
              -- Caught here, so that the log of the server does not tell of it.
              when others then
                  null;
          end
          $probe$
          """);
    } catch (SQLException failure) {
      if ("42501".equals(failure.getSQLState())) {
        throw eventTriggersDenied(failure);
      }
      throw failure;
    }
  }

  private PgtrailException eventTriggersDenied(SQLException cause) throws SQLException {
    String role = text("select pg_catalog.quote_ident(current_user)").orElse("?");
    return new PgtrailException(
        ErrorCode.INSTALL_REFUSED,
        "The role " + role + " may not create event triggers",
        "Install as a superuser, or have a superuser run: ALTER ROLE "
            + role
            + " SUPERUSER. With a provider install as its master user, or have that user run:"
            + " GRANT rds_superuser TO "
            + role
            + " (Amazon), GRANT azure_pg_admin TO "
            + role
            + " (Azure), GRANT cloudsqlsuperuser TO "
            + role
            + " (Google). The right is needed to install and upgrade only.",
        cause);
  }

  private static PgtrailException refused(String message, String hint) {
    return new PgtrailException(ErrorCode.INSTALL_REFUSED, message, hint);
  }

  private Optional<String> text(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }
}
