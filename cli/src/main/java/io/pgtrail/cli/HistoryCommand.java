package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail history}: what was done. */
@Command(
    name = "history",
    description = "Show what was done, newest first.",
    footer = {
      "",
      "A MOMENT is a span before now (30s, 15min, 24h, 7d, 2w, 1y or ISO 8601 like P6M), a date",
      "(2026-01-31) or a date and time (2026-01-31T14:30, with Z or an offset if not local).",
      "",
      "Examples:",
      "  pgtrail history --since 7d --status failed",
      "  pgtrail history --type ddl_auto --user alice --limit 0 --format csv > ddl.csv"
    })
final class HistoryCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(names = "--since", paramLabel = "MOMENT", description = "Begun at or after it.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "MOMENT", description = "Begun before it.")
  private @Nullable String until;

  @Option(names = "--type", paramLabel = "TYPE", description = "Of this type, like DDL_AUTO.")
  private @Nullable String type;

  @Option(names = "--status", paramLabel = "STATUS", description = "running, completed or failed.")
  private @Nullable Status status;

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "Session user, effective role or user of the application.")
  private @Nullable String user;

  @Option(names = "--name", paramLabel = "TEXT", description = "With this in its name.")
  private @Nullable String name;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "With this in its name, statement, objects or error message.")
  private @Nullable String text;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many, 0 for all; default ${DEFAULT-VALUE}.")
  private long limit = 50;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  /** What can become of an operation. */
  enum Status {
    running,
    completed,
    failed
  }

  HistoryCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    HistoryFilter filter =
        new HistoryFilter(
            Optional.ofNullable(since).map(moments::parse),
            Optional.ofNullable(until).map(moments::parse),
            Optional.ofNullable(type),
            Optional.ofNullable(status).map(Status::name),
            Optional.ofNullable(user),
            Optional.ofNullable(name),
            Optional.ofNullable(text),
            Limits.require(limit));
    History history = new History(root.dataSource());
    long shown = OperationListing.ofHistory().print(history, filter, format, root.console());
    Limits.remark(shown, limit, root.console());
    return 0;
  }
}
