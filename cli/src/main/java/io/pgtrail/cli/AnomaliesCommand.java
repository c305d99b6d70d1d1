package io.pgtrail.cli;

import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.Reports;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtrail anomalies}: what was out of the ordinary. */
@Command(
    name = "anomalies",
    description = "Show what was out of the ordinary in the last 24 hours, and why.",
    footer = {
      "",
      "Users and types whose volume, failures or durations leave their own baseline, users and",
      "addresses seen for the first time, activity at unusual hours; of the operations that the role",
      "may read. Exit code 0 also when there are some. With --watch the screen is drawn anew each",
      "time.",
      "",
      "Example:",
      "  pgtrail anomalies --days 90"
    })
final class AnomaliesCommand implements Callable<Integer> {

  private static final Listing<Anomaly> ANOMALIES =
      new Listing<Anomaly>()
          .with(Column.shown("anomaly_kind").headed("kind"), Anomaly::kind)
          .with(Column.detail("subject_kind"), Anomaly::subjectKind)
          .with(Column.text("subject"), Anomaly::subject)
          .with(Column.number("observed"), Anomaly::observed)
          .with(Column.number("expected"), Anomaly::expected)
          .with(Column.detail("deviation"), Anomaly::deviation)
          .with(Column.detail("occurred_at"), Anomaly::occurredAt)
          .with(Column.prose("reason"), Anomaly::reason);

  private final PgtrailCommand root;

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "30",
      description = "The days before that say what is usual; default ${DEFAULT-VALUE}.")
  private int days = 30;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Mixin private WatchOption watch = new WatchOption();

  AnomaliesCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Optional<Watch> wanted = watch.watch(root);
    Reports reports = new Reports(root.jdbi(wanted.isPresent()));
    if (wanted.isPresent()) {
      return wanted
          .get()
          .redraw(console -> ANOMALIES.print(reports.anomalies(days), format, console));
    }
    List<Anomaly> anomalies = reports.anomalies(days);
    ANOMALIES.print(anomalies, format, root.console());
    if (anomalies.isEmpty()) {
      root.console().remark("Nothing out of the ordinary.");
    }
    return 0;
  }
}
