package io.pgtrail.benchmarks;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;

/** Measures the budgets of pgtrail on a server of its own, prints a table and writes JSON. */
public final class Main {

  private Main() {}

  /** Runs all benchmarks; see {@code benchmarks/run}. */
  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    if (options.fill() != null) {
      fill(options.fill(), options.operations());
    } else {
      System.out.print(run(options));
    }
  }

  /** Fills a trail that somebody else looks at. */
  private static void fill(String url, long operations) throws SQLException, InterruptedException {
    Measurements.Database database = () -> DriverManager.getConnection(url);
    new TrailGenerator(database, new Progress(System.err))
        .fill(Workload.of(operations, Instant.now()));
  }

  /** Gives the report. */
  static String run(Options options) throws SQLException, IOException, InterruptedException {
    // The disk would drown the difference: commits do not wait for it.
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .majorVersion(options.postgres())
            .setting("synchronous_commit", "off")
            .start()) {
      createDatabases(server);
      Duration time = Duration.ofSeconds(options.seconds());
      List<Figure> figures =
          new Measurements(() -> connect(server, "plain"), () -> connect(server, "tracked"), time)
              .all(options.rows());
      Map<String, String> machine = Machine.describe(server.version());
      if (options.json() != null) {
        Files.writeString(options.json(), json(machine, figures));
      }
      return table(machine, figures);
    }
  }

  private static void createDatabases(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = connect(server, "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database plain");
      statement.execute("create database tracked");
    }
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.jdbcUrl("tracked"));
    source.setUser(server.user());
    source.setPassword(server.password());
    new Installer(source).install();
  }

  private static Connection connect(EmbeddedPostgres server, String database) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
  }

  private static String table(Map<String, String> machine, List<Figure> figures) {
    StringBuilder table = new StringBuilder();
    machine.forEach((name, value) -> table.append(name).append(": ").append(value).append('\n'));
    table.append('\n');
    table.append("| %-66s | %12s | %14s | %-4s |%n".formatted("work", "figure", "budget", "met"));
    table.append("|---|--:|--:|---|\n");
    figures.forEach(figure -> table.append(figure.row()).append('\n'));
    return table.toString();
  }

  private static String json(Map<String, String> machine, List<Figure> figures) {
    return machine.entrySet().stream()
            .map(fact -> "  \"%s\": \"%s\",%n".formatted(fact.getKey(), fact.getValue()))
            .collect(Collectors.joining("", "{\n", "  \"figures\": [\n"))
        + figures.stream().map(Figure::json).collect(Collectors.joining(",\n"))
        + "\n  ]\n}\n";
  }
}
