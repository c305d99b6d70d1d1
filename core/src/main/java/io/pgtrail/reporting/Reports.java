package io.pgtrail.reporting;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
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

  /**
   * How long the operations of the last 48 hours took, by the hour, the oldest first. Reads the
   * rollups alone: quick however many there are, and as new as they are.
   *
   * @param limitsMs ascending; within a tenth, as the rollups keep durations
   */
  public List<HourOfDurations> durations(List<Integer> limitsMs) {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    with bound as materialized (
                        select array_agg(pgtrail.duration_bucket(l.ms) order by l.ms) as buckets
                        from unnest(:limits) as l (ms)
                    ),
                    timed as materialized (
                        select
                            d.hour, width_bucket(u.bucket - 1, b.buckets) as slot,
                            sum(u.operations) as operations
                        from bound as b,
                            pgtrail.rolled_up_durations(
                                now() - interval '48 hours', now() - interval '48 hours', 'infinity', 60)
                                as d,
                            unnest(d.buckets, d.bucket_operations) as u (bucket, operations)
                        group by d.hour, width_bucket(u.bucket - 1, b.buckets)
                    )
                    select
                        r.hour, coalesce(sum(r.duration_sum_ms), 0)::bigint as sum_ms,
                        array(
                            select coalesce(sum(t.operations), 0)::bigint
                            from generate_series(0, (select cardinality(b.buckets) from bound as b)) as s (slot)
                            left join timed as t on t.hour = r.hour and t.slot = s.slot
                            group by s.slot
                            order by s.slot
                        ) as operations
                    from pgtrail.rolled_up(
                        now() - interval '48 hours', now() - interval '48 hours', 'infinity', 60) as r
                    group by r.hour
                    order by r.hour
                    """)
                .bindArray("limits", Integer.class, limitsMs)
                .map(
                    (row, context) ->
                        new HourOfDurations(
                            moment(row, "hour"),
                            List.of((Long[]) row.getArray("operations").getArray()),
                            row.getLong("sum_ms")))
                .list());
  }

  /**
   * How long the oldest operation that the rollups have not read waits for them; zero where they
   * have read all, empty for callers below {@code pgtrail_auditor}.
   */
  public Optional<Duration> rollupLag() {
    return read(
            handle ->
                handle
                    .createQuery(
                        """
                        select
                            case
                                when f.versions_waiting = 0 then 0
                                else extract(epoch from greatest(
                                    clock_timestamp() - f.waiting_since, interval '0'))
                            end
                        from pgtrail.trail_facts() as f
                        where f.versions_waiting is not null
                        """)
                    .mapTo(Double.class)
                    .list())
        .stream()
        .findFirst()
        .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)));
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
