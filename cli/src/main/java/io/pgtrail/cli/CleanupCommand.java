package io.pgtrail.cli;

import io.pgtrail.retention.Retention;
import java.time.Clock;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail cleanup}: removes old operations. */
@Command(
    name = "cleanup",
    description = "Remove operations that are older than a period; the removal is recorded.",
    footer = {
      "",
      "A PERIOD is days, weeks or years (365d, 12w, 2y) or ISO 8601 (P6M for six months). What is",
      "still running is kept. For members of pgtrail_admin.",
      "",
      "Example:",
      "  pgtrail cleanup --older-than 2y"
    })
final class CleanupCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(names = "--older-than", paramLabel = "PERIOD", required = true)
  private String olderThan = "";

  CleanupCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    int days = new Moments(Clock.system(ZoneId.systemDefault())).days(olderThan);
    int removed = new Retention(root.dataSource()).cleanup(days);
    root.console()
        .say(
            "Removed "
                + removed
                + (removed == 1 ? " operation" : " operations")
                + " that began more than "
                + days
                + (days == 1 ? " day ago" : " days ago"));
    return 0;
  }
}
