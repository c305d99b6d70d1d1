package io.pgtrail.cli;

import io.pgtrail.connection.Environment;

/** Starts the {@code pgtrail} command. */
public final class Main {

  private Main() {}

  /**
   * Runs one command and ends the program with its exit code.
   *
   * @param arguments the command line after {@code pgtrail}
   */
  public static void main(String[] arguments) {
    Environment environment = Environment.ofProcess();
    System.exit(execute(arguments, Console.ofProcess(environment), environment));
  }

  /**
   * Runs one command.
   *
   * @return the exit code: 0 done, 1 no, 2 usage, 3 cannot connect, 4 refused, 70 internal error
   */
  static int execute(String[] arguments, Console console, Environment environment) {
    int exitCode = new PgtrailCommand(console, environment).commandLine().execute(arguments);
    console.flush();
    return exitCode;
  }
}
