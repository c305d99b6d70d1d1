package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.TrackerBuilder;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Gives the application a tracker over its data source, which is closed before that is. */
@AutoConfiguration(
    afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnBooleanProperty(name = "pgtrail.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PgtrailProperties.class)
public final class PgtrailAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnSingleCandidate(DataSource.class)
  Tracker pgtrailTracker(
      DataSource dataSource,
      PgtrailProperties properties,
      ObjectProvider<TrackerCustomizer> customizers) {
    TrackerBuilder tracker =
        Tracker.of(dataSource instanceof Untracked behind ? behind.untracked() : dataSource);
    properties.applyTo(tracker);
    customizers.orderedStream().forEach(each -> each.customize(tracker));
    return tracker.start();
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DelegatingDataSource.class)
  static class Statements {

    /** Static, and asked for the tracker late: it must be there before any data source. */
    @Bean
    static DataSourceTracking pgtrailDataSourceTracking(
        Environment environment,
        ConfigurableListableBeanFactory beans,
        ObjectProvider<Tracker> tracker) {
      return new DataSourceTracking(environment, beans, tracker);
    }
  }
}
