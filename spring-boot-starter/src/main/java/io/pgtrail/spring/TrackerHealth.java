package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.TrackerStatistics;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * UP while everything is recorded, UNKNOWN while something is held up or was dropped last. Never
 * DOWN: an application that works must not be taken away because its trail is late.
 */
final class TrackerHealth implements HealthIndicator {

  private final Tracker tracker;

  TrackerHealth(Tracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public Health health() {
    TrackerStatistics statistics = tracker.statistics();
    Health.Builder health = statistics.lastProblem().isEmpty() ? Health.up() : Health.unknown();
    statistics.lastProblem().ifPresent(problem -> health.withDetail("problem", problem));
    return health
        .withDetail("recorded", statistics.recorded())
        .withDetail("waiting", statistics.waiting())
        .withDetail("dropped", statistics.dropped())
        .withDetail("failures", statistics.failures())
        .build();
  }
}
