package io.pgtrail.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The pages while many people look at them: each goes to another page every five seconds, as often
 * as the overview renews itself, and some programs listen to the events.
 */
final class LoadBenchmark {

  private static final String DATABASE = "trail";
  private static final String ACCOUNT = "benchmark";
  private static final int LISTENERS = 50;
  private static final int WRITES_PER_SECOND = 20;
  private static final Duration WARMING_UP = Duration.ofSeconds(20);

  private final Server server;
  private final Duration time;
  private final Progress progress;

  LoadBenchmark(Server server, Duration time, Progress progress) {
    this.server = server;
    this.time = time;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param readers people who look
   * @param operations in the trail
   */
  GrowthTable measure(int readers, long operations)
      throws SQLException, IOException, InterruptedException, ExecutionException {
    Measurements.Database trail = server.create(DATABASE);
    server.install(DATABASE);
    new TrailGenerator(trail, progress).fill(Workload.of(operations, Instant.now()));
    progress.note("rollups, vacuum and analyze");
    Server.run(trail, "select script_tracking.refresh_rollups()", "vacuum analyze", "checkpoint");
    String password = ServingProcess.createAccount(server.postgres(), DATABASE, ACCOUNT);
    try (ServingProcess serving = ServingProcess.start(server.postgres(), DATABASE)) {
      return measure(serving, trail, password, readers, operations);
    }
  }

  private GrowthTable measure(
      ServingProcess serving,
      Measurements.Database trail,
      String password,
      int readers,
      long operations)
      throws IOException, InterruptedException, ExecutionException {
    ExecutorService people = Executors.newCachedThreadPool();
    try {
      URI target = serving.address().resolve("/t/" + DATABASE);
      progress.note("sign-in of " + (readers + LISTENERS));
      List<PageReader> all = new ArrayList<>();
      for (int i = 0; i < readers + LISTENERS; i++) {
        all.add(PageReader.signedIn(target, ACCOUNT, password));
      }
      progress.note("reading");
      Instant counted = Instant.now().plus(WARMING_UP);
      Instant end = counted.plus(time);
      List<Future<PageReader.Seen>> listeners = new ArrayList<>();
      for (PageReader listener : all.subList(readers, all.size())) {
        listeners.add(people.submit(() -> listener.listen(counted, end)));
      }
      List<Future<PageReader.Seen>> reading = new ArrayList<>();
      for (int i = 0; i < readers; i++) {
        PageReader reader = all.get(i);
        Duration start = PageReader.PAUSE.multipliedBy(i).dividedBy(readers);
        reading.add(people.submit(() -> reader.read(start, counted, end)));
      }
      Future<?> writer = people.submit(() -> write(trail, end));
      PageReader.Seen pages = PageReader.Seen.all(reading);
      PageReader.Seen events = PageReader.Seen.all(listeners);
      writer.get();

      GrowthTable table = new GrowthTable();
      table.size(operations);
      table.add("pages read", pages.millis().size(), "count");
      table.atMost("errors of pages and events", pages.errors() + events.errors(), "count", 0);
      table.add("page, median", pages.percentile(0.50), "ms");
      table.atMost("page, p95", pages.percentile(0.95), "ms", 150);
      table.add("page, p99", pages.percentile(0.99), "ms");
      table.add("events heard", events.millis().size(), "count");
      table.add("event, p95 from its beginning", events.percentile(0.95), "ms");
      table.add("memory of the server", serving.residentMegabytes(), "MB");
      return table;
    } finally {
      people.shutdownNow();
    }
  }

  private static int write(Measurements.Database trail, Instant end)
      throws SQLException, InterruptedException {
    try (Connection connection = trail.connect();
        PreparedStatement start = connection.prepareStatement(Measurements.START);
        PreparedStatement complete = connection.prepareStatement(Measurements.COMPLETE)) {
      int written = 0;
      for (; Instant.now().isBefore(end); written++) {
        Measurements.track(start, complete);
        Thread.sleep(1000 / WRITES_PER_SECOND);
      }
      return written;
    }
  }
}
