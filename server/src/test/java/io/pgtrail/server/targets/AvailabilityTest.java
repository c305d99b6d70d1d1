package io.pgtrail.server.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often somebody tries to reach a database that does not answer. */
class AvailabilityTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private static final ConnectionSettings SETTINGS =
      ConnectionSettings.resolve(
          "postgresql://nobody@127.0.0.1:1/nowhere",
          new Environment(Map.of(), Path.of("/"), "nobody"));

  private final HandClock clock = new HandClock();
  private final Availability availability = new Availability(clock);
  private int attempts;

  @Test
  void thePausesDoubleUpToAMinute() {
    fail();
    List<Long> pauses = new ArrayList<>();
    while (pauses.size() < 9) {
      pauses.add(secondsUntilTheNextAttempt());
    }

    assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    assertThat(availability.downSince()).hasValue(BEGIN);
  }

  @Test
  void duringAPauseEverybodyIsToldAtOnceAndNobodyTries() {
    fail();

    assertThatThrownBy(() -> availability.guard(SETTINGS, this::refuse))
        .hasMessageContaining("since 2026-01-01T00:00:00Z")
        .isInstanceOf(PgtrailException.class);

    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void oneThatAnswersAgainIsUpAndItsNextPauseIsShort() throws Exception {
    fail();
    secondsUntilTheNextAttempt();
    secondsUntilTheNextAttempt();
    clock.now = clock.now.plusSeconds(4);

    availability.probe(SETTINGS, AvailabilityTest::connection);
    assertThat(availability.isUp()).isTrue();
    assertThat(availability.reason()).isEmpty();

    fail();
    assertThat(secondsUntilTheNextAttempt()).isEqualTo(1);
  }

  @Test
  void whileItAnswersNobodyProbes() {
    availability.probe(SETTINGS, this::refuse);

    assertThat(attempts).isZero();
  }

  @Test
  void aPoolThatIsBusyIsNoOutage() {
    assertThatThrownBy(
            () ->
                availability.guard(
                    SETTINGS,
                    () -> {
                      throw new SQLTransientConnectionException("timed out");
                    }))
        .hasMessageContaining("in use");

    assertThat(availability.isUp()).isTrue();
  }

  private void fail() {
    assertThatThrownBy(() -> availability.guard(SETTINGS, this::refuse))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private long secondsUntilTheNextAttempt() {
    int before = attempts;
    long seconds = 0;
    while (attempts == before) {
      clock.now = clock.now.plusSeconds(1);
      seconds++;
      availability.probe(SETTINGS, this::refuse);
    }
    return seconds;
  }

  private Connection refuse() throws SQLException {
    attempts++;
    throw new SQLException("refused");
  }

  /** One that can be closed, and nothing else. */
  private static Connection connection() {
    return (Connection)
        Proxy.newProxyInstance(
            AvailabilityTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> null);
  }

  private static final class HandClock extends Clock {

    private Instant now = BEGIN;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
