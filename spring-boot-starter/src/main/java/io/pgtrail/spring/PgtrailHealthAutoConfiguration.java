package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Tells of the tracker in the application's health. */
@AutoConfiguration(after = PgtrailAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("pgtrail")
@ConditionalOnSingleCandidate(Tracker.class)
public final class PgtrailHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "pgtrailHealthIndicator")
  HealthIndicator pgtrailHealthIndicator(Tracker tracker) {
    return new TrackerHealth(tracker);
  }
}
