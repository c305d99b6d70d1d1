package io.pgtrail.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection that operations are recorded over, taken from the data source when it is needed.
 * For one thread; {@link #abort} for any.
 */
final class TrailConnection {

  private static final String RECORD =
      "select script_tracking.record_operations(cast(? as pg_catalog.jsonb))";

  private final DataSource dataSource;
  private final int longestSendMillis;
  private volatile @Nullable Connection connection;
  private boolean madeAutoCommit;

  TrailConnection(DataSource dataSource, Duration longestSend) {
    this.dataSource = dataSource;
    this.longestSendMillis = (int) Math.max(1, Math.min(longestSend.toMillis(), Integer.MAX_VALUE));
  }

  /** Records the present state of operations; when this returns it is committed. */
  void record(List<Operation> operations) throws SQLException {
    try (PreparedStatement statement = open().prepareStatement(RECORD)) {
      statement.setString(1, json(operations));
      statement.execute();
    }
  }

  private static String json(List<Operation> operations) {
    StringBuilder out = new StringBuilder(300 * operations.size());
    char separator = '[';
    for (Operation operation : operations) {
      out.append(separator);
      separator = ',';
      operation.writeJson(out);
    }
    return out.append(']').toString();
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = dataSource.getConnection();
      connection = open;
      madeAutoCommit = !open.getAutoCommit();
      if (madeAutoCommit) {
        open.setAutoCommit(true);
      }
      limitNetwork(open, longestSendMillis);
    }
    return open;
  }

  /** Gives a sound connection back as it was; does nothing where there is none. */
  void release() {
    Connection open = connection;
    if (open != null) {
      try {
        limitNetwork(open, 0);
        if (madeAutoCommit) {
          open.setAutoCommit(false);
        }
      } catch (SQLException lost) {
        // Closing it tells the pool.
      }
      discard();
    }
  }

  /** Gives up a connection of which nothing is known. */
  void discard() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException lost) {
        // It is gone, which is what was wanted.
      }
    }
  }

  /** Cuts a connection that another thread waits for. */
  void abort() {
    Connection open = connection;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException lost) {
        // It is gone, which is what was wanted.
      }
    }
  }

  /** A driver or pool that cannot do it leaves the limits to its own settings. */
  private static void limitNetwork(Connection open, int millis) throws SQLException {
    try {
      open.setNetworkTimeout(Runnable::run, millis);
    } catch (SQLFeatureNotSupportedException | AbstractMethodError leftToSettings) {
      return;
    }
  }
}
