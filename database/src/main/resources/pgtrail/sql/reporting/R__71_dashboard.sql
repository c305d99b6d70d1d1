set local role pgtrail_owner;

create or replace function script_tracking.get_enterprise_dashboard()
    returns table (
        metric_name varchar(100),
        metric_value numeric(15, 2),
        metric_unit varchar(20),
        status varchar(20),
        last_updated timestamptz
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
            select * from pgtrail.recent_activity()
        ),
        span as (
            select
                d.is_later,
                coalesce(sum(a.operations), 0) as operations,
                coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
                coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
                coalesce(sum(a.operations) filter (where a.script_type = 'DDL_AUTO'), 0) as ddl,
                sum(a.duration_sum_ms) / nullif(sum(a.timed_operations), 0) as avg_ms
            from (values (true), (false)) as d (is_later)
            left join activity as a on a.is_later = d.is_later and a.execution_status is not null
            group by d.is_later
        ),
        day as (
            select * from span where is_later
        ),
        day_before as (
            select * from span where not is_later
        ),
        slow as (
            select pgtrail.duration_percentile(0.95, array_agg(a.bucket), array_agg(a.operations)) as p95_ms
            from activity as a
            where a.is_later and a.bucket is not null
        ),
        users as (
            select count(*) as active from activity as a where a.db_session_user is not null
        ),
        capture as (
            select * from pgtrail.capture_facts()
        ),
        running as (
            select
                count(*) as operations,
                count(*) filter (where now() - s.execution_timestamp > (select c.abandoned_after from capture as c)) as overdue
            from script_tracking.script_execution_s as s
            where s.execution_status = 'RUNNING'
        ),
        facts as (
            select
                day.operations, day.finished, day.failed, day.ddl, day.avg_ms,
                pgtrail.percentage(day.finished - day.failed, day.finished) as success_rate,
                pgtrail.percent_change(day.operations, day_before.operations) as volume_change,
                pgtrail.percentage(day.finished - day.failed, day.finished)
                    - pgtrail.percentage(day_before.finished - day_before.failed, day_before.finished) as success_change,
                pgtrail.percent_change(day.avg_ms, day_before.avg_ms) as duration_change,
                slow.p95_ms,
                users.active as users,
                running.operations as running,
                running.overdue,
                pgtrail.health_score(
                    pgtrail.percentage(day.finished - day.failed, day.finished),
                    day.avg_ms, running.overdue, capture.failures_24h, pgtrail.captures()) as score
            from day, day_before, slow, users, capture, running
        )
        select m.name::varchar, pgtrail.metric(coalesce(m.value, 0)), m.unit::varchar, m.status::varchar, now()
        from facts as f,
            lateral (values
                ('total_operations_24h', f.operations, 'count', 'NORMAL'),
                ('success_rate_24h', f.success_rate, 'percentage', pgtrail.success_status(f.success_rate)),
                ('avg_duration_ms', f.avg_ms, 'milliseconds', pgtrail.duration_status(f.avg_ms)),
                ('p95_duration_ms', f.p95_ms, 'milliseconds', pgtrail.duration_status(f.p95_ms)),
                ('failed_operations_24h', f.failed, 'count', case
                    when f.failed = 0 then 'NORMAL'
                    when f.success_rate > 80 then 'WARNING'
                    else 'CRITICAL'
                end),
                ('running_operations', f.running, 'count', case when f.overdue > 0 then 'WARNING' else 'NORMAL' end),
                ('ddl_operations_24h', f.ddl, 'count', 'NORMAL'),
                ('active_users_24h', f.users, 'count', 'NORMAL'),
                ('volume_change_24h', f.volume_change, 'percentage', case
                    when f.volume_change > 100 or f.volume_change < -50 then 'WARNING'
                    else 'NORMAL'
                end),
                ('success_rate_change_24h', f.success_change, 'percentage points', case
                    when f.success_change < -5 then 'WARNING'
                    else 'NORMAL'
                end),
                ('duration_change_24h', f.duration_change, 'percentage', case
                    when f.duration_change > 50 then 'WARNING'
                    else 'NORMAL'
                end),
                ('trail_size_mb', pgtrail.trail_bytes() / 1048576.0, 'megabytes', 'NORMAL'),
                ('system_health_score', f.score, 'percentage', case
                    when f.operations = 0 and f.score = 100 then 'NORMAL'
                    else pgtrail.success_status(f.score)
                end)
            ) as m (name, value, unit, status);
end
$function$;
comment on function script_tracking.get_enterprise_dashboard() is
    'The last 24 hours in thirteen metrics, as far as the caller may read the trail: volume, success, duration, what runs, who is active, the change against the 24 hours before, size of the trail and a health score. Never NULL.';
