package io.pgtrail.client.liquibase;

import io.pgtrail.client.Operation;
import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.executor.ExecutorService;
import liquibase.precondition.core.PreconditionContainer.ErrorOption;
import liquibase.precondition.core.PreconditionContainer.FailOption;
import org.jspecify.annotations.Nullable;

/**
 * Tracks each change set as an operation of type MIGRATION, also one that fails and is rolled back.
 * For one Liquibase:
 *
 * <pre>{@code
 * liquibase.setChangeExecListener(new LiquibaseTracking(tracker));
 * }</pre>
 */
public final class LiquibaseTracking extends AbstractChangeExecListener {

  private static final int LONGEST_NAME = 255;

  private final Tracker tracker;
  private @Nullable Operation operation;
  private @Nullable ChangedRows rows;
  private OptionalLong changedRows = OptionalLong.empty();

  /** Tracks with a tracker, which the application closes. */
  public LiquibaseTracking(Tracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public void willRun(
      ChangeSet change, DatabaseChangeLog log, Database database, RunStatus status) {
    begin(change, database, "update");
    // Only here: a rollback has no moment between its statements and its commit that one hears of.
    rows =
        operation != null && database.getConnection() instanceof JdbcConnection connection
            ? ChangedRows.over(connection.getUnderlyingConnection())
            : null;
  }

  /** After each change of a change set, and the last time its rows can be counted. */
  @Override
  public void ran(Change change, ChangeSet set, DatabaseChangeLog log, Database database) {
    ChangedRows counted = rows;
    if (counted != null) {
      changedRows = counted.since();
    }
  }

  @Override
  public void ran(ChangeSet change, DatabaseChangeLog log, Database database, ExecType outcome) {
    if (outcome == ExecType.FAILED) {
      changedRows = OptionalLong.empty();
    }
    end(
        running -> {
          running.annotate("outcome", outcome.value);
          if (outcome == ExecType.FAILED) {
            running.fail("it failed and the change log goes on");
          } else {
            running.succeed();
          }
        });
  }

  @Override
  public void preconditionFailed(PreconditionFailedException failure, FailOption then) {
    if (then == FailOption.CONTINUE) {
      skipped();
    }
  }

  @Override
  public void preconditionErrored(PreconditionErrorException failure, ErrorOption then) {
    if (then == ErrorOption.CONTINUE) {
      skipped();
    }
  }

  /** Of all else that may follow Liquibase tells. */
  private void skipped() {
    end(running -> running.annotate("outcome", ExecType.SKIPPED.value).succeed());
  }

  @Override
  public void runFailed(
      ChangeSet change, DatabaseChangeLog log, Database database, Exception failure) {
    // What was changed is rolled back.
    changedRows = OptionalLong.empty();
    end(running -> running.fail(failure));
  }

  @Override
  public void willRollback(ChangeSet change, DatabaseChangeLog log, Database database) {
    begin(change, database, "rollback");
  }

  @Override
  public void rolledBack(ChangeSet change, DatabaseChangeLog log, Database database) {
    end(Operation::succeed);
  }

  @Override
  public void rollbackFailed(
      ChangeSet change, DatabaseChangeLog log, Database database, Exception failure) {
    runFailed(change, log, database, failure);
  }

  private void begin(ChangeSet change, Database database, String direction) {
    end(running -> running.fail("Liquibase did not say how it ended"));
    if (!isCarriedOut(database)) {
      return;
    }
    String name = change.getId() + " by " + change.getAuthor();
    operation =
        tracker
            .prepare(
                name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME),
                OperationTypes.MIGRATION)
            .annotate("tool", "liquibase")
            .annotate("direction", direction)
            .annotate("script", change.getFilePath())
            .annotate("version", change.getId())
            .annotate("checksum", checksum(change))
            .start();
  }

  private static @Nullable String checksum(ChangeSet change) {
    return Objects.toString(change.generateCheckSum(liquibase.ChecksumVersion.latest()), null);
  }

  /** Not where Liquibase only writes down what it would do. */
  private static boolean isCarriedOut(Database database) {
    return Scope.getCurrentScope()
        .getSingleton(ExecutorService.class)
        .getExecutor("jdbc", database)
        .updatesDatabase();
  }

  private void end(Consumer<Operation> how) {
    Operation running = operation;
    OptionalLong changed = changedRows;
    operation = null;
    rows = null;
    changedRows = OptionalLong.empty();
    if (running != null) {
      changed.ifPresent(count -> running.annotate("rows_affected", count));
      how.accept(running);
    }
  }
}
