package io.pgtrail.spring;

import io.pgtrail.client.Tracked;
import io.pgtrail.client.Tracker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Tracks from its first connection on: the tracker itself is made of the data source. */
final class TrackedDataSource extends DelegatingDataSource implements Untracked {

  private final DataSource real;
  private final ObjectProvider<Tracker> tracker;
  private final Set<Tracked> chosen;

  /**
   * Two threads may make it at once, and either serves: a lock could wait for that of the beans.
   */
  private volatile @Nullable DataSource tracked;

  TrackedDataSource(DataSource real, ObjectProvider<Tracker> tracker, Set<Tracked> chosen) {
    super(real);
    this.real = real;
    this.tracker = tracker;
    this.chosen = EnumSet.copyOf(chosen);
  }

  @Override
  public DataSource untracked() {
    return real;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return tracked().getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return tracked().getConnection(user, password);
  }

  private DataSource tracked() {
    DataSource made = tracked;
    if (made == null) {
      Tracked first = chosen.iterator().next();
      made = tracker.getObject().wrap(real, first, chosen.toArray(Tracked[]::new));
      tracked = made;
    }
    return made;
  }
}
