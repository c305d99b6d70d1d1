package io.pgtrail.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running server and the small shell script that watches over it: the script is its parent and
 * stops it when our end of the pipe closes, by order or because we were killed.
 *
 * <p>{@code pg_ctl} is not used: it leaves the server without a parent, so that nobody could tell
 * its process id from a stranger's that reuses it.
 */
final class ServerProcess {

  private static final String SCRIPT = script();
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(10);

  private final Process supervisor;
  private final long processId;

  private ServerProcess(Process supervisor, long processId) {
    this.supervisor = supervisor;
    this.processId = processId;
  }

  /**
   * Starts a server; it is not ready yet.
   *
   * @param temporary the directory to delete should we be killed; null keeps it
   */
  static ServerProcess start(ServerHome home, List<String> command, @Nullable Path temporary) {
    List<String> whole = new ArrayList<>(ownSession());
    whole.addAll(List.of("sh", "-c", SCRIPT, "pgtrail-server", home.log().toString()));
    whole.add(temporary == null ? "" : temporary.toString());
    whole.addAll(command);
    try {
      Process supervisor = Program.prepare(home.directory(), whole).start();
      return new ServerProcess(supervisor, readProcessId(supervisor));
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot run 'sh' to start PostgreSQL (%s).".formatted(failure), failure);
    }
  }

  /** Away from the terminal, whose Ctrl-C would stop the server before its users are done. */
  private static List<String> ownSession() {
    boolean available = Program.run(Path.of("/"), List.of("setsid", "true")).succeeded();
    return available ? List.of("setsid") : List.of();
  }

  private static long readProcessId(Process supervisor) throws IOException {
    BufferedReader output =
        new BufferedReader(
            new InputStreamReader(supervisor.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (line == null) {
      throw new IOException(
          new String(supervisor.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }
    return Long.parseLong(line);
  }

  long processId() {
    return processId;
  }

  boolean isAlive() {
    return supervisor.isAlive();
  }

  /**
   * Waits until the server accepts connections.
   *
   * @return whether it does; false when it ended, or needed longer than two minutes
   */
  boolean awaitReady(ServerHome home) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (supervisor.isAlive() && System.nanoTime() < deadline) {
      String state = home.serverState(processId);
      if ("ready".equals(state) || "standby".equals(state)) {
        return true;
      }
      pause(POLL);
    }
    return false;
  }

  /** Stops the server: orderly at first, after ten seconds at once. Returns when it is gone. */
  void stop() {
    try (OutputStream order = supervisor.getOutputStream()) {
      order.write("stop\n".getBytes(StandardCharsets.UTF_8));
    } catch (IOException alreadyGone) {
      // Then there is nobody to order.
    }
    try {
      if (!supervisor.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new EmbeddedPostgresException(
            "PostgreSQL (process %d) does not end; end it yourself.".formatted(processId));
      }
    } catch (InterruptedException interrupt) {
      throw Program.interrupted(interrupt);
    }
  }

  static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException interrupt) {
      throw Program.interrupted(interrupt);
    }
  }

  private static String script() {
    try (InputStream file = ServerProcess.class.getResourceAsStream("supervise.sh")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
