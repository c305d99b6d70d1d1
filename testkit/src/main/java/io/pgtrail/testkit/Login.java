package io.pgtrail.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
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
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl);
    source.setUser(user);
    source.setPassword(password);
    return source;
  }
}
