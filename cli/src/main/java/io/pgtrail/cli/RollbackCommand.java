package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Rollback;
import io.pgtrail.versioning.RollbackOutcome;
import io.pgtrail.versioning.RollbackOutcome.Refused;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtrail rollback}: back to an earlier schema. */
@Command(
    name = "rollback",
    description = "Bring the schema back to a moment, or an object back to a version.",
    footer = {
      "",
      "Tables keep the rows that they have. What was in a column or table that was dropped does not",
      "come back: only the schema is versioned. A step that would destroy data that is there now is",
      "refused unless --allow-data-loss is given. All steps are one transaction, with your own",
      "rights; the outcome is checked, and anything but the promised schema undoes all of it.",
      "",
      "A MOMENT is a span before now (24h, 7d, 15min), a date (2026-01-31) or a date and time",
      "(2026-01-31T14:30, with Z or an offset if not local). For members of pgtrail_reader.",
      "",
      "Examples:",
      "  pgtrail rollback --to 2026-03-01T14:30 --preview",
      "  pgtrail rollback --to 2h",
      "  pgtrail rollback public.orders --version 1.2.0"
    })
final class RollbackCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "OBJECT",
      description = "This object only, like public.orders; it may be dropped.")
  private @Nullable String object;

  @Option(names = "--to", paramLabel = "MOMENT", description = "The schema of this moment.")
  private @Nullable String to;

  @Option(names = "--version", paramLabel = "V", description = "The version of the object.")
  private @Nullable String version;

  @Option(names = "--preview", description = "Only show what would be done.")
  private boolean preview;

  @Option(names = "--allow-data-loss", description = "Also where data that is there is lost.")
  private boolean allowDataLoss;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  /** Its own, as {@code --version} is another here than with all other commands. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option.
  private boolean help;

  RollbackCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    TrailDataSource dataSource = root.dataSource();
    Rollback rollback = rollback(Jdbi.create(dataSource));
    List<PlannedStep> plan = rollback.preview();
    if (plan.isEmpty()) {
      root.console().remark("Nothing to do: all is as it was.");
    }
    if (plan.isEmpty() || preview || format == Format.table) {
      PlanListing.print(plan, format, root.console());
    }
    if (!plan.isEmpty() && !preview) {
      String database = dataSource.settings().database();
      consent(plan, database);
      report(rollback.execute(allowDataLoss), plan, database);
    }
    return 0;
  }

  private Rollback rollback(Jdbi jdbi) {
    if (object == null && version == null && to != null) {
      return Rollback.to(jdbi, new Moments(Clock.system(ZoneId.systemDefault())).parse(to));
    }
    if (object != null && version != null && to == null) {
      return Rollback.ofObject(jdbi, object, version);
    }
    throw new PgtrailException(
        ErrorCode.INVALID_ARGUMENT,
        "Give either a moment with --to, or an object and its --version",
        "For example: pgtrail rollback --to 2h --preview");
  }

  /** Nobody is asked about what would be refused. */
  private void consent(List<PlannedStep> plan, String database) {
    if (!allowDataLoss) {
      plan.stream()
          .filter(PlannedStep::losesData)
          .findFirst()
          .ifPresent(
              step -> {
                throw refusal(
                    new Refused(
                        "the rollback is refused at step %d: it would destroy data in %s"
                            .formatted(step.step(), rows(step.lostRows())),
                        Optional.of(step.ddl() + "\nNothing was changed."),
                        Optional.empty(),
                        true));
              });
    }
    if (!yes) {
      Confirmation.require(
          root.console(),
          database,
          "This changes the schema of %s" + (allowDataLoss ? ", and may lose data." : "."),
          ErrorCode.ROLLBACK_REFUSED);
    }
  }

  private void report(RollbackOutcome outcome, List<PlannedStep> plan, String database) {
    List<PlannedStep> done =
        outcome.fold(
            RollbackOutcome.Undone::steps,
            refused -> {
              throw refusal(refused);
            });
    if (format != Format.table || !done.equals(plan)) {
      PlanListing.print(done, format, root.console());
    }
    if (format == Format.table) {
      root.console()
          .say(
              "Rolled back %s: %d %s carried out, %s"
                  .formatted(
                      SafeText.line(database),
                      done.size(),
                      done.size() == 1 ? "step" : "steps",
                      loss(done)));
    }
  }

  private static String loss(List<PlannedStep> done) {
    long rows =
        done.stream()
            .map(PlannedStep::lostRows)
            .filter(lost -> lost != null)
            .mapToLong(Long::longValue)
            .sum();
    return rows == 0 ? "no data lost" : "data lost in " + rows(rows);
  }

  private static String rows(@Nullable Long number) {
    return number + (Long.valueOf(1).equals(number) ? " row" : " rows");
  }

  private static PgtrailException refusal(Refused refused) {
    return new PgtrailException(
        ErrorCode.ROLLBACK_REFUSED,
        refused.reason()
            + refused.detail().map(detail -> "\n" + detail.indent(2).stripTrailing()).orElse(""),
        refused.losesData()
            ? "--allow-data-loss does it all the same; --preview shows every step."
            : refused.hint().orElse(null));
  }
}
