package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.HistoryTail;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "Session user, effective role or user of the application.")
  private @Nullable String user;

  @Option(
      names = "--object",
      paramLabel = "OBJECT",
      description = "That touched this object, like public.orders; * is any text: '*.orders'.")
  private @Nullable String object;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "With this in its name, statement, objects or error message.")
  private @Nullable String text;

  @Option(names = "--tenant", paramLabel = "NAME", description = "Of this tenant.")
  private @Nullable String tenant;

  @Option(
      names = "--before",
      paramLabel = "CURSOR",
      description = "The page that goes on where another ended.")
  private @Nullable String before;

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

  @Mixin private WatchOption watch = new WatchOption();

  ErrorsCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    HistoryFilter filter =
        new HistoryFilter(
            Optional.of(moments.parse(since)),
            Optional.empty(),
            Optional.empty(),
            Optional.of("FAILED"),
            Optional.ofNullable(user),
            Optional.empty(),
            Optional.ofNullable(object),
            Optional.ofNullable(text),
            Optional.ofNullable(tenant),
            Optional.ofNullable(before).map(HistoryCursor::parse),
            Limits.require(limit));
    OperationListing listing = OperationListing.ofErrors(format, root.console());
    Optional<Watch> wanted = watch.watch(root);
    if (wanted.isPresent()) {
      Limits.refusePages(filter);
      return listing.follow(new HistoryTail(root.jdbi(true), filter), wanted.get());
    }
    listing.print(new History(root.dataSource()), filter);
    return 0;
  }
}
