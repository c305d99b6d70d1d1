package io.pgtrail.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.PgtrailException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How often somebody may do something. */
final class RateLimitTest {

  private final AtomicLong nanos = new AtomicLong();
  private final RateLimit limit = new RateLimit("tests", 2, nanos::get);

  @Test
  void eachHasItsOwnAllowance() {
    limit.require("anna");
    limit.require("anna");

    assertThatThrownBy(() -> limit.require("anna")).isInstanceOf(PgtrailException.class);
    limit.require("ben");
  }

  @Test
  void whoWaitsMayAgainAndSavesUpNoMoreThanAMinute() {
    limit.require("anna");
    limit.require("anna");

    nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    assertThat(limit.admits("anna")).isTrue();
    assertThat(limit.admits("anna")).isFalse();

    nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(limit.admits("anna")).isTrue();
    assertThat(limit.admits("anna")).isTrue();
    assertThat(limit.admits("anna")).isFalse();
  }

  @Test
  void onlyTheLatestAreRemembered() {
    limit.require("anna");
    limit.require("anna");
    for (int i = 0; i < RateLimit.REMEMBERED; i++) {
      limit.require("somebody " + i);
    }

    assertThat(limit.admits("anna")).isTrue();
  }
}
