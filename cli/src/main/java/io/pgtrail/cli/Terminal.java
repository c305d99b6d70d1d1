package io.pgtrail.cli;

import io.pgtrail.connection.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;

/**
 * The terminal behind standard output.
 *
 * @param present whether there is one; else the output goes to a file or program
 * @param answering whether a person can be asked over standard input
 * @param width columns
 * @param height lines
 * @param colored whether colours are wanted
 */
record Terminal(boolean present, boolean answering, int width, int height, boolean colored) {

  private static final int USUAL_WIDTH = 80;
  private static final int USUAL_HEIGHT = 24;

  /** No terminal: the output is for a file or a program. */
  static Terminal none() {
    return new Terminal(false, false, Integer.MAX_VALUE, Integer.MAX_VALUE, false);
  }

  /** The text in the colour of a status, if colours are wanted. */
  String paint(String status, String text) {
    if (!colored) {
      return text;
    }
    return switch (status) {
      case "COMPLETED", "OK", "EXCELLENT", "GOOD", "HEALTHY", "PATCH", "SAFE" ->
          Color.GREEN.on(text);
      case "FAILED", "FAIL", "POOR", "CRITICAL", "MAJOR", "DATA_LOSS", "IRREVERSIBLE" ->
          Color.RED.on(text);
      case "RUNNING", "WARN", "WARNING", "MINOR", "REWRITE", "LOCK", "POSSIBLE" ->
          Color.YELLOW.on(text);
      default -> text;
    };
  }

  /** The text in a colour, if colours are wanted. */
  String paint(Color color, String text) {
    return colored ? color.on(text) : text;
  }

  /** A colour of letters. */
  enum Color {
    RED(31),
    GREEN(32),
    YELLOW(33),
    CYAN(36);

    private final int code;

    Color(int code) {
      this.code = code;
    }

    private String on(String text) {
      return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
  }

  /** Java cannot tell a terminal from a pipe before version 22, so the system's test is asked. */
  static Terminal detect(Environment environment) {
    boolean answering = succeeds(List.of("test", "-t", "0"));
    if (!succeeds(List.of("test", "-t", "1"))) {
      return new Terminal(false, answering, Integer.MAX_VALUE, Integer.MAX_VALUE, false);
    }
    boolean colored =
        environment.variable("NO_COLOR").isEmpty()
            && !environment.variable("TERM").orElse("dumb").equals("dumb");
    return new Terminal(true, answering, USUAL_WIDTH, USUAL_HEIGHT, colored).measured(environment);
  }

  /** The same terminal in the size that it has now. */
  Terminal measured(Environment environment) {
    if (!present) {
      return this;
    }
    int[] size = size(height, width);
    return new Terminal(
        true,
        answering,
        number(environment, "COLUMNS", size[1]),
        number(environment, "LINES", size[0]),
        colored);
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int number(Environment environment, String variable, int otherwise) {
    try {
      int number = environment.variable(variable).map(Integer::parseInt).orElse(otherwise);
      return number > 0 ? number : otherwise;
    } catch (NumberFormatException malformed) {
      return otherwise;
    }
  }

  /** Lines and columns, as the terminal says. */
  private static int[] size(int usualHeight, int usualWidth) {
    int[] usual = {usualHeight, usualWidth};
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.from(Path.of("/dev/tty").toFile()))
              .redirectError(Redirect.DISCARD)
              .start();
      try (InputStream output = stty.getInputStream();
          Scanner numbers = new Scanner(output, StandardCharsets.US_ASCII)) {
        int[] size = {numbers.nextInt(), numbers.nextInt()};
        return size[0] > 0 && size[1] > 0 ? size : usual;
      }
    } catch (IOException | java.util.NoSuchElementException unknown) {
      return usual;
    }
  }
}
