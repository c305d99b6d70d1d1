package io.pgtrail.migration;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The schema that keeps the history of migrations: the first of the search path.
 *
 * @param hasHistory whether something was migrated there before
 * @param hasTables whether it has tables or views that are not an extension's
 * @param readOnly whether nothing can be written over such a connection
 */
record MigrationPlace(String schema, boolean hasHistory, boolean hasTables, boolean readOnly) {

  static final String HISTORY = "flyway_schema_history";

  private static final Set<String> OURS = Set.of("pgtrail", "script_tracking", "pggit");

  /**
   * @throws PgtrailException {@code NOT_INSTALLED} or {@code NOT_PERMITTED} if nothing could be
   *     recorded, {@code INVALID_ARGUMENT} if there is no schema for the history
   */
  static MigrationPlace of(Jdbi jdbi) {
    try {
      return jdbi.inTransaction(
          handle -> {
            String schema =
                handle
                    .createQuery("select pg_catalog.current_schema()")
                    .mapTo(String.class)
                    .findOne()
                    .orElse("");
            SafePath.in(handle);
            requireTrail(handle);
            return examine(handle, schema);
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static void requireTrail(Handle handle) {
    boolean permitted =
        handle
            .createQuery(
                """
                select has_schema_privilege(n.oid, 'usage')
                    and has_function_privilege(p.oid, 'execute')
                from pg_proc as p
                join pg_namespace as n on n.oid = p.pronamespace
                where n.nspname = 'script_tracking' and p.proname = 'record_operations'
                """)
            .mapTo(Boolean.class)
            .findOne()
            .orElseThrow(
                () ->
                    new PgtrailException(
                        ErrorCode.NOT_INSTALLED,
                        "pgtrail is not installed in this database, or too old to record a"
                            + " migration; nothing was migrated",
                        "Install it with: pgtrail install"));
    if (!permitted) {
      throw new PgtrailException(
          ErrorCode.NOT_PERMITTED,
          "The role has no right to record a migration; nothing was migrated",
          "Grant it pgtrail_writer.");
    }
  }

  private static MigrationPlace examine(Handle handle, String schema) {
    if (schema.isEmpty() || OURS.contains(schema)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          schema.isEmpty()
              ? "No schema of the search path is there to keep the history of migrations"
              : "The history of migrations cannot be in " + schema + ", which is pgtrail's own",
          "Create one, or name another: --url 'postgresql://…?options=-c search_path=SCHEMA'.");
    }
    requireTrustedHistory(handle, schema);
    return handle
        .createQuery(
            """
            select coalesce(bool_or(c.relname = :history), false) as history,
                count(*) > 0 as tables,
                current_setting('transaction_read_only')::boolean as read_only
            from pg_class as c
            where c.relnamespace = (select n.oid from pg_namespace as n where n.nspname = :schema)
                and c.relkind in ('r', 'p', 'v', 'm', 'f')
                and not exists (
                    select
                    from pg_depend as d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            """)
        .bind("history", HISTORY)
        .bind("schema", schema)
        .map(
            (row, context) ->
                new MigrationPlace(
                    schema,
                    row.getBoolean("history"),
                    row.getBoolean("tables"),
                    row.getBoolean("read_only")))
        .one();
  }

  /**
   * Whoever owns the table of the history says what was run, and its triggers run with the rights
   * of whoever migrates. Everyone who may create in a schema could have put it there.
   */
  private static void requireTrustedHistory(Handle handle, String schema) {
    handle
        .createQuery(
            """
            select o.rolname
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            join pg_database as d on d.datname = current_database()
            join pg_roles as o on o.oid = c.relowner
            join pg_roles as me on me.rolname = current_user
            where n.nspname = :schema
                and c.relname = :history
                and not (o.rolsuper or o.oid in (me.oid, n.nspowner, d.datdba))
                and (me.rolsuper or not pg_has_role(o.oid, 'usage'))
            """)
        .bind("schema", schema)
        .bind("history", HISTORY)
        .mapTo(String.class)
        .findOne()
        .ifPresent(
            owner -> {
              throw new PgtrailException(
                  ErrorCode.NOT_PERMITTED,
                  "The history of migrations in "
                      + schema
                      + " belongs to "
                      + owner
                      + ", who could run anything with your rights; nothing was migrated",
                  "Migrate as "
                      + owner
                      + ". If you trust what is in it, and it has no triggers, give it to the owner"
                      + " of the schema or the database.");
            });
  }

  /**
   * @throws PgtrailException {@code READ_ONLY}
   */
  MigrationPlace requireWritable() {
    if (readOnly) {
      throw new PgtrailException(
          ErrorCode.READ_ONLY,
          "Nothing can be written: the server is a standby, or the session is read-only",
          "Name the primary with --url; PGTARGETSESSIONATTRS=read-write finds it among several.");
    }
    return this;
  }

  /** The table of the history, as SQL names it. */
  String historyTable() {
    return "\"" + schema.replace("\"", "\"\"") + "\"." + HISTORY;
  }
}
