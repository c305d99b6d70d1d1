package io.pgtrail.reporting;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * One number of the last 24 hours, a row of {@code script_tracking.get_enterprise_dashboard()}.
 *
 * @param status a rating (EXCELLENT, GOOD, WARNING, POOR), NORMAL or CRITICAL
 */
public record DashboardMetric(
    String name, BigDecimal value, String unit, String status, Instant updatedAt) {}
