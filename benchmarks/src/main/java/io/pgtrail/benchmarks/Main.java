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
    return options.size() > 0 ? measureGrowth(options) : measureBudgets(options);
  }

  private static String measureBudgets(Options options)
      throws SQLException, IOException, InterruptedException {
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
      Map<String, String> machine =
          Machine.describe(server.version(), "durable defaults, synchronous_commit = off");
      writeJson(options, machine, "", figures.stream().map(Figure::json).toList());
      return describe(machine) + table(figures);
    }
  }

  private static String measureGrowth(Options options)
      throws SQLException, IOException, InterruptedException {
    // As a server for trails of this size would be set up, on a quarter of the machine at most.
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .majorVersion(options.postgres())
            .setting("synchronous_commit", "off")
            .setting("shared_buffers", "2GB")
            .setting("max_wal_size", "8GB")
            .start()) {
      GrowthTable table =
          new SizeBenchmark(
                  new Databases(server),
                  Duration.ofSeconds(options.seconds()),
                  new Progress(System.err))
              .upTo(options.size());
      Map<String, String> machine =
          Machine.describe(
              server.version(),
              "durable defaults, synchronous_commit = off, shared_buffers = 2GB, max_wal_size = 8GB");
      List<Long> sizes = table.sizes();
      writeJson(
          options,
          machine,
          "  \"sizes\": " + sizes + ",\n",
          table.growths().stream().map(growth -> growth.json(sizes)).toList());
      return describe(machine)
          + Growth.header(sizes)
          + table.growths().stream().map(Growth::row).collect(Collectors.joining("\n", "", "\n"));
    }
  }

  private record Databases(EmbeddedPostgres server) implements SizeBenchmark.Server {

    @Override
    public Measurements.Database create(String database) throws SQLException {
      Main.create(server, database);
      install(server, database);
      return () -> connect(server, database);
    }

    @Override
    public void drop(String database) throws SQLException {
      try (Connection connection = connect(server, "postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("drop database " + database);
      }
    }
  }

  private static void createDatabases(EmbeddedPostgres server) throws SQLException {
    create(server, "plain");
    create(server, "tracked");
    install(server, "tracked");
  }

  private static void create(EmbeddedPostgres server, String database) throws SQLException {
    try (Connection connection = connect(server, "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    }
  }

  private static void install(EmbeddedPostgres server, String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.jdbcUrl(database));
    source.setUser(server.user());
    source.setPassword(server.password());
    new Installer(source).install();
  }

  private static Connection connect(EmbeddedPostgres server, String database) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
  }

  private static String describe(Map<String, String> machine) {
    return machine.entrySet().stream()
        .map(fact -> "%s: %s%n".formatted(fact.getKey(), fact.getValue()))
        .collect(Collectors.joining("", "", "\n"));
  }

  private static String table(List<Figure> figures) {
    StringBuilder table = new StringBuilder();
    table.append("| %-66s | %12s | %14s | %-4s |%n".formatted("work", "figure", "budget", "met"));
    table.append("|---|--:|--:|---|\n");
    figures.forEach(figure -> table.append(figure.row()).append('\n'));
    return table.toString();
  }

  private static void writeJson(
      Options options, Map<String, String> machine, String more, List<String> figures)
      throws IOException {
    if (options.json() != null) {
      Files.writeString(
          options.json(),
          machine.entrySet().stream()
                  .map(fact -> "  \"%s\": \"%s\",%n".formatted(fact.getKey(), fact.getValue()))
                  .collect(Collectors.joining("", "{\n", more + "  \"figures\": [\n"))
              + String.join(",\n", figures)
              + "\n  ]\n}\n");
    }
  }
}
