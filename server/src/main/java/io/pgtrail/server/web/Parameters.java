package io.pgtrail.server.web;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the query of a URL; an empty parameter is none. All throw {@link PgtrailException}
 * with {@code INVALID_ARGUMENT} for what cannot be used.
 */
public final class Parameters {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Parameters() {}

  public static Optional<String> given(@Nullable String value) {
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  public static String required(String name, @Nullable String value) {
    return given(value)
        .orElseThrow(
            () ->
                new PgtrailException(
                    ErrorCode.INVALID_ARGUMENT, "The parameter '" + name + "' is missing", null));
  }

  public static Optional<Instant> moment(String name, @Nullable String value) {
    return given(value).map(text -> parse(name, text));
  }

  public static Instant requiredMoment(String name, @Nullable String value) {
    return parse(name, required(name, value));
  }

  private static Instant parse(String name, String text) {
    try {
      Instant moment = Instant.parse(text);
      if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
        throw new DateTimeParseException("beyond the years 1 to 9999", text, 0);
      }
      return moment;
    } catch (DateTimeParseException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The parameter '" + name + "' is no moment: " + text,
          "Write it like 2026-01-31T12:00:00Z.",
          unreadable);
    }
  }

  static int between(int least, int most, String name, int value) {
    if (value < least || value > most) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The parameter '" + name + "' is " + least + " to " + most + ", not " + value,
          null);
    }
    return value;
  }

  /** A whole number; what it is if none is given. */
  public static int number(int least, int most, String name, @Nullable String value, int usual) {
    return given(value).map(text -> between(least, most, name, integer(name, text))).orElse(usual);
  }

  private static int integer(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The parameter '" + name + "' is no number: " + text,
          null,
          unreadable);
    }
  }
}
