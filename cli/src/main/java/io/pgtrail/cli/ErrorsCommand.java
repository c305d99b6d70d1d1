package io.pgtrail.cli;

import io.pgtrail.reporting.HistoryFilter;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtrail errors}: what failed, and why. */
@Command(
    name = "errors",
    description = "Show what failed, and why, newest first.",
    footer = {
      "",
      "The same as history --status failed, with the reasons; pages, --watch and --tenant are",
      "explained there.",
      "",
      "Examples:",
      "  pgtrail errors --since 7d --object 'sales.*'",
      "  pgtrail errors --watch"
    })
final class ErrorsCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(
      names = "--since",
      paramLabel = "MOMENT",
      defaultValue = "24h",
      description = "Begun at or after it, see history; default ${DEFAULT-VALUE}.")
  private String since = "24h";

  @Mixin private OperationOptions operations = new OperationOptions();

  ErrorsCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    HistoryFilter filter =
        operations.filter(
            Optional.of(moments.parse(since)),
            Optional.empty(),
            Optional.empty(),
            Optional.of("FAILED"),
            Optional.empty());
    return operations.show(root, filter, OperationListing::ofErrors);
  }
}
