package io.pgtrail.guide;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script in a session as psql runs it: each statement on its own, {@code \gset} keeps the columns
 * of a row in variables that {@code :'name'} and {@code :"name"} quote.
 */
final class ScriptRun {

  /** One statement: up to a semicolon or \gset outside of quotes and comments. */
  private static final Pattern STATEMENT =
      Pattern.compile(
          "((?:--[^\n]*|'[^']*'|\"[^\"]*\"|(\\$\\w*\\$).*?\\2|[^;\\\\])*?)(;|\\\\gset|\\z)",
          Pattern.DOTALL);

  private static final Pattern VARIABLE = Pattern.compile(":(['\"])(\\w+)\\1");

  private final Connection session;
  private final NoonDay day;
  private final Map<String, String> variables = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  private ScriptRun(Connection session, NoonDay day) throws SQLException {
    this.session = session;
    this.day = day;
    variables.put("DBNAME", session.getCatalog());
  }

  /**
   * Runs a script and gives what it returns: for each result the names of its columns, then rows.
   */
  static List<String> of(Connection session, NoonDay day, String script) throws SQLException {
    ScriptRun run = new ScriptRun(session, day);
    for (MatchResult statement : STATEMENT.matcher(script).results().toList()) {
      run.execute(statement.group(1), statement.group(3).equals("\\gset"));
    }
    return run.lines;
  }

  private void execute(String sql, boolean keeps) throws SQLException {
    if (sql.replaceAll("--[^\n]*", "").isBlank()) {
      return;
    }
    try (Statement statement = session.createStatement()) {
      if (statement.execute(withVariables(sql))) {
        try (ResultSet result = statement.getResultSet()) {
          if (keeps) {
            keep(result);
          } else {
            list(result);
          }
        }
      }
    }
  }

  private String withVariables(String sql) {
    return VARIABLE
        .matcher(sql)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    found.group(1)
                        + Objects.requireNonNull(variables.get(found.group(2)), found.group())
                        + found.group(1)));
  }

  private void keep(ResultSet result) throws SQLException {
    result.next();
    for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
      variables.put(result.getMetaData().getColumnLabel(column), result.getString(column));
    }
  }

  private void list(ResultSet result) throws SQLException {
    int columns = result.getMetaData().getColumnCount();
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= columns; column++) {
      names.add(result.getMetaData().getColumnLabel(column));
    }
    lines.add(String.join(" | ", names));
    while (result.next()) {
      List<String> cells = new ArrayList<>();
      for (int column = 1; column <= columns; column++) {
        cells.add(cell(result, column));
      }
      lines.add(String.join(" | ", cells));
    }
  }

  private String cell(ResultSet result, int column) throws SQLException {
    if (result.getObject(column) == null) {
      return "-";
    }
    return switch (result.getMetaData().getColumnTypeName(column)) {
      case "timestamptz" -> day.write(result.getObject(column, OffsetDateTime.class));
      case "date" -> day.write(result.getObject(column, LocalDate.class));
      case "numeric" -> result.getBigDecimal(column).stripTrailingZeros().toPlainString();
      default -> result.getString(column);
    };
  }
}
