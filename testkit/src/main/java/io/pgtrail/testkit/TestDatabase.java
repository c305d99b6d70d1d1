package io.pgtrail.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database of one test. When the test is over it is dropped with its roles, and the test fails
 * if a connection to it is still open. Not safe for concurrent use; its connections are.
 */
public final class TestDatabase {

  private final TestServer server;
  private final String template;
  private final String name;
  private final List<String> roles = new ArrayList<>();
  private final List<String> twins = new ArrayList<>();

  TestDatabase(TestServer server, String template, String name) {
    this.server = server;
    this.template = template;
    this.name = name;
  }

  /** Gives its name, which no other test uses. */
  public String name() {
    return name;
  }

  /** Gives the major version of the server, such as 18. */
  public int majorVersion() {
    return server.majorVersion();
  }

  /** Gives the JDBC URL, without user and password. */
  public String jdbcUrl() {
    return login().jdbcUrl();
  }

  /** Gives what the superuser needs to connect. */
  public Login login() {
    return server.login(name);
  }

  /** Gives a data source of the superuser without a pool. */
  public DataSource dataSource() {
    return login().dataSource();
  }

  /** Opens a connection of the superuser, for the test to close. */
  public Connection connect() throws SQLException {
    return login().connect();
  }

  /** Opens a connection of another role, for the test to close. */
  public Connection connectAs(Login role) throws SQLException {
    return role.connect();
  }

  /**
   * Creates another database that is as this one was at first; it is dropped after the test.
   *
   * @return what the superuser needs to connect to it
   */
  public Login twin() throws SQLException {
    String twin = name + "_twin" + twins.size();
    server.copy(template, twin);
    twins.add(twin);
    return server.login(twin);
  }

  /**
   * Creates a role that can log in and nothing else; it is dropped after the test.
   *
   * @param role a plain lower-case word; the name of the database is appended, as roles are seen by
   *     all databases
   */
  public Login role(String role) throws SQLException {
    String user = role + "_" + name;
    String password = "password of " + role;
    server.execute("create role " + user + " login password " + QuickPassword.literal(password));
    roles.add(user);
    return new Login(jdbcUrl(), user, password);
  }

  /** As {@link Sql#execute}, as superuser on a connection of its own. */
  public void execute(String... statements) throws SQLException {
    try (Connection connection = connect()) {
      Sql.execute(connection, statements);
    }
  }

  /** As {@link Sql#queryForString}, as superuser on a connection of its own. */
  public @Nullable String queryForString(String query) throws SQLException {
    try (Connection connection = connect()) {
      return Sql.queryForString(connection, query);
    }
  }

  /** As {@link Sql#rows}, as superuser on a connection of its own. */
  public List<Map<String, @Nullable Object>> rows(String query) throws SQLException {
    try (Connection connection = connect()) {
      return Sql.rows(connection, query);
    }
  }

  /** Gives the process id of the server's end of a connection. */
  public static int backendOf(Connection connection) throws SQLException {
    String id = Sql.queryForString(connection, "select pg_catalog.pg_backend_pid()");
    return Integer.parseInt(Objects.requireNonNull(id));
  }

  /** Terminates the server's end of a connection and waits until it is gone. */
  public void killBackend(int processId) throws Exception {
    try (Connection connection = server.login("postgres").connect()) {
      Sql.execute(connection, "select pg_catalog.pg_terminate_backend(" + processId + ")");
      String query = "select count(*) from pg_catalog.pg_stat_activity where pid = " + processId;
      Await.until(
          "backend " + processId + " is gone",
          () -> "0".equals(Sql.queryForString(connection, query)));
    }
  }

  /** Drops the database and its roles; fails when a connection is left. */
  void discard() throws Exception {
    try {
      server.requireNoConnections(name);
      for (String twin : twins) {
        server.requireNoConnections(twin);
      }
    } finally {
      drop();
    }
  }

  private void drop() throws SQLException {
    for (String twin : twins) {
      drop(twin);
    }
    drop(name);
    if (!roles.isEmpty()) {
      String list = String.join(", ", roles);
      server.execute("drop owned by " + list, "drop role " + list);
    }
  }

  private void drop(String database) throws SQLException {
    String drop = "drop database if exists " + database + " with (force)";
    try {
      server.execute(drop);
    } catch (SQLException inUse) {
      Remains.remove(server.login(database));
      server.execute(drop);
    }
  }
}
