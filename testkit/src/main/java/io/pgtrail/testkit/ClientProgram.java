package io.pgtrail.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client programs of PostgreSQL, where they are installed: the server alone brings none. */
public final class ClientProgram {

  private static final Pattern VERSION = Pattern.compile(" (\\d+)");
  private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/([^?]+)");

  private ClientProgram() {}

  /** Gives the major version of a program, 0 when it is not installed. */
  public static int majorVersionOf(String program) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(program, "--version").start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      Matcher version = VERSION.matcher(text);
      return version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException notInstalled) {
      return 0;
    }
  }

  /**
   * Runs a program that connects to a database.
   *
   * @return what it prints
   * @throws IllegalStateException when it fails; the message is what it said
   */
  public static String run(Login login, String program, String... arguments)
      throws IOException, InterruptedException {
    Matcher address = ADDRESS.matcher(login.jdbcUrl());
    if (!address.find()) {
      throw new IllegalArgumentException("no address: " + login.jdbcUrl());
    }
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "PGHOST", address.group(1),
                "PGPORT", address.group(2),
                "PGDATABASE", address.group(3),
                "PGUSER", login.user(),
                "PGPASSWORD", login.password()));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(program + ": " + output);
    }
    return output;
  }
}
