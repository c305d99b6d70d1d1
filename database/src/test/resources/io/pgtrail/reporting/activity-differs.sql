-- Rows that the rollups with the live tail have and the trail has not (+), or the reverse (-).
with
given (p_from, p_cut, p_to) as materialized (
    select g.p_from, greatest(g.p_from, least(g.p_cut, g.p_to)), g.p_to
    from (values (?::timestamptz, ?::timestamptz, ?::timestamptz)) as g (p_from, p_cut, p_to)
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
        r.hour, r.script_type, r.execution_status, count(*) as operations, count(r.ms) as timed,
        coalesce(sum(r.ms), 0) as total
    from raw_rows as r
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
reported as (
    select
        a.hour, a.script_type, a.execution_status, sum(a.operations), sum(a.timed_operations),
        sum(a.duration_sum_ms)
    from given, pgtrail.activity(p_from, p_to) as a
    group by 1, 2, 3
    having sum(a.operations) <> 0
),
-- As the reports have it: two spans, with the shortest sums that the caller has.
single as materialized (
    select n.* from given, pgtrail.not_rolled_up(p_from, p_cut, p_to, pgtrail.shortest_sums()) as n
),
raw_spans as materialized (
    select
        s.execution_timestamp >= p_cut as is_later, s.script_type, s.execution_status,
        s.execution_duration_ms as ms
    from given, script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from and s.execution_timestamp < p_to
),
raw_span as (
    select r.is_later, r.script_type, r.execution_status, count(*), count(r.ms), coalesce(sum(r.ms), 0)
    from raw_spans as r
    group by 1, 2, 3
),
reported_span as (
    select
        p.is_later, p.script_type, p.execution_status, sum(p.operations), sum(p.timed_operations),
        sum(p.duration_sum_ms)
    from (
        select
            r.is_later, r.script_type, r.execution_status, r.operations, r.timed_operations,
            r.duration_sum_ms
        from given, pgtrail.rolled_up(p_from, p_cut, p_to, pgtrail.shortest_sums()) as r
        union all
        select
            s.is_later, s.script_type, s.execution_status, 1,
            (s.execution_duration_ms is not null)::integer, coalesce(s.execution_duration_ms, 0)
        from single as s
        union all
        select s.is_later, s.script_type, s.counted_as, -1, 0, 0
        from single as s
        where s.counted_as is not null
    ) as p
    group by 1, 2, 3
    having sum(p.operations) <> 0
),
raw_duration as (
    select r.is_later, pgtrail.duration_bucket(r.ms), count(*)
    from raw_spans as r
    where r.ms is not null
    group by 1, 2
),
reported_duration as (
    select d.is_later, d.bucket, sum(d.operations)
    from (
        select r.is_later, u.bucket, u.operations
        from given, pgtrail.rolled_up_durations(p_from, p_cut, p_to, pgtrail.shortest_sums()) as r,
            unnest(r.buckets, r.bucket_operations) as u (bucket, operations)
        union all
        select s.is_later, pgtrail.duration_bucket(s.execution_duration_ms), 1
        from single as s
        where s.execution_duration_ms is not null
    ) as d
    group by 1, 2
),
raw_actor as (
    select distinct s.db_session_user
    from given, script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from
),
reported_actor as (
    select a.db_session_user from given, pgtrail.rolled_up_actors(p_from) as a
    union
    select n.db_session_user
    from given, pgtrail.not_rolled_up(p_from, p_from, 'infinity', pgtrail.shortest_sums()) as n
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
union all
select 'span +', (x.*)::text
from (table reported_span except all table raw_span) as x
union all
select 'span -', (x.*)::text
from (table raw_span except all table reported_span) as x
union all
select 'duration +', (x.*)::text
from (table reported_duration except all table raw_duration) as x
union all
select 'duration -', (x.*)::text
from (table raw_duration except all table reported_duration) as x
union all
select 'actor +', (x.*)::text
from (table reported_actor except all table raw_actor) as x
union all
select 'actor -', (x.*)::text
from (table raw_actor except all table reported_actor) as x
