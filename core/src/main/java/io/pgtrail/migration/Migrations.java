package io.pgtrail.migration;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.TrackerStatistics;
import io.pgtrail.client.flyway.FlywayTracking;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.script.Cancellation;
import io.pgtrail.script.ScriptFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** Migrates a database with the files of a directory. */
public final class Migrations {

  private static final Set<String> LOCK_FAILURES = Set.of("55P03", "40P01");
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_RECORDING = Duration.ofSeconds(10);

  private final TrailDataSource dataSource;
  private final MigrationSettings settings;

  public Migrations(TrailDataSource dataSource, MigrationSettings settings) {
    this.dataSource = dataSource;
    this.settings = settings;
  }

  /**
   * Tells what would be migrated, in order. Changes nothing.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} for files that cannot be run, {@code
   *     MIGRATIONS_DIFFER} if those that were run have changed, {@code NO_MIGRATION_HISTORY} if
   *     there are tables and no history, {@code NOT_INSTALLED}, {@code NOT_PERMITTED}, {@code
   *     UNAVAILABLE}
   */
  public List<Migration> pending() {
    MigrationFiles files = new MigrationFiles(settings.directory());
    MigrationPlace place = MigrationPlace.of(Jdbi.create(dataSource));
    try (FlywayPlan plan = new FlywayPlan(dataSource, settings, files, place)) {
      return plan.pending();
    }
  }

  /**
   * Migrates: each migration in a transaction of its own, unless it has statements that must not be
   * in one, until one fails. One that fails for a lock, and left nothing, is tried again. Waits
   * while another migrates the same schema.
   *
   * @param cancellation ends it early: then the migration that runs failed with SQLSTATE 57014
   * @throws PgtrailException as {@link #pending}, and {@code READ_ONLY}; then nothing was migrated
   */
  @SuppressWarnings("try") // The lock is had as long as it is open.
  public MigrationReport migrate(MigrationListener listener, Cancellation cancellation) {
    MigrationFiles files = new MigrationFiles(settings.directory());
    Jdbi jdbi = Jdbi.create(dataSource);
    String schema = MigrationPlace.of(jdbi).requireWritable().schema();
    try (MigrationLock lock = MigrationLock.of(schema, dataSource, listener::waits, cancellation);
        // After that: whoever had the lock may have migrated all of it.
        FlywayPlan plan = new FlywayPlan(dataSource, settings, files, MigrationPlace.of(jdbi))) {
      return migrate(plan, listener, cancellation);
    } catch (SQLException canceledOrLost) {
      return new MigrationReport(
          List.of(),
          Optional.of(new MigrationFailure(null, ScriptFailure.of(canceledOrLost, ""), null, null)),
          Optional.empty());
    }
  }

  private MigrationReport migrate(
      FlywayPlan plan, MigrationListener listener, Cancellation cancellation) {
    List<Migration> pending = plan.pending();
    try (Tracker tracker = Tracker.of(dataSource).longestClose(Duration.ZERO).start()) {
      MigrationEvents events =
          new MigrationEvents(pending, tracker, listener, cancellation, settings.lockTimeout());
      Optional<MigrationFailure> failure = run(plan, tracker, events, listener, cancellation);
      return new MigrationReport(events.migrations(), failure, unrecorded(tracker));
    }
  }

  /** Why something that the tracker was told is not in the trail. */
  static Optional<String> unrecorded(Tracker tracker) {
    boolean settled = tracker.flush(LONGEST_RECORDING);
    TrackerStatistics statistics = tracker.statistics();
    return settled && statistics.dropped() == 0
        ? Optional.empty()
        : Optional.of(
            statistics
                .lastProblem()
                .flatMap(problem -> problem.lines().findFirst())
                .orElse("the database does not answer"));
  }

  private Optional<MigrationFailure> run(
      FlywayPlan plan,
      Tracker tracker,
      MigrationEvents events,
      MigrationListener listener,
      Cancellation cancellation) {
    FlywayTracking tracking = new FlywayTracking(tracker);
    Flyway flyway = plan.flyway(tracking, events);
    long completed = 0;
    int failures = 0;
    while (true) {
      try {
        tracking.migrate(flyway);
        events.succeeded();
        return Optional.empty();
      } catch (RuntimeException thrown) {
        events.failed();
        MigrationFailure failure = plan.failure(thrown, events);
        failures = events.completed() == completed ? failures + 1 : 1;
        completed = events.completed();
        if (failures > settings.retries() || !isWorthARetry(failure, events)) {
          return Optional.of(failure);
        }
        try {
          retry(plan, failure, failures, events, listener, cancellation);
        } catch (SQLException canceledOrLost) {
          return Optional.of(failure);
        }
      }
    }
  }

  private static boolean isWorthARetry(MigrationFailure failure, MigrationEvents events) {
    return events.current() != null
        && LOCK_FAILURES.contains(failure.cause().sqlState())
        && events.leftNothing();
  }

  private void retry(
      FlywayPlan plan,
      MigrationFailure failure,
      int retry,
      MigrationEvents events,
      MigrationListener listener,
      Cancellation cancellation)
      throws SQLException {
    Duration pause = pause(retry);
    listener.retries(
        String.valueOf(failure.script()),
        failure.cause().message(),
        retry,
        settings.retries(),
        pause);
    cancellation.pause(pause);
    if (!events.isTransactional()) {
      plan.forgetFailure(String.valueOf(events.current()));
    }
  }

  private static Duration pause(int retry) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(retry - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}
