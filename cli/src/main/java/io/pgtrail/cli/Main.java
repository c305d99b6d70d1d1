package io.pgtrail.cli;

import io.pgtrail.connection.Environment;
import java.util.Optional;

/** Starts the {@code pgtrail} command. */
public final class Main {

  private Main() {}

  /**
   * Runs one command and ends the program with its exit code.
   *
   * @param arguments the command line after {@code pgtrail}
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments, Optional.empty()));
  }

  /**
   * Runs one command of this program.
   *
   * @param server what serves pages; empty where that is not at hand
   * @return the exit code
   */
  public static int run(String[] arguments, Optional<PageServer> server) {
    Environment environment = Environment.ofProcess();
    return execute(arguments, Console.ofProcess(environment), environment, server);
  }

  /**
   * Runs one command.
   *
   * @return the exit code: 0 done, 1 no, 2 usage, 3 cannot connect, 4 refused, 70 internal error
   */
  static int execute(
      String[] arguments, Console console, Environment environment, Optional<PageServer> server) {
    int exitCode =
        new PgtrailCommand(console, environment, server).commandLine().execute(arguments);
    console.flush();
    return exitCode;
  }
}
