package io.pgtrail.script;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * SQL statements that are executed together. PostgreSQL itself takes them apart: they go to the
 * server as one string.
 *
 * @param text the statements; no commands of psql
 */
public record SqlScript(String text) {

  /**
   * @throws PgtrailException {@code INVALID_ARGUMENT} if there are backslash commands of psql
   */
  public SqlScript {
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    int command = psqlCommand(text).orElse(-1);
    if (command >= 0) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Line " + lineOf(text, command) + " of the script is a command of psql, not SQL",
          "Run it with psql: pgtrail run --name NAME -- psql -1 -v ON_ERROR_STOP=1 -f FILE");
    }
  }

  /**
   * Executes the script in one transaction.
   *
   * @param notices gets what the server remarks
   * @param cancellation ends it early: then it failed with SQLSTATE 57014
   * @throws PgtrailException {@code UNAVAILABLE} if the database cannot be reached
   */
  public ScriptOutcome execute(
      TrailDataSource dataSource, Consumer<String> notices, Cancellation cancellation) {
    try (Connection connection = dataSource.withSimpleProtocol().getConnection()) {
      connection.setAutoCommit(false);
      try {
        long rows = execute(connection, notices, cancellation);
        connection.commit();
        return new ScriptOutcome.Done(rows);
      } catch (SQLException failure) {
        rollBack(connection);
        return new ScriptOutcome.Failed(failure(failure));
      }
    } catch (SQLException failure) {
      throw PgtrailException.of(failure);
    }
  }

  private long execute(Connection connection, Consumer<String> notices, Cancellation cancellation)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      cancellation.begins(statement::cancel);
      statement.setEscapeProcessing(false);
      long rows = 0;
      boolean isResult = statement.execute(text);
      long count = statement.getLargeUpdateCount();
      while (isResult || count >= 0) {
        rows += Math.max(count, 0);
        isResult = statement.getMoreResults();
        count = statement.getLargeUpdateCount();
      }
      for (SQLWarning notice = statement.getWarnings();
          notice != null;
          notice = notice.getNextWarning()) {
        notices.accept(Objects.toString(notice.getMessage(), ""));
      }
      return rows;
    } finally {
      cancellation.ended();
    }
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException lost) {
      // The server rolls back what lost its connection.
    }
  }

  private ScriptFailure failure(SQLException failure) {
    ScriptFailure said = ScriptFailure.of(failure, text);
    if (said.sqlState().equals("25001")) {
      return said.withHint(
          "A script runs in one transaction. Run this statement with: pgtrail run --name NAME --"
              + " psql -c STATEMENT");
    }
    if (said.message().contains("CopyManager")) {
      return said.withHint(
          "Data in a script needs psql: pgtrail run --name NAME -- psql -1 -f FILE");
    }
    return said;
  }

  /** Finds the first command of psql in a text, which no server would understand. */
  public static OptionalInt psqlCommand(String text) {
    return BackslashCommands.first(text);
  }

  /** Tells on which line, from 1, an offset is. */
  public static int lineOf(String text, int offset) {
    return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
  }
}
