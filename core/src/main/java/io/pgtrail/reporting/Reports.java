package io.pgtrail.reporting;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The reports over the operations that the session may read, each as its function in the database
 * gives it. All throw {@code PgtrailException} with {@code NOT_INSTALLED}, {@code NOT_PERMITTED} or
 * {@code UNAVAILABLE}.
 */
public final class Reports {

  private final Jdbi jdbi;

  public Reports(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The last 24 hours in numbers. */
  public List<DashboardMetric> dashboard() {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    select metric_name, metric_value, metric_unit, status, last_updated
                    from script_tracking.get_enterprise_dashboard()
                    """)
                .map(
                    (row, context) ->
                        new DashboardMetric(
                            row.getString("metric_name"),
                            row.getBigDecimal("metric_value"),
                            row.getString("metric_unit"),
                            row.getString("status"),
                            moment(row, "last_updated")))
                .list());
  }

  /**
   * Volume, failures and durations over time, the current hour included, oldest first.
   *
   * @param hours so many hours up to now
   * @param step hours of a period
   * @throws io.pgtrail.error.PgtrailException also {@code INVALID_ARGUMENT} for negative hours, a
   *     step of 0, or more than 10,000 steps
   */
  public List<ActivityPeriod> activity(int hours, int step) {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    select
                        period_start, operations, failed, ddl, success_rate, avg_duration_ms,
                        p50_duration_ms, p95_duration_ms, p99_duration_ms
                    from script_tracking.get_activity(:hours, :step)
                    """)
                .bind("hours", hours)
                .bind("step", step)
                .map(
                    (row, context) ->
                        new ActivityPeriod(
                            moment(row, "period_start"),
                            row.getLong("operations"),
                            row.getLong("failed"),
                            row.getLong("ddl"),
                            row.getBigDecimal("success_rate"),
                            row.getBigDecimal("avg_duration_ms"),
                            row.getBigDecimal("p50_duration_ms"),
                            row.getBigDecimal("p95_duration_ms"),
                            row.getBigDecimal("p99_duration_ms")))
                .list());
  }

  /** How fast and how well operations ran in the last 24 hours. */
  public List<PerformanceMetric> performance() {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    select
                        metric_category, metric_name, current_value, trend_direction,
                        performance_rating
                    from script_tracking.get_performance_metrics()
                    """)
                .map(
                    (row, context) ->
                        new PerformanceMetric(
                            row.getString("metric_category"),
                            row.getString("metric_name"),
                            row.getBigDecimal("current_value"),
                            row.getString("trend_direction"),
                            row.getString("performance_rating")))
                .list());
  }

  /** How pgtrail itself is. */
  public List<HealthCheck> health() {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    select health_category, health_metric, current_status, details, last_checked
                    from script_tracking.get_system_health()
                    """)
                .map(
                    (row, context) ->
                        new HealthCheck(
                            row.getString("health_category"),
                            row.getString("health_metric"),
                            row.getString("current_status"),
                            row.getString("details"),
                            moment(row, "last_checked")))
                .list());
  }

  /**
   * What was out of the ordinary in the last 24 hours.
   *
   * @param days how many days before say what is usual; more than 0 to find anything
   * @throws io.pgtrail.error.PgtrailException also {@code INVALID_ARGUMENT} for negative days
   */
  public List<Anomaly> anomalies(int days) {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    select
                        anomaly_kind, subject_kind, subject, observed, expected, deviation,
                        occurred_at, reason
                    from script_tracking.get_anomalies(:days)
                    """)
                .bind("days", days)
                .map(
                    (row, context) ->
                        new Anomaly(
                            row.getString("anomaly_kind"),
                            row.getString("subject_kind"),
                            row.getString("subject"),
                            row.getBigDecimal("observed"),
                            row.getBigDecimal("expected"),
                            row.getBigDecimal("deviation"),
                            row.getObject("occurred_at") == null
                                ? null
                                : moment(row, "occurred_at"),
                            row.getString("reason")))
                .list());
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private <T> List<T> read(Function<Handle, List<T>> query) {
    try {
      return jdbi.inTransaction(
          handle -> {
            SafePath.in(handle);
            return query.apply(handle);
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
