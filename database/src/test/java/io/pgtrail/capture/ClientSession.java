package io.pgtrail.capture;

import io.pgtrail.testkit.Login;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;
import org.postgresql.core.Field;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.TransactionState;
import org.postgresql.core.Tuple;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * One connection, and everything that the server says on it: below JDBC, because that hides command
 * tags and the order of messages.
 */
final class ClientSession implements AutoCloseable {

  /** How statements reach the server. */
  enum Protocol {
    /** A string as it is, with all statements in it. */
    SIMPLE("simple"),
    /** Statement by statement, parsed, bound and executed. */
    EXTENDED("extended");

    private final String preferQueryMode;

    Protocol(String preferQueryMode) {
      this.preferQueryMode = preferQueryMode;
    }
  }

  private static final int FLAGS =
      QueryExecutor.QUERY_SUPPRESS_BEGIN
          | QueryExecutor.QUERY_NO_BINARY_TRANSFER
          | QueryExecutor.QUERY_BOTH_ROWS_AND_STATUS;

  /** DISCARD ALL but for the plans: to make those anew takes longer than most scripts. */
  private static final List<String> FORGET =
      List.of(
          "close all",
          "set session authorization default",
          "reset all",
          "deallocate all",
          "unlisten *",
          "select pg_catalog.pg_advisory_unlock_all()",
          "discard temp",
          "discard sequences");

  private final PgConnection connection;
  private final Protocol protocol;
  private Map<String, String> parameters = new TreeMap<>();

  private ClientSession(PgConnection connection, Protocol protocol) {
    this.connection = connection;
    this.protocol = protocol;
    newParameters();
  }

  static ClientSession open(Login login, Protocol protocol) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    properties.setProperty("preferQueryMode", protocol.preferQueryMode);
    // A script that blocks itself fails instead of waiting for ever.
    properties.setProperty("options", "-c statement_timeout=20s");
    return new ClientSession(
        DriverManager.getConnection(login.jdbcUrl(), properties).unwrap(PgConnection.class),
        protocol);
  }

  /** Sends one step and gives all that came back, one line each. */
  List<String> run(SqlScript.Step step) throws SQLException {
    List<String> answer = step.copies() ? copy(step.sql()) : execute(step.sql());
    if (connection.isClosed()) {
      answer.add("connection closed");
      return answer;
    }
    for (PGNotification notification : connection.getNotifications()) {
      answer.add("notification " + notification.getName() + ": " + notification.getParameter());
    }
    answer.addAll(newParameters());
    answer.add("transaction " + connection.getTransactionState());
    if (connection.getTransactionState() == TransactionState.IDLE) {
      answer.addAll(execute("select pg_catalog.lastval() as lastval"));
    }
    return answer;
  }

  private List<String> execute(String sql) throws SQLException {
    Answer answer = new Answer();
    QueryExecutor executor = connection.getQueryExecutor();
    int flags = protocol == Protocol.SIMPLE ? FLAGS | QueryExecutor.QUERY_EXECUTE_AS_SIMPLE : FLAGS;
    Query query = executor.createQuery(sql, false, false).query;
    try {
      executor.execute(query, null, answer, 0, 0, flags);
    } finally {
      query.close();
    }
    return answer.lines;
  }

  private List<String> copy(String sqlAndData) throws SQLException {
    List<String> answer = new ArrayList<>();
    String[] parts = sqlAndData.split("\n", 2);
    try {
      long rows = connection.getCopyAPI().copyIn(parts[0], new StringReader(parts[1] + "\n"));
      answer.add("copied " + rows);
    } catch (PSQLException failure) {
      answer.add("error " + describe(failure.getServerErrorMessage()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return answer;
  }

  private List<String> newParameters() {
    List<String> changed = new ArrayList<>();
    Map<String, String> now = new TreeMap<>(connection.getParameterStatuses());
    now.forEach(
        (name, value) -> {
          if (!value.equals(parameters.put(name, value))) {
            changed.add("parameter " + name + " = " + value);
          }
        });
    return changed;
  }

  private static String describe(@Nullable ServerErrorMessage message) {
    if (message == null) {
      return "without message";
    }
    List<@Nullable String> parts = new ArrayList<>();
    parts.add(message.getSeverity());
    parts.add(message.getSQLState());
    parts.add(message.getMessage());
    parts.add("detail: " + message.getDetail());
    parts.add("hint: " + message.getHint());
    parts.add("context: " + message.getWhere());
    parts.add("position: " + message.getPosition() + ", " + message.getInternalPosition());
    parts.add("query: " + message.getInternalQuery());
    parts.add("schema: " + message.getSchema());
    parts.add("table: " + message.getTable());
    parts.add("column: " + message.getColumn());
    parts.add("type: " + message.getDatatype());
    parts.add("constraint: " + message.getConstraint());
    parts.add("routine: " + message.getRoutine());
    parts.removeIf(part -> part == null || part.matches("(?s)\\w+: (null|0, 0)"));
    return String.join(" | ", parts);
  }

  /** Makes it as new, unless it is closed or in a transaction; tells whether it is. */
  boolean reset() throws SQLException {
    if (connection.isClosed() || connection.getTransactionState() != TransactionState.IDLE) {
      return false;
    }
    for (String statement : FORGET) {
      if (execute(statement).stream().anyMatch(line -> line.startsWith("error "))) {
        return false;
      }
    }
    connection.getNotifications();
    newParameters();
    return true;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static final class Answer extends ResultHandlerBase {

    private final List<String> lines = new ArrayList<>();

    @Override
    public void handleResultRows(
        Query query, Field[] fields, List<Tuple> rows, @Nullable ResultCursor cursor) {
      List<String> columns = new ArrayList<>();
      for (Field field : fields) {
        columns.add(field.getColumnLabel());
      }
      lines.add("columns " + columns);
      for (Tuple row : rows) {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < row.fieldCount(); i++) {
          byte[] value = row.get(i);
          values.add(value == null ? null : new String(value, StandardCharsets.UTF_8));
        }
        lines.add("row " + values);
      }
    }

    @Override
    public void handleCommandStatus(String status, long updateCount, long insertOid) {
      lines.add("done " + status + " (" + updateCount + ")");
    }

    @Override
    public void handleWarning(SQLWarning warning) {
      lines.add(
          "notice "
              + (warning instanceof PSQLWarning postgres
                  ? describe(postgres.getServerErrorMessage())
                  : warning.getMessage()));
    }

    @Override
    public void handleError(SQLException failure) {
      lines.add(
          "error "
              + (failure instanceof PSQLException postgres
                      && postgres.getServerErrorMessage() != null
                  ? describe(postgres.getServerErrorMessage())
                  : failure.getMessage()));
    }

    @Override
    public void handleCompletion() {
      // An error is part of the answer, not of the test.
    }
  }
}
