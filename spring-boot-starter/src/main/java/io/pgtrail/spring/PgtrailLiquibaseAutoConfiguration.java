package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import liquibase.integration.spring.SpringLiquibase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Tracks the change sets of the application's Liquibase. */
@AutoConfiguration(after = PgtrailAutoConfiguration.class)
@ConditionalOnClass(SpringLiquibase.class)
@ConditionalOnBooleanProperty(name = "pgtrail.track-migrations", matchIfMissing = true)
@ConditionalOnSingleCandidate(Tracker.class)
public final class PgtrailLiquibaseAutoConfiguration {

  @Bean
  static SpringLiquibaseTracking pgtrailLiquibaseTracking(ObjectProvider<Tracker> tracker) {
    return new SpringLiquibaseTracking(tracker);
  }
}
