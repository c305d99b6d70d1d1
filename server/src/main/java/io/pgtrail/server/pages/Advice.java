package io.pgtrail.server.pages;

import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.PerformanceMetric;
import io.quarkus.qute.TemplateExtension;
import java.util.Set;

/** Which operations to look at when a report does not please. */
@TemplateExtension
final class Advice {

  private static final String RATE_OF_TYPE = "failure_rate_";
  private static final Set<String> BAD = Set.of("WARNING", "POOR");

  private Advice() {}

  /** What to do about a metric. */
  static String toDo(PerformanceMetric metric) {
    if (!BAD.contains(String.valueOf(metric.rating()))) {
      return "";
    }
    return metric.category().equals("RELIABILITY")
        ? "See what failed, and why"
        : "See what took so long, or failed";
  }

  /** The operations it is about, as the query of their list. */
  static String operations(PerformanceMetric metric) {
    String status = metric.category().equals("RELIABILITY") ? "status=FAILED" : "";
    return metric.name().startsWith(RATE_OF_TYPE)
        ? status + "&type=" + Wording.urlEncode(metric.name().substring(RATE_OF_TYPE.length()))
        : status;
  }

  /** The operations of a user or of a type, as the query of their list; empty for others. */
  static String operations(Anomaly anomaly) {
    return switch (anomaly.subjectKind()) {
      case "USER" -> "user=" + Wording.urlEncode(anomaly.subject());
      case "SCRIPT_TYPE" -> "type=" + Wording.urlEncode(anomaly.subject());
      default -> "";
    };
  }
}
