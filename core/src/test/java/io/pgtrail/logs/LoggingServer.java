package io.pgtrail.logs;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.embedded.EmbeddedPostgresBuilder;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** A server whose log is read. It has a database that pgtrail is installed in, to be copied. */
final class LoggingServer {

  private static final class Holder {
    static final LoggingServer SERVER = new LoggingServer(newDirectory());
  }

  private static final String TEMPLATE = "installed";
  private static final int FIRST_WITH_STRATEGY = 15;

  private final Path directory;
  private EmbeddedPostgres server;
  private final AtomicInteger counter = new AtomicInteger();
  private final List<LogSetting> before;
  private final List<LogSetting> after;

  private LoggingServer(Path directory) {
    this.directory = directory;
    this.server = settings().start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::discard));
    try {
      execute("create database " + TEMPLATE);
      new Installer(login(TEMPLATE).dataSource()).install();
      LogSetup setup = new LogSetup(Jdbi.create(login(TEMPLATE).dataSource()));
      this.before = setup.settings();
      this.after = setup.apply();
      // A zone whose abbreviation PostgreSQL takes for another one, and both formats.
      execute(
          "alter system set log_timezone = 'Asia/Kolkata'",
          "alter system set log_destination = " + (writesJson() ? "csvlog, jsonlog" : "csvlog"),
          "select pg_reload_conf()",
          "create role someone login password 'secret of someone'",
          "create role reader login password 'secret of reader'",
          "grant pgtrail_server to reader",
          "create role staff",
          "grant staff to someone");
    } catch (SQLException failure) {
      throw new IllegalStateException("The server of these tests cannot be prepared.", failure);
    }
  }

  static LoggingServer ofThisProgram() {
    return Holder.SERVER;
  }

  /** Stops the server orderly and starts it again. */
  void restart() {
    int port = server.port();
    server.close();
    server = settings().port(port).start();
  }

  /** Kills the server in whatever it does and starts it again. */
  void killAndRestart() {
    ProcessHandle process = ProcessHandle.of(server.processId()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
    restart();
  }

  private EmbeddedPostgresBuilder settings() {
    EmbeddedPostgresBuilder builder =
        EmbeddedPostgres.builder()
            .dataDirectory(directory)
            .setting("fsync", "off")
            // Its workers are of no database, and end with an error when their database is copied.
            .setting("autovacuum", "off")
            .setting("logging_collector", "on");
    Integer major = Integer.getInteger("pgtrail.test.postgres");
    return major == null ? builder : builder.majorVersion(major);
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("pgtrail-logging");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** With the program. A temporary directory of the server itself would go when it is restarted. */
  private void discard() {
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What was needed of the server when it was new, but for the collector. */
  List<LogSetting> before() {
    return before;
  }

  /** What was needed after the setup. */
  List<LogSetting> after() {
    return after;
  }

  boolean writesJson() {
    return server.majorVersion() >= 15;
  }

  /** Where its log is; the test may write there, too. */
  Path logDirectory() {
    return server.dataDirectory().resolve("pgdata/log");
  }

  /** A copy of the database, named so that no other test has it. */
  Login database() throws SQLException {
    String name = "test_" + counter.incrementAndGet();
    execute(
        "create database "
            + name
            + " template "
            + TEMPLATE
            + (server.majorVersion() < FIRST_WITH_STRATEGY ? "" : " strategy file_copy"));
    return login(name);
  }

  /** One that can log in, and nothing else. */
  static Login someone(Login database) {
    return new Login(database.jdbcUrl(), "someone", "secret of someone");
  }

  /** One that may read the log, as the server of the pages does. */
  static Login reader(Login database) {
    return new Login(database.jdbcUrl(), "reader", "secret of reader");
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = login("postgres").connect()) {
      Sql.execute(connection, statements);
    }
  }

  private Login login(String database) {
    return new Login(server.jdbcUrl(database), server.user(), server.password());
  }
}
