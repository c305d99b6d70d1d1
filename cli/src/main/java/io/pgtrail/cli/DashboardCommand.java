package io.pgtrail.cli;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.DashboardMetric;
import io.pgtrail.reporting.Reports;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtrail dashboard}: the last 24 hours. */
@Command(
    name = "dashboard",
    description = "Show the last 24 hours: volume, success, duration, and how that changed.",
    footer = {
      "",
      "Of the operations that the role may read. In a terminal, two lines of bars show the",
      "operations and the failures hour by hour. With --watch the screen is drawn anew each time;",
      "in a pipe an empty line comes between. A lost connection is waited for.",
      "",
      "Example:",
      "  pgtrail dashboard --watch"
    })
final class DashboardCommand implements Callable<Integer> {

  private static final Listing<DashboardMetric> METRICS =
      new Listing<DashboardMetric>()
          .with(Column.text("metric_name").headed("metric"), DashboardMetric::name)
          .with(Column.number("metric_value").headed("value"), DashboardMetric::value)
          .with(Column.shown("metric_unit").headed("unit"), DashboardMetric::unit)
          .with(Column.shown("status"), DashboardMetric::status)
          .with(Column.detail("last_updated"), DashboardMetric::updatedAt);

  private final PgtrailCommand root;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Mixin private WatchOption watch = new WatchOption();

  DashboardCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Optional<Watch> wanted = watch.watch(root);
    Reports reports = new Reports(root.jdbi(wanted.isPresent()));
    if (wanted.isPresent()) {
      return wanted.get().redraw(console -> print(reports, format, console));
    }
    print(reports, format, root.console());
    return 0;
  }

  static void print(Reports reports, Format format, Console console) {
    METRICS.print(reports.dashboard(), format, console);
    if (format == Format.table && console.terminal().present()) {
      List<ActivityPeriod> hours = reports.activity(24, 1);
      console.say("");
      console.say(line("operations", hours.stream().map(ActivityPeriod::operations).toList()));
      String failures = line("failures", hours.stream().map(ActivityPeriod::failures).toList());
      console.say(console.terminal().paint("FAILED", failures));
      console.flush();
    }
  }

  private static String line(String what, List<Long> values) {
    return String.format(
        Locale.ROOT,
        "%-10s  %s  at most %,d an hour",
        what,
        Pictures.sparkline(values),
        values.stream().mapToLong(Long::longValue).max().orElse(0));
  }
}
