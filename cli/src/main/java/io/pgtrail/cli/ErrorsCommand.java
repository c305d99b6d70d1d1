package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail errors}: what failed, and why. */
@Command(
    name = "errors",
    description = "Show what failed, and why, newest first.",
    footer = {"", "Example:", "  pgtrail errors --since 24h"})
final class ErrorsCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(
      names = "--since",
      paramLabel = "MOMENT",
      defaultValue = "24h",
      description = "Begun at or after it, see history; default ${DEFAULT-VALUE}.")
  private String since = "24h";

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

  ErrorsCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    HistoryFilter filter =
        new HistoryFilter(
            Optional.of(new Moments(Clock.system(ZoneId.systemDefault())).parse(since)),
            Optional.empty(),
            Optional.empty(),
            Optional.of("FAILED"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Limits.require(limit));
    History history = new History(root.dataSource());
    long shown = OperationListing.ofErrors().print(history, filter, format, root.console());
    Limits.remark(shown, limit, root.console());
    return 0;
  }
}
