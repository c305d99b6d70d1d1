package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads moments and spans of time from the command line. */
final class Moments {

  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([a-z]+)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "s", ChronoUnit.SECONDS,
          "min", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS,
          "w", ChronoUnit.WEEKS,
          "y", ChronoUnit.YEARS);
  private static final Map<String, ChronoUnit> PERIODS =
      Map.of("d", ChronoUnit.DAYS, "w", ChronoUnit.WEEKS, "y", ChronoUnit.YEARS);
  private static final Map<String, ChronoUnit> LENGTHS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "min", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS);

  private final Clock clock;

  Moments(Clock clock) {
    this.clock = clock;
  }

  /** A span before now, a date or a date and time; between the years 1 and 9999. */
  Instant parse(String text) {
    try {
      Instant moment = read(text);
      int year = moment.atOffset(ZoneOffset.UTC).getYear();
      if (year < 1 || year > 9999) {
        throw new DateTimeException("year " + year);
      }
      return moment;
    } catch (DateTimeException | ArithmeticException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + text + "' is no moment",
          "For example 24h, 7d, 15min, P6M (six months), 2026-01-31 or 2026-01-31T14:30Z.",
          unreadable);
    }
  }

  /** A span after now. */
  Instant after(String span) {
    try {
      Matcher matcher = SPAN.matcher(span.toLowerCase(Locale.ROOT));
      if (!matcher.matches() || !UNITS.containsKey(matcher.group(2))) {
        throw new DateTimeException("no span");
      }
      return ZonedDateTime.now(clock)
          .plus(Long.parseLong(matcher.group(1)), unit(UNITS, matcher.group(2)))
          .toInstant();
    } catch (DateTimeException | ArithmeticException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + span + "' is no span of time",
          "For example 12h, 90d or 1y.",
          unreadable);
    }
  }

  /** A length of time, such as 500ms, 5s or 2min. */
  static Duration span(String text) {
    Matcher span = SPAN.matcher(text.toLowerCase(Locale.ROOT));
    if (!span.matches() || !LENGTHS.containsKey(span.group(2))) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + text + "' is no length of time",
          "For example 500ms, 5s or 2min.");
    }
    return Duration.of(Long.parseLong(span.group(1)), unit(LENGTHS, span.group(2)));
  }

  private Instant read(String text) {
    ZonedDateTime now = ZonedDateTime.now(clock);
    Matcher span = SPAN.matcher(text.toLowerCase(Locale.ROOT));
    if (span.matches() && UNITS.containsKey(span.group(2))) {
      return now.minus(Long.parseLong(span.group(1)), unit(UNITS, span.group(2))).toInstant();
    }
    if (text.startsWith("P")) {
      return text.contains("T")
          ? now.minus(Duration.parse(text)).toInstant()
          : now.minus(Period.parse(text)).toInstant();
    }
    return absolute(text);
  }

  private Instant absolute(String text) {
    Function<String, Instant> reading =
        !text.contains("T")
            ? date -> LocalDate.parse(date).atStartOfDay(clock.getZone()).toInstant()
            : text.matches(".*T.*(Z|[+-]\\d\\d(:?\\d\\d)?)")
                ? time -> OffsetDateTime.parse(time).toInstant()
                : time -> LocalDateTime.parse(time).atZone(clock.getZone()).toInstant();
    return reading.apply(text);
  }

  /** Days from a period before today until today, for retention. */
  int days(String text) {
    try {
      Matcher span = SPAN.matcher(text.toLowerCase(Locale.ROOT));
      LocalDate today = LocalDate.now(clock);
      LocalDate before;
      if (span.matches() && PERIODS.containsKey(span.group(2))) {
        before = today.minus(Long.parseLong(span.group(1)), unit(PERIODS, span.group(2)));
      } else {
        before = today.minus(Period.parse(text));
      }
      long days = ChronoUnit.DAYS.between(before, today);
      if (days < 0) {
        throw new DateTimeException("negative");
      }
      return Math.toIntExact(days);
    } catch (DateTimeException | ArithmeticException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + text + "' is no period of days, weeks or years",
          "For example 365d, 12w, 2y or, for six months, P6M.",
          unreadable);
    }
  }

  private static ChronoUnit unit(Map<String, ChronoUnit> units, String name) {
    return units.getOrDefault(name, ChronoUnit.DAYS);
  }
}
