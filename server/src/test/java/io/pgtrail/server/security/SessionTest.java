package io.pgtrail.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cookie of a session keeps. */
final class SessionTest {

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
  private static final Account ANNA =
      new Account("anna of the shop", "pgtrail_reader", Set.of("viewer"), "stamp");

  @Test
  void isReadAsItWasWritten() {
    Session session = Session.of(ANNA, NOON);

    assertThat(Session.parse(session.text())).hasValue(session);
    assertThat(session.isOf(ANNA)).isTrue();
  }

  @Test
  void endsWithThePasswordAndTheAccount() {
    Session session = Session.of(ANNA, NOON);

    assertThat(session.isOf(new Account("anna of the shop", "r", Set.of(), "another"))).isFalse();
    assertThat(session.isOf(new Account("ben", "r", Set.of(), "stamp"))).isFalse();
  }

  @Test
  void hasAnAgeHoweverBusyItIs() {
    OpenSession session = Session.of(ANNA, NOON).open(Duration.ofHours(12));
    EndedSessions ended = new EndedSessions();

    assertThat(ended.isOver(session, NOON.plus(Duration.ofHours(11)))).isFalse();
    assertThat(ended.isOver(session, NOON.plus(Duration.ofHours(12)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "anna", "stamp anna", "stamp x anna", "stamp 9999999999999999 anna"})
  void whatIsNoSessionIsNone(String text) {
    assertThat(Session.parse(text)).isEmpty();
  }
}
