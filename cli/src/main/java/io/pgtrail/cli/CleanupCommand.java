package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.retention.Removal;
import io.pgtrail.retention.Retention;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail cleanup}: removes old operations, and archives them. */
@Command(
    name = "cleanup",
    description = "Remove operations that are older than a period; the removal is recorded.",
    footer = {
      "",
      "A PERIOD is days, weeks or years (365d, 12w, 2y) or ISO 8601 (P6M for six months). What is",
      "still running is kept. It commits batch by batch, and locks nothing for long; after Ctrl-C",
      "what was removed stays removed. For members of pgtrail_admin.",
      "",
      "Examples:",
      "  pgtrail cleanup --older-than 2y",
      "  pgtrail cleanup --older-than 365d --archive trail-2024.ndjson.gz",
      "  pgtrail archive verify trail-2024.ndjson.gz"
    })
final class CleanupCommand implements Callable<Integer> {

  private static final int KILLED = 128;

  private final PgtrailCommand root;

  @Option(
      names = "--older-than",
      paramLabel = "PERIOD",
      required = true,
      description = "Remove what began longer ago.")
  private String olderThan = "";

  @Option(
      names = "--archive",
      paramLabel = "FILE",
      description = "Write every removed version to a new file first, as compressed NDJSON.")
  private @Nullable Path archive;

  CleanupCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  @SuppressWarnings("try") // Signals are received as long as they are open.
  public Integer call() {
    int days = new Moments(Clock.system(ZoneId.systemDefault())).days(olderThan);
    TrailDataSource dataSource = root.dataSource();
    AtomicReference<String> signal = new AtomicReference<>();
    try (Signals signals = Signals.to(signal::set)) {
      Removal removal = remove(new Retention(dataSource), days, signal);
      root.console().say(summary(removal, days));
      return removal.finished() ? 0 : KILLED + Signals.number(String.valueOf(signal.get()));
    }
  }

  private Removal remove(Retention retention, int days, AtomicReference<String> signal) {
    ProgressLine line = new ProgressLine(root.console());
    try {
      return archive == null
          ? retention.cleanup(
              days, (operations, reached) -> show(line, operations, reached, signal))
          : retention.archive(
              days, archive, (operations, reached) -> show(line, operations, reached, signal));
    } finally {
      line.clear();
    }
  }

  private static boolean show(
      ProgressLine line, long operations, Instant reached, AtomicReference<String> signal) {
    line.show("Removed " + operations + " operations, up to " + reached);
    return signal.get() == null;
  }

  private String summary(Removal removal, int days) {
    return (removal.finished() ? "Removed " : "Interrupted: removed ")
        + removal.operations()
        + (removal.operations() == 1 ? " operation" : " operations")
        + " that began more than "
        + days
        + (days == 1 ? " day ago" : " days ago")
        + (archive == null
            ? ""
            : "; "
                + removal.versions()
                + (removal.versions() == 1 ? " version is in " : " versions are in ")
                + SafeText.line(archive.toString()));
  }
}
