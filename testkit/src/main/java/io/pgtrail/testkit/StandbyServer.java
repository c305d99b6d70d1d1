package io.pgtrail.testkit;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.embedded.EmbeddedPostgresBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A hot standby of the server of the tests: a real server that streams and replays what that one
 * writes. Close it before the test ends.
 */
public final class StandbyServer implements AutoCloseable {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final TestDatabase database;
  private final EmbeddedPostgres server;
  private final String slot;

  private StandbyServer(TestDatabase database, EmbeddedPostgres server, String slot) {
    this.database = database;
    this.server = server;
    this.slot = slot;
  }

  /** Copies the server that a database is on, and starts the copy. */
  public static StandbyServer of(TestDatabase database) throws Exception {
    return start(database, TestServer.ofThisProgram());
  }

  private static StandbyServer start(TestDatabase database, TestServer primary) throws Exception {
    String slot = "standby_" + COUNTER.incrementAndGet();
    // There it goes with the data of the primary, even when the program is killed.
    Path directory = primary.directory().resolve(slot);
    // The slot keeps the log from the begin of the copy on.
    primary.execute("select pg_catalog.pg_create_physical_replication_slot('" + slot + "', true)");
    try {
      Files.createDirectory(directory);
      copy(primary, directory, slot);
      return new StandbyServer(database, start(primary, directory), slot);
    } catch (Exception | Error failure) {
      primary.execute("select pg_catalog.pg_drop_replication_slot('" + slot + "')");
      throw failure;
    }
  }

  private static void copy(TestServer primary, Path directory, String slot)
      throws SQLException, IOException {
    Login login = primary.login("postgres");
    Path data = directory.resolve("pgdata");
    BaseBackup.copy(login, primary.majorVersion(), primary.directory().resolve("pgdata"), data);
    Files.copy(primary.directory().resolve("password"), directory.resolve("password"));
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        """
        primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'
        primary_slot_name = '%s'
        """
            .formatted(primary.port(), login.user(), login.password(), slot));
  }

  private static EmbeddedPostgres start(TestServer primary, Path directory) {
    EmbeddedPostgresBuilder builder =
        EmbeddedPostgres.builder().majorVersion(primary.majorVersion()).dataDirectory(directory);
    TestServer.SETTINGS.forEach(builder::setting);
    return builder.start();
  }

  /** Opens a connection of the superuser to the same database here, for the test to close. */
  public Connection connect() throws SQLException {
    return login().connect();
  }

  /** Opens a connection of another role, for the test to close. */
  public Connection connectAs(Login role) throws SQLException {
    return new Login(login().jdbcUrl(), role.user(), role.password()).connect();
  }

  private Login login() {
    return new Login(server.jdbcUrl(database.name()), server.user(), server.password());
  }

  /** Waits until everything that is committed now can be read here. */
  public void awaitReplay() throws Exception {
    // A record of our own, flushed: behind it is all that was committed before.
    String written =
        Objects.requireNonNull(
            database.queryForString(
                """
                select pg_catalog.pg_logical_emit_message(true, 'standby', '')
                from pg_catalog.set_config('synchronous_commit', 'local', true)
                """));
    try (Connection connection = connect()) {
      String query = "select pg_catalog.pg_last_wal_replay_lsn() >= '" + written + "'";
      Await.until(
          "the standby has replayed " + written,
          () -> "t".equals(Sql.queryForString(connection, query)));
    }
  }

  /** Stops the standby and deletes it. */
  @Override
  public void close() {
    server.close();
    try {
      TestServer primary = TestServer.ofThisProgram();
      String active =
          "select active from pg_catalog.pg_replication_slots where slot_name = '" + slot + "'";
      Await.until(
          "the primary noticed the end of the standby",
          () -> "f".equals(database.queryForString(active)));
      primary.execute("select pg_catalog.pg_drop_replication_slot('" + slot + "')");
      delete(server.dataDirectory());
    } catch (Exception failure) {
      throw new IllegalStateException("Cannot remove the standby.", failure);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
