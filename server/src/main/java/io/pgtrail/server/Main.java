package io.pgtrail.server;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Optional;

/** Starts the {@code pgtrail} command with all it can do. */
@QuarkusMain
public final class Main {

  private Main() {}

  /**
   * Runs one command and ends the program with its exit code.
   *
   * @param arguments the command line after {@code pgtrail}
   */
  public static void main(String... arguments) {
    System.exit(io.pgtrail.cli.Main.run(arguments, Optional.of(new QuarkusPageServer())));
  }
}
