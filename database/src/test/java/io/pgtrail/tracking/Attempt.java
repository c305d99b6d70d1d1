package io.pgtrail.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of a statement that may be refused.
 *
 * @param sqlState of the refusal; 00000 when there was none
 * @param message of the refusal with its hint; empty when there was none
 * @param rows how many rows the statement returned or changed; 0 when it was refused
 * @param value first column of the first row; empty when that is NULL or there is none
 * @param warnings the SQLSTATEs of the warnings that came with it
 */
public record Attempt(
    String sqlState, String message, int rows, Optional<String> value, List<String> warnings) {

  /** The SQLSTATE of success. */
  public static final String DONE = "00000";

  /** The SQLSTATE of missing rights. */
  public static final String NO_RIGHT = "42501";

  /** Copies the list. */
  public Attempt {
    warnings = List.copyOf(warnings);
  }

  /** Runs one statement. */
  public static Attempt at(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      boolean isQuery = statement.execute(sql);
      Optional<String> value = Optional.empty();
      int rows = Math.max(statement.getUpdateCount(), 0);
      if (isQuery) {
        try (var result = statement.getResultSet()) {
          while (result.next()) {
            if (rows == 0) {
              value = Optional.ofNullable(result.getString(1));
            }
            rows++;
          }
        }
      }
      return new Attempt(DONE, "", rows, value, warningsOf(statement));
    } catch (SQLException refusal) {
      return new Attempt(
          Objects.requireNonNullElse(refusal.getSQLState(), ""),
          Objects.requireNonNullElse(refusal.getMessage(), ""),
          0,
          Optional.empty(),
          List.of());
    }
  }

  private static List<String> warningsOf(Statement statement) throws SQLException {
    List<String> warnings = new ArrayList<>();
    for (SQLWarning warning = statement.getWarnings();
        warning != null;
        warning = warning.getNextWarning()) {
      if (!DONE.equals(warning.getSQLState())) {
        warnings.add(warning.getSQLState());
      }
    }
    return warnings;
  }
}
