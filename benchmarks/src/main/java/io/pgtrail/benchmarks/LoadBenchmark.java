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
 * as the overview renews itself, and some programs listen to the events. A quarter of them reads
 * all, the others each one of three tenants.
 */
final class LoadBenchmark {

  private static final String DATABASE = "trail";
  private static final int TENANTS_THAT_READ = 3;
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
    List<Account> accounts = createAccounts(trail);
    try (ServingProcess serving = ServingProcess.start(server.postgres(), DATABASE)) {
      double firstPage = serving.secondsToFirstPage();
      GrowthTable table = measure(serving, trail, accounts, readers, operations);
      table.atMost("first page, from the start of the server", firstPage, "s", 2);
      return table;
    }
  }

  private record Account(String name, String password) {}

  /** One that reads all, and some of which each reads one tenant: what they see is not the same. */
  private List<Account> createAccounts(Measurements.Database trail)
      throws SQLException, IOException, InterruptedException {
    List<Account> accounts = new ArrayList<>();
    accounts.add(account("auditor", "pgtrail_auditor"));
    for (int i = 1; i <= TENANTS_THAT_READ; i++) {
      String role = "load_reader_" + i;
      Server.run(
          trail,
          "create role " + role,
          "grant pgtrail_reader to " + role,
          "select script_tracking.grant_tenant('tenant_0%d', '%s')".formatted(i, role));
      accounts.add(account("reader" + i, role));
    }
    return accounts;
  }

  private Account account(String name, String role) throws IOException, InterruptedException {
    return new Account(name, ServingProcess.createAccount(server.postgres(), DATABASE, name, role));
  }

  private GrowthTable measure(
      ServingProcess serving,
      Measurements.Database trail,
      List<Account> accounts,
      int readers,
      long operations)
      throws IOException, InterruptedException, ExecutionException {
    ExecutorService people = Executors.newCachedThreadPool();
    try {
      URI target = serving.address().resolve("/t/" + DATABASE);
      progress.note("sign-in of " + (readers + LISTENERS));
      List<PageReader> all = new ArrayList<>();
      for (int i = 0; i < readers + LISTENERS; i++) {
        Account account = accounts.get(i % accounts.size());
        all.add(PageReader.signedIn(target, account.name(), account.password()));
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
      table.atMost("memory of the server", serving.residentMegabytes(), "MB", 250);
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
