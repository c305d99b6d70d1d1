package io.pgtrail.client.liquibase;

import io.pgtrail.client.Operation;
import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import java.util.Objects;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
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

  /** Tracks with a tracker, which the application closes. */
  public LiquibaseTracking(Tracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public void willRun(
      ChangeSet change, DatabaseChangeLog log, Database database, RunStatus status) {
    begin(change, database, "update");
  }

  @Override
  public void ran(ChangeSet change, DatabaseChangeLog log, Database database, ExecType outcome) {
    Operation running = end();
    if (running == null) {
      return;
    }
    running.annotate("outcome", outcome.value);
    if (outcome == ExecType.FAILED) {
      running.fail("it failed and the change log goes on");
    } else {
      running.succeed();
    }
  }

  @Override
  public void runFailed(
      ChangeSet change, DatabaseChangeLog log, Database database, Exception failure) {
    Operation running = operation;
    operation = null;
    if (running != null) {
      running.fail(failure);
    }
  }

  @Override
  public void willRollback(ChangeSet change, DatabaseChangeLog log, Database database) {
    begin(change, database, "rollback");
  }

  @Override
  public void rolledBack(ChangeSet change, DatabaseChangeLog log, Database database) {
    Operation running = end();
    if (running != null) {
      running.succeed();
    }
  }

  @Override
  public void rollbackFailed(
      ChangeSet change, DatabaseChangeLog log, Database database, Exception failure) {
    runFailed(change, log, database, failure);
  }

  private void begin(ChangeSet change, Database database, String direction) {
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
    rows =
        database.getConnection() instanceof JdbcConnection connection
            ? ChangedRows.over(connection.getUnderlyingConnection())
            : null;
  }

  private static @Nullable String checksum(ChangeSet change) {
    return Objects.toString(change.generateCheckSum(liquibase.ChecksumVersion.latest()), null);
  }

  private @Nullable Operation end() {
    Operation running = operation;
    operation = null;
    if (running != null && rows != null) {
      rows.since().ifPresent(changed -> running.annotate("rows_affected", changed));
    }
    return running;
  }
}
