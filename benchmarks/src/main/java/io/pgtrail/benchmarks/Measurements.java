package io.pgtrail.benchmarks;

import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/** What is measured, between databases with pgtrail and one without. */
final class Measurements {

  /** Opens a connection. */
  @FunctionalInterface
  interface Database {
    Connection connect() throws SQLException;
  }

  private static final int SESSIONS = 8;

  static final String START = "select script_tracking.track_operation('Benchmark', 'MANUAL')";
  static final String COMPLETE = "select script_tracking.complete_operation(?, true, null)";
  private static final String PAGE =
      "select * from script_tracking.get_execution_history(30) limit 50";

  private final Database plain;
  private final Database unversioned;
  private final Database tracked;
  private final DataSource trackedSource;
  private final Duration time;

  /**
   * Names the databases.
   *
   * @param plain has no pgtrail
   * @param unversioned has pgtrail with no schema under version control
   * @param tracked has pgtrail as it is installed
   */
  Measurements(Database plain, Database unversioned, DataSource tracked, Duration time) {
    this.plain = plain;
    this.unversioned = unversioned;
    this.tracked = tracked::getConnection;
    this.trackedSource = tracked;
    this.time = time;
  }

  List<Figure> all(int rows) throws SQLException, InterruptedException {
    List<Figure> figures = new ArrayList<>();
    double emptyPage = historyPage();
    figures.addAll(ddl());
    figures.add(pairs());
    figures.add(throughput());
    figures.add(client());
    figures.addAll(new LogLines(trackedSource).measure());
    fill(rows);
    figures.add(Figure.atMost("history page, empty trail", emptyPage, "ms", 10));
    figures.add(
        Figure.atMost("history page, %,d operations".formatted(rows), historyPage(), "ms", 10));
    return figures;
  }

  private List<Figure> ddl() throws SQLException {
    try (Connection versioned = tracked.connect();
        Connection only = unversioned.connect();
        Connection without = plain.connect();
        Statement versioning = versioned.createStatement();
        Statement tracking = only.createStatement();
        Statement bare = without.createStatement()) {
      List<Paired> paired =
          Paired.measure(
              List.of(() -> cycle(tracking), () -> cycle(versioning)), () -> cycle(bare), 20, time);
      return List.of(
          Figure.atMost(
              "CREATE + ALTER + DROP TABLE, tracked, no versioning ÷ untracked",
              paired.get(0).ratio(),
              "ratio",
              1.25),
          Figure.atMost(
              "the same, added per statement", paired.get(0).addedMillis() / 3, "ms", 0.15),
          Figure.atMost(
              "CREATE + ALTER + DROP TABLE with versioning ÷ untracked",
              paired.get(1).ratio(),
              "ratio",
              1.8));
    }
  }

  private static void cycle(Statement statement) throws SQLException {
    statement.execute("create table benchmark (id int primary key, name text)");
    statement.execute("alter table benchmark add column added date");
    statement.execute("drop table benchmark");
  }

  private Figure pairs() throws SQLException {
    try (Connection with = tracked.connect();
        Connection without = plain.connect();
        PreparedStatement start = with.prepareStatement(START);
        PreparedStatement complete = with.prepareStatement(COMPLETE);
        Statement setup = without.createStatement()) {
      setup.execute(
          """
          create table bare (
              id uuid primary key default gen_random_uuid(), name text, kind text, status text,
              started timestamptz default clock_timestamp(), ended timestamptz, error text)
          """);
      try (PreparedStatement insert =
              without.prepareStatement(
                  "insert into bare (name, kind, status) values ('Benchmark', 'MANUAL', 'RUNNING')"
                      + " returning id");
          PreparedStatement update =
              without.prepareStatement(
                  "update bare set status = 'COMPLETED', ended = clock_timestamp(), error = null"
                      + " where id = ?")) {
        Paired paired =
            Paired.measure(() -> track(start, complete), () -> byHand(insert, update), 200, time);
        return Figure.atMost(
            "track + complete ÷ INSERT + UPDATE by hand, one session",
            paired.ratio(),
            "ratio",
            1.6);
      }
    }
  }

  static void track(PreparedStatement start, PreparedStatement complete) throws SQLException {
    byte[] operation;
    try (ResultSet row = start.executeQuery()) {
      row.next();
      operation = row.getBytes(1);
    }
    complete.setBytes(1, operation);
    complete.executeQuery().close();
  }

  private static void byHand(PreparedStatement insert, PreparedStatement update)
      throws SQLException {
    Object id;
    try (ResultSet row = insert.executeQuery()) {
      row.next();
      id = row.getObject(1);
    }
    update.setObject(1, id);
    update.executeUpdate();
  }

  private Figure throughput() throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
    try {
      long end = System.nanoTime() + time.toNanos();
      List<Future<Long>> sessions = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(threads.submit((Callable<Long>) () -> callsUntil(end)));
      }
      double calls = 0;
      for (Future<Long> session : sessions) {
        calls += session.get();
      }
      return Figure.atLeast(
          "track and complete, %d sessions".formatted(SESSIONS),
          calls * 1e9 / time.toNanos(),
          "calls/s",
          10_000);
    } catch (ExecutionException failure) {
      throw new IllegalStateException("A session failed.", failure.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Operations that begin and end at once, as fast as one tracker takes them. */
  private Figure client() throws SQLException, InterruptedException {
    long operations = 0;
    long begin = System.nanoTime();
    try (Tracker tracker = Tracker.of(trackedSource).longestWait(time).longestClose(time).start()) {
      while (System.nanoTime() - begin < time.toNanos()) {
        tracker.start("Benchmark", OperationTypes.DATA_IMPORT).succeed();
        operations++;
      }
      tracker.flush(time);
      long elapsed = System.nanoTime() - begin;
      if (tracker.statistics().dropped() > 0) {
        throw new IllegalStateException("Dropped: " + tracker.statistics());
      }
      return Figure.atLeast(
          "Java client, batched, one connection",
          operations * 1e9 / elapsed,
          "operations/s",
          30_000);
    }
  }

  private long callsUntil(long end) throws SQLException {
    long calls = 0;
    try (Connection connection = tracked.connect();
        PreparedStatement start = connection.prepareStatement(START);
        PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
      while (System.nanoTime() < end) {
        track(start, complete);
        calls += 2;
      }
    }
    return calls;
  }

  /** Operations of the last thirty days, written past the triggers of the trail. */
  private void fill(int rows) throws SQLException {
    try (Connection connection = tracked.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local session_replication_role = replica");
      // The trail's own guard fires for replicas too; the owner of the server may lift it.
      statement.execute("alter table script_tracking.script_execution_h disable trigger user");
      statement.execute("alter table script_tracking.script_execution_s disable trigger user");
      statement.execute(
          """
          with operation as (
              select sha256(convert_to('benchmark ' || i, 'UTF8')) as hk, i,
                  now() - i * interval '30 days' / %1$d as at
              from generate_series(1, %1$d) as i
          ), hub as (
              insert into script_tracking.script_execution_h (
                  script_execution_hk, script_execution_bk, load_date, record_source)
              select hk, 'benchmark ' || i, at, 'SCRIPT_TRACKER' from operation
          )
          insert into script_tracking.script_execution_s (
              script_execution_hk, load_date, hash_diff, script_name, script_type,
              execution_status, execution_timestamp, execution_duration_ms, sql_command,
              metadata, record_source)
          select hk, at, hk, 'Benchmark ' || i %% 100, 'MANUAL',
              case when i %% 50 = 0 then 'FAILED' else 'COMPLETED' end, at, i %% 1000,
              'select ' || i, '{}', 'SCRIPT_TRACKER'
          from operation
          """
              .formatted(rows));
      statement.execute("alter table script_tracking.script_execution_h enable trigger user");
      statement.execute("alter table script_tracking.script_execution_s enable trigger user");
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("vacuum analyze script_tracking.script_execution_h");
      statement.execute("vacuum analyze script_tracking.script_execution_s");
    }
  }

  private double historyPage() throws SQLException {
    try (Connection connection = tracked.connect();
        PreparedStatement page = connection.prepareStatement(PAGE)) {
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        long start = System.nanoTime();
        page.executeQuery().close();
        millis.add((System.nanoTime() - start) / 1e6);
      }
      return Paired.median(millis);
    }
  }
}
