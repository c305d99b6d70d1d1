package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * Each history is told in hours before the current one, so that it means the same at any time of
 * the day: hours 0 to 23 are the newest day, 24 to 47 the one before.
 */
final class AnomaliesTest extends KnownHistory {

  @Test
  void anEmptyTrailHasNone() throws Exception {
    assertLines("select * from script_tracking.get_anomalies()");
  }

  @Test
  void volumeMoreThanTwoDeviationsFromTheOwnMean() throws Exception {
    // 8, 9, 10, 11, 12, 9, 11: mean 10, standard deviation sqrt(12 / 6) = 1.41
    int[] days = {8, 9, 10, 11, 12, 9, 11};
    for (String user : new String[] {"calm", "busy", "idle"}) {
      for (int day = 0; day < days.length; day++) {
        daily(user, day + 1, days[day]).write();
      }
    }
    daily("calm", 0, 12).write();
    daily("busy", 0, 13).write();
    daily("idle", 0, 7).write();

    assertThat(
            lines(
                "select anomaly_kind, subject_kind, subject, observed, expected, deviation"
                    + " from script_tracking.get_anomalies()"))
        .containsExactly(
            "VOLUME_HIGH USER busy 13.00 10.00 2.12", "VOLUME_LOW USER idle 7.00 10.00 -2.12");
    assertThat(reason("VOLUME_HIGH", "busy"))
        .isEqualTo(
            "13 operations in the last 24 hours; on the 7 days with activity before it was 10.00 on"
                + " average, with a standard deviation of 1.41");
    assertThat(reason("VOLUME_LOW", "idle"))
        .isEqualTo(
            "7 operations in the last 24 hours; on the 7 days with activity before it was 10.00 on"
                + " average, with a standard deviation of 1.41");
  }

  @Test
  void aTypeHasABaselineOfItsOwn() throws Exception {
    for (int day = 1; day <= 10; day++) {
      daily("ann", day, 20).ofType("BACKUP").write();
      daily("ann", day, 20).ofType("MIGRATION").write();
    }
    daily("ann", 0, 5).ofType("BACKUP").write();
    daily("ann", 0, 35).ofType("MIGRATION").write();

    assertKinds(
        "VOLUME_LOW SCRIPT_TYPE BACKUP 5.00 20.00 -15.00",
        "VOLUME_HIGH SCRIPT_TYPE MIGRATION 35.00 20.00 15.00");
    assertThat(reason("VOLUME_HIGH", "MIGRATION"))
        .isEqualTo(
            "35 operations in the last 24 hours; on the 10 days with activity before it was 20.00"
                + " on average, with a standard deviation of 0.00");
  }

  @Test
  void aSteadyBaselineLeavesRoomForOneOperationOrATwentieth() throws Exception {
    for (int day = 1; day <= 7; day++) {
      daily("few", day, 10).write();
      daily("many", day, 100).ofType("BACKUP").write();
    }
    daily("few", 0, 12).write();
    daily("many", 0, 110).ofType("BACKUP").write();
    assertKinds();

    daily("few", 0, 1).write();
    daily("many", 0, 1).ofType("BACKUP").write();
    assertKinds(
        "VOLUME_HIGH USER few 13.00 10.00 3.00",
        "VOLUME_HIGH SCRIPT_TYPE MANUAL 13.00 10.00 3.00",
        "VOLUME_HIGH USER many 111.00 100.00 2.20",
        "VOLUME_HIGH SCRIPT_TYPE BACKUP 111.00 100.00 2.20");
  }

  @Test
  void fewerThanSevenDaysWithActivityAreNoBaseline() throws Exception {
    for (int day = 1; day <= 6; day++) {
      daily("ann", day, 10).write();
    }
    daily("ann", 0, 500).write();
    assertKinds();

    daily("ann", 20, 10).write();
    assertThat(kinds()).contains("VOLUME_HIGH USER ann");
    assertThat(value("select count(*) from script_tracking.get_anomalies(19)")).isEqualTo("0");
  }

  @Test
  void failuresAndDurationsThatLeaveTheirBaseline() throws Exception {
    for (int day = 1; day <= 8; day++) {
      daily("ann", day, 9).taking("100").write();
      daily("ann", day, 1).failed().taking("100").write();
    }
    daily("ann", 0, 6).taking("200").write();
    daily("ann", 0, 4).failed().taking("200").write();

    // 40 % against 10 %, at least one point; 200 ms against 100, a twentieth of that
    assertKinds(
        "FAILURE_RATE_HIGH USER ann 40.00 10.00 30.00",
        "FAILURE_RATE_HIGH SCRIPT_TYPE MANUAL 40.00 10.00 30.00",
        "DURATION_HIGH USER ann 200.00 100.00 20.00",
        "DURATION_HIGH SCRIPT_TYPE MANUAL 200.00 100.00 20.00");
    for (String subject : new String[] {"ann", "MANUAL"}) {
      assertThat(reason("FAILURE_RATE_HIGH", subject))
          .isEqualTo(
              "40.00 % failed in the last 24 hours; on the 8 days with activity before it was 10.00"
                  + " on average, with a standard deviation of 0.00");
      assertThat(reason("DURATION_HIGH", subject))
          .isEqualTo(
              "200.00 ms on average in the last 24 hours; on the 8 days with activity before it was"
                  + " 100.00 on average, with a standard deviation of 0.00");
    }
  }

  @Test
  void aLowerFailureRateAndFewFinishedOperationsAreNoAnomaly() throws Exception {
    for (int day = 1; day <= 8; day++) {
      daily("ann", day, 3).taking("100").write();
      daily("ann", day, 1).failed().taking("100").write();
    }
    daily("ann", 0, 4).taking("50").write();
    assertKinds(
        "DURATION_LOW USER ann 50.00 100.00 -10.00",
        "DURATION_LOW SCRIPT_TYPE MANUAL 50.00 100.00 -10.00");
    assertThat(reason("DURATION_LOW", "ann"))
        .isEqualTo(
            "50.00 ms on average in the last 24 hours; on the 8 days with activity before it was"
                + " 100.00 on average, with a standard deviation of 0.00");
  }

  @Test
  void runningOperationsHaveNeitherDurationNorFailed() throws Exception {
    for (int day = 1; day <= 8; day++) {
      daily("ann", day, 4).write();
    }
    daily("ann", 0, 4).running().write();

    assertKinds();
  }

  @Test
  void usersAndAddressesSeenForTheFirstTime() throws Exception {
    for (int day = 1; day <= 7; day++) {
      daily("ann", day, 4).from("10.0.0.1").write();
    }
    daily("ann", 0, 3).from("10.0.0.1").write();
    daily("ann", 0, 1).from("10.0.0.2").write();
    daily("eve", 0, 2).ofType("BACKUP").from("2001:db8::1").write();

    assertLines(
        "select anomaly_kind, subject_kind, subject, observed, expected, deviation"
            + " from script_tracking.get_anomalies()",
        "FIRST_SEEN_USER USER eve 2.00 0.00 null",
        "FIRST_SEEN_ADDRESS ADDRESS 10.0.0.2 1.00 0.00 null",
        "FIRST_SEEN_ADDRESS ADDRESS 2001:db8::1 2.00 0.00 null");
    assertThat(reason("FIRST_SEEN_ADDRESS", "10.0.0.2"))
        .isEqualTo(
            "1 operations in the last 24 hours from an address that did not appear in the 30 days"
                + " before; by ann");
    assertThat(reason("FIRST_SEEN_USER", "eve"))
        .isEqualTo(
            "2 operations in the last 24 hours by a user that did nothing in the 30 days before");
  }

  @Test
  void activityAtUnusualHours() throws Exception {
    for (int day = 1; day <= 7; day++) {
      hour("ann", day * 24 + 12, 2).write();
      hour("bob", day * 24 + 12, 1).write();
      hour("bob", day * 24 + 11, 1).write();
    }
    // An hour off is usual, two are not.
    hour("ann", 11, 1).write();
    hour("ann", 10, 1).write();
    hour("bob", 10, 2).write();

    assertLines(
        "select anomaly_kind, subject, observed, occurred_at = date_trunc('hour', now(), 'UTC') - interval '10 hours'"
            + " from script_tracking.get_anomalies()",
        "UNUSUAL_HOUR ann 1.00 true");
    String hour = "to_char(now() at time zone 'UTC' - interval '%s hours', 'HH24:00')";
    assertThat(reason("UNUSUAL_HOUR", "ann"))
        .isEqualTo(
            "1 operations from %s to %s UTC; on the 7 days with activity before none within an hour of that",
            value("select " + hour.formatted(10)), value("select " + hour.formatted(9)));
  }

  @Test
  void everyoneIsJudgedByWhatTheCallerMayRead() throws Exception {
    for (int day = 1; day <= 7; day++) {
      daily("ann", day, 10).ofTenant("acme").write();
    }
    daily("ann", 0, 50).ofTenant("acme").write();
    run("select script_tracking.create_tenant('acme')");

    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      assertThat(value(session, COUNT)).isEqualTo("2");
    }
    try (Connection session = database.connectAs(member("reader", "pgtrail_reader"))) {
      assertThat(value(session, COUNT)).isEqualTo("0");
    }
    try (Connection session = database.connectAs(member("eve"))) {
      assertThat(value(session, COUNT)).isEqualTo("0");
    }
  }

  @Test
  void anyNumberOfDaysIsAnsweredOrRefused() throws Exception {
    daily("ann", 0, 3).write();

    for (String days : new String[] {"0", "1", "2147483647"}) {
      assertThat(attempt("select * from script_tracking.get_anomalies(" + days + ")").sqlState())
          .isEqualTo("00000");
    }
    for (String days : new String[] {"-1", "null", "-2147483648"}) {
      assertThat(attempt("select * from script_tracking.get_anomalies(" + days + ")").sqlState())
          .isEqualTo("PT001");
    }
  }

  private static final String COUNT = "select count(*) from script_tracking.get_anomalies()";

  /** Operations at the same hour, in the middle of a day that many days before the newest one. */
  private Operations daily(String user, int day, int count) {
    return hour(user, day * 24 + 12, count);
  }

  private Operations hour(String user, int hoursBack, int count) {
    return operations(count)
        .by(user)
        .at("date_trunc('hour', now(), 'UTC') - interval '" + hoursBack + " hours'");
  }

  private String reason(String kind, String subject) throws SQLException {
    return value(
        "select reason from script_tracking.get_anomalies() where anomaly_kind = '%s' and subject = '%s'"
            .formatted(kind, subject));
  }

  private String kinds() throws SQLException {
    return String.join(
        ", ",
        lines("select anomaly_kind, subject_kind, subject from script_tracking.get_anomalies()"));
  }

  private void assertKinds(String... expected) throws SQLException {
    assertLines(
        "select anomaly_kind, subject_kind, subject, observed, expected, deviation"
            + " from script_tracking.get_anomalies()",
        expected);
  }
}
