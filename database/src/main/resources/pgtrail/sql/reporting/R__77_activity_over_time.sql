set local role pgtrail_owner;

create or replace function script_tracking.get_activity(p_hours integer default 24, p_step_hours integer default 1)
    returns table (
        period_start timestamptz,
        operations bigint,
        failed bigint,
        ddl bigint,
        success_rate numeric(15, 2),
        avg_duration_ms numeric(15, 2),
        p50_duration_ms numeric(15, 2),
        p95_duration_ms numeric(15, 2),
        p99_duration_ms numeric(15, 2)
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set jit = off
as $function$
#variable_conflict use_column
declare
    most_periods constant integer := 10000;
    span constant interval := pgtrail.span(p_hours, 'hours');
    step constant interval := pgtrail.span(p_step_hours, 'hours');
    this_hour constant timestamptz := pgtrail.utc_hour(now());
    first_hour constant timestamptz := this_hour - span + interval '1 hour';
begin
    if p_step_hours = 0 or p_hours / p_step_hours > most_periods then
        raise exception using
            errcode = 'PT001',
            message = format('%s hours cannot be shown in steps of %s hours', p_hours, p_step_hours),
            hint = format('Give steps of 1 hour or more, and at most %s of them.', most_periods);
    end if;
    return query
    with counted as (
        select
            date_bin(step, least(a.hour, this_hour), first_hour) as period,
            sum(a.operations) as operations,
            coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
            coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
            coalesce(sum(a.operations) filter (where a.script_type = 'DDL_AUTO'), 0) as ddl,
            sum(a.duration_sum_ms) / nullif(sum(a.timed_operations), 0) as avg_ms
        from pgtrail.activity(first_hour, 'infinity') as a
        group by 1
    ),
    timed as (
        select
            date_bin(step, least(d.hour, this_hour), first_hour) as period,
            array_agg(d.bucket) as buckets, array_agg(d.operations) as bucket_operations
        from (
            select r.hour, unnest(r.buckets) as bucket, unnest(r.bucket_operations) as operations
            from pgtrail.rolled_up_durations(first_hour, first_hour, 'infinity', pgtrail.shortest_sums()) as r
            union all
            select
                pgtrail.utc_hour(n.execution_timestamp), pgtrail.duration_bucket(n.execution_duration_ms), count(*)
            from pgtrail.not_rolled_up(first_hour, first_hour, 'infinity', pgtrail.shortest_sums()) as n
            where n.execution_duration_ms is not null
            group by 1, 2
        ) as d
        group by 1
    )
    select
        p.period,
        coalesce(c.operations, 0)::bigint, coalesce(c.failed, 0)::bigint, coalesce(c.ddl, 0)::bigint,
        pgtrail.metric(pgtrail.percentage(c.finished - c.failed, c.finished)),
        pgtrail.metric(c.avg_ms),
        pgtrail.metric(pgtrail.duration_percentile(0.50, t.buckets, t.bucket_operations)),
        pgtrail.metric(pgtrail.duration_percentile(0.95, t.buckets, t.bucket_operations)),
        pgtrail.metric(pgtrail.duration_percentile(0.99, t.buckets, t.bucket_operations))
    from generate_series(first_hour, this_hour, step) as p (period)
    left join counted as c on c.period = p.period
    left join timed as t on t.period = p.period
    order by p.period;
end
$function$;
comment on function script_tracking.get_activity(integer, integer) is
    'Volume, failures and durations of the operations the caller may read, for each step of so many hours up to now, oldest first; the first step begins on a full hour (UTC), the last one is not over. Zero operations where nothing began; success rate (of the finished ones) and durations are NULL then. Raises PT001 for negative or NULL hours, a step of 0 and more than 10000 steps.';
