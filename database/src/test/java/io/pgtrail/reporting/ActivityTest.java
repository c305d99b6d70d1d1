package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ActivityTest extends KnownHistory {

  private static final String HOUR = "date_trunc('hour', now(), 'UTC')";

  @Test
  void anEmptyTrailHasEveryHourWithNothingInIt() throws Exception {
    assertLines(
        "select count(*), sum(operations), count(success_rate) as rates,"
            + " count(p95_duration_ms) as durations, max(period_start) = "
            + HOUR
            + " as last, min(period_start) = "
            + HOUR
            + " - interval '23 hours' as first from script_tracking.get_activity()",
        "24 0 0 0 true true");
  }

  @Test
  void addsUpWhatBeganInEachStep() throws Exception {
    operations(19).at(HOUR).taking("100").write();
    operations(1).at(HOUR).failed().taking("1000").write();
    operations(1).at(HOUR).running().write();
    operations(3).at(HOUR + " - interval '1 hour'").ofType("DDL_AUTO").write();
    operations(4).at(HOUR + " - interval '4 hours'").write();
    operations(5).at(HOUR + " - interval '30 days'").write();

    assertLines(
        "select operations, failed, ddl, success_rate, avg_duration_ms, p50_duration_ms between 95"
            + " and 105 as p50, p99_duration_ms between 950 and 1050 as p99"
            + " from script_tracking.get_activity(1)",
        "21 1 0 95.00 145.00 true true");
    assertLines("select operations, ddl from script_tracking.get_activity(6, 3)", "4 0", "24 3");
  }

  @Test
  void isTheSameWithAndWithoutRollups() throws Exception {
    for (int hour = 0; hour < 40; hour++) {
      operations(hour).at(HOUR + " - interval '" + hour + " hours'").taking("i * 10").write();
    }
    String report = "select * from script_tracking.get_activity(48, 5)";
    List<String> before = lines(report);

    run("select script_tracking.refresh_rollups()");

    assertThat(lines(report)).isEqualTo(before).hasSize(10);
  }

  @Test
  void everyoneSeesWhatItMayRead() throws Exception {
    assertSeen(
        "select concat_ws(' ', count(*), sum(operations), sum(failed), round(avg(success_rate), 2))"
            + " from script_tracking.get_activity(24, 24)",
        new Seen("1 15 4 73.33", "1 11 0 100.00", "1 9 0 100.00", "1 8 0 100.00", "1 0 0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-1, 1", "null, 1", "24, 0", "24, -1", "24, null", "2147483647, 1", "10001, 1"})
  void whatCannotBeShownIsRefused(String arguments) throws Exception {
    assertThat(attempt("select * from script_tracking.get_activity(" + arguments + ")").sqlState())
        .isEqualTo("PT001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0, 1", "1, 2147483647", "2147483647, 2147483647", "10000, 1"})
  void whatIsMerelyFarIsShown(String arguments) throws Exception {
    assertThat(lines("select count(*) from script_tracking.get_activity(" + arguments + ")"))
        .hasSize(1);
  }
}
