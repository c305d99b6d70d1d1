package io.pgtrail.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection that operations are recorded over, taken from the data source when it is needed.
 * For one thread; {@link #abort} for any.
 */
final class TrailConnection {

  private static final String RECORD =
      "select script_tracking.record_operations(cast(? as pg_catalog.jsonb))";

  /** For the server to be told that the time is over, and to answer. */
  private static final int CANCEL_MILLIS = 2_000;

  private final DataSource dataSource;
  private final int longestSendSeconds;
  private volatile @Nullable Connection connection;

  /** How the connection was when it was taken; unknown while {@code null}. */
  private @Nullable Integer networkMillis;

  private @Nullable Boolean autoCommit;

  TrailConnection(DataSource dataSource, Duration longestSend) {
    this.dataSource = dataSource;
    long nanos = Math.min(Outbox.nanos(longestSend), TimeUnit.DAYS.toNanos(1));
    this.longestSendSeconds = (int) Math.max(1, (nanos + 999_999_999) / 1_000_000_000);
  }

  /** Takes a connection if there is none. */
  void open() throws SQLException {
    if (connection != null) {
      return;
    }
    Connection open = dataSource.getConnection();
    connection = open;
    networkMillis = limitNetwork(open, 1_000 * longestSendSeconds + CANCEL_MILLIS);
    autoCommit = open.getAutoCommit();
    if (!autoCommit) {
      open.setAutoCommit(true);
    }
  }

  /** Records a JSON array of operations; when this returns it is committed. */
  void record(String operations) throws SQLException {
    Connection open = connection;
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    try (PreparedStatement statement = open.prepareStatement(RECORD)) {
      limit(statement);
      statement.setString(1, operations);
      statement.execute();
    }
  }

  /** The server itself ends what takes too long: a connection that is cut leaves it at work. */
  private void limit(PreparedStatement statement) throws SQLException {
    try {
      statement.setQueryTimeout(longestSendSeconds);
    } catch (SQLFeatureNotSupportedException | AbstractMethodError leftToSettings) {
      return;
    }
  }

  /** Gives the connection back as it was, sound or not; does nothing where there is none. */
  void release() {
    Connection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    Integer network = networkMillis;
    if (network != null) {
      attempt(() -> open.setNetworkTimeout(Runnable::run, network));
    }
    if (Boolean.FALSE.equals(autoCommit)) {
      attempt(() -> open.setAutoCommit(false));
    }
    attempt(open::close);
    networkMillis = null;
    autoCommit = null;
  }

  /** Cuts a connection that another thread waits for. */
  void abort() {
    Connection open = connection;
    if (open != null) {
      attempt(() -> open.abort(Runnable::run));
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws SQLException;
  }

  /** A connection that is gone needs it no longer, and closing it tells the pool. */
  private static void attempt(Step step) {
    try {
      step.run();
    } catch (SQLException | RuntimeException | LinkageError lost) {
      return;
    }
  }

  /** Gives what it was before; a driver or pool that cannot leaves it to its own settings. */
  private static @Nullable Integer limitNetwork(Connection open, int millis) throws SQLException {
    try {
      int before = open.getNetworkTimeout();
      open.setNetworkTimeout(Runnable::run, millis);
      return before;
    } catch (SQLFeatureNotSupportedException | AbstractMethodError leftToSettings) {
      return null;
    }
  }
}
