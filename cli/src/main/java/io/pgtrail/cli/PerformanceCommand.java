package io.pgtrail.cli;

import io.pgtrail.reporting.PerformanceMetric;
import io.pgtrail.reporting.Reports;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtrail performance}: how fast and how well operations run. */
@Command(
    name = "performance",
    description = "Show how fast and how well operations ran in the last 24 hours.",
    footer = {
      "",
      "Of the operations that the role may read; the trend is that against the 24 hours before. In",
      "a terminal, bars compare durations with the longest and rates with the whole. With --watch",
      "the screen is drawn anew each time; in a pipe an empty line comes between. A lost connection",
      "is waited for.",
      "",
      "Example:",
      "  pgtrail performance --format csv"
    })
final class PerformanceCommand implements Callable<Integer> {

  private static final int BAR = 12;

  private final PgtrailCommand root;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Mixin private WatchOption watch = new WatchOption();

  PerformanceCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Optional<Watch> wanted = watch.watch(root);
    Reports reports = new Reports(root.jdbi(wanted.isPresent()));
    if (wanted.isPresent()) {
      return wanted.get().redraw(console -> print(reports.performance(), console));
    }
    print(reports.performance(), root.console());
    return 0;
  }

  private void print(List<PerformanceMetric> metrics, Console console) {
    new Listing<PerformanceMetric>()
        .with(Column.shown("metric_category").headed("category"), PerformanceMetric::category)
        .with(Column.text("metric_name").headed("metric"), PerformanceMetric::name)
        .with(Column.number("current_value").headed("value"), PerformanceMetric::value)
        .with(Column.shown("trend_direction").headed("trend"), PerformanceMetric::trend)
        .with(Column.shown("performance_rating").headed("rating"), PerformanceMetric::rating)
        .with(Column.picture(), metric -> bar(metric, longest(metrics)))
        .print(metrics, format, console);
  }

  private static String bar(PerformanceMetric metric, double longest) {
    BigDecimal value = Optional.ofNullable(metric.value()).orElse(BigDecimal.ZERO);
    if (isDuration(metric)) {
      return Pictures.bar(value.doubleValue(), longest, BAR);
    }
    boolean percentage = metric.name().contains("_rate") || metric.name().endsWith("_share");
    return percentage ? Pictures.bar(value.doubleValue(), 100, BAR) : "";
  }

  private static double longest(List<PerformanceMetric> metrics) {
    return metrics.stream()
        .filter(metric -> metric.value() != null && isDuration(metric))
        .mapToDouble(
            metric -> Optional.ofNullable(metric.value()).orElse(BigDecimal.ZERO).doubleValue())
        .max()
        .orElse(0);
  }

  private static boolean isDuration(PerformanceMetric metric) {
    return metric.name().endsWith("_duration_ms");
  }
}
