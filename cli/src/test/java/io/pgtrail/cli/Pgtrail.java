package io.pgtrail.cli;

import io.pgtrail.connection.Environment;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the command, in this program or in one of its own. */
record Pgtrail(Map<String, String> variables, String input, Terminal terminal) {

  private static final List<String> DEFAULT_SIGNALS = defaultSignals();

  /** What became of it. */
  record Result(int exitCode, String out, String err) {}

  /** The command with the connection of a role in its environment. */
  static Pgtrail as(Login login) {
    URI uri = URI.create(login.jdbcUrl().substring("jdbc:".length()));
    return new Pgtrail(
        Map.of(
            "PGHOST", uri.getHost(),
            "PGPORT", String.valueOf(uri.getPort()),
            "PGDATABASE", uri.getPath().substring(1),
            "PGUSER", login.user(),
            "PGPASSWORD", login.password()),
        "",
        Terminal.none());
  }

  static Pgtrail in(TestDatabase database) {
    return as(database.login());
  }

  Pgtrail with(String variable, String value) {
    Map<String, String> changed = new HashMap<>(variables);
    changed.put(variable, value);
    return new Pgtrail(Map.copyOf(changed), input, terminal);
  }

  Pgtrail reading(String text) {
    return new Pgtrail(variables, text, terminal);
  }

  Pgtrail on(Terminal other) {
    return new Pgtrail(variables, input, other);
  }

  /** In this program. */
  Result run(String... arguments) {
    return run(Optional.empty(), arguments);
  }

  /** The same where the server is at hand. */
  Result run(PageServer server, String... arguments) {
    return run(Optional.of(server), arguments);
  }

  private Result run(Optional<PageServer> server, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal);
    Environment environment = new Environment(variables, Path.of("/nonexistent"), "nobody");
    int exitCode = Main.execute(arguments, console, environment, server);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /**
   * In a program of its own, for the caller to wait for. Signals that we were started with ignored,
   * as in the background or by nohup, are not ignored there.
   */
  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(DEFAULT_SIGNALS);
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path", "")),
            "io.pgtrail.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables);
    return builder.start();
  }

  /** Only GNU env knows this option; elsewhere signals stay as they are. */
  private static List<String> defaultSignals() {
    List<String> env = List.of("env", "--default-signal=HUP,INT,TERM");
    try {
      List<String> probe = new ArrayList<>(env);
      probe.add("true");
      return new ProcessBuilder(probe).start().waitFor() == 0 ? env : List.of();
    } catch (IOException missing) {
      return List.of();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  /** In a program of its own, to its end. */
  Result runProgram(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException endedFirst) {
      // It need not read what it is given.
    }
    try (InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream()) {
      String outText = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      String errText = new String(err.readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), outText, errText);
    }
  }
}
