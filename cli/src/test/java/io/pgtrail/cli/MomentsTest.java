package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.PgtrailException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MomentsTest {

  private final Moments moments =
      new Moments(Clock.fixed(Instant.parse("2026-03-31T12:00:00Z"), ZoneId.of("Europe/Berlin")));

  @ParameterizedTest
  @CsvSource({
    "30s, 2026-03-31T11:59:30Z",
    "15min, 2026-03-31T11:45:00Z",
    "24H, 2026-03-30T12:00:00Z",
    "7d, 2026-03-24T13:00:00Z",
    "1y, 2025-03-31T12:00:00Z",
    "P1M, 2026-02-28T13:00:00Z",
    "PT90M, 2026-03-31T10:30:00Z",
    "2026-01-31, 2026-01-30T23:00:00Z",
    "2026-01-31T14:30, 2026-01-31T13:30:00Z",
    "2026-01-31T14:30Z, 2026-01-31T14:30:00Z",
    "2026-01-31T14:30:15+02:00, 2026-01-31T12:30:15Z",
  })
  void readsSpansDatesAndTimes(String text, String moment) {
    assertThat(moments.parse(text)).isEqualTo(Instant.parse(moment));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "7m", "-7d", "yesterday", "2026-02-30", "999999999y"})
  void refusesWhatIsUnclear(String text) {
    assertThatThrownBy(() -> moments.parse(text)).isInstanceOf(PgtrailException.class);
  }

  @ParameterizedTest
  @CsvSource({"365d, 365", "12w, 84", "1y, 365", "P6M, 182", "0d, 0"})
  void countsTheDaysOfAPeriod(String period, int days) {
    assertThat(moments.days(period)).isEqualTo(days);
  }

  @ParameterizedTest
  @CsvSource({"12h, 2026-04-01T00:00:00Z", "90d, 2026-06-29T12:00:00Z", "1Y, 2027-03-31T12:00:00Z"})
  void readsSpansAfterNow(String span, String moment) {
    assertThat(moments.after(span)).isEqualTo(Instant.parse(moment));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "-7d", "2026-01-31", "999999999y"})
  void refusesWhatIsNoSpanAfterNow(String span) {
    assertThatThrownBy(() -> moments.after(span)).isInstanceOf(PgtrailException.class);
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "5s, 5000", "0s, 0", "2MIN, 120000"})
  void readsLengthsOfTime(String text, long milliseconds) {
    assertThat(Moments.span(text).toMillis()).isEqualTo(milliseconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "7m", "-7s", "1d", "5 s"})
  void refusesWhatIsNoLengthOfTime(String text) {
    assertThatThrownBy(() -> Moments.span(text)).isInstanceOf(PgtrailException.class);
  }
}
