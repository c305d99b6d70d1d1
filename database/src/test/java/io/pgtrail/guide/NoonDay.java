package io.pgtrail.guide;

import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A day on which it is half past twelve, whenever a test runs: its time zone makes it so. Queries
 * that count by hours and days of the session's time zone are then half an hour and half a day away
 * from the next one, and no clock is ever put forward or back.
 *
 * <p>Moments are written {@code today 11:40}, {@code day -3 09:00} or {@code month -2 day 6 09:00},
 * counted from today and from this month.
 */
final class NoonDay {

  private static final Pattern MOMENT =
      Pattern.compile("(?:today|day (-\\d+)|month (-\\d+) day (\\d+)) (\\d\\d:\\d\\d)");

  private final ZoneOffset zone;
  private final LocalDate today;
  private final Map<OffsetDateTime, String> written = new HashMap<>();

  private NoonDay(long now) {
    // Whole minutes: PostgreSQL takes seconds for leap seconds.
    zone = ZoneOffset.ofTotalSeconds((12 * 60 + 30 - (int) (now / 60 % (24 * 60))) * 60);
    today = Instant.ofEpochSecond(now).atOffset(zone).toLocalDate();
  }

  /** Today by the clock of the server. */
  static NoonDay today(Connection connection) throws SQLException {
    String now = Sql.queryForString(connection, "select extract(epoch from now())::bigint");
    return new NoonDay(Long.parseLong(Objects.requireNonNull(now)));
  }

  /** Puts a session into the time zone of this day. */
  void enter(Connection session) throws SQLException {
    Sql.execute(session, "set time zone interval '" + zone.getTotalSeconds() + " seconds'");
  }

  OffsetDateTime moment(String text) {
    Matcher parts = MOMENT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("Not a moment: " + text);
    }
    LocalDate date = today;
    if (parts.group(1) != null) {
      date = today.plusDays(Long.parseLong(parts.group(1)));
    } else if (parts.group(2) != null) {
      date =
          today
              .plusMonths(Long.parseLong(parts.group(2)))
              .withDayOfMonth(Integer.parseInt(parts.group(3)));
    }
    OffsetDateTime moment = date.atTime(LocalTime.parse(parts.group(4))).atOffset(zone);
    written.put(moment, text);
    return moment;
  }

  /** Writes a moment as the history did, or else from today; the first of a month is the month. */
  String write(OffsetDateTime moment) {
    OffsetDateTime here = moment.withOffsetSameInstant(zone);
    if (here.toLocalTime().equals(LocalTime.MIDNIGHT) && here.getDayOfMonth() == 1) {
      return "month " + ChronoUnit.MONTHS.between(today.withDayOfMonth(1), here.toLocalDate());
    }
    String text = written.get(here);
    return text == null ? write(here.toLocalDate()) + " " + here.toLocalTime() : text;
  }

  String write(LocalDate date) {
    return date.equals(today) ? "today" : "day " + ChronoUnit.DAYS.between(today, date);
  }
}
