package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long each report and each history page takes, all rows read, for whom it is made. */
final class ReportTimes {

  /** Those that the budget is for; what the others may take follows from what they are for. */
  static final List<String> BUDGETED =
      List.of(
          "get_enterprise_dashboard()",
          "get_system_health()",
          "get_performance_metrics()",
          "get_recent_errors(24)");

  private static final List<String> OTHERS =
      List.of("get_anomalies(30)", "get_growth_forecast(30)");

  private static final String PAGE =
      """
      select s.*
      from script_tracking.script_execution_s as s
      where %s
      order by s.execution_timestamp desc, s.script_execution_hk desc
      limit 50
      """;

  private static final int RUNS = 11;
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Database database;

  ReportTimes(Database database) {
    this.database = database;
  }

  /**
   * Gives the milliseconds of each report.
   *
   * @param role who asks for it
   */
  Map<String, Double> reports(String role) throws SQLException {
    Map<String, Double> times = new LinkedHashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set session authorization " + role);
      List<String> all = new ArrayList<>(BUDGETED);
      all.addAll(OTHERS);
      for (String report : all) {
        times.put(report, millis(statement, "select * from script_tracking." + report));
      }
    }
    return times;
  }

  /** Gives the milliseconds of a page of fifty operations, by each filter of the command line. */
  Map<String, Double> pages(String role) throws SQLException {
    Map<String, Double> times = new LinkedHashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      String rareUser =
          "'user_%03d' in (s.db_session_user, s.effective_role, s.application_user)"
              .formatted(TrailGenerator.USERS - 1);
      String word =
          "strpos(lower(concat_ws(E'\\n', s.script_name, s.sql_command, s.error_message,"
              + " array_to_string(s.affected_objects, E'\\n'))), '%s') > 0";
      String middle =
          "(select s.execution_timestamp, s.script_execution_hk"
              + " from script_tracking.script_execution_s as s where s.execution_timestamp"
              + " < now() - interval '200 days' order by 1 desc, 2 desc limit 1)";
      String place = place(statement, middle);
      statement.execute("set session authorization " + role);
      Map<String, String> filters = new LinkedHashMap<>();
      filters.put("newest", "true");
      filters.put("time", "s.execution_timestamp < now() - interval '200 days'");
      filters.put("type", "s.script_type = 'BACKUP'");
      filters.put("status FAILED", "s.execution_status = 'FAILED'");
      filters.put("status RUNNING", "s.execution_status = 'RUNNING'");
      filters.put("user, rare", rareUser);
      filters.put("user, unknown", rareUser.replace("user_", "nobody_"));
      filters.put("object", "s.affected_objects @> array['sales.orders_77']");
      filters.put(
          "object, pattern",
          "exists (select from unnest(s.affected_objects) as o (name) where o.name like 'sales.orders_77%')");
      filters.put("text", word.formatted("deadlock"));
      filters.put("text, unknown", word.formatted("no such text"));
      filters.put("tenant", "s.tenant_hk = sha256('tenant_40')");
      filters.put(
          "next page, far", "(s.execution_timestamp, s.script_execution_hk) < (" + place + ")");
      for (Map.Entry<String, String> filter : filters.entrySet()) {
        times.put(
            "history page: " + filter.getKey(),
            millis(statement, PAGE.formatted(filter.getValue())));
      }
    }
    return times;
  }

  private static String place(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next()
          ? "timestamptz '%s', bytea '%s'".formatted(row.getString(1), row.getString(2))
          : "timestamptz '-infinity', bytea ''";
    }
  }

  private static double millis(Statement statement, String query) throws SQLException {
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int run = 0; run < RUNS && (run < 1 || System.nanoTime() < end); run++) {
      long start = System.nanoTime();
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          // Read, and nothing else.
        }
      }
      times.add((System.nanoTime() - start) / 1e6);
    }
    return Paired.median(times);
  }
}
