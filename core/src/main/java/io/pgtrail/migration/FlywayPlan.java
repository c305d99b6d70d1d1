package io.pgtrail.migration;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.script.ScriptFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.internal.info.MigrationInfoImpl;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;

/** What Flyway is to do in one place, and what it says in words that name file, line and remedy. */
final class FlywayPlan implements AutoCloseable {

  private static final String FROM_NOTHING = "0";
  private static final Pattern MIXED =
      Pattern.compile(
          "Detected both transactional and non-transactional statements.* at line (\\d+): (.*?)"
              + "(?: \\[non-transactional])?$",
          Pattern.DOTALL);

  private final TrailDataSource dataSource;
  private final FlywayConnections connections;
  private final MigrationSettings settings;
  private final MigrationFiles files;
  private final MigrationPlace place;

  FlywayPlan(
      TrailDataSource dataSource,
      MigrationSettings settings,
      MigrationFiles files,
      MigrationPlace place) {
    this.dataSource = dataSource;
    this.connections = new FlywayConnections(dataSource);
    this.settings = settings;
    this.files = files;
    this.place = place;
    if (!place.hasHistory() && place.hasTables() && settings.baseline().isEmpty()) {
      throw new PgtrailException(
          ErrorCode.NO_MIGRATION_HISTORY,
          "The schema "
              + place.schema()
              + " has tables, but no history of migrations: is this the right database?",
          "--baseline 0 runs all migrations; --baseline VERSION takes those up to VERSION as run.");
    }
  }

  Flyway flyway(Callback... callbacks) {
    FluentConfiguration configuration =
        Flyway.configure()
            .dataSource(connections.dataSource())
            .locations("filesystem:" + files.directory().toAbsolutePath())
            .defaultSchema(place.schema())
            .createSchemas(false)
            .validateMigrationNaming(true)
            .placeholderReplacement(false)
            .cleanDisabled(true)
            // Functions of pgtrail alone make a schema one that is not empty.
            .baselineOnMigrate(true)
            .baselineVersion(baseline())
            .ignoreMigrationPatterns("*:pending", "*:future")
            // Else Flyway itself holds what an index that is built concurrently waits for.
            .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
            .callbacks(callbacks);
    settings.target().ifPresent(configuration::target);
    return configuration.load();
  }

  private String baseline() {
    return settings.baseline().orElse(FROM_NOTHING);
  }

  /** Reads all files that are to be run: what is wrong with one is known before the first. */
  List<Migration> pending() {
    try {
      Flyway flyway = flyway();
      new FlywayHistory(flyway, place).require();
      List<Migration> pending = new ArrayList<>();
      for (MigrationInfo migration : flyway.info().pending()) {
        if (isAfterBaseline(migration)) {
          files.requireSql(migration.getScript());
          pending.add(pending(migration));
        }
      }
      return pending;
    } catch (FlywayException failure) {
      throw explained(failure);
    }
  }

  private boolean isAfterBaseline(MigrationInfo migration) {
    boolean after =
        place.hasHistory()
            || !migration.isVersioned()
            || migration.getVersion().compareTo(MigrationVersion.fromVersion(baseline())) > 0;
    if (!after && settings.baseline().isEmpty()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          migration.getScript() + " would not be run: versions begin above 0",
          null);
    }
    return after;
  }

  private static Migration pending(MigrationInfo migration) {
    return new Migration(
        migration.isVersioned() ? migration.getVersion().getVersion() : null,
        migration.getDescription(),
        migration.getScript(),
        isTransactional(migration),
        Migration.Status.PENDING,
        null,
        0);
  }

  private static boolean isTransactional(MigrationInfo migration) {
    try {
      return ((MigrationInfoImpl) migration).canExecuteInTransaction();
    } catch (FlywayException failure) {
      Matcher mixed = MIXED.matcher(String.valueOf(failure.getMessage()));
      if (!mixed.find()) {
        throw failure;
      }
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          migration.getScript()
              + ":"
              + mixed.group(1)
              + ": the file mixes statements that can run in a transaction with some that cannot;"
              + " nothing was migrated\n  in: "
              + new StatementText(mixed.group(2), 0).excerpt(),
          "Give each kind a file of its own, or run all of this one outside a transaction: create "
              + migration.getScript()
              + ".conf with the line executeInTransaction=false",
          failure);
    }
  }

  private static PgtrailException explained(FlywayException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgtrailException ours) {
        return ours;
      }
      if (cause instanceof SQLException server) {
        return ServerFailure.explain(server);
      }
    }
    return new PgtrailException(
        failure.getErrorCode() == CoreErrorCode.FAULT
            ? ErrorCode.INTERNAL
            : ErrorCode.INVALID_ARGUMENT,
        withoutLinks(String.valueOf(failure.getMessage())),
        String.valueOf(failure.getMessage()).startsWith("Invalid SQL filenames")
            ? MigrationFiles.NAMES
            : null,
        failure);
  }

  /** Flyway's messages end with where its manual is, and their lines as it likes. */
  private static String withoutLinks(String message) {
    return message.replace("\r", "").replaceAll("(?m)^.*https?://\\S+.*$", "").strip();
  }

  /** Why Flyway ended early. */
  MigrationFailure failure(RuntimeException thrown, MigrationEvents events) {
    String migration = events.current();
    String script = migration;
    @Nullable StatementText statement = events.failedStatement();
    ScriptFailure said =
        new ScriptFailure("XX000", withoutLinks(String.valueOf(thrown.getMessage())), null, 0);
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof FlywaySqlScriptException failed) {
        script = script(failed, script);
        statement = new StatementText(failed.getStatement(), failed.getLineNumber());
      }
      if (cause instanceof PgtrailException ours) {
        said = ScriptFailure.of(ours);
        break;
      }
      if (cause instanceof SQLException server) {
        said = ScriptFailure.of(server, statement == null ? "" : statement.text());
        break;
      }
    }
    if (statement != null) {
      said = said.onLine(statement.lineInFile(said.line()));
    }
    return new MigrationFailure(
        script,
        said.withHint(hint(said, migration, events)),
        statement == null ? null : statement.excerpt(),
        migration == null ? null : kept(events, MigrationFailure.isLoss(said)));
  }

  /** A callback's file, if it is none of a migration. */
  private static @Nullable String script(
      FlywaySqlScriptException failed, @Nullable String current) {
    return current == null && failed.getResource() != null
        ? failed.getResource().getFilename()
        : current;
  }

  private static String kept(MigrationEvents events, boolean connectionLost) {
    if (!events.leftNothing()) {
      return events.isTransactional()
          ? "It ends its transaction itself: what it did until then is kept."
          : "It does not run in a transaction: what it did before is kept.";
    }
    return connectionLost
        ? "Nothing of it was kept, unless the connection was lost while it was committed."
        : "Nothing of it was kept.";
  }

  private @Nullable String hint(
      ScriptFailure said, @Nullable String migration, MigrationEvents events) {
    String remedy =
        switch (said.sqlState()) {
          case "25001", "2D000" ->
              "It cannot run in a transaction: create "
                  + migration
                  + ".conf with the line executeInTransaction=false";
          case "55P03" ->
              "Another session holds the lock: wait for it, or give more with --lock-timeout and"
                  + " --retries.";
          default -> said.hint();
        };
    if (migration == null || events.isTransactional()) {
      return remedy;
    }
    return (remedy == null ? "" : remedy + "\n  hint: ")
        + (events.mayHaveLeftIndex() ? "Drop the index if it was left invalid. " : "")
        + "Undo or finish by hand what it did; then forget the failure, and migrate again: "
        + FlywayHistory.forgetting(place)
        + ";";
  }

  /** Lets Flyway run a migration again that left nothing. */
  void forgetFailure(String script) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                FlywayHistory.forgetting(place) + " and script operator(pg_catalog.=) ?")) {
      statement.setString(1, script);
      statement.executeUpdate();
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
