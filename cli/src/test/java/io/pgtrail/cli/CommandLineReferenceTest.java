package io.pgtrail.cli;

import io.pgtrail.connection.Environment;
import io.pgtrail.testkit.GeneratedPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class CommandLineReferenceTest {

  private static final int WIDTH = 100;

  @Test
  void thePageOfTheCommandLineIsItsHelp() throws IOException {
    CommandLine pgtrail = commandLine();
    StringBuilder page =
        new StringBuilder(
            """
            # Command line

            What `pgtrail --help` and `pgtrail COMMAND --help` print.

            """);
    page.append(help("pgtrail", pgtrail));
    appendSubcommands(page, "pgtrail", pgtrail);

    GeneratedPage.named("command-line.md").mustBe(page.toString());
  }

  private static void appendSubcommands(StringBuilder page, String parent, CommandLine command) {
    for (Map.Entry<String, CommandLine> subcommand : command.getSubcommands().entrySet()) {
      String title = parent + " " + subcommand.getKey();
      page.append(help(title, subcommand.getValue()));
      appendSubcommands(page, title, subcommand.getValue());
    }
  }

  private static CommandLine commandLine() {
    return new PgtrailCommand(
            Console.ofProcess(Environment.ofProcess()),
            Environment.ofProcess(),
            Optional.of(new UncalledPageServer()))
        .commandLine();
  }

  private static String help(String title, CommandLine command) {
    command.setUsageHelpAutoWidth(false);
    command.setUsageHelpWidth(WIDTH);
    StringWriter text = new StringWriter();
    command.usage(new PrintWriter(text), Ansi.OFF);
    return "## `%s`%n%n```%n%s```%n%n".formatted(title, text.toString().stripTrailing() + "\n");
  }
}
