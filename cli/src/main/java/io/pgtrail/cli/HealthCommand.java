package io.pgtrail.cli;

import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.Reports;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtrail health}: whether everything is recorded, and will be. */
@Command(
    name = "health",
    description = "Show whether capture, trail and storage are well, and what to do if not.",
    footer = {
      "",
      "What is worst comes first. Exit code 1 when anything is CRITICAL; a WARNING alone is not;",
      "UNKNOWN is what the role may not see. With --watch the screen is drawn anew each time until",
      "Ctrl-C, which is exit code 0; in a pipe an empty line comes between. A lost connection is",
      "waited for.",
      "",
      "Example:",
      "  pgtrail health || mail -s 'pgtrail' dba@example.org </dev/null"
    })
final class HealthCommand implements Callable<Integer> {

  private static final Listing<HealthCheck> CHECKS =
      new Listing<HealthCheck>()
          .with(Column.shown("health_category").headed("category"), HealthCheck::category)
          .with(Column.shown("health_metric").headed("metric"), HealthCheck::metric)
          .with(Column.shown("current_status").headed("status"), HealthCheck::status)
          .with(Column.prose("details"), HealthCheck::details)
          .with(Column.detail("last_checked"), HealthCheck::checkedAt);

  /** From bad to good; what is not known comes before all. */
  private static final List<String> SEVERITY = List.of("CRITICAL", "WARNING", "UNKNOWN", "OK");

  private final PgtrailCommand root;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Mixin private WatchOption watch = new WatchOption();

  HealthCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Optional<Watch> wanted = watch.watch(root);
    Reports reports = new Reports(root.jdbi(wanted.isPresent()));
    if (wanted.isPresent()) {
      return wanted.get().redraw(console -> print(reports.health(), format, console));
    }
    List<HealthCheck> checks = reports.health();
    print(checks, format, root.console());
    return checks.stream().anyMatch(HealthCheck::isCritical) ? 1 : 0;
  }

  /** A person sees first what is worst. */
  static void print(List<HealthCheck> checks, Format format, Console console) {
    List<HealthCheck> ordered = new ArrayList<>(checks);
    if (format == Format.table) {
      ordered.sort(Comparator.comparing(check -> SEVERITY.indexOf(check.status())));
    }
    CHECKS.print(ordered, format, console);
  }
}
