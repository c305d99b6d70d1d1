package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PerformanceTest extends KnownHistory {

  @Test
  void anEmptyTrailIsZeroStableAndNormal() throws Exception {
    assertLines(
        "select metric_category, metric_name, current_value, trend_direction, performance_rating"
            + " from script_tracking.get_performance_metrics()",
        "THROUGHPUT operations_per_hour 0.00 STABLE NORMAL",
        "LATENCY mean_duration_ms 0.00 STABLE NORMAL",
        "LATENCY p50_duration_ms 0.00 STABLE NORMAL",
        "LATENCY p95_duration_ms 0.00 STABLE NORMAL",
        "LATENCY p99_duration_ms 0.00 STABLE NORMAL",
        "LATENCY slowest_5_percent_share 0.00 STABLE NORMAL",
        "RELIABILITY failure_rate 0.00 STABLE NORMAL",
        "CAPTURE ddl_time_share 0.00 STABLE NORMAL",
        "CAPTURE overhead_per_ddl_ms null STABLE NORMAL");
  }

  @Test
  void ratesEachTypeByItsOwnOperationsAndTheRestByAll() throws Exception {
    operations(44).ofType("MIGRATION").taking("600").ago("2 hours").write();
    operations(4).ofType("BACKUP").taking("50").write();
    operations(1).ofType("BACKUP").failed().taking("50").write();
    operations(47).ofType("MANUAL").taking("90").write();
    operations(5).ofType("WAITING").running().write();

    assertLines(
        """
        select metric_name, current_value, trend_direction, performance_rating
        from script_tracking.get_performance_metrics()
        where metric_name !~ '^(p|slow|ddl|overhead)'
        """,
        // 101 in 24 hours
        "operations_per_hour 4.21 UP GOOD",
        // (44 * 600 + 5 * 50 + 47 * 90) / 96
        "mean_duration_ms 321.67 UP GOOD",
        "failure_rate 1.04 UP GOOD",
        "failure_rate_MIGRATION 0.00 STABLE WARNING",
        "failure_rate_BACKUP 20.00 UP POOR",
        "failure_rate_MANUAL 0.00 STABLE EXCELLENT",
        "failure_rate_WAITING 0.00 STABLE NORMAL");
  }

  @Test
  void durationsAreThoseOfTheHistogram() throws Exception {
    operations(100).taking("i").write();

    assertThat(metric("mean_duration_ms")).startsWith("50.50");
    assertNear("p50_duration_ms", 50);
    assertNear("p95_duration_ms", 95);
    assertNear("p99_duration_ms", 99);
    // 96 to 100 of 1 to 100: 490 of 5050
    assertNear("slowest_5_percent_share", 9.70);
  }

  @Test
  void theSlowestTwentiethIsRoundedUpToWholeOperations() throws Exception {
    operations(20).taking("1").write();
    operations(1).taking("980").write();

    // the two slowest of 21: 981 of 1000
    assertNear("slowest_5_percent_share", 98.1);
  }

  @Test
  void comparesWithTheDayBefore() throws Exception {
    operations(10).taking("100").ago("25 hours").write();
    operations(10).failed().taking("100").ago("25 hours").write();
    operations(22).taking("80").write();
    operations(11).failed().ofType("DDL_AUTO").taking("80").write();
    operations(9).failed().ago("49 hours").write();

    assertThat(metric("operations_per_hour")).isEqualTo("1.38 UP POOR");
    assertThat(metric("mean_duration_ms")).isEqualTo("80.00 DOWN POOR");
    assertThat(metric("failure_rate")).isEqualTo("33.33 DOWN POOR");
    assertThat(metric("failure_rate_DDL_AUTO")).isEqualTo("100.00 UP POOR");
    assertThat(metric("failure_rate_MANUAL")).isEqualTo("0.00 DOWN EXCELLENT");
    assertThat(metric("ddl_time_share")).isEqualTo("33.33 UP POOR");
  }

  @ParameterizedTest
  @CsvSource({
    "110, 100, STABLE",
    "110.01, 100, UP",
    "90, 100, STABLE",
    "89.99, 100, DOWN",
    "0, 0, STABLE",
    "1, 0, UP",
    "0, 1, DOWN",
    "null, 5, DOWN",
    "5, null, UP",
    "null, null, STABLE"
  })
  void aTrendIsAChangeOfMoreThanTenPercent(String current, String previous, String trend)
      throws Exception {
    assertThat(value("select pgtrail.trend(" + current + ", " + previous + ")")).isEqualTo(trend);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 0, EXCELLENT",
    "95.01, 99.99, EXCELLENT",
    "95, 99.99, GOOD",
    "100, 100, GOOD",
    "90.01, 499.99, GOOD",
    "90, 10, WARNING",
    "100, 500, WARNING",
    "80.01, 999.99, WARNING",
    "80, 10, POOR",
    "100, 1000, POOR",
    "0, 0, POOR",
    "100, null, EXCELLENT",
    "null, 10, null"
  })
  void aRatingHonoursBothConditions(String success, String average, String rating)
      throws Exception {
    assertThat(value("select pgtrail.performance_rating(" + success + ", " + average + ")"))
        .isEqualTo(rating);
  }

  @Test
  void everyoneSeesWhatItMayRead() throws Exception {
    assertSeen(
        """
        select string_agg(
            concat_ws(' ', replace(metric_name, 'failure_rate_', ''), current_value), ', ' order by metric_name)
        from script_tracking.get_performance_metrics()
        where metric_name ~ '^(operations_per_hour|failure_rate_)'
        """,
        // fifteen, eleven, nine and eight operations in 24 hours
        new Seen(
            "ACME 0.00, BOLT 100.00, OWN 0.00, SYSTEM 0.00, operations_per_hour 0.63",
            "ACME 0.00, OWN 0.00, SYSTEM 0.00, operations_per_hour 0.46",
            "OWN 0.00, SYSTEM 0.00, operations_per_hour 0.38",
            "OWN 0.00, operations_per_hour 0.33",
            "operations_per_hour 0.00"));
  }

  @Test
  void whatCaptureCostsIsShownWhereItIsMeasured() throws Exception {
    try (Connection session = database.connect()) {
      Sql.execute(session, "set track_functions = 'pl'", "create table measured ()");
    }

    Await.until(
        "PostgreSQL has published what it measured",
        () -> "t".equals(value("select pgtrail.measured_capture_ms() > 0")));
    assertThat(
            value(
                "select current_value > 0 from script_tracking.get_performance_metrics()"
                    + " where metric_name = 'overhead_per_ddl_ms'"))
        .isEqualTo("t");
  }

  private void assertNear(String name, double expected) throws SQLException {
    assertThat(Double.parseDouble(metric(name).split(" ", -1)[0]))
        .as(name)
        .isBetween(expected * 0.95 - 0.01, expected * 1.05 + 0.01);
  }

  private String metric(String name) throws SQLException {
    return lines(
            "select current_value, trend_direction, performance_rating"
                + " from script_tracking.get_performance_metrics() where metric_name = '"
                + name
                + "'")
        .get(0);
  }
}
