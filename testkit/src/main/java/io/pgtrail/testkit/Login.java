package io.pgtrail.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What one role needs to connect to one database.
 *
 * @param jdbcUrl of the database, without user and password
 * @param user the name of the role
 * @param password of the role
 */
public record Login(String jdbcUrl, String user, String password) {

  /** Opens a new connection, for the caller to close. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl, user, password);
  }

  /** Gives a data source without a pool: every connection is a new one. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PlainUrl();
    source.setUrl(jdbcUrl);
    source.setUser(user);
    source.setPassword(password);
    return source;
  }

  /**
   * Its connections have the URL as it is, not one with all parameters of the driver: on such a one
   * Flyway spends 50 ms each time, to find a password.
   */
  private static final class PlainUrl extends PGSimpleDataSource {

    private static final long serialVersionUID = 1;
    private String plainUrl = "";

    @Override
    public void setUrl(String url) {
      plainUrl = url;
      super.setUrl(url);
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password)
        throws SQLException {
      return DriverManager.getConnection(plainUrl, user, password);
    }
  }
}
