package io.pgtrail.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code pgtrail} command; every subcommand is a class of its own in this package. */
@Command(
    name = "pgtrail",
    mixinStandardHelpOptions = true,
    description = "Records everything that is done to a PostgreSQL database.")
public final class Main {

  private Main() {}

  /**
   * Runs one command and ends the program with its exit code.
   *
   * @param arguments the command line after {@code pgtrail}
   */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
