package io.pgtrail.reporting;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How fast and how well operations ran in the last 24 hours, a row of {@code
 * script_tracking.get_performance_metrics()}.
 *
 * @param value NULL where it cannot be measured
 * @param trend UP, DOWN or STABLE against the 24 hours before
 * @param rating EXCELLENT, GOOD, WARNING, POOR or NORMAL
 */
public record PerformanceMetric(
    String category, String name, @Nullable BigDecimal value, String trend, String rating) {}
