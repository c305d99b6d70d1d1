set local role pgtrail_owner;

create or replace function pgtrail.slowest_share(p_buckets integer[], p_bucket_operations bigint[])
    returns numeric
    language sql
    immutable
    parallel safe
begin atomic
    -- A bucket stands for its middle, with the whole histogram as well as with its slow end.
    with bucket as (
        select
            sum(b.operations) as operations,
            pgtrail.bucket_duration(b.bucket) as middle_ms,
            coalesce(sum(sum(b.operations)) over (
                order by b.bucket desc
                rows between unbounded preceding and 1 preceding
            ), 0) as slower,
            sum(sum(b.operations)) over () as total
        from unnest(p_buckets, p_bucket_operations) as b (bucket, operations)
        group by b.bucket
    )
    select pgtrail.percentage(
        sum(b.middle_ms * greatest(least(b.operations, ceil(b.total * 0.05) - b.slower), 0)),
        sum(b.middle_ms * b.operations)
    )
    from bucket as b;
end;
comment on function pgtrail.slowest_share(integer[], bigint[]) is
    'How many percent of all the time were spent by the slowest twentieth of the operations, rounded up to whole operations; from a histogram, so within 5 percent. NULL where no time was spent.';

create or replace function pgtrail.measured_capture_ms()
    returns numeric
    language sql
    stable
begin atomic
    select (sum(pg_stat_get_function_total_time(f.id))
        / nullif(max(pg_stat_get_function_calls(f.id)), 0))::numeric
    from unnest(array[
        'script_tracking.event_trigger_ddl_start()'::regprocedure,
        'script_tracking.event_trigger_sql_drop()'::regprocedure,
        'script_tracking.event_trigger_table_rewrite()'::regprocedure,
        'script_tracking.event_trigger_ddl_end()'::regprocedure
    ]) as f (id);
end;
comment on function pgtrail.measured_capture_ms() is
    'Mean time that capture added to a DDL statement since the statistics were reset, in milliseconds, as PostgreSQL measured it; NULL unless track_functions is pl or all.';

create or replace function script_tracking.get_performance_metrics()
    returns table (
        metric_category varchar(50),
        metric_name varchar(100),
        current_value numeric(15, 2),
        trend_direction varchar(10),
        performance_rating varchar(20)
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set jit = off
as $function$
#variable_conflict use_column
begin
    -- Planned once a session: planning takes longer than running it.
    return query
        with activity as materialized (
            select a.is_later as is_today, a.* from pgtrail.recent_activity() as a
        ),
        -- A row for every type and one, with a NULL type, for all together; that one also without activity.
        span as (
            select
                d.is_today,
                a.script_type,
                coalesce(sum(a.operations), 0) as operations,
                coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
                coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
                coalesce(sum(a.duration_sum_ms), 0) as spent_ms,
                sum(a.duration_sum_ms) / nullif(sum(a.timed_operations), 0) as mean_ms
            from (values (true), (false)) as d (is_today)
            left join activity as a on a.is_today = d.is_today and a.execution_status is not null
            group by grouping sets ((d.is_today), (d.is_today, a.script_type))
            having grouping(a.script_type) = 1 or sum(a.operations) > 0
        ),
        rated as (
            select
                s.*,
                pgtrail.percentage(s.failed, s.finished) as failure_rate,
                coalesce(
                    pgtrail.performance_rating(pgtrail.percentage(s.finished - s.failed, s.finished), s.mean_ms),
                    'NORMAL') as rating
            from span as s
        ),
        histogram as (
            select a.is_today, array_agg(a.bucket) as buckets, array_agg(a.operations) as operations
            from activity as a
            where a.bucket is not null
            group by a.is_today
        ),
        whole as (
            select
                r.*,
                pgtrail.duration_percentile(0.5, h.buckets, h.operations) as p50_ms,
                pgtrail.duration_percentile(0.95, h.buckets, h.operations) as p95_ms,
                pgtrail.duration_percentile(0.99, h.buckets, h.operations) as p99_ms,
                pgtrail.slowest_share(h.buckets, h.operations) as slowest_share,
                pgtrail.percentage(
                    (
                        select sum(d.spent_ms)
                        from span as d
                        where d.is_today = r.is_today and d.script_type = 'DDL_AUTO'
                    ),
                    r.spent_ms) as ddl_share
            from rated as r
            left join histogram as h on h.is_today = r.is_today
            where r.script_type is null
        ),
        metric as (
            select m.place, m.category, m.name, m.current, m.previous, t.rating
            from whole as t
            join whole as y on t.is_today and not y.is_today,
                lateral (values
                    (1, 'THROUGHPUT', 'operations_per_hour', t.operations / 24, y.operations / 24),
                    (2, 'LATENCY', 'mean_duration_ms', t.mean_ms, y.mean_ms),
                    (3, 'LATENCY', 'p50_duration_ms', t.p50_ms, y.p50_ms),
                    (4, 'LATENCY', 'p95_duration_ms', t.p95_ms, y.p95_ms),
                    (5, 'LATENCY', 'p99_duration_ms', t.p99_ms, y.p99_ms),
                    (6, 'LATENCY', 'slowest_5_percent_share', t.slowest_share, y.slowest_share),
                    (7, 'RELIABILITY', 'failure_rate', t.failure_rate, y.failure_rate)
                ) as m (place, category, name, current, previous)
            union all
            select 8, 'RELIABILITY', 'failure_rate_' || t.script_type, t.failure_rate, y.failure_rate, t.rating
            from rated as t
            left join rated as y on y.script_type = t.script_type and not y.is_today
            where t.is_today and t.script_type is not null
            union all
            select 9, 'CAPTURE', 'ddl_time_share', t.ddl_share, y.ddl_share, coalesce(d.rating, 'NORMAL')
            from whole as t
            join whole as y on t.is_today and not y.is_today
            left join rated as d on d.is_today and d.script_type = 'DDL_AUTO'
            union all
            select 10, 'CAPTURE', 'overhead_per_ddl_ms', pgtrail.measured_capture_ms(), null, 'NORMAL'
        )
        select
            m.category::varchar,
            m.name::varchar,
            pgtrail.metric(case when m.name = 'overhead_per_ddl_ms' then m.current else coalesce(m.current, 0) end),
            case when m.name = 'overhead_per_ddl_ms' then 'STABLE' else pgtrail.trend(m.current, m.previous) end::varchar,
            m.rating::varchar
        from metric as m
        order by m.place, m.name;
end
$function$;
comment on function script_tracking.get_performance_metrics() is
    'Throughput, durations, failure rates and capture overhead of the last 24 hours, as far as the caller may read the trail, each with its trend against the 24 hours before and the rating of the operations it is about. Only overhead_per_ddl_ms can be NULL: where PostgreSQL does not measure it.';
