package io.pgtrail.cli;

import io.pgtrail.reporting.HistoryFilter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "When there is more than --limit, the last line on standard error says how to get the next",
      "page: the same command with --before CURSOR. Nothing is shown twice or left out, whatever is",
      "recorded meanwhile.",
      "",
      "--watch begins with the newest, the oldest of them first, and goes on like tail -f: each",
      "operation is added when it begins and again when it ends, as JSON an object a line. A lost",
      "connection is waited for. Ctrl-C ends it with exit code 0.",
      "",
      "Everyone sees what the role may read: what it recorded itself, a reader the system and its",
      "tenant, an auditor all. --tenant acts for a tenant that was granted to the role, and shows",
      "what belongs to it; it gives no rights.",
      "",
      "Examples:",
      "  pgtrail history --since 7d --status failed",
      "  pgtrail history --object public.orders",
      "  pgtrail history --type ddl_auto --user alice --limit 0 --format csv > ddl.csv",
      "  pgtrail history --watch --format json"
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

  @Option(names = "--name", paramLabel = "TEXT", description = "With this in its name.")
  private @Nullable String name;

  @Mixin private OperationOptions operations = new OperationOptions();

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
        operations.filter(
            Optional.ofNullable(since).map(moments::parse),
            Optional.ofNullable(until).map(moments::parse),
            Optional.ofNullable(type),
            Optional.ofNullable(status).map(Status::name),
            Optional.ofNullable(name));
    return operations.show(root, filter, OperationListing::ofHistory);
  }
}
