package io.pgtrail.migration;

import io.pgtrail.error.PgtrailException;
import io.pgtrail.script.Cancellation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * One at a time migrates a schema. Flyway has a lock of its own for each migration, of which it
 * says nothing while it waits.
 */
final class MigrationLock implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Connection connection;

  private MigrationLock(Connection connection) {
    this.connection = connection;
  }

  /**
   * Waits for the lock, asking again and again: a session that waits in a statement is one that an
   * index which the other builds concurrently would wait for.
   *
   * @param waiting hears once who has it
   * @throws SQLException 57014 when it is canceled meanwhile
   */
  @SuppressWarnings("MustBeClosed")
  static MigrationLock of(
      String schema, DataSource dataSource, Consumer<String> waiting, Cancellation cancellation)
      throws SQLException {
    Connection connection = dataSource.getConnection();
    try {
      endure(connection);
      boolean told = false;
      while (!isTaken(connection, schema)) {
        if (!told) {
          waiting.accept(holder(connection, schema));
          told = true;
        }
        cancellation.pause(PAUSE);
      }
      return new MigrationLock(connection);
    } catch (SQLException | PgtrailException failure) {
      connection.close();
      throw failure;
    }
  }

  /** It idles as long as the others work, and asks with PostgreSQL's own functions. */
  private static void endure(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set idle_session_timeout = 0");
      statement.execute("set search_path = pg_catalog, pg_temp");
    }
  }

  private static boolean isTaken(Connection connection, String schema) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select pg_try_advisory_lock(hashtext('pgtrail migrate'), hashtext(?))")) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static String holder(Connection connection, String schema) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select 'process ' || l.pid
            from pg_locks as l
            where l.locktype = 'advisory' and l.granted and l.objsubid = 2
                and l.database = (select oid from pg_database where datname = current_database())
                and l.classid = hashtext('pgtrail migrate')::oid
                and l.objid = hashtext(?)::oid
            """)) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : "another process";
      }
    }
  }

  /** Closing the connection gives the lock back. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException lost) {
      // The server gave it back already.
    }
  }
}
