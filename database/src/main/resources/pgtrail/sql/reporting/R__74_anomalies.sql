set local role pgtrail_owner;

create or replace function script_tracking.get_anomalies(p_days integer default 30)
    returns table (
        anomaly_kind varchar(50),
        subject_kind varchar(20),
        subject text,
        observed numeric(15, 2),
        expected numeric(15, 2),
        deviation numeric(15, 2),
        occurred_at timestamptz,
        reason text
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'
    set jit = off
    set work_mem = '64MB'
as $function$
#variable_conflict use_column
declare
    deviations constant integer := 2;
    enough_days constant integer := 7;
    enough_finished constant integer := 5;
    -- The newest day is the last 24 hours; those before end with the last whole hour before it, so
    -- that they are whole hours and quick. What lies between counts as seen, but to no day.
    newest_day constant timestamptz := now() - interval '24 hours';
    last_hour constant timestamptz := pgtrail.utc_hour(newest_day);
    first_day constant timestamptz := last_hour - pgtrail.span(p_days, 'days');
begin
    return query
    with activity as (
        select
            a.hour, a.db_session_user, a.script_type, a.execution_status,
            a.operations, a.timed_operations, a.duration_sum_ms,
            0 as day
        from pgtrail.activity_by_actor(newest_day, 'infinity') as a
        union all
        select
            a.hour, a.db_session_user, a.script_type, a.execution_status,
            a.operations, a.timed_operations, a.duration_sum_ms,
            case when a.hour < last_hour
                then floor(date_part('epoch', last_hour - a.hour - interval '1 hour') / 86400)::integer + 1
            end
        from pgtrail.activity_by_actor(first_day, newest_day) as a
    ),
    -- One pass: users by day, types by day, users by hour of the day.
    summed as materialized (
        select
            case
                when grouping(a.script_type) = 0 then 'SCRIPT_TYPE'
                when grouping(a.day) = 0 then 'USER'
                else 'HOUR'
            end as what,
            coalesce(a.db_session_user, a.script_type)::text as subject,
            a.day,
            date_part('hour', a.hour at time zone 'UTC')::integer as hour_of_day,
            a.day = 0 as is_newest,
            min(a.hour) as first_hour,
            sum(a.operations) as operations,
            coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
            coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
            sum(a.timed_operations) as timed,
            sum(a.duration_sum_ms) as spent_ms
        from activity as a
        group by grouping sets (
            (a.db_session_user, a.day),
            (a.script_type, a.day),
            (a.db_session_user, date_part('hour', a.hour at time zone 'UTC'), a.day = 0))
        having sum(a.operations) > 0
    ),
    daily as (
        select s.what as subject_kind, s.subject, s.day, s.finished, m.measure, m.value
        from summed as s,
            lateral (values
                ('VOLUME', s.operations),
                ('FAILURE_RATE', pgtrail.percentage(s.failed, s.finished)),
                ('DURATION', s.spent_ms / nullif(s.timed, 0))
            ) as m (measure, value)
        where s.what in ('USER', 'SCRIPT_TYPE')
    ),
    baseline as (
        select
            d.subject_kind, d.subject, d.measure,
            count(d.value) as days,
            avg(d.value) as mean,
            stddev_samp(d.value) as stddev
        from daily as d
        where d.day > 0
        group by d.subject_kind, d.subject, d.measure
        having count(d.value) >= enough_days
    ),
    compared as (
        select
            d.*, b.days, b.mean, b.stddev,
            (d.value - b.mean) / greatest(case when b.stddev > 0 then b.stddev else b.mean * 0.05 end, 1) as deviation
        from daily as d
        join baseline as b using (subject_kind, subject, measure)
        where d.day = 0
            and d.value is not null
            and (d.measure <> 'FAILURE_RATE' or d.finished >= enough_finished)
    ),
    all_days as (
        select count(distinct s.day) as days from summed as s where s.what = 'USER' and s.day > 0
    ),
    user_days as (
        select
            s.subject,
            count(*) filter (where s.day > 0) as days,
            bool_or(s.day is distinct from 0) as was_seen,
            min(s.first_hour) filter (where s.day = 0) as newest,
            sum(s.operations) filter (where s.day = 0) as operations
        from summed as s
        where s.what = 'USER'
        group by s.subject
    ),
    addresses as (
        select s.client_ip, count(*) as operations, min(s.execution_timestamp) as newest,
            string_agg(distinct s.db_session_user, ', ') as users
        from script_tracking.script_execution_s as s
        where s.execution_timestamp >= newest_day
            and s.client_ip is not null
        group by s.client_ip
    ),
    known_addresses as materialized (
        select distinct s.client_ip
        from script_tracking.script_execution_s as s
        where s.execution_timestamp >= first_day
            and s.execution_timestamp < newest_day
            and s.client_ip is not null
    )
    select
        found.kind::varchar, found.subject_kind::varchar, found.subject,
        pgtrail.metric(found.observed), pgtrail.metric(found.expected), pgtrail.metric(found.deviation),
        found.occurred_at, found.reason
    from (
        select
            c.measure || case when c.deviation > 0 then '_HIGH' else '_LOW' end as kind,
            c.subject_kind, c.subject, c.value as observed, c.mean as expected, c.deviation,
            newest_day as occurred_at,
            format(
                '%s in the last 24 hours; on the %s days with activity before it was %s on average, with a standard deviation of %s',
                case c.measure
                    when 'VOLUME' then format('%s operations', c.value)
                    when 'FAILURE_RATE' then format('%s %% failed', round(c.value, 2))
                    else format('%s ms on average', round(c.value, 2))
                end,
                c.days, round(c.mean, 2), round(c.stddev, 2)) as reason
        from compared as c
        where abs(c.deviation) > deviations
            and (c.deviation > 0 or c.measure <> 'FAILURE_RATE')
        union all
        select
            'FIRST_SEEN_USER', 'USER', u.subject, u.operations, 0, null, u.newest,
            format('%s operations in the last 24 hours by a user that did nothing in the %s days before', u.operations, p_days)
        from user_days as u, all_days as d
        where not u.was_seen and d.days >= enough_days
        union all
        select
            'FIRST_SEEN_ADDRESS', 'ADDRESS', host(a.client_ip), a.operations, 0, null, a.newest,
            format('%s operations in the last 24 hours from an address that did not appear in the %s days before; by %s',
                a.operations, p_days, a.users)
        from addresses as a, all_days as d
        where d.days >= enough_days
            and a.client_ip not in (select k.client_ip from known_addresses as k)
        union all
        select
            'UNUSUAL_HOUR', 'USER', h.subject, h.operations, 0, null, h.first_hour,
            format('%s operations from %s:00 to %s:00 UTC; on the %s days with activity before none within an hour of that',
                h.operations, to_char(h.hour_of_day, 'FM00'), to_char((h.hour_of_day + 1) % 24, 'FM00'), u.days)
        from summed as h
        join user_days as u on u.subject = h.subject and u.days >= enough_days
        where h.what = 'HOUR'
            and h.is_newest
            and not exists (
                select
                from summed as n
                where n.what = 'HOUR'
                    and n.subject = h.subject
                    and n.is_newest is not true
                    and (n.hour_of_day - h.hour_of_day + 25) % 24 <= 2
            )
    ) as found
    order by abs(found.deviation) desc nulls last, found.kind, found.subject_kind, found.subject, found.occurred_at;
end
$function$;
comment on function script_tracking.get_anomalies(integer) is
    'What was out of the ordinary in the last 24 hours against so many days before, as far as the caller may read: volume, failure rate and duration of a user or type more than two standard deviations from its own mean, users and addresses seen for the first time, activity at unusual hours. One row each, that says why. Raises PT001 for NULL or negative days.';
