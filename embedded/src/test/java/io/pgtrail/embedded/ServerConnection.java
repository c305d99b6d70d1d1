package io.pgtrail.embedded;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Talks to a server as its superuser. */
final class ServerConnection {

  private ServerConnection() {}

  static Connection open(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl("postgres"), server.user(), server.password());
  }

  static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = open(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String query(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = open(server);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
