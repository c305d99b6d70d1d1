package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A server and the databases that are measured in it. */
record Server(EmbeddedPostgres postgres) {

  /** Makes an empty database and gives the way into it. */
  Database create(String database) throws SQLException {
    run(() -> connect("postgres"), "create database " + database);
    return () -> connect(database);
  }

  void install(String database) {
    new Installer(dataSource(database)).install();
  }

  DataSource dataSource(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.jdbcUrl(database));
    source.setUser(postgres.user());
    source.setPassword(postgres.password());
    return source;
  }

  void drop(String database) throws SQLException {
    run(() -> connect("postgres"), "drop database " + database);
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(database), postgres.user(), postgres.password());
  }

  static void run(Database database, String... statements) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
