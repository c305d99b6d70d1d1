package io.pgtrail.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs other programs. */
final class Program {

  private Program() {}

  /**
   * What a program left behind.
   *
   * @param exitCode 0 means that it succeeded
   * @param output what it printed, errors included
   */
  record Outcome(int exitCode, String output) {

    boolean succeeded() {
      return exitCode == 0;
    }
  }

  /** Runs a program to its end in the given directory. */
  static Outcome run(Path directory, List<String> command) {
    try {
      Process process = prepare(directory, command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Outcome(process.waitFor(), output);
    } catch (IOException failure) {
      return new Outcome(127, String.valueOf(failure.getMessage()));
    } catch (InterruptedException interrupt) {
      throw interrupted(interrupt);
    }
  }

  static ProcessBuilder prepare(Path directory, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // PGDATA, PGOPTIONS and their like would steer the server away from what we tell it.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  static EmbeddedPostgresException interrupted(InterruptedException interrupt) {
    Thread.currentThread().interrupt();
    return new EmbeddedPostgresException(
        "The thread was interrupted while it waited for PostgreSQL.", interrupt);
  }
}
