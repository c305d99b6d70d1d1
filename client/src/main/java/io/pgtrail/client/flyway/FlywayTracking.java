package io.pgtrail.client.flyway;

import io.pgtrail.client.NewOperation;
import io.pgtrail.client.Operation;
import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import java.util.EnumSet;
import java.util.Set;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Error;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Tracks each migration as an operation of type MIGRATION, also one that fails and is rolled back.
 * For one Flyway:
 *
 * <pre>{@code
 * Flyway.configure().dataSource(dataSource).callbacks(new FlywayTracking(tracker)).load().migrate();
 * }</pre>
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
  private @Nullable String problem;

  /** Tracks with a tracker, which the application closes. */
  public FlywayTracking(Tracker tracker) {
    this.tracker = tracker;
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
    problem = null;
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
      for (Error error : context.getStatement().getErrors()) {
        problem = error.getMessage();
        running.annotate("error_code", error.getState());
      }
    }
  }

  private void fail() {
    Operation running = operation;
    operation = null;
    if (running != null) {
      running.fail(problem == null ? "it failed; Flyway's own messages say why" : problem);
    }
  }

  private void succeed() {
    Operation running = operation;
    operation = null;
    if (running != null) {
      if (rows != null) {
        rows.since().ifPresent(changed -> running.annotate("rows_affected", changed));
      }
      running.succeed();
    }
  }
}
