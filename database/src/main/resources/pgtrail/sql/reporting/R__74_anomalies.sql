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
as $function$
#variable_conflict use_column
declare
    deviations constant integer := 2;
    enough_days constant integer := 7;
    enough_finished constant integer := 5;
    -- Days are 24 whole hours, the newest ends with the current one: so whoever asks in the morning
    -- does not compare half a day with whole ones.
    this_hour constant timestamptz := pgtrail.utc_hour(now());
    newest_day constant timestamptz := this_hour - interval '23 hours';
    first_day constant timestamptz := newest_day - pgtrail.span(p_days, 'days');
begin
    return query
    with activity as materialized (
        select
            a.hour, a.db_session_user, a.script_type,
            greatest(floor(extract(epoch from this_hour - a.hour) / 86400), 0)::integer as day,
            sum(a.operations) as operations,
            coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
            coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
            sum(a.timed_operations) as timed,
            sum(a.duration_sum_ms) as spent_ms
        from pgtrail.activity_by_actor(first_day, 'infinity') as a
        group by a.hour, a.db_session_user, a.script_type
        having sum(a.operations) > 0
    ),
    daily as (
        select
            case when grouping(a.script_type) = 1 then 'USER' else 'SCRIPT_TYPE' end as subject_kind,
            coalesce(a.db_session_user, a.script_type)::text as subject,
            a.day,
            m.measure,
            case m.measure
                when 'VOLUME' then sum(a.operations)
                when 'FAILURE_RATE' then pgtrail.percentage(sum(a.failed), sum(a.finished))
                else sum(a.spent_ms) / nullif(sum(a.timed), 0)
            end as value,
            sum(a.finished) as finished
        from activity as a, (values ('VOLUME'), ('FAILURE_RATE'), ('DURATION')) as m (measure)
        group by grouping sets ((a.db_session_user, a.day, m.measure), (a.script_type, a.day, m.measure))
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
        select count(distinct a.day) as days from activity as a where a.day > 0
    ),
    user_hours as (
        select
            a.db_session_user,
            extract(hour from a.hour)::integer as hour_of_day,
            min(a.hour) filter (where a.day = 0) as newest,
            sum(a.operations) filter (where a.day = 0) as operations,
            bool_or(a.day > 0) as is_usual
        from activity as a
        group by a.db_session_user, extract(hour from a.hour)
    ),
    user_days as (
        select
            a.db_session_user,
            count(distinct a.day) filter (where a.day > 0) as days,
            min(a.hour) filter (where a.day = 0) as newest,
            sum(a.operations) filter (where a.day = 0) as operations
        from activity as a
        group by a.db_session_user
    ),
    addresses as (
        select s.client_ip, count(*) as operations, min(s.execution_timestamp) as newest,
            string_agg(distinct s.db_session_user, ', ') as users
        from script_tracking.script_execution_s as s
        where s.execution_timestamp >= newest_day
            and s.client_ip is not null
        group by s.client_ip
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
            'FIRST_SEEN_USER', 'USER', u.db_session_user::text, u.operations, 0, null, u.newest,
            format('%s operations in the last 24 hours by a user that did nothing in the %s days before', u.operations, p_days)
        from user_days as u, all_days as d
        where u.days = 0 and d.days >= enough_days
        union all
        select
            'FIRST_SEEN_ADDRESS', 'ADDRESS', host(a.client_ip), a.operations, 0, null, a.newest,
            format('%s operations in the last 24 hours from an address that did not appear in the %s days before; by %s',
                a.operations, p_days, a.users)
        from addresses as a, all_days as d
        where d.days >= enough_days
            and not exists (
                select
                from script_tracking.script_execution_s as s
                where s.client_ip = a.client_ip
                    and s.execution_timestamp >= first_day
                    and s.execution_timestamp < newest_day
            )
        union all
        select
            'UNUSUAL_HOUR', 'USER', h.db_session_user::text, h.operations, 0, null, h.newest,
            format('%s operations from %s:00 to %s:00 UTC; on the %s days with activity before none within an hour of that',
                h.operations, to_char(h.hour_of_day, 'FM00'), to_char((h.hour_of_day + 1) % 24, 'FM00'), u.days)
        from user_hours as h
        join user_days as u on u.db_session_user = h.db_session_user and u.days >= enough_days
        where h.newest is not null
            and not exists (
                select
                from user_hours as n
                where n.db_session_user = h.db_session_user
                    and n.is_usual
                    and (n.hour_of_day - h.hour_of_day + 25) % 24 <= 2
            )
    ) as found
    order by abs(found.deviation) desc nulls last, found.kind, found.subject_kind, found.subject, found.occurred_at;
end
$function$;
comment on function script_tracking.get_anomalies(integer) is
    'What was out of the ordinary in the last 24 hours against so many days before, as far as the caller may read: volume, failure rate and duration of a user or type more than two standard deviations from its own mean, users and addresses seen for the first time, activity at unusual hours. One row each, that says why. Raises PT001 for NULL or negative days.';
