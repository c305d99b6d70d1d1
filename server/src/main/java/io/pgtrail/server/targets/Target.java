package io.pgtrail.server.targets;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.connection.TrailDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;

/** One database with a small pool of its own. */
public final class Target implements AutoCloseable {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  /** As many as there are kinds of them, so that none waits for another. */
  private static final int TASKS = 6;

  private final String name;
  private final Map<String, String> labels;
  private final ConnectionSettings settings;
  private final HikariDataSource pool;
  private final HikariDataSource taskPool;
  private final Availability availability = new Availability(Clock.systemUTC());

  Target(String name, TargetSettings.Database database) {
    this.name = name;
    this.labels = new TreeMap<>(database.labels());
    this.settings = ConnectionSettings.resolve(database.url(), environment(database));
    this.pool = pool(name, database.connections(), database.statementTimeout());
    this.taskPool = pool(name + " tasks", TASKS, database.taskTimeout());
  }

  private static Environment environment(TargetSettings.Database database) {
    Environment process = Environment.ofProcess();
    Map<String, String> variables = new HashMap<>(process.variables());
    database.password().ifPresent(password -> variables.put("PGPASSWORD", password));
    return new Environment(variables, process.home(), process.userName());
  }

  private HikariDataSource pool(String poolName, int connections, Duration timeout) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(poolName);
    TrailDataSource source = settings.dataSource();
    // A server that hangs shall not hang us.
    source.setSocketTimeout((int) timeout.plus(LONGEST_WAIT).toSeconds() + 1);
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    config.setConnectionTimeout(LONGEST_WAIT.toMillis());
    // It may be down when the server starts.
    config.setInitializationFailTimeout(-1);
    // Whoever may create in a schema of the path could put a function or an operator before ours.
    // And a server whose machine is gone shall not hold its locks for hours.
    config.setConnectionInitSql(
        "select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),"
            + " pg_catalog.set_config('tcp_keepalives_idle', '60', false),"
            + " pg_catalog.set_config('tcp_keepalives_interval', '10', false),"
            + " pg_catalog.set_config('statement_timeout', '%d', false)"
                .formatted(timeout.toMillis()));
    return new HikariDataSource(config);
  }

  public String name() {
    return name;
  }

  public Map<String, String> labels() {
    return labels;
  }

  /** Where it is, without a password. */
  public String address() {
    return settings.server() + "/" + settings.database();
  }

  /** Whether it answered last. */
  public Availability availability() {
    return availability;
  }

  /** How it is now. */
  public TargetState state() {
    return new TargetState(
        name,
        address(),
        labels,
        availability.isUp(),
        availability.downSince().orElse(null),
        availability.reason().orElse(null));
  }

  /** Access with the rights of the server itself. */
  public Jdbi asServer() {
    return Jdbi.create(this::open);
  }

  /**
   * The same on connections of their own, where statements may take longer: for what the server
   * does from time to time. Whatever it locked in its session is free when the connection is
   * closed.
   */
  public Jdbi forTasks() {
    return Jdbi.create(
        new ConnectionFactory() {
          @Override
          public Connection openConnection() throws SQLException {
            return availability.guard(settings, taskPool::getConnection);
          }

          @Override
          public void closeConnection(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
              statement.execute("select pg_catalog.pg_advisory_unlock_all()");
            } catch (SQLException failure) {
              taskPool.evictConnection(connection);
              return;
            }
            connection.close();
          }
        });
  }

  /**
   * As {@link #actingAs}, on connections that nobody uses afterwards: for what runs code of others,
   * which may leave anything in a session.
   */
  public Jdbi actingOnceAs(String role, String account) {
    return actingAs(role, account, true);
  }

  /**
   * Access with the rights of a role: the database draws the line.
   *
   * @param role what the account acts as
   * @param account shown in the trail as the user of the application
   */
  public Jdbi actingAs(String role, String account) {
    return actingAs(role, account, false);
  }

  private Jdbi actingAs(String role, String account, boolean once) {
    return Jdbi.create(
        new ConnectionFactory() {
          @Override
          public Connection openConnection() throws SQLException {
            Connection connection = open();
            try {
              act(connection, role, account);
            } catch (SQLException | RuntimeException failure) {
              pool.evictConnection(connection);
              throw failure;
            }
            return connection;
          }

          @Override
          public void closeConnection(Connection connection) throws SQLException {
            if (once) {
              pool.evictConnection(connection);
              return;
            }
            try {
              act(connection, "none", "");
              connection.close();
            } catch (SQLException | RuntimeException failure) {
              // Nobody else shall get it with these rights.
              pool.evictConnection(connection);
            }
          }
        });
  }

  private static void act(Connection connection, String role, String account) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select pg_catalog.set_config('role', ?, false),
                pg_catalog.set_config('script_tracking.app_user', ?, false),
                pg_catalog.set_config('script_tracking.tenant', '', false),
                pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false)
            """)) {
      statement.setString(1, role);
      statement.setString(2, account);
      statement.execute();
    }
  }

  private Connection open() {
    return availability.guard(settings, pool::getConnection);
  }

  /** Tries to reach it, when it is time to, and says whether it answered last. */
  boolean probe() {
    availability.probe(settings, pool::getConnection);
    return availability.isUp();
  }

  @Override
  public void close() {
    pool.close();
    taskPool.close();
  }
}
