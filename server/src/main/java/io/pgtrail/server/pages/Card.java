package io.pgtrail.server.pages;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.DashboardMetric;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A number of the dashboard with how it came about.
 *
 * @param metric the number
 * @param line points of the line through the last 24 hours, for a box of 100 by 24; empty for none
 */
public record Card(DashboardMetric metric, String line) {

  private static final Map<String, Function<ActivityPeriod, @Nullable Number>> COURSES =
      Map.of(
          "total_operations_24h", ActivityPeriod::operations,
          "failed_operations_24h", ActivityPeriod::failures,
          "ddl_operations_24h", ActivityPeriod::ddl,
          "success_rate_24h", ActivityPeriod::successRate,
          "avg_duration_ms", ActivityPeriod::averageMs,
          "p95_duration_ms", ActivityPeriod::p95Ms);

  static Card of(DashboardMetric metric, List<ActivityPeriod> day) {
    Function<ActivityPeriod, @Nullable Number> course = COURSES.get(metric.name());
    return new Card(
        metric, course == null ? "" : Sparkline.points(day.stream().map(course).toList()));
  }
}
