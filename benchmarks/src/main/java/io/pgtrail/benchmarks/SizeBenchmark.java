package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures reports, writing and cleanup in trails of growing size, each in a database of its own.
 */
final class SizeBenchmark {

  private static final List<Long> STEPS = List.of(0L, 10_000L, 1_000_000L, 10_000_000L);
  private static final int BATCH = 200;
  private static final long NANOS_OF_WRITING = 30_000;
  private static final String AUDITOR = "benchmark_auditor";
  private static final String READER = "benchmark_reader";

  private final Server server;
  private final Duration time;
  private final Progress progress;
  private final GrowthTable table = new GrowthTable();

  SizeBenchmark(Server server, Duration time, Progress progress) {
    this.server = server;
    this.time = time;
    this.progress = progress;
  }

  /**
   * Measures at every step below a size, and at that size.
   *
   * @param largest operations in the largest trail
   */
  GrowthTable upTo(long largest) throws SQLException, InterruptedException {
    Database empty = server.create("empty");
    server.install("empty");
    Server.run(empty, "create role " + AUDITOR, "create role " + READER);
    letRolesRead(empty);
    List<Long> sizes = new ArrayList<>(STEPS.stream().filter(step -> step < largest).toList());
    sizes.add(largest);
    for (long size : sizes) {
      table.size(size);
      String name = "trail_" + size;
      Database trail = server.create(name);
      server.install(name);
      measure(trail, empty, size);
      server.drop(name);
    }
    return table;
  }

  private void measure(Database trail, Database empty, long size)
      throws SQLException, InterruptedException {
    Workload workload = Workload.of(size, Instant.now());
    fill(trail, workload);
    letRolesRead(trail);
    ReportTimes times = new ReportTimes(trail);
    progress.note("reports");
    reports(times, " with rollups a day old", 100);
    table.add("refresh of a day", seconds(trail, "select script_tracking.refresh_rollups()"), "s");
    reports(times, "", 10);
    progress.note("history pages");
    new HistoryTimes(trail).pages(AUDITOR).forEach((page, millis) -> table.add(page, millis, "ms"));
    progress.note("writing");
    writing(trail, empty, size);
    progress.note("cleanup");
    // What the writing left to the next checkpoint is no part of it.
    Server.run(trail, "checkpoint");
    cleanup(trail, workload);
  }

  /** In the empty trail, too: whoever records asks for tenants where there are any. */
  private void letRolesRead(Database database) throws SQLException, InterruptedException {
    new TrailGenerator(database, progress).fill(Workload.of(0, Instant.now()));
    Server.run(
        database,
        "grant pgtrail_auditor to " + AUDITOR,
        "grant pgtrail_reader to " + READER,
        "select script_tracking.grant_tenant('tenant_01', '" + READER + "')");
  }

  /** All but the last day is in the rollups then, and the last day is there. */
  private void fill(Database trail, Workload workload) throws SQLException, InterruptedException {
    TrailGenerator generator = new TrailGenerator(trail, progress);
    long start = System.nanoTime();
    generator.fill(workload.untilYesterday());
    progress.note("vacuum and analyze");
    Server.run(trail, "vacuum analyze", "checkpoint");
    progress.note("refresh of the rollups");
    table.add(
        "refresh of all but a day",
        seconds(trail, "select script_tracking.refresh_rollups()"),
        "s");
    Server.run(trail, "vacuum analyze");
    generator.fill(workload.lastDay());
    table.add("trail filled, vacuumed and rolled up", (System.nanoTime() - start) / 1e9, "s");
    table.add("database", megabytes(trail), "MB");
  }

  private void reports(ReportTimes times, String state, double budget) throws SQLException {
    for (Map.Entry<String, Double> report : times.reports(AUDITOR).entrySet()) {
      if (ReportTimes.BUDGETED.contains(report.getKey())) {
        table.atMost(report.getKey() + state, report.getValue(), "ms", budget);
      } else {
        table.add(report.getKey() + state, report.getValue(), "ms");
      }
    }
    for (Map.Entry<String, Double> report : times.reports(READER).entrySet()) {
      table.add(report.getKey() + state + ", reader of a tenant", report.getValue(), "ms");
    }
  }

  /**
   * Lasting work: what a checkpoint and its consequences cost is spread over all that comes until
   * the next one, five minutes later, as in a server that is never idle.
   */
  private void writing(Database trail, Database empty, long size) throws SQLException {
    long lasting = Math.max(time.toNanos(), size * NANOS_OF_WRITING);
    try (Connection large = trail.connect();
        Connection small = empty.connect();
        PreparedStatement start = large.prepareStatement(Measurements.START);
        PreparedStatement complete = large.prepareStatement(Measurements.COMPLETE);
        PreparedStatement smallStart = small.prepareStatement(Measurements.START);
        PreparedStatement smallComplete = small.prepareStatement(Measurements.COMPLETE)) {
      Paired.Work inLarge = () -> Measurements.track(start, complete);
      Paired.Work inSmall = () -> Measurements.track(smallStart, smallComplete);
      double inTrail = 0;
      double inEmpty = 0;
      long rounds = 0;
      for (; inTrail + inEmpty < lasting; rounds++) {
        // Which of them goes first alternates, too.
        if (rounds % 2 == 0) {
          inTrail += Paired.nanos(inLarge, BATCH);
          inEmpty += Paired.nanos(inSmall, BATCH);
        } else {
          inEmpty += Paired.nanos(inSmall, BATCH);
          inTrail += Paired.nanos(inLarge, BATCH);
        }
      }
      table.atLeast("write rate ÷ that of an empty trail", inEmpty / inTrail, "ratio", 0.8);
      table.add("track + complete, one session", rounds * BATCH * 1e9 / inTrail, "pairs/s");
    }
  }

  /** A million operations, or a tenth of a smaller trail. */
  private void cleanup(Database trail, Workload workload)
      throws SQLException, InterruptedException {
    long wanted = Math.min(1_000_000, workload.operations() / 10);
    int days = Workload.DAYS;
    long old = 0;
    for (int i = 0; i < workload.hours().size() && old < wanted; i++) {
      old += workload.hours().get(i).operations();
      days = Workload.DAYS - i / 24 - 1;
    }
    try (Writer writer = new Writer(trail)) {
      Thread.sleep(time.toMillis());
      table.add("longest wait of a writer without cleanup", millis(writer.longestWait()), "ms");
    }
    try (Writer writer = new Writer(trail)) {
      double seconds = seconds(trail, "call script_tracking.cleanup_in_batches(" + days + ")");
      table.atMost("cleanup of the oldest tenth, at most a million", seconds, "s", 15);
      table.atMost(
          "longest wait of a writer during cleanup", millis(writer.longestWait()), "ms", 50);
    }
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static double seconds(Database database, String sql) throws SQLException {
    long start = System.nanoTime();
    Server.run(database, sql);
    return (System.nanoTime() - start) / 1e9;
  }

  private static double megabytes(Database database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select pg_database_size(current_database()) / 1e6")) {
      row.next();
      return row.getDouble(1);
    }
  }
}
