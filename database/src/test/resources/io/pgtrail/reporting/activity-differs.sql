-- Rows that activity_by_actor() or activity() has and the trail has not (+), or the reverse (-).
with
given (p_from, p_to) as materialized (
    select ?::timestamptz, ?::timestamptz
),
raw_rows as (
    select
        date_trunc('hour', s.execution_timestamp, 'UTC') as hour, s.tenant_hk, s.script_type,
        s.db_session_user, s.execution_status, s.execution_duration_ms as ms
    from given, script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from and s.execution_timestamp < p_to
),
raw_by_actor as (
    select
        k.hour, k.tenant_hk, k.script_type, k.db_session_user, k.execution_status,
        sum(k.n) as operations, sum(k.n) filter (where bucket is not null) as timed,
        coalesce(sum(k.total), 0) as total, min(k.lowest) as lowest, max(k.highest) as highest,
        string_agg(bucket || ':' || n, ' ' order by bucket) as histogram
    from (
        select
            hour, tenant_hk, script_type, db_session_user, execution_status,
            pgtrail.duration_bucket(ms) as bucket, count(*) as n, sum(ms) as total, min(ms) as lowest,
            max(ms) as highest
        from raw_rows
        group by 1, 2, 3, 4, 5, 6
    ) as k
    group by 1, 2, 3, 4, 5
),
raw as (
    select
        k.hour, k.script_type, k.execution_status,
        sum(k.n) as operations, sum(k.n) filter (where bucket is not null) as timed,
        coalesce(sum(k.total), 0) as total, min(k.lowest) as lowest, max(k.highest) as highest,
        string_agg(bucket || ':' || n, ' ' order by bucket) as histogram
    from (
        select
            hour, script_type, execution_status, pgtrail.duration_bucket(ms) as bucket,
            count(*) as n, sum(ms) as total, min(ms) as lowest, max(ms) as highest
        from raw_rows
        group by 1, 2, 3, 4
    ) as k
    group by 1, 2, 3
),
parts_by_actor as materialized (
    select a.* from given, pgtrail.activity_by_actor(p_from, p_to) as a
),
reported_by_actor as (
    select
        p.hour, p.tenant_hk, p.script_type, p.db_session_user, p.execution_status,
        sum(p.operations), nullif(sum(p.timed_operations), 0), sum(p.duration_sum_ms),
        min(p.duration_min_ms), max(p.duration_max_ms),
        (
            select string_agg(h.bucket || ':' || h.n, ' ' order by h.bucket)
            from (
                select u.bucket, sum(u.n) as n
                from parts_by_actor as q, unnest(q.buckets, q.bucket_operations) as u (bucket, n)
                where (q.hour, q.script_type, q.db_session_user, q.execution_status)
                        = (p.hour, p.script_type, p.db_session_user, p.execution_status)
                    and q.tenant_hk is not distinct from p.tenant_hk
                group by u.bucket
            ) as h
        )
    from parts_by_actor as p
    group by 1, 2, 3, 4, 5
    having sum(p.operations) <> 0
),
parts as materialized (
    select a.* from given, pgtrail.activity(p_from, p_to) as a
),
reported as (
    select
        p.hour, p.script_type, p.execution_status,
        sum(p.operations), nullif(sum(p.timed_operations), 0), sum(p.duration_sum_ms),
        min(p.duration_min_ms), max(p.duration_max_ms),
        (
            select string_agg(h.bucket || ':' || h.n, ' ' order by h.bucket)
            from (
                select u.bucket, sum(u.n) as n
                from parts as q, unnest(q.buckets, q.bucket_operations) as u (bucket, n)
                where (q.hour, q.script_type, q.execution_status) = (p.hour, p.script_type, p.execution_status)
                group by u.bucket
            ) as h
        )
    from parts as p
    group by 1, 2, 3
    having sum(p.operations) <> 0
)
select 'by actor +' as difference, (x.*)::text as row
from (table reported_by_actor except all table raw_by_actor) as x
union all
select 'by actor -', (x.*)::text
from (table raw_by_actor except all table reported_by_actor) as x
union all
select 'total +', (x.*)::text
from (table reported except all table raw) as x
union all
select 'total -', (x.*)::text
from (table raw except all table reported) as x
