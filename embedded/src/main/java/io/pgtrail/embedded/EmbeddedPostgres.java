package io.pgtrail.embedded;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A running PostgreSQL server of our own. It listens on 127.0.0.1 only, demands the password, and
 * is as durable as PostgreSQL's defaults unless settings say otherwise.
 *
 * <p>The server ends with {@link #close()}, with the program, and when the program is killed. It
 * runs as root too, under an account without rights. Safe for concurrent use.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private final ServerHome home;
  private final ServerBinaries binaries;
  private final ServerProcess process;
  private final int port;
  private final String password;
  private final @Nullable Path temporary;
  private final Thread shutdownHook = new Thread(this::close, "pgtrail-stop-postgres");
  private boolean closed;

  EmbeddedPostgres(
      ServerHome home,
      ServerBinaries binaries,
      ServerProcess process,
      int port,
      String password,
      @Nullable Path temporary) {
    this.home = home;
    this.binaries = binaries;
    this.process = process;
    this.port = port;
    this.password = password;
    this.temporary = temporary;
  }

  /** Begins the description of a server: the shipped version, temporary data, a free port. */
  public static EmbeddedPostgresBuilder builder() {
    return new EmbeddedPostgresBuilder();
  }

  void stopWithProgram() {
    Runtime.getRuntime().addShutdownHook(shutdownHook);
  }

  /**
   * Gives the JDBC URL of a database, without user and password.
   *
   * @param database its name; it need not exist
   */
  public String jdbcUrl(String database) {
    String encoded = URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + encoded;
  }

  /** Gives the TCP port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Gives the name of the superuser. */
  public String user() {
    return EmbeddedPostgresBuilder.SUPERUSER;
  }

  /** Gives the password of the superuser, which is random. */
  public String password() {
    return password;
  }

  /**
   * Gives the directory of this server: PostgreSQL's data is in {@code pgdata} there, and beside it
   * are {@code password} and {@code server.log}.
   */
  public Path dataDirectory() {
    return home.directory();
  }

  /** Gives the log of this server since its start. */
  public Path logFile() {
    return home.log();
  }

  /** Gives the major version, such as 18. */
  public int majorVersion() {
    return binaries.major();
  }

  /** Gives the version of the server's programs, such as {@code 18.6.0}. */
  public String version() {
    return binaries.version();
  }

  /** Gives the process id of the server (the postmaster). */
  public long processId() {
    return process.processId();
  }

  /** Tells whether the server still runs. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /**
   * Stops the server, orderly if it ends within ten seconds, and deletes temporary data. Does
   * nothing the second time.
   *
   * @throws EmbeddedPostgresException if the server does not end
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      process.stop();
    } finally {
      discard(home, temporary);
      // Last: until now a program that ends has to wait for us.
      removeShutdownHook();
    }
  }

  private void removeShutdownHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException shuttingDown) {
      // It runs already: as this very thread, or it will find us closed.
    }
  }

  /** Unlocks the directory and deletes it if it is temporary. */
  static void discard(ServerHome home, @Nullable Path temporary) {
    home.close();
    if (temporary == null) {
      return;
    }
    try {
      Directories.delete(temporary);
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot delete the temporary data in %s (%s). Delete it yourself."
              .formatted(temporary, failure),
          failure);
    }
  }
}
