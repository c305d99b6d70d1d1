package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.migration.Migration;
import io.pgtrail.migration.MigrationFailure;
import io.pgtrail.migration.MigrationReport;
import io.pgtrail.migration.MigrationSettings;
import io.pgtrail.migration.Migrations;
import io.pgtrail.script.Cancellation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail migrate}: runs migrations, each a tracked operation. */
@Command(
    name = "migrate",
    description = "Run the migrations of a directory through Flyway, each as a tracked operation.",
    footer = {
      "",
      "V1__create_customer.sql runs once, in the order of versions; R__views.sql runs whenever it",
      "changes, after those. Each runs in a transaction of its own: it is kept as a whole or not at",
      "all, and the trail keeps the failure. Statements that cannot run in a transaction (CREATE",
      "INDEX CONCURRENTLY, VACUUM) need a file of their own, or one beside it, FILE.conf, with the",
      "line executeInTransaction=false.",
      "",
      "A statement waits --lock-timeout for a lock, so that those behind it do not wait longer; then",
      "the migration is rolled back and tried again --retries times, after 0.5 s, 1 s, 2 s and so",
      "on. What is built CONCURRENTLY waits for as long as it takes, as it hinders nobody.",
      "",
      "The history is Flyway's flyway_schema_history in the first schema of the search path, so",
      "Flyway itself can go on with it; its placeholders are off. --dry-run reads all files and",
      "changes nothing. Ctrl-C cancels the statement that runs: then the migration failed.",
      "",
      "Exit code 1: a migration failed (its file, line and statement are shown), one that was run",
      "has changed, or the trail lacks one.",
      "",
      "Examples:",
      "  pgtrail migrate --dir db/migrations --dry-run",
      "  pgtrail migrate --dir db/migrations --lock-timeout 2s --retries 10",
      "  pgtrail migrate --dir db/migrations --target 2.1 --format json"
    })
final class MigrateCommand implements Callable<Integer> {

  /** What the trail lacks is said by the command itself. */
  private static final Logger CLIENT = Logger.getLogger("io.pgtrail.client");

  private static final Listing<Migration> TABLE =
      new Listing<Migration>()
          .with(Column.shown("version"), migration -> version(migration.version()))
          .with(Column.text("script"), Migration::script)
          .with(Column.shown("status"), migration -> migration.status().name())
          .with(Column.number("duration"), Migration::duration)
          .with(Column.number("attempts"), Migration::attempts);

  private static final Listing<Migration> PLAN =
      new Listing<Migration>()
          .with(Column.shown("version"), migration -> version(migration.version()))
          .with(Column.text("script"), Migration::script)
          .with(Column.shown("transaction"), migration -> migration.transactional() ? "yes" : "no");

  private static final Listing<Migration> DATA =
      new Listing<Migration>()
          .with(Column.shown("version"), Migration::version)
          .with(Column.shown("description"), Migration::description)
          .with(Column.shown("script"), Migration::script)
          .with(Column.shown("transaction"), migration -> migration.transactional() ? "yes" : "no")
          .with(Column.shown("status"), migration -> migration.status().name())
          .with(Column.number("duration"), Migration::duration)
          .with(Column.number("attempts"), Migration::attempts);

  private final PgtrailCommand root;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Where the migrations are, also in directories below.")
  private Path directory = Path.of("");

  @Option(
      names = "--target",
      paramLabel = "VERSION",
      description = "Run no version after this one.")
  private @Nullable String target;

  @Option(
      names = "--baseline",
      paramLabel = "VERSION",
      description =
          "For a schema with tables and no history: up to this version it has all; 0: none.")
  private @Nullable String baseline;

  @Option(
      names = "--lock-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How long a statement waits for a lock, 0s for ever; default ${DEFAULT-VALUE}.")
  private String lockTimeout = "5s";

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Try a migration again so often that failed for a lock; default ${DEFAULT-VALUE}.")
  private int retries = 3;

  @Option(names = "--dry-run", description = "Only show what would be run, in order.")
  private boolean dryRun;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  MigrateCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    MigrationSettings settings =
        new MigrationSettings(
            directory,
            Optional.ofNullable(target),
            Optional.ofNullable(baseline),
            Moments.span(lockTimeout),
            retries);
    Migrations migrations = new Migrations(root.dataSource(), settings);
    if (dryRun) {
      List<Migration> pending = migrations.pending();
      sayIfNone(pending);
      print(pending, PLAN);
      return 0;
    }
    CLIENT.setLevel(Level.OFF);
    MigrationReport report = migrate(migrations);
    print(report.migrations(), TABLE);
    report.failure().ifPresentOrElse(this::explain, () -> sayIfNone(report.migrations()));
    report
        .unrecorded()
        .ifPresent(
            reason ->
                root.console()
                    .remark("pgtrail: the trail lacks what the migrations did: " + reason));
    return exitCode(report);
  }

  @SuppressWarnings("try") // Signals are received as long as they are open.
  private MigrationReport migrate(Migrations migrations) {
    Cancellation cancellation = new Cancellation();
    MigrationProgress progress = new MigrationProgress(root.console());
    try (Signals signals = Signals.to(name -> cancellation.cancel())) {
      return migrations.migrate(progress, cancellation);
    } finally {
      progress.end();
    }
  }

  private void print(List<Migration> migrations, Listing<Migration> table) {
    if (!migrations.isEmpty() || format != Format.table) {
      (format == Format.table ? table : DATA).print(migrations, format, root.console());
    }
  }

  private void sayIfNone(List<Migration> migrations) {
    if (migrations.isEmpty()) {
      root.console().remark("Nothing to do: all migrations were run.");
    }
  }

  private void explain(MigrationFailure failure) {
    Console console = root.console();
    String line = failure.cause().line() == 0 ? "" : ":" + failure.cause().line();
    console.remark(
        "pgtrail: "
            + (failure.script() == null ? "" : SafeText.line(failure.script()) + line + ": ")
            + failure.cause().message()
            + " ("
            + failure.cause().sqlState()
            + ")");
    if (failure.statement() != null) {
      console.remark("  in: " + SafeText.line(failure.statement()));
    }
    if (failure.kept() != null) {
      console.remark("  " + failure.kept());
    }
    if (failure.cause().hint() != null) {
      console.remark("  hint: " + failure.cause().hint());
    }
  }

  private static int exitCode(MigrationReport report) {
    if (report.failure().filter(MigrationFailure::connectionLost).isPresent()) {
      return ErrorCode.UNAVAILABLE.exitCode();
    }
    return report.failure().isPresent() || report.unrecorded().isPresent() ? 1 : 0;
  }

  /** A repeatable one has none, which in a table would look like a gap. */
  private static String version(@Nullable String version) {
    return version == null ? "repeatable" : version;
  }
}
