package io.pgtrail.benchmarks;

import io.pgtrail.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
  static String run(Options options) throws Exception {
    if (options.size() > 0) {
      Duration time = Duration.ofSeconds(options.seconds());
      return measureGrowth(
          options,
          server -> new SizeBenchmark(server, time, new Progress(System.err)).upTo(options.size()));
    }
    if (options.versions() > 0) {
      return measureGrowth(
          options,
          server ->
              new VersionsBenchmark(server, new Progress(System.err)).upTo(options.versions()));
    }
    if (options.readers() > 0) {
      Duration time = Duration.ofSeconds(options.seconds());
      return measureGrowth(
          options,
          server ->
              new LoadBenchmark(server, time, new Progress(System.err))
                  .measure(options.readers(), options.operations()));
    }
    return measureBudgets(options);
  }

  private static String measureBudgets(Options options)
      throws SQLException, IOException, InterruptedException {
    // The disk would drown the difference: commits do not wait for it.
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .majorVersion(options.postgres())
            .setting("synchronous_commit", "off")
            .start()) {
      Server server = new Server(postgres);
      Measurements.Database plain = server.create("plain");
      Measurements.Database unversioned = server.create("unversioned");
      server.install("unversioned");
      Server.run(unversioned, "select pggit.configure_tracking(schemas => '{}')");
      server.create("tracked");
      server.install("tracked");
      List<Figure> figures =
          new Measurements(
                  plain,
                  unversioned,
                  server.dataSource("tracked"),
                  Duration.ofSeconds(options.seconds()))
              .all(options.rows());
      Map<String, String> machine =
          Machine.describe(postgres.version(), "durable defaults, synchronous_commit = off");
      writeJson(options, machine, "", figures.stream().map(Figure::json).toList());
      return describe(machine) + table(figures);
    }
  }

  @FunctionalInterface
  private interface Growing {
    GrowthTable measure(Server server) throws Exception;
  }

  private static String measureGrowth(Options options, Growing growing) throws Exception {
    // As a server for databases of this size would be set up.
    String buffers = Machine.quarterOfMemory();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .majorVersion(options.postgres())
            .setting("synchronous_commit", "off")
            .setting("shared_buffers", buffers)
            .setting("max_wal_size", "8GB")
            .start()) {
      GrowthTable table = growing.measure(new Server(postgres));
      Map<String, String> machine =
          Machine.describe(
              postgres.version(),
              "durable defaults, synchronous_commit = off, shared_buffers = "
                  + buffers
                  + ", max_wal_size = 8GB");
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
