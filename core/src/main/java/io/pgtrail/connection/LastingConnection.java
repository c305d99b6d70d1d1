package io.pgtrail.connection;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection for a program that asks the same again and again: it is kept between two questions
 * and opened anew when it was lost. Not safe for concurrent use.
 */
public final class LastingConnection implements ConnectionFactory, AutoCloseable {

  /** After so many seconds without an answer the network is considered gone. */
  private static final int SECONDS_TO_ANSWER = 60;

  private final TrailDataSource dataSource;
  private @Nullable Connection kept;

  public LastingConnection(TrailDataSource dataSource) {
    this.dataSource = dataSource;
    if (dataSource.getSocketTimeout() == 0) {
      dataSource.setSocketTimeout(SECONDS_TO_ANSWER);
    }
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection open = kept;
    if (open == null || open.isClosed()) {
      open = dataSource.getConnection();
      kept = open;
    }
    return open;
  }

  /** Keeps it, unless it was left amid a transaction: then something went wrong. */
  @Override
  public void closeConnection(Connection connection) throws SQLException {
    if (!connection.isClosed() && !connection.getAutoCommit()) {
      close();
    }
  }

  @Override
  public void close() throws SQLException {
    Connection open = kept;
    kept = null;
    if (open != null) {
      open.close();
    }
  }
}
