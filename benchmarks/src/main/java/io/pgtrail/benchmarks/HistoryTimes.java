package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.reporting.HistoryFilter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** How long a page of fifty operations takes, as {@code pgtrail history} reads it. */
final class HistoryTimes {

  private static final Duration FAR = Duration.ofDays(200);

  private final Database database;

  HistoryTimes(Database database) {
    this.database = database;
  }

  /**
   * Gives the milliseconds of the page by each filter of the command line.
   *
   * @param role who asks for it
   */
  Map<String, Double> pages(String role) throws SQLException {
    Map<String, Double> times = new LinkedHashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set session authorization " + role);
      History history = new History(Jdbi.create(connection));
      for (Map.Entry<String, HistoryFilter> filter : filters(Instant.now()).entrySet()) {
        times.put(
            "history page: " + filter.getKey(),
            ReportTimes.millis(() -> history.read(filter.getValue(), operation -> true)));
      }
    }
    return times;
  }

  private static Map<String, HistoryFilter> filters(Instant now) {
    HistoryFilter all = HistoryFilter.all().withLimit(50);
    Map<String, HistoryFilter> filters = new LinkedHashMap<>();
    filters.put("newest", all);
    filters.put("time", all.withUntil(now.minus(FAR)));
    filters.put("type", all.withType("BACKUP"));
    filters.put("type, unknown", all.withType("NONE"));
    filters.put("status FAILED", all.withStatus("FAILED"));
    filters.put("status RUNNING", all.withStatus("RUNNING"));
    filters.put("user, rare", all.withUser("user_%03d".formatted(TrailGenerator.USERS - 1)));
    filters.put("user, unknown", all.withUser("nobody"));
    filters.put("object", all.withObject("sales.orders_77"));
    filters.put("object, pattern", all.withObject("sales.orders_77*"));
    filters.put("object, unknown", all.withObject("public.none"));
    filters.put("text", all.withText("deadlock"));
    filters.put("text, unknown", all.withText("no such text"));
    filters.put("tenant", all.withTenant("tenant_40"));
    filters.put("next page, far", all.withBefore(new HistoryCursor(now.minus(FAR), "00")));
    return filters;
  }
}
