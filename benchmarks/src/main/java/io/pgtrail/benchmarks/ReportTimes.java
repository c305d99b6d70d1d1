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

/** How long each report takes, all rows read, for whom it is made. */
final class ReportTimes {

  /** Those that the budget is for; what the others may take follows from what they are for. */
  static final List<String> BUDGETED =
      List.of(
          "get_enterprise_dashboard()",
          "get_system_health()",
          "get_performance_metrics()",
          "get_recent_errors(24)");

  private static final List<String> OTHERS =
      List.of(
          "get_anomalies(30)",
          "get_growth_forecast(30)",
          "get_activity(24, 1)",
          "get_activity(720, 12)");

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

  static double millis(Statement statement, String query) throws SQLException {
    return millis(
        () -> {
          try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
              // Read, and nothing else.
            }
          }
        });
  }

  /** Median of some runs, the first included, where one takes long of one. */
  static double millis(Paired.Work work) throws SQLException {
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    for (int run = 0; run < RUNS && (run < 1 || System.nanoTime() < end); run++) {
      long start = System.nanoTime();
      work.run();
      times.add((System.nanoTime() - start) / 1e6);
    }
    return Paired.median(times);
  }
}
