package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.versioning.ObjectDifference;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.SchemaComparison;
import io.pgtrail.versioning.Versions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail diff}: two moments, or two databases. */
@Command(
    name = "diff",
    description = "Show what differs between the schema at two moments, or of two databases.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:no difference", "1:they differ, or a moment is not known"},
    footer = {
      "",
      "With --against, both databases are compared as they are now, object by object with the same",
      "kind and name: - is here, + is there. pgtrail must be installed in both, and version the",
      "same schemas. --migration prints statements and executes none; a comment tells of those that",
      "lose data or lock.",
      "",
      "A MOMENT is a span before now (24h, 7d, 15min), a date (2026-01-31) or a date and time",
      "(2026-01-31T14:30, with Z or an offset if not local). For members of pgtrail_reader.",
      "",
      "Examples:",
      "  pgtrail diff --from 1d",
      "  pgtrail diff --from 2026-03-01 --to 2026-04-01 --migration > march.sql",
      "  pgtrail --url postgresql://prod/shop diff --against postgresql://test/shop"
    })
final class DiffCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(names = "--from", paramLabel = "MOMENT", description = "The first of two moments.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "MOMENT",
      description = "The second; now if not given. It may be the earlier one.")
  private @Nullable String to;

  @Option(names = "--against", paramLabel = "URL", description = "Another database.")
  private @Nullable String against;

  @Option(names = "--side-by-side", description = "Before and after in two columns.")
  private boolean sideBySide;

  @Option(
      names = "--migration",
      description = "Print the DDL that leads from the first to the second, or from here to there.")
  private boolean migration;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  DiffCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    if ((from == null) == (against == null) || (to != null && against != null)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Give either a moment with --from, and --to if it is not now, or a database with --against",
          "For example: pgtrail diff --from 1d");
    }
    return against == null ? moments(String.valueOf(from)) : databases(against);
  }

  private int moments(String first) {
    Moments moments = new Moments(Clock.system(ZoneId.systemDefault()));
    Instant begin = moments.parse(first);
    Optional<Instant> end = Optional.ofNullable(to).map(moments::parse);
    Versions versions = new Versions(root.jdbi(false));
    return migration
        ? print(versions.migration(begin, end))
        : print(versions.differences(begin, end));
  }

  private int databases(String url) {
    TrailDataSource other = root.dataSource(url);
    SchemaComparison comparison =
        new SchemaComparison(root.jdbi(false), Jdbi.create(other), other.settings().toString());
    return migration
        ? print(
            comparison.migration().stream()
                .map(DiffCommand::statement)
                .collect(Collectors.joining("\n")))
        : print(comparison.differences());
  }

  private static String statement(PlannedStep step) {
    String warning =
        step.risk().equals("SAFE")
            ? ""
            : "-- " + step.risk() + ": " + SafeText.line(String.valueOf(step.reason())) + "\n";
    return warning + step.ddl() + ";";
  }

  private int print(String ddl) {
    root.console().script(ddl);
    return remark(ddl.isEmpty());
  }

  private int print(List<ObjectDifference> differences) {
    if (format == Format.table) {
      DifferencePrinter printer = new DifferencePrinter(root.console(), sideBySide);
      String separator = "";
      for (ObjectDifference difference : differences) {
        root.console().out().print(separator);
        printer.heading(difference);
        printer.body(difference);
        separator = "\n";
      }
    } else {
      DifferenceListing.of(Function.<ObjectDifference>identity())
          .print(differences, format, root.console());
    }
    return remark(differences.isEmpty());
  }

  private int remark(boolean same) {
    if (same) {
      root.console().remark("No difference.");
    }
    return same ? 0 : 1;
  }
}
