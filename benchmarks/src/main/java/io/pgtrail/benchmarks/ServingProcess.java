package io.pgtrail.benchmarks;

import io.pgtrail.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code pgtrail serve} as users start it, in a process of its own. */
final class ServingProcess implements AutoCloseable {

  private static final String ANNOUNCEMENT = "pgtrail serves at ";

  private final Process process;
  private final URI address;
  private final double secondsToFirstPage;

  private ServingProcess(Process process, URI address, double secondsToFirstPage) {
    this.process = process;
    this.address = address;
    this.secondsToFirstPage = secondsToFirstPage;
  }

  /** Starts it for one database, and waits for its first page. */
  static ServingProcess start(EmbeddedPostgres postgres, String database)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process = pgtrail(postgres, database, "serve", "--port", "0").start();
    String line = lineWith(ANNOUNCEMENT, process);
    URI address = URI.create(line.substring(ANNOUNCEMENT.length()).strip());
    HttpResponse<Void> first =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address.resolve("/sign-in")).build(),
                HttpResponse.BodyHandlers.discarding());
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (first.statusCode() != 200) {
      process.destroy();
      throw new IllegalStateException("No page: " + first);
    }
    return new ServingProcess(process, address, seconds);
  }

  /** Creates an account that acts as a role, and gives its password. */
  static String createAccount(EmbeddedPostgres postgres, String database, String name, String role)
      throws IOException, InterruptedException {
    Process process =
        pgtrail(postgres, database, "account", "create", name, "--role", role).start();
    String line = lineWith("Password: ", process);
    process.waitFor();
    return line.substring("Password: ".length()).strip();
  }

  private static ProcessBuilder pgtrail(
      EmbeddedPostgres postgres, String database, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(launcher().toString());
    command.add("--url");
    command.add(
        "postgresql://%s@127.0.0.1:%d/%s".formatted(postgres.user(), postgres.port(), database));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PGPASSWORD", postgres.password());
    // One account from one address stands for many.
    builder.environment().put("PGTRAIL_SERVER_LIMITS_SIGN_INS_PER_MINUTE", "100000");
    builder.environment().put("PGTRAIL_SERVER_LIMITS_STREAMS_PER_ACCOUNT", "1000");
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** In the tree that this program was built in. */
  private static Path launcher() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath())
        .filter(entry -> entry.endsWith(Path.of("benchmarks", "target", "classes")))
        .map(classes -> classes.resolve("../../../pgtrail").normalize())
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("There is no launcher beside the benchmarks."));
  }

  private static String lineWith(String beginning, Process process) throws IOException {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(beginning)) {
        return line;
      }
    }
    throw new IllegalStateException("pgtrail ended without saying '" + beginning + "'.");
  }

  /** From the start of the process until its first page was there. */
  double secondsToFirstPage() {
    return secondsToFirstPage;
  }

  URI address() {
    return address;
  }

  /** What it takes of the memory of the machine; 0 where the system does not tell. */
  double residentMegabytes() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1000)
          .findFirst()
          .orElse(0);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
