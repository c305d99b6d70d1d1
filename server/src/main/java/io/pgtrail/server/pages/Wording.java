package io.pgtrail.server.pages;

import io.pgtrail.reporting.DashboardMetric;
import io.pgtrail.reporting.Operation;
import io.pgtrail.versioning.SchemaSummary;
import io.pgtrail.versioning.VersionedObject;
import io.quarkus.qute.TemplateExtension;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the templates word what the reports give. */
@TemplateExtension
final class Wording {

  private static final int LONGEST_ERROR = 200;
  private static final int EXCERPT = 160;

  private Wording() {}

  /** Without the unit and the span of time, which stand elsewhere. */
  static String label(DashboardMetric metric) {
    return metric
        .name()
        .replaceFirst("(_24h|_ms|_mb)$", "")
        .replaceFirst("^avg_", "average_")
        .replace('_', ' ');
  }

  static String shortUnit(DashboardMetric metric) {
    return switch (metric.unit()) {
      case "count" -> "";
      case "percentage" -> "%";
      case "percentage points" -> "points";
      case "milliseconds" -> "ms";
      case "megabytes" -> "MB";
      default -> metric.unit();
    };
  }

  static String number(DashboardMetric metric) {
    BigDecimal value = metric.value();
    return String.format(
        Locale.ROOT,
        "%,." + Math.min(Math.max(value.stripTrailingZeros().scale(), 0), 2) + "f",
        value.setScale(2, RoundingMode.HALF_UP));
  }

  /** How long it took, in a unit that suits. */
  static String took(Operation operation) {
    @Nullable Duration duration = operation.duration();
    if (duration == null) {
      return "–";
    }
    double millis = duration.toNanos() / 1e6;
    if (millis < 1000) {
      return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }
    long seconds = duration.toSeconds();
    return seconds < 60
        ? String.format(Locale.ROOT, "%.1f s", millis / 1000)
        : seconds < 3600
            ? "%d min %d s".formatted(seconds / 60, seconds % 60)
            : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }

  /** Who did it: the role that logged in, and for whom, as the session claims. */
  static String who(Operation operation) {
    String claimed = operation.applicationUser();
    return claimed == null
        ? operation.sessionUser()
        : operation.sessionUser() + " (claims " + claimed + ")";
  }

  static String shortError(Operation operation) {
    String error = Objects.requireNonNullElse(operation.error(), "");
    String line = error.lines().findFirst().orElse("");
    return line.length() <= LONGEST_ERROR ? line : line.substring(0, LONGEST_ERROR) + " …";
  }

  /** The line of the statement in which a text is; NULL if the text is elsewhere. */
  static @Nullable String excerpt(Operation operation, String text) {
    String sought = text.toLowerCase(Locale.ROOT);
    return Objects.requireNonNullElse(operation.statement(), "")
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).contains(sought))
        .findFirst()
        .map(line -> around(line, line.toLowerCase(Locale.ROOT).indexOf(sought)))
        .orElse(null);
  }

  private static String around(String line, int place) {
    int from = Math.max(0, place - EXCERPT / 3);
    int to = Math.min(line.length(), from + EXCERPT);
    return (from > 0 ? "… " : "")
        + line.substring(from, to).strip()
        + (to < line.length() ? " …" : "");
  }

  /** As a value in the query of an address. */
  static String urlEncode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** How the schema is called in an address. */
  static String key(SchemaSummary schema) {
    return Objects.requireNonNullElse(schema.name(), "");
  }

  static String title(SchemaSummary schema) {
    return Objects.requireNonNullElse(schema.name(), "outside of schemas");
  }

  static boolean isOpen(SchemaSummary schema, @Nullable String open) {
    return key(schema).equals(open);
  }

  static Map<String, List<VersionedObject>> byKind(List<VersionedObject> objects) {
    return objects.stream()
        .collect(Collectors.groupingBy(VersionedObject::type, TreeMap::new, Collectors.toList()));
  }
}
