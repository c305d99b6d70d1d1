package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class GrowthTest extends KnownHistory {

  @Test
  void anEmptyTrailHasADayWithoutGrowthAndSaysWhyNothingIsProjected() throws Exception {
    assertLines(
        "select kind, operations, growth_mb, size_low_mb, note, day = (now() at time zone 'UTC')::date"
            + " from script_tracking.get_growth_forecast()",
        "MEASURED 0 0.00 null today, not over yet; too little history to project: 0 whole days of 7"
            + " true");
  }

  @Test
  void measuresEachDayFromTheFirstWithActivityOn() throws Exception {
    onDay(4, 3);
    onDay(2, 5);
    onDay(0, 7);

    assertThat(measured("script_tracking.get_growth_forecast()"))
        .isEqualTo("-4:3 -3:0 -2:5 -1:0 0:7");
    assertThat(measured("script_tracking.get_growth_forecast(2)")).isEqualTo("-2:5 -1:0 0:7");
    assertThat(measured("script_tracking.get_growth_forecast(0)")).isEqualTo("0:7");
    assertThat(projected("script_tracking.get_growth_forecast()")).isEqualTo("null");
  }

  @Test
  void goesOnInAStraightLine() throws Exception {
    for (int day = 1; day <= 7; day++) {
      onDay(day, 100 - day);
    }

    assertThat(projected("script_tracking.get_growth_forecast(3)")).isEqualTo("null");
    assertThat(projected("script_tracking.get_growth_forecast(30)"))
        .isEqualTo("1:101 2:102 3:103 4:104 5:105 6:106 7:107");
    assertThat(projected("script_tracking.get_growth_forecast(7)"))
        .isEqualTo("1:101 2:102 3:103 4:104 5:105 6:106 7:107");
  }

  @Test
  void theIntervalIsThatOfTheSumOfSuchDays() throws Exception {
    // 100 and 120 in turn over 8 days
    for (int day = 1; day <= 8; day++) {
      onDay(day, day % 2 == 0 ? 100 : 120);
    }

    // An average operation so large that the two decimals of the report are enough.
    asOwner(
        """
        update script_tracking.script_execution_s
        set sql_command = (select string_agg(md5(i::text), '') from generate_series(1, 500000) as i)
        where script_execution_hk = (select script_execution_hk from script_tracking.script_execution_s limit 1)
        """);

    // Least squares of (-8, 100), (-7, 120) ... (-1, 120): slope 40 / 42, mean 110 at -4.5, noise
    // sqrt((800 - 40^2 / 42) / 6) = 11.27; t(6) = 2.447. One day ahead is at 1: 115.24 +-
    // 2.447 * 11.27 * sqrt(1 + 1/8 + 5.5^2 / 42) = 37.46. The sum of two has
    // 2.447 * 11.27 * sqrt(2 + 4/8 + 12^2 / 42) = 67.14.
    assertThat(
            lines(
                """
                select operations,
                    abs((size_high_mb - size_low_mb) / 2 * 1048576 / pgtrail.bytes_per_operation()
                        - case operations when 115 then 37.46 else 67.14 end) < 0.7
                from script_tracking.get_growth_forecast(8)
                where kind = 'PROJECTED'
                order by day
                limit 2
                """))
        .containsExactly("115 true", "116 true");
  }

  @Test
  void sizesEndWithTheSizeOfTheTrailToday() throws Exception {
    for (int day = 0; day <= 10; day++) {
      onDay(day, 500);
    }
    run("analyze script_tracking.script_execution_s");

    assertThat(
            value(
                """
                select size_mb = round(pgtrail.trail_bytes() / 1048576.0, 2)
                from script_tracking.get_growth_forecast()
                where kind = 'MEASURED' and note ~ '^today'
                """))
        .isEqualTo("t");
    assertThat(
            value(
                """
                select bool_and(size_mb >= before)
                from (
                    select size_mb, lag(size_mb, 1, 0) over (order by day) as before
                    from script_tracking.get_growth_forecast()
                ) as s
                """))
        .isEqualTo("t");
    assertThat(
            value(
                """
                select bool_and(size_low_mb <= size_mb and size_mb <= size_high_mb)
                from script_tracking.get_growth_forecast()
                where kind = 'PROJECTED'
                """))
        .isEqualTo("t");
  }

  @Test
  void aShrinkingTrendDoesNotShrinkTheTrail() throws Exception {
    for (int day = 1; day <= 10; day++) {
      onDay(day, day * 10);
    }

    assertThat(
            value(
                """
                select bool_and(operations >= 0 and growth_mb >= 0 and size_low_mb >= 0) || ' ' || min(operations)
                from script_tracking.get_growth_forecast()
                """))
        .isEqualTo("true 0");
  }

  @Test
  void readersSeeTheGrowthOfWhatTheyMayRead() throws Exception {
    onDay(1, 5);
    operations(7).ofTenant("acme").write();
    run("select script_tracking.create_tenant('acme')");

    try (Connection session = database.connectAs(member("reader", "pgtrail_reader"))) {
      assertThat(
              value(
                  session,
                  "select string_agg(operations::text, ' ' order by day)"
                      + " from script_tracking.get_growth_forecast()"))
          .isEqualTo("5 0");
    }
    try (Connection session = database.connectAs(member("eve"))) {
      assertThat(
              value(
                  session,
                  "select sum(operations) || ' ' || sum(size_mb) from script_tracking.get_growth_forecast()"))
          .isEqualTo("0 0.00");
    }
  }

  @Test
  void anyNumberOfDaysIsAnsweredOrRefused() throws Exception {
    onDay(1, 5);

    for (String days : new String[] {"0", "1", "2147483647"}) {
      assertThat(
              attempt("select * from script_tracking.get_growth_forecast(" + days + ")").sqlState())
          .isEqualTo("00000");
    }
    for (String days : new String[] {"-1", "null", "-2147483648"}) {
      assertThat(
              attempt("select * from script_tracking.get_growth_forecast(" + days + ")").sqlState())
          .isEqualTo("PT001");
    }
  }

  private void onDay(int daysBack, int count) throws SQLException {
    operations(count)
        .at("date_trunc('day', now(), 'UTC') - interval '" + daysBack + " days'")
        .write();
  }

  private String measured(String forecast) throws SQLException {
    return days(forecast, "MEASURED");
  }

  private String projected(String forecast) throws SQLException {
    return days(forecast, "PROJECTED");
  }

  private String days(String forecast, String kind) throws SQLException {
    return value(
        "select string_agg(day - (now() at time zone 'UTC')::date || ':' || operations, ' ' order by day) from "
            + forecast
            + " where kind = '"
            + kind
            + "'");
  }
}
