package io.pgtrail.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Java program of its own that runs a server until its standard input ends. */
final class OtherProgram implements AutoCloseable {

  private final Process process;
  private final long serverProcessId;
  private final int port;
  private final Path dataDirectory;

  private OtherProgram(Process process, String[] report) {
    this.process = process;
    this.serverProcessId = Long.parseLong(report[0]);
    this.port = Integer.parseInt(report[1]);
    this.dataDirectory = Path.of(report[2]);
  }

  /** What runs there; the optional argument is the data directory. */
  static final class Body {

    private Body() {}

    public static void main(String[] arguments) throws IOException {
      EmbeddedPostgresBuilder builder = EmbeddedPostgres.builder().setting("fsync", "off");
      if (arguments.length > 0) {
        builder.dataDirectory(Path.of(arguments[0]));
      }
      try (EmbeddedPostgres server = builder.start()) {
        System.out.println(server.processId() + " " + server.port() + " " + server.dataDirectory());
        System.in.read();
      }
    }
  }

  static OtherProgram start(String... arguments) throws IOException {
    return start(List.of(), System.getProperty("java.class.path"), Map.of(), arguments);
  }

  static OtherProgram start(
      List<String> prefix, String classPath, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, Body.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (line == null) {
      throw new AssertionError("The program ended; its messages are above.");
    }
    return new OtherProgram(process, line.split(" ", 3));
  }

  /** Copies the class path to where every account can read it. */
  static String copyClassPath(Path directory) throws IOException {
    List<String> copies = new ArrayList<>();
    for (String element :
        List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))) {
      Path source = Path.of(element);
      Path copy = directory.resolve(copies.size() + "-" + source.getFileName());
      if (Files.exists(source)) {
        copy(source, copy);
        copies.add(copy.toString());
      }
    }
    return String.join(File.pathSeparator, copies);
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        // The other majors are large and not needed there.
        if (!source.relativize(file).startsWith("postgresql")) {
          Files.copy(file, target.resolve(source.relativize(file).toString()));
        }
      }
    }
  }

  long serverProcessId() {
    return serverProcessId;
  }

  int port() {
    return port;
  }

  Path dataDirectory() {
    return dataDirectory;
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    Eventually.ends(process.pid());
  }

  /** SIGTERM, as from Ctrl-C. */
  void terminate() {
    process.destroy();
    Eventually.ends(process.pid());
  }

  @Override
  public void close() {
    kill();
  }
}
