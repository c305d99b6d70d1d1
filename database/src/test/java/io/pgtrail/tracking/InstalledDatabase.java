package io.pgtrail.tracking;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database with pgtrail for each test, and a connection of the superuser to it. */
public abstract class InstalledDatabase {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  /** The database of this test. */
  protected TestDatabase database;

  /** A connection of the superuser. */
  protected Connection connection;

  @BeforeEach
  final void connect(TestDatabase fresh) throws Exception {
    database = fresh;
    connection = fresh.connect();
  }

  @AfterEach
  final void disconnect() throws Exception {
    connection.close();
  }

  /** Runs statements as superuser. */
  protected final void run(String... statements) throws SQLException {
    Sql.execute(connection, statements);
  }

  /** Gives the first column of the first row, as superuser; the text null for NULL or no row. */
  protected final String value(String query) throws SQLException {
    return value(connection, query);
  }

  /** Gives the first column of the first row; the text null for NULL or no row. */
  protected static String value(Connection connection, String query) throws SQLException {
    return String.valueOf(Sql.queryForString(connection, query));
  }

  /** Runs one statement as superuser that may be refused. */
  protected final Attempt attempt(String sql) {
    return Attempt.at(connection, sql);
  }

  /** Creates a role that can log in, with the roles given to it. */
  protected final Login member(String name, String... roles) throws SQLException {
    Login login = database.role(name);
    for (String role : roles) {
      run("grant " + role + " to " + login.user());
    }
    return login;
  }
}
