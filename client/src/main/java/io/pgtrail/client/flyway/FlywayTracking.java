package io.pgtrail.client.flyway;

import io.pgtrail.client.NewOperation;
import io.pgtrail.client.Operation;
import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import io.pgtrail.client.migration.DatabaseMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
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
 * <p>Flyway tells its callbacks that a migration failed and not why; {@link #migrate} hears it. A
 * migration is COMPLETED once its transaction is committed.
 */
public final class FlywayTracking implements Callback {

  private static final Set<Event> EVENTS =
      EnumSet.of(
          Event.BEFORE_EACH_MIGRATE,
          Event.AFTER_EACH_MIGRATE,
          Event.AFTER_EACH_MIGRATE_STATEMENT_ERROR,
          Event.AFTER_EACH_MIGRATE_ERROR,
          Event.AFTER_MIGRATE,
          Event.AFTER_MIGRATE_ERROR);
  private static final int LONGEST_NAME = 255;
  private static final String NO_REASON = "it failed; Flyway's own messages say why";

  private final Tracker tracker;

  /** Carried out and not known to be committed, with the rows they changed. */
  private final Map<Operation, OptionalLong> done = new LinkedHashMap<>();

  private @Nullable Operation operation;
  private @Nullable String failedStatement;
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
      MigrateResult result = flyway.migrate();
      committed();
      return result;
    } catch (Throwable failure) {
      fail(Objects.requireNonNullElse(DatabaseMessage.within(failure), failure));
      throw failure;
    } finally {
      reasonFollows = false;
    }
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
      case AFTER_EACH_MIGRATE -> carriedOut(context);
      case AFTER_EACH_MIGRATE_STATEMENT_ERROR -> note(context);
      case AFTER_MIGRATE -> committed();
      default -> failWithoutReason();
    }
  }

  private void begin(Context context) {
    if (!context.getConfiguration().isGroup()) {
      committed();
    }
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
    if (context.getStatement() != null) {
      failedStatement = context.getStatement().getSql();
    }
  }

  /** Flyway commits after it has told this, and a group of migrations after the last. */
  private void carriedOut(Context context) {
    OptionalLong changed = rows == null ? OptionalLong.empty() : rows.since();
    Operation running = end();
    if (running == null) {
      return;
    }
    done.put(running, changed);
    if (isOutsideTransaction(context.getConnection())) {
      committed();
    }
  }

  private static boolean isOutsideTransaction(Connection connection) {
    try {
      return connection.getAutoCommit();
    } catch (SQLException gone) {
      // Then it is not committed either, which Flyway will tell.
      return false;
    }
  }

  private void committed() {
    done.forEach(
        (each, changed) -> {
          changed.ifPresent(count -> each.annotate("rows_affected", count));
          each.succeed();
        });
    done.clear();
  }

  private void failWithoutReason() {
    if (!reasonFollows) {
      fail(null);
    }
  }

  /** What was carried out before it in the same transaction is rolled back with it. */
  private void fail(@Nullable Throwable cause) {
    String statement = failedStatement;
    Operation running = end();
    if (running != null) {
      String reason = reason(cause);
      if (cause instanceof SQLException failure && failure.getSQLState() != null) {
        running.annotate("error_code", failure.getSQLState());
      }
      running.fail(statement == null ? reason : reason + "\nin: " + statement);
    }
    for (Operation each : done.keySet()) {
      if (cause == null) {
        each.fail(NO_REASON);
      } else {
        each.fail(cause);
      }
    }
    done.clear();
  }

  private static String reason(@Nullable Throwable cause) {
    if (cause == null) {
      return NO_REASON;
    }
    return cause instanceof SQLException failure
        ? DatabaseMessage.of(failure)
        : String.valueOf(cause);
  }

  private @Nullable Operation end() {
    Operation running = operation;
    operation = null;
    rows = null;
    failedStatement = null;
    return running;
  }
}
