package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.HistoryTail;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that list operations have in common: filters, pages, formats, watching. */
final class OperationOptions {

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

  /** The filter of these options and of those that a command has besides. */
  HistoryFilter filter(
      Optional<Instant> since,
      Optional<Instant> until,
      Optional<String> type,
      Optional<String> status,
      Optional<String> name) {
    return new HistoryFilter(
        since,
        until,
        type,
        status,
        Optional.ofNullable(user),
        name,
        Optional.ofNullable(object),
        Optional.ofNullable(text),
        Optional.ofNullable(tenant),
        Optional.ofNullable(before).map(HistoryCursor::parse),
        Limits.require(limit));
  }

  /** Prints a page, or goes on until Ctrl-C; gives the exit code. */
  int show(
      PgtrailCommand root,
      HistoryFilter filter,
      BiFunction<Format, Console, OperationListing> listings) {
    OperationListing listing = listings.apply(format, root.console());
    Optional<Watch> wanted = watch.watch(root);
    if (wanted.isPresent()) {
      Limits.refusePages(filter);
      return listing.follow(new HistoryTail(root.jdbi(true), filter), wanted.get());
    }
    listing.print(new History(root.dataSource()), filter);
    return 0;
  }
}
