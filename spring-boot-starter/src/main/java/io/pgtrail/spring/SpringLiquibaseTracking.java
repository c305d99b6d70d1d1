package io.pgtrail.spring;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.liquibase.LiquibaseTracking;
import liquibase.Liquibase;
import liquibase.integration.spring.Customizer;
import liquibase.integration.spring.SpringLiquibase;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Makes each Liquibase of the application tell what it does, before it does it. */
final class SpringLiquibaseTracking implements BeanPostProcessor {

  private final ObjectProvider<Tracker> tracker;

  SpringLiquibaseTracking(ObjectProvider<Tracker> tracker) {
    this.tracker = tracker;
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String name) {
    if (bean instanceof SpringLiquibase spring) {
      @Nullable Customizer<Liquibase> applications = spring.getCustomizer();
      spring.setCustomizer(
          liquibase -> {
            liquibase.setChangeExecListener(new LiquibaseTracking(tracker.getObject()));
            // Last, so that a listener of the application's own wins.
            if (applications != null) {
              applications.customize(liquibase);
            }
          });
    }
    return bean;
  }
}
