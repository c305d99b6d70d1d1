package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.retention.ArchiveVerdict;
import io.pgtrail.retention.Archives;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtrail archive}: what {@code cleanup --archive} wrote. */
@Command(name = "archive", description = "Examine what cleanup --archive wrote.")
final class ArchiveCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private ArchiveCommand() {}

  static CommandLine commandLine(PgtrailCommand root) {
    return new CommandLine(new ArchiveCommand()).addSubcommand(new Verify(root));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What about the archive?");
  }

  /** {@code pgtrail archive verify}: is it complete and unaltered? */
  @Command(
      name = "verify",
      description = "Prove that an archive is complete and unaltered.",
      footer = {
        "",
        "Without --against-trail no database is needed: counts and SHA-256 in the file are compared",
        "with its content. Somebody who can write the file can make them fit; the trail remembers.",
        "",
        "Examples:",
        "  pgtrail archive verify trail-2024.ndjson.gz",
        "  pgtrail archive verify --against-trail trail-2024.ndjson.gz"
      })
  static final class Verify implements Callable<Integer> {

    private final PgtrailCommand root;

    @Option(
        names = "--against-trail",
        description = "Also compare with what the trail recorded of the cleanup.")
    private boolean againstTrail;

    @Parameters(paramLabel = "FILE", description = "The archive.")
    private Path file = Path.of("");

    Verify(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      // Before a long reading: the connection may be misspelled.
      TrailDataSource trail = againstTrail ? root.dataSource() : null;
      ArchiveVerdict verdict = Archives.verify(file);
      boolean good = verdict.fold(this::intact, this::broken);
      if (trail != null) {
        Archives.Comparison comparison = Archives.compare(verdict, trail);
        root.console().say(SafeText.line(comparison.finding()));
        good &= comparison.agrees();
      }
      return good ? 0 : 1;
    }

    private boolean intact(ArchiveVerdict.Intact archive) {
      Console console = root.console();
      console.say(SafeText.line(file + " is complete and unaltered"));
      console.say(
          "%d operations with %d versions of database %s, begun before %s"
              .formatted(
                  archive.extent().operations(),
                  archive.extent().versions(),
                  SafeText.line(archive.header().database()),
                  archive.header().before()));
      console.say("SHA-256 " + archive.sha256());
      return true;
    }

    private boolean broken(ArchiveVerdict.Broken archive) {
      Console console = root.console();
      console.say(SafeText.line(file + " is damaged: " + archive.problem()));
      console.say(
          "%d operations with %d versions in it are proved to be unaltered"
              .formatted(archive.proven().operations(), archive.proven().versions()));
      return false;
    }
  }
}
