package io.pgtrail.tracking;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Starts operations. Mirrors {@code script_tracking.track_script_execution}. */
public final class Tracker {

  static final int LONGEST_CONTENT = 1 << 20;

  private static final int LONGEST_PATH = 500;

  private final DataSource dataSource;

  public Tracker(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Records that an operation begins, committed at once, and keeps the connection for its end.
   *
   * @throws PgtrailException {@code UNAVAILABLE}, {@code NOT_INSTALLED}, {@code READ_ONLY}, {@code
   *     INVALID_ARGUMENT}: then nothing was recorded
   */
  @SuppressWarnings("MustBeClosed")
  public TrackedOperation start(OperationStart start) {
    try {
      Connection connection = dataSource.getConnection();
      try {
        return new TrackedOperation(dataSource, connection, record(connection, start));
      } catch (SQLException failure) {
        connection.close();
        throw failure;
      }
    } catch (SQLException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static byte[] record(Connection connection, OperationStart start) throws SQLException {
    connection.setAutoCommit(false);
    byte[] key = insert(connection, start);
    if (!start.metadata().isEmpty()) {
      annotate(connection, key, new TreeMap<>(start.metadata()));
    }
    String content = start.content();
    if (content != null && content.length() > LONGEST_CONTENT) {
      annotateTruncation(connection, key, content.codePointCount(0, content.length()));
    }
    connection.commit();
    connection.setAutoCommit(true);
    return key;
  }

  private static byte[] insert(Connection connection, OperationStart start) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select script_tracking.track_script_execution(
                p_script_name => ?, p_script_type => ?, p_script_content => ?,
                p_script_file_path => ?)
            """)) {
      statement.setString(1, start.name());
      statement.setString(2, start.type());
      statement.setString(3, beginning(start.content()));
      String path = start.filePath();
      statement.setString(
          4,
          path == null || path.length() <= LONGEST_PATH
              ? path
              : path.substring(path.length() - LONGEST_PATH));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBytes(1);
      }
    }
  }

  private static @Nullable String beginning(@Nullable String content) {
    if (content == null || content.length() <= LONGEST_CONTENT) {
      return content;
    }
    boolean splitsCharacter = Character.isHighSurrogate(content.charAt(LONGEST_CONTENT - 1));
    return content.substring(0, splitsCharacter ? LONGEST_CONTENT - 1 : LONGEST_CONTENT);
  }

  private static void annotate(Connection connection, byte[] key, Map<String, String> metadata)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update script_tracking.script_execution_s
            set metadata = coalesce(metadata, '{}') || jsonb_object(?, ?)
            where script_execution_hk = ?
            """)) {
      statement.setArray(1, connection.createArrayOf("text", metadata.keySet().toArray()));
      statement.setArray(2, connection.createArrayOf("text", metadata.values().toArray()));
      statement.setBytes(3, key);
      statement.executeUpdate();
    }
  }

  private static void annotateTruncation(Connection connection, byte[] key, int length)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update script_tracking.script_execution_s
            set metadata = coalesce(metadata, '{}')
                || jsonb_build_object('content_truncated', true, 'content_length', ?)
            where script_execution_hk = ?
            """)) {
      statement.setInt(1, length);
      statement.setBytes(2, key);
      statement.executeUpdate();
    }
  }
}
