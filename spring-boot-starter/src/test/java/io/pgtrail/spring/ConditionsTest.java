package io.pgtrail.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.client.Tracker;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** What there is under which conditions. Nothing here connects to a database. */
@Tag("one-major")
final class ConditionsTest {

  /** As applications have them: read from their files before they are loaded. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    PgtrailAutoConfiguration.class,
    PgtrailFlywayAutoConfiguration.class,
    PgtrailHealthAutoConfiguration.class,
    PgtrailLiquibaseAutoConfiguration.class,
    PgtrailMetricsAutoConfiguration.class
  })
  static class Starter {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Starter.class);

  @Test
  void tracksWithoutAnythingButADataSource() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer",
                "liquibase",
                "org.flywaydb",
                "org.springframework.boot.flyway",
                "org.springframework.boot.health",
                "org.springframework.boot.liquibase",
                "org.springframework.jdbc"))
        .withBean(DataSource.class, PGSimpleDataSource::new)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(Tracker.class)
                    .doesNotHaveBean("pgtrailHealthIndicator")
                    .doesNotHaveBean("pgtrailMetrics"));
  }

  @Test
  void leavesTheTrackerToTheApplicationThatHasOne() {
    Tracker own = Tracker.of(new PGSimpleDataSource()).start();
    runner
        .withBean(DataSource.class, PGSimpleDataSource::new)
        .withBean(Tracker.class, () -> own)
        .run(context -> assertThat(context).getBean(Tracker.class).isSameAs(own));
  }

  @Test
  void tracksNothingWithoutAnUnambiguousDataSource() {
    runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Tracker.class));
    runner
        .withBean("one", DataSource.class, PGSimpleDataSource::new)
        .withBean("other", DataSource.class, PGSimpleDataSource::new)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Tracker.class));
  }

  @Test
  void tracksStatementsOfTheApplicationsDataSourceOnly() {
    runner
        .withPropertyValues("pgtrail.tracked-statements=ddl")
        .withBean("main", DataSource.class, PGSimpleDataSource::new, bean -> bean.setPrimary(true))
        .withBean("other", DataSource.class, PGSimpleDataSource::new)
        .run(
            context -> {
              assertThat(context.getBean("main")).isInstanceOf(TrackedDataSource.class);
              assertThat(context.getBean("other")).isInstanceOf(PGSimpleDataSource.class);
              assertThat(context.getBean("main", DataSource.class).unwrap(PGSimpleDataSource.class))
                  .isNotNull();
            });
  }

  @Test
  void isOffIfItIsToldTo() {
    runner
        .withPropertyValues("pgtrail.enabled=false")
        .withBean(DataSource.class, PGSimpleDataSource::new)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Tracker.class));
  }
}
