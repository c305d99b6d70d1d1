package io.pgtrail.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.pgtrail.client.Tracker;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Tells of the tracker in the application's metrics. */
@AutoConfiguration(after = PgtrailAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnSingleCandidate(Tracker.class)
public final class PgtrailMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  TrackerMetrics pgtrailMetrics(Tracker tracker) {
    return new TrackerMetrics(tracker);
  }
}
