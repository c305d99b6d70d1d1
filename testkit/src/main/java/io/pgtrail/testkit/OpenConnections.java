package io.pgtrail.testkit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Finds connections that somebody forgot to close. */
final class OpenConnections {

  /** The server notices a closed connection a moment later. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final String QUERY =
      """
      select format('%s as %s, %s: %s', application_name, usename, state, left(query, 200))
      from pg_catalog.pg_stat_activity
      where datname = ? and backend_type = 'client backend'
      """;

  private OpenConnections() {}

  static void requireNone(Connection administration, String database) throws Exception {
    List<String> open = new ArrayList<>();
    try {
      Await.until(
          "no connection is left",
          LIMIT,
          () -> {
            open.clear();
            open.addAll(list(administration, database));
            return open.isEmpty();
          });
    } catch (AssertionError leaked) {
      throw new AssertionError(
          "Leaked connections; close them: " + String.join("; ", open), leaked);
    }
  }

  private static List<String> list(Connection administration, String database) throws SQLException {
    try (PreparedStatement query = administration.prepareStatement(QUERY)) {
      query.setString(1, database);
      try (ResultSet result = query.executeQuery()) {
        List<String> connections = new ArrayList<>();
        while (result.next()) {
          connections.add(result.getString(1));
        }
        return connections;
      }
    }
  }
}
