package io.pgtrail.reporting;

import java.time.Instant;

/**
 * One thing that was looked at, a row of {@code script_tracking.get_system_health()}.
 *
 * @param details how it stands, and what to do about it
 */
public record HealthCheck(
    String category, String metric, String status, String details, Instant checkedAt) {

  /** Whether there is nothing to do about it. */
  public boolean isWell() {
    return status.equals("OK");
  }

  /** Whether something must be done now. */
  public boolean isCritical() {
    return status.equals("CRITICAL");
  }
}
