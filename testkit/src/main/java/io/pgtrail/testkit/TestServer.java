package io.pgtrail.testkit;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.embedded.EmbeddedPostgresBuilder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The server of this program and its template databases, started by the first test that needs it
 * and stopped with the program. Safe for concurrent use.
 */
final class TestServer {

  /**
   * Not in the store of JUnit: the build runs each class as an execution of its own, which would
   * start a server each.
   */
  private static final class Holder {
    static final TestServer SERVER = start();
  }

  /** Since 15 the default copies through the WAL, which is slower for small databases. */
  private static final int FIRST_WITH_STRATEGY = 15;

  /**
   * Nothing of it needs to survive a crash of the machine, and nothing but the test changes sizes
   * on disk and statistics.
   */
  static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "off",
          "synchronous_commit", "off",
          "full_page_writes", "off",
          "autovacuum", "off",
          "wal_level", "logical",
          "max_prepared_transactions", "20",
          "max_connections", "100");

  private final EmbeddedPostgres server;
  private final Connection administration;
  private final Map<Installation, String> templates = new ConcurrentHashMap<>();
  private final AtomicInteger counter = new AtomicInteger();

  private TestServer(EmbeddedPostgres server) throws SQLException {
    this.server = server;
    this.administration = login("postgres").connect();
    execute(
        "alter role %s password %s"
            .formatted(server.user(), QuickPassword.literal(server.password())));
  }

  static TestServer ofThisProgram() {
    return Holder.SERVER;
  }

  private static TestServer start() {
    EmbeddedPostgresBuilder builder = EmbeddedPostgres.builder().inMemory();
    SETTINGS.forEach(builder::setting);
    Integer major = Integer.getInteger("pgtrail.test.postgres");
    try {
      return new TestServer((major == null ? builder : builder.majorVersion(major)).start());
    } catch (SQLException failure) {
      throw new IllegalStateException("Cannot connect to the server of the tests.", failure);
    }
  }

  TestDatabase copyOf(Installation installation) {
    String template = templates.computeIfAbsent(installation, this::install);
    String name = "test_" + counter.incrementAndGet();
    try {
      copy(template, name);
    } catch (SQLException failure) {
      throw new IllegalStateException("Cannot copy the template database.", failure);
    }
    return new TestDatabase(this, template, name);
  }

  void copy(String template, String name) throws SQLException {
    String strategy = server.majorVersion() < FIRST_WITH_STRATEGY ? "" : " strategy file_copy";
    execute("create database " + name + " template " + template + strategy);
  }

  private String install(Installation installation) {
    String name = "template_" + counter.incrementAndGet();
    try {
      execute("create database " + name);
      installation.install(login(name));
      requireNoConnections(name);
      execute("alter database " + name + " with allow_connections false is_template true");
      return name;
    } catch (Exception failure) {
      throw new IllegalStateException("The installation for the tests failed.", failure);
    }
  }

  /** Fails while anyone is connected; a connection that was closed just now may still go. */
  synchronized void requireNoConnections(String database) throws Exception {
    OpenConnections.requireNone(administration, database);
  }

  /** As superuser in another database. One connection serves all tests: opening one costs more. */
  synchronized void execute(String... statements) throws SQLException {
    Sql.execute(administration, statements);
  }

  Login login(String database) {
    return new Login(server.jdbcUrl(database), server.user(), server.password());
  }

  /** Holds the data, in {@code pgdata}, and the password. */
  Path directory() {
    return server.dataDirectory();
  }

  int port() {
    return server.port();
  }

  int majorVersion() {
    return server.majorVersion();
  }
}
