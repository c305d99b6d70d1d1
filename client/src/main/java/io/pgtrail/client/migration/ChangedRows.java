package io.pgtrail.client.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.OptionalLong;

/**
 * Counts the rows that a migration inserts, updates and deletes, by PostgreSQL's own counters of
 * the transaction: the migration tools do not tell. For one thread.
 */
public final class ChangedRows {

  /** Of tables that are there still; the tool's own bookkeeping is not the migration's. */
  private static final String COUNT =
      """
      select sum(n_tup_ins + n_tup_upd + n_tup_del)
      from pg_catalog.pg_stat_xact_user_tables
      where relname not in ('flyway_schema_history', 'databasechangelog', 'databasechangeloglock')
          and schemaname not in ('script_tracking', 'pgtrail', 'pggit')
      """;

  private final Connection connection;
  private final OptionalLong atBegin;

  private ChangedRows(Connection connection) {
    this.connection = connection;
    this.atBegin = count();
  }

  /** Begins to count what is done over a connection. */
  public static ChangedRows over(Connection connection) {
    return new ChangedRows(connection);
  }

  /**
   * Tells how many rows were changed since. Of a migration that does not run in one transaction
   * nobody knows.
   */
  public OptionalLong since() {
    OptionalLong after = count();
    return atBegin.isPresent() && after.isPresent() && after.getAsLong() >= atBegin.getAsLong()
        ? OptionalLong.of(after.getAsLong() - atBegin.getAsLong())
        : OptionalLong.empty();
  }

  /** Empty outside a transaction, and where the counters cannot be read. */
  private OptionalLong count() {
    try {
      if (connection.getAutoCommit()) {
        return OptionalLong.empty();
      }
      Savepoint before = connection.setSavepoint();
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(COUNT)) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      } catch (SQLException unknown) {
        // Else the migration's transaction would be lost with it.
        connection.rollback(before);
        return OptionalLong.empty();
      } finally {
        connection.releaseSavepoint(before);
      }
    } catch (SQLException unknown) {
      // The migration's own connection failed: the tool will tell, and it is not ours to.
      return OptionalLong.empty();
    }
  }
}
