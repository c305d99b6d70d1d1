package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.flyway.FlywayTracking;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;

/** Tracks the migrations of the application's Flyway. */
@AutoConfiguration(
    after = PgtrailAutoConfiguration.class,
    beforeName = "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration")
@ConditionalOnClass({Flyway.class, FlywayMigrationStrategy.class})
@ConditionalOnBooleanProperty(name = "pgtrail.track-migrations", matchIfMissing = true)
@ConditionalOnSingleCandidate(Tracker.class)
public final class PgtrailFlywayAutoConfiguration {

  /** Spring Boot gives Flyway each callback that is a bean. */
  @Bean
  @ConditionalOnMissingBean
  FlywayTracking pgtrailFlywayTracking(Tracker tracker) {
    return new FlywayTracking(tracker);
  }

  /** Hears why a migration fails, which callbacks do not. */
  @Bean
  @ConditionalOnMissingBean
  FlywayMigrationStrategy pgtrailFlywayMigrationStrategy(FlywayTracking tracking) {
    return tracking::migrate;
  }
}
