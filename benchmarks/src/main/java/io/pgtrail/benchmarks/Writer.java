package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** A session that tracks and completes operations all the while, and its longest wait. */
final class Writer implements AutoCloseable {

  private final Database database;
  private final AtomicBoolean done = new AtomicBoolean();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Future<Duration> longest;

  Writer(Database database) {
    this.database = database;
    this.longest = thread.submit((Callable<Duration>) this::write);
  }

  private Duration write() throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement start = connection.prepareStatement(Measurements.START);
        PreparedStatement complete = connection.prepareStatement(Measurements.COMPLETE)) {
      for (int i = 0; i < 100; i++) {
        Measurements.track(start, complete);
      }
      long worst = 0;
      while (!done.get()) {
        long begin = System.nanoTime();
        Measurements.track(start, complete);
        worst = Math.max(worst, System.nanoTime() - begin);
      }
      return Duration.ofNanos(worst);
    }
  }

  /** Ends the session and gives the longest time that one operation took. */
  Duration longestWait() throws InterruptedException {
    done.set(true);
    try {
      return longest.get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException("The writer failed.", failure.getCause());
    }
  }

  @Override
  public void close() {
    done.set(true);
    thread.shutdown();
  }
}
