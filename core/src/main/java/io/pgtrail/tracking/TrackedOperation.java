package io.pgtrail.tracking;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * An operation that has begun. Mirrors {@code script_tracking.complete_script_execution}. Not safe
 * for concurrent use.
 */
public final class TrackedOperation implements AutoCloseable {

  private static final String CONNECTION_LOST = "08";
  private static final String SHUTDOWN = "57P";

  private final DataSource dataSource;
  private final Connection connection;
  private final byte[] key;

  TrackedOperation(DataSource dataSource, Connection connection, byte[] key) {
    this.dataSource = dataSource;
    this.connection = connection;
    this.key = key;
  }

  /**
   * Records the end. If the connection was lost meanwhile, tries once more over a new one.
   *
   * @return false if the database knows of no such running operation: someone else ended it
   * @throws PgtrailException if the end could not be recorded; the operation stays RUNNING
   */
  public boolean complete(OperationEnd end) {
    try {
      return complete(connection, end);
    } catch (SQLException failure) {
      if (!isLost(failure)) {
        throw ServerFailure.explain(failure);
      }
      return completeOverNewConnection(end);
    }
  }

  private boolean completeOverNewConnection(OperationEnd end) {
    try (Connection replacement = dataSource.getConnection()) {
      return complete(replacement, end);
    } catch (SQLException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private boolean complete(Connection over, OperationEnd end) throws SQLException {
    try (PreparedStatement statement =
        over.prepareStatement(
            """
            select script_tracking.complete_script_execution(
                p_execution_hk => ?, p_status => ?, p_rows_affected => ?, p_error_message => ?,
                p_error_code => ?)
            """)) {
      statement.setBytes(1, key);
      statement.setString(2, end.succeeded() ? "COMPLETED" : "FAILED");
      statement.setObject(3, end.rows(), Types.BIGINT);
      statement.setString(4, end.error());
      statement.setString(5, end.errorCode());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static boolean isLost(SQLException failure) {
    String state = Objects.toString(failure.getSQLState(), "");
    return state.startsWith(CONNECTION_LOST) || state.startsWith(SHUTDOWN);
  }

  /**
   * Gives the connection back; an operation not completed stays RUNNING until it is closed as
   * abandoned.
   */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException failure) {
      // The connection was lost; nothing depends on it any more.
    }
  }
}
