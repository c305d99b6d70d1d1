package io.pgtrail.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server over initialized data, again and again while the cause of a failure is one that
 * passes: a port that someone took first, or a predecessor that is just ending.
 */
record ServerStart(
    ServerHome home,
    ServerBinaries binaries,
    ServerAccount account,
    Map<String, String> settings,
    @Nullable Path temporary) {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int PORT_ATTEMPTS = 20;

  /** A killed program's server has that long to end; usually it needs a fraction of a second. */
  private static final Duration PREDECESSOR_LIMIT = Duration.ofSeconds(20);

  private static final Duration PAUSE = Duration.ofMillis(100);

  ServerStart {
    settings = Map.copyOf(settings);
  }

  record Started(ServerProcess process, int port) {}

  Started on(int wantedPort) {
    long deadline = System.nanoTime() + PREDECESSOR_LIMIT.toNanos();
    int collisions = 0;
    while (true) {
      int port = wantedPort == 0 ? freePort() : wantedPort;
      long position = home.logSize();
      ServerProcess process = ServerProcess.start(home, command(port), temporary);
      if (isReady(process)) {
        return new Started(process, port);
      }
      String log = home.logSince(position);
      if (log.contains("could not bind")) {
        if (wantedPort != 0 || ++collisions == PORT_ATTEMPTS) {
          throw portTaken(port, log);
        }
      } else if (!isPredecessorPresent(log)) {
        throw failed(log);
      } else if (System.nanoTime() > deadline) {
        throw inUse(log);
      } else {
        ServerProcess.pause(PAUSE);
      }
    }
  }

  private boolean isReady(ServerProcess process) {
    boolean ready = false;
    try {
      ready = process.awaitReady(home);
    } finally {
      if (!ready) {
        process.stop();
      }
    }
    return ready;
  }

  private static boolean isPredecessorPresent(String log) {
    return log.contains("lock file \"postmaster.pid\"")
        || log.contains("pre-existing shared memory block");
  }

  private List<String> command(int port) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(binaries.program("postgres"), "-D", home.data().toString()));
    command.addAll(List.of("-c", "port=" + port));
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return account.command(command);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(LOOPBACK))) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "No TCP port is free on 127.0.0.1 (%s).".formatted(failure), failure);
    }
  }

  private static EmbeddedPostgresException portTaken(int port, String log) {
    return new EmbeddedPostgresException(
        "PostgreSQL cannot listen on port %d of 127.0.0.1. Choose another port, or 0 for any free one. It says:%n%s"
            .formatted(port, log));
  }

  private EmbeddedPostgresException inUse(String log) {
    return new EmbeddedPostgresException(
        "The data directory %s is in use by a running server. Stop it first, or choose another directory. PostgreSQL says:%n%s"
            .formatted(home.directory(), log));
  }

  private EmbeddedPostgresException failed(String log) {
    return new EmbeddedPostgresException(
        "PostgreSQL did not start on the data directory %s. The end of its log:%n%s"
            .formatted(home.directory(), log));
  }
}
