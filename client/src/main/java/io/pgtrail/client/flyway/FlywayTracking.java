package io.pgtrail.client.flyway;

import io.pgtrail.client.NewOperation;
import io.pgtrail.client.Operation;
import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;

/**
 * Tracks each migration as an operation of type MIGRATION, also one that fails and is rolled back.
 * For one Flyway, by one thread at a time:
 *
 * <pre>{@code
 * FlywayTracking tracking = new FlywayTracking(tracker);
 * tracking.migrate(Flyway.configure().dataSource(dataSource).callbacks(tracking).load());
 * }</pre>
 *
 * <p>Flyway tells its callbacks that a migration failed and not why; {@link #migrate} hears it.
 */
public final class FlywayTracking implements Callback {

  private static final Set<Event> EVENTS =
      EnumSet.of(
          Event.BEFORE_EACH_MIGRATE,
          Event.AFTER_EACH_MIGRATE,
          Event.AFTER_EACH_MIGRATE_STATEMENT_ERROR,
          Event.AFTER_EACH_MIGRATE_ERROR);
  private static final int LONGEST_NAME = 255;

  private final Tracker tracker;
  private @Nullable Operation operation;
  private @Nullable ChangedRows rows;
  private boolean reasonFollows;

  /** Tracks with a tracker, which the application closes. */
  public FlywayTracking(Tracker tracker) {
    this.tracker = tracker;
  }

  /**
   * Migrates with a Flyway that has this as a callback.
   *
   * @throws FlywayException as {@link Flyway#migrate}
   */
  public MigrateResult migrate(Flyway flyway) {
    reasonFollows = true;
    try {
      return flyway.migrate();
    } catch (FlywayException failure) {
      Operation running = end();
      if (running != null) {
        running.fail(cause(failure));
      }
      throw failure;
    } finally {
      reasonFollows = false;
    }
  }

  /** What the database said, if it was the database. */
  private static Throwable cause(FlywayException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof SQLException) {
        return each;
      }
    }
    return failure;
  }

  @Override
  public boolean supports(Event event, Context context) {
    return EVENTS.contains(event);
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  @Override
  public String getCallbackName() {
    return "pgtrail";
  }

  @Override
  public void handle(Event event, Context context) {
    switch (event) {
      case BEFORE_EACH_MIGRATE -> begin(context);
      case AFTER_EACH_MIGRATE_STATEMENT_ERROR -> note(context);
      case AFTER_EACH_MIGRATE_ERROR -> fail();
      default -> succeed();
    }
  }

  private void begin(Context context) {
    MigrationInfo migration = context.getMigrationInfo();
    NewOperation description =
        tracker
            .prepare(name(migration), OperationTypes.MIGRATION)
            .annotate("tool", "flyway")
            .annotate("script", migration.getScript());
    if (migration.isVersioned()) {
      description.annotate("version", migration.getVersion().getVersion());
    }
    if (migration.getChecksum() != null) {
      description.annotate("checksum", migration.getChecksum());
    }
    operation = description.start();
    rows = ChangedRows.over(context.getConnection());
  }

  private static String name(MigrationInfo migration) {
    String name =
        migration.isVersioned()
            ? migration.getVersion() + " " + migration.getDescription()
            : migration.getDescription();
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }

  private void note(Context context) {
    Operation running = operation;
    if (running != null && context.getStatement() != null) {
      running.annotate("failed_statement", context.getStatement().getSql());
    }
  }

  private void fail() {
    Operation running = reasonFollows ? null : end();
    if (running != null) {
      running.fail("it failed; Flyway's own messages say why");
    }
  }

  private void succeed() {
    ChangedRows counted = rows;
    Operation running = end();
    if (running != null) {
      if (counted != null) {
        counted.since().ifPresent(changed -> running.annotate("rows_affected", changed));
      }
      running.succeed();
    }
  }

  private @Nullable Operation end() {
    Operation running = operation;
    operation = null;
    rows = null;
    return running;
  }
}
