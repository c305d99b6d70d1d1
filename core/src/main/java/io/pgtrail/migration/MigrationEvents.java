package io.pgtrail.migration;

import io.pgtrail.client.Tracker;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.migration.Migration.Status;
import io.pgtrail.script.Cancellation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Follows Flyway: lets nothing begin that is not recorded, bounds its waiting for locks, lets it be
 * canceled, and remembers how far it got.
 */
final class MigrationEvents implements Callback {

  private static final Set<Event> EVENTS =
      EnumSet.of(
          Event.BEFORE_EACH_MIGRATE,
          Event.BEFORE_EACH_MIGRATE_STATEMENT,
          Event.AFTER_EACH_MIGRATE_STATEMENT,
          Event.AFTER_EACH_MIGRATE_STATEMENT_ERROR,
          Event.AFTER_EACH_MIGRATE,
          Event.AFTER_MIGRATE);

  /** It hinders nobody while it waits, and leaves an invalid index behind when it gives up. */
  private static final Pattern CONCURRENTLY =
      Pattern.compile("\\bconcurrently\\b", Pattern.CASE_INSENSITIVE);

  /** Of what these do in several transactions a part may stay when they fail. */
  private static final Pattern IN_PARTS =
      Pattern.compile(
          "\\b(call|do|vacuum|reindex|cluster|concurrently)\\b", Pattern.CASE_INSENSITIVE);

  /** What a file did before it is kept, though Flyway runs the file in a transaction. */
  private static final Pattern COMMITS =
      Pattern.compile("^(commit|end|prepare transaction)\\b", Pattern.CASE_INSENSITIVE);

  private final Map<String, Migration> migrations = new LinkedHashMap<>();
  private final List<String> order;
  private final Tracker tracker;
  private final MigrationListener listener;
  private final Cancellation cancellation;
  private final long lockTimeoutMillis;

  private @Nullable String script;
  private boolean carriedOut;
  private long begunNanos;
  private long endedNanos;
  private int attempt;
  private int executed;
  private boolean transactional;
  private boolean committedItself;
  private String statement = "";
  private boolean statementFailed;
  private String ownTimeout = "";
  private boolean unlimited;

  MigrationEvents(
      List<Migration> pending,
      Tracker tracker,
      MigrationListener listener,
      Cancellation cancellation,
      Duration lockTimeout) {
    pending.forEach(migration -> migrations.put(migration.script(), migration));
    this.order = List.copyOf(migrations.keySet());
    this.tracker = tracker;
    this.listener = listener;
    this.cancellation = cancellation;
    this.lockTimeoutMillis = lockTimeout.toMillis();
  }

  @Override
  public boolean supports(Event event, Context context) {
    return EVENTS.contains(event);
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  /** Flyway calls its callbacks in the order of their names: the one that tracks comes first. */
  @Override
  public String getCallbackName() {
    return "pgtrail-migrate";
  }

  @Override
  public void handle(Event event, Context context) {
    try {
      switch (event) {
        case BEFORE_EACH_MIGRATE -> begins(context);
        case BEFORE_EACH_MIGRATE_STATEMENT -> executes(context);
        case AFTER_EACH_MIGRATE_STATEMENT -> executed(context);
        case AFTER_EACH_MIGRATE_STATEMENT_ERROR -> statementFailed(context);
        case AFTER_EACH_MIGRATE -> carriedOut();
        default -> committed();
      }
    } catch (SQLException failure) {
      // Of Flyway's own kind, or it would not note that a migration failed half-way.
      throw new FlywayException(failure.getMessage(), failure);
    }
  }

  private void begins(Context context) throws SQLException {
    committed();
    String next = context.getMigrationInfo().getScript();
    attempt = next.equals(script) ? attempt + 1 : 1;
    script = next;
    executed = 0;
    statement = "";
    statementFailed = false;
    committedItself = false;
    Connection connection = context.getConnection();
    transactional = !connection.getAutoCommit();
    PGConnection session = connection.unwrap(PGConnection.class);
    cancellation.begins(session::cancelQuery);
    begunNanos = System.nanoTime();
    requireRecorded(next);
    begunNanos = System.nanoTime();
    ownTimeout = setTimeout(connection, lockTimeoutMillis + "ms", "");
  }

  private void requireRecorded(String next) {
    Migrations.unrecorded(tracker)
        .ifPresent(
            reason -> {
              throw new PgtrailException(
                  ErrorCode.UNAVAILABLE,
                  next + " was not begun, as it cannot be recorded: " + reason,
                  null);
            });
  }

  private void executes(Context context) throws SQLException {
    statement = context.getStatement().getSql();
    listener.executes(
        String.valueOf(script),
        order.indexOf(script) + 1,
        order.size(),
        executed + 1,
        new StatementText(statement, 0).excerpt());
    PGConnection session = context.getConnection().unwrap(PGConnection.class);
    cancellation.begins(session::cancelQuery);
    if (!transactional && CONCURRENTLY.matcher(statement).find()) {
      unlimited = !setTimeout(context.getConnection(), "0", ownTimeout).isEmpty();
    }
  }

  private void executed(Context context) throws SQLException {
    executed++;
    committedItself |= COMMITS.matcher(new StatementText(statement, 0).excerpt()).find();
    limit(context.getConnection());
    context
        .getStatement()
        .getWarnings()
        .forEach(warning -> listener.notice(Objects.toString(warning.getMessage(), "")));
  }

  private void statementFailed(Context context) throws SQLException {
    statementFailed = true;
    limit(context.getConnection());
  }

  /** As before, unless the migration has set another meanwhile. */
  private void limit(Connection connection) throws SQLException {
    if (unlimited) {
      unlimited = false;
      setTimeout(connection, ownTimeout, "0");
    }
  }

  /**
   * Bounds how long the session waits for a lock.
   *
   * @param former if it is this one now; empty if whatever it is
   * @return what it is then; empty if it was left alone
   */
  private static String setTimeout(Connection connection, String timeout, String former)
      throws SQLException {
    try (PreparedStatement set =
        connection.prepareStatement(
            """
            select pg_catalog.set_config('lock_timeout', ?, false)
            where pg_catalog.current_setting('lock_timeout') operator(pg_catalog.=) ? or ?
            """)) {
      set.setString(1, timeout);
      set.setString(2, former);
      set.setBoolean(3, former.isEmpty());
      try (ResultSet row = set.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  private void carriedOut() {
    carriedOut = true;
    endedNanos = System.nanoTime();
  }

  private void committed() {
    if (carriedOut && script != null) {
      end(script, Status.COMPLETED);
      script = null;
    }
    carriedOut = false;
  }

  /** Flyway ended well. */
  void succeeded() {
    committed();
    cancellation.ended();
  }

  /** Flyway threw; what it had carried out and not committed is lost. */
  void failed() {
    cancellation.ended();
    carriedOut = false;
    unlimited = false;
    endedNanos = System.nanoTime();
    if (script != null) {
      end(script, Status.FAILED);
    }
  }

  private void end(String which, Status how) {
    Duration took = Duration.ofNanos(endedNanos - begunNanos);
    migrations.computeIfPresent(which, (name, known) -> known.ended(how, took, attempt));
  }

  /** What is or was last begun and did not complete; NULL if there is none. */
  @Nullable String current() {
    return script;
  }

  /** How many migrations are done. */
  long completed() {
    return migrations.values().stream()
        .filter(migration -> migration.status() == Status.COMPLETED)
        .count();
  }

  boolean isTransactional() {
    return transactional;
  }

  /** The statement that failed, for when Flyway has lost the reason; NULL if none did. */
  @Nullable StatementText failedStatement() {
    return statementFailed ? new StatementText(statement, 0) : null;
  }

  /** Whether nothing of the migration that failed is left. */
  boolean leftNothing() {
    return transactional ? !committedItself : executed == 0 && !IN_PARTS.matcher(statement).find();
  }

  /** Whether an index may have been left that is invalid. */
  boolean mayHaveLeftIndex() {
    return !transactional && CONCURRENTLY.matcher(statement).find();
  }

  List<Migration> migrations() {
    return new ArrayList<>(migrations.values());
  }
}
