package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Fills a trail: 300 users of whom few do most, 40 tenants, every type, durations from milliseconds
 * to hours, two failures in a hundred, and each version an operation would have had. Writes past
 * the functions of pgtrail, about a thousand operations in a transaction, on two connections.
 */
final class TrailGenerator {

  static final int TENANTS = 40;
  static final int USERS = 300;

  private static final int SESSIONS = 2;
  private static final String OPERATIONS = read("operations.sql");

  private final Database database;
  private final Progress progress;

  /**
   * Names the trail.
   *
   * @param database pgtrail is installed there; connections are those of a superuser
   */
  TrailGenerator(Database database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  /** Writes what a workload asks for; several calls add up. */
  void fill(Workload workload) throws SQLException, InterruptedException {
    createTenants();
    Queue<List<Workload.Hour>> pieces = new ConcurrentLinkedQueue<>(workload.pieces());
    AtomicLong written = new AtomicLong();
    progress.begin("%,d operations".formatted(workload.operations()), workload.operations());
    ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
    try {
      List<Future<?>> sessions = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(threads.submit(write(pieces, workload, written)));
      }
      for (Future<?> session : sessions) {
        session.get();
      }
    } catch (ExecutionException failure) {
      throw new IllegalStateException("The trail could not be filled.", failure.getCause());
    } finally {
      threads.shutdownNow();
    }
    progress.end();
  }

  private void createTenants() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          select script_tracking.create_tenant('tenant_' || lpad(i::text, 2, '0'))
          from generate_series(1, %d) as i
          where not exists (select from pgtrail.tenant)
          """
              .formatted(TENANTS));
    }
  }

  private Callable<Void> write(
      Queue<List<Workload.Hour>> pieces, Workload workload, AtomicLong written) {
    return () -> {
      try (Connection connection = database.connect();
          Statement setup = connection.createStatement()) {
        // The guards of the trail let only its owner write.
        setup.execute("set role pgtrail_owner");
        try (PreparedStatement insert = connection.prepareStatement(OPERATIONS)) {
          insert.setTimestamp(1, Timestamp.from(workload.present()));
          insert.setArray(2, connection.createArrayOf("float8", shares()));
          for (List<Workload.Hour> piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            write(insert, piece);
            progress.report(
                written.addAndGet(piece.stream().mapToLong(Workload.Hour::operations).sum()));
          }
        }
      }
      return null;
    };
  }

  private static void write(PreparedStatement insert, List<Workload.Hour> piece)
      throws SQLException {
    Connection connection = insert.getConnection();
    Object[] starts = piece.stream().map(hour -> hour.start().toString()).toArray();
    Object[] counts = piece.stream().map(Workload.Hour::operations).toArray();
    insert.setArray(3, connection.createArrayOf("timestamptz", starts));
    insert.setArray(4, connection.createArrayOf("int4", counts));
    insert.executeUpdate();
  }

  /** Zipf: the second user does half of what the first does, the third a third. */
  private static Object[] shares() {
    double total = 0;
    for (int user = 1; user <= USERS; user++) {
      total += 1.0 / user;
    }
    Object[] shares = new Object[USERS - 1];
    double share = 0;
    for (int user = 1; user < USERS; user++) {
      share += 1.0 / user / total;
      shares[user - 1] = share;
    }
    return shares;
  }

  static String read(String name) {
    try (InputStream file = TrailGenerator.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
