package io.pgtrail.connection;

import io.pgtrail.error.PgtrailException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to one database. When it cannot be reached, {@link #getConnection()} throws a {@link
 * PgtrailException} that says why and what to do.
 */
public final class TrailDataSource extends PGSimpleDataSource {

  private static final long serialVersionUID = 1L;

  private final transient ConnectionSettings settings;

  TrailDataSource(ConnectionSettings settings, Map<String, String> properties) {
    this.settings = settings;
    setUrl(
        "jdbc:postgresql://"
            + settings.server()
            + "/"
            + URLEncoder.encode(settings.database(), StandardCharsets.UTF_8).replace("+", "%20"));
    properties.forEach(this::set);
  }

  private void set(String name, String value) {
    try {
      setProperty(name, value);
    } catch (SQLException failure) {
      throw PgtrailException.of(failure);
    }
  }

  /** The same database through PostgreSQL's simple protocol, for scripts of many statements. */
  public TrailDataSource withSimpleProtocol() {
    TrailDataSource simple = settings.dataSource();
    simple.set("preferQueryMode", "simple");
    return simple;
  }

  /** Where this leads to, without the password. */
  public ConnectionSettings settings() {
    return settings;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      return super.getConnection();
    } catch (SQLException failure) {
      throw ConnectionFailure.explain(failure, settings);
    }
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    try {
      return super.getConnection(user, password);
    } catch (SQLException failure) {
      throw ConnectionFailure.explain(failure, settings);
    }
  }
}
