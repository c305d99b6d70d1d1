package io.pgtrail.spring;

import io.pgtrail.client.Tracked;
import io.pgtrail.client.Tracker;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Puts a {@link TrackedDataSource} before the application's data source, if it is told to. */
final class DataSourceTracking implements BeanPostProcessor {

  private final Set<Tracked> chosen;
  private final ConfigurableListableBeanFactory beans;
  private final ObjectProvider<Tracker> tracker;

  DataSourceTracking(
      Environment environment,
      ConfigurableListableBeanFactory beans,
      ObjectProvider<Tracker> tracker) {
    // Not the bean of the properties, which would be made before what may change it.
    BindResult<Set<Tracked>> told =
        Binder.get(environment).bind("pgtrail.tracked-statements", Bindable.setOf(Tracked.class));
    this.chosen = told.isBound() ? told.get() : Set.of();
    this.beans = beans;
    this.tracker = tracker;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return !chosen.isEmpty() && bean instanceof DataSource source && isTheApplications(name)
        ? new TrackedDataSource(source, tracker, chosen)
        : bean;
  }

  /** Others may lead to other databases, which have trails of their own. */
  private boolean isTheApplications(String name) {
    String[] all = beans.getBeanNamesForType(DataSource.class, true, false);
    return all.length == 1
        ? all[0].equals(name)
        : beans.containsBeanDefinition(name) && beans.getBeanDefinition(name).isPrimary();
  }
}
