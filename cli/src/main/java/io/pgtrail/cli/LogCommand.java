package io.pgtrail.cli;

import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Versions;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtrail log}: how the schema changed. */
@Command(
    name = "log",
    description = "Show how the schema changed, newest first.",
    footer = {
      "",
      "A commit is all that one transaction changed; pgtrail show COMMIT tells what. A change is",
      "MAJOR when it breaks who uses the object, MINOR when it adds to it, else PATCH.",
      "",
      "A MOMENT is a span before now (24h, 7d, 15min), a date (2026-01-31) or a date and time",
      "(2026-01-31T14:30, with Z or an offset if not local). For members of pgtrail_reader.",
      "",
      "Examples:",
      "  pgtrail log --since 7d",
      "  pgtrail log public.orders",
      "  pgtrail log 'public.total(bigint)' --format json"
    })
final class LogCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "OBJECT",
      description = "Of this object only, like public.orders.")
  private @Nullable String object;

  @Option(names = "--since", paramLabel = "MOMENT", description = "Changed at or after it.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "MOMENT", description = "Changed at or before it.")
  private @Nullable String until;

  @Option(names = "--author", paramLabel = "ROLE", description = "By this role.")
  private @Nullable String author;

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

  LogCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    ChangeFilter filter =
        new ChangeFilter(
            Optional.ofNullable(object),
            Optional.ofNullable(since).map(moments::parse),
            Optional.ofNullable(until).map(moments::parse),
            Optional.ofNullable(author),
            Optional.empty(),
            Limits.require(limit));
    ChangeListing.print(new Versions(root.jdbi(false)), filter, format, root.console());
    return 0;
  }
}
