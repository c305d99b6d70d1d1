package io.pgtrail.install;

import java.sql.Connection;
import java.sql.SQLException;

/** One installer at a time in a database. Another waits; the server frees the lock if we die. */
final class InstallLock {

  private static final String KEY = "pg_catalog.hashtextextended('pgtrail install', 0)";

  private InstallLock() {}

  static <T> T whileHeld(Connection connection, SqlFunction<T> work) throws SQLException {
    Installation.execute(connection, "select pg_catalog.pg_advisory_lock(" + KEY + ")");
    try {
      return work.apply(connection);
    } finally {
      if (!connection.isClosed()) {
        Installation.execute(connection, "select pg_catalog.pg_advisory_unlock(" + KEY + ")");
      }
    }
  }
}
