set local role pgtrail_owner;

create or replace function pgtrail.rolled_up_to()
    returns table (recorded_xid xid8, script_execution_hk bytea, version_number bigint)
    language sql
    stable
begin atomic
    select
        coalesce((c."position").recorded_xid, '0'),
        coalesce((c."position").script_execution_hk, ''),
        coalesce((c."position").version_number, 0)
    from pgtrail.feed_consumer as c
    where c.consumer = 'rollups';
end;
comment on function pgtrail.rolled_up_to() is
    'Place in the feed that the rollups have reached.';

create or replace function pgtrail.rolled_up_xid()
    returns xid8
    language sql
    stable
begin atomic
    select r.recorded_xid from pgtrail.rolled_up_to() as r;
end;
comment on function pgtrail.rolled_up_xid() is
    'recorded_xid of rolled_up_to(). A function, because the planner looks at the value of one: so it knows how short the live tail is.';

create or replace function pgtrail.not_rolled_up(p_from timestamptz, p_cut timestamptz, p_to timestamptz)
    returns table (
        is_later boolean,
        execution_timestamp timestamptz,
        tenant_hk bytea,
        script_type varchar,
        db_session_user varchar,
        execution_status varchar,
        execution_duration_ms integer,
        operations bigint
    )
    language sql
    stable
begin atomic
    -- The hours that the three moments cut: the second and third without what came already.
    select
        s.execution_timestamp >= p_cut,
        s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user, s.execution_status,
        s.execution_duration_ms, 1::bigint
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from
        and s.execution_timestamp < least(pgtrail.next_utc_hour(p_from), p_to)
    union all
    select
        s.execution_timestamp >= p_cut,
        s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user, s.execution_status,
        s.execution_duration_ms, 1::bigint
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= greatest(pgtrail.utc_hour(p_cut), pgtrail.next_utc_hour(p_from))
        and s.execution_timestamp < least(pgtrail.next_utc_hour(p_cut), p_to)
    union all
    select
        s.execution_timestamp >= p_cut,
        s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user, s.execution_status,
        s.execution_duration_ms, 1::bigint
    from script_tracking.script_execution_s as s
    where s.execution_timestamp
            >= greatest(pgtrail.utc_hour(p_to), pgtrail.next_utc_hour(p_cut), pgtrail.next_utc_hour(p_from))
        and s.execution_timestamp < p_to
    union all
    -- The live tail of the whole hours between: what the rollups have not read, less what they have
    -- read of the same operations.
    select
        t.execution_timestamp >= p_cut,
        t.execution_timestamp, t.tenant_hk, t.script_type, t.db_session_user, c.execution_status,
        c.execution_duration_ms, c.operations
    from (
        select
            s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user, s.execution_status,
            s.execution_duration_ms,
            -- A subquery, so that only operations begun before the tail, which are few, are looked up.
            case when coalesce(unread.first_version, s.version_number) > 1 then (
                select h.execution_status
                from script_tracking.script_execution_s_history as h
                where h.script_execution_hk = s.script_execution_hk
                    and h.version_number = coalesce(unread.first_version, s.version_number) - 1
            ) end as counted_as
        from pgtrail.rolled_up_to() as reached
        -- Apart, so that the tail is read by the feed alone and not by an index of the time as well.
        join (
            select
                t.recorded_xid, t.script_execution_hk, t.version_number, t.execution_timestamp,
                t.tenant_hk, t.script_type, t.db_session_user, t.execution_status,
                t.execution_duration_ms
            from script_tracking.script_execution_s as t
            where t.recorded_xid >= pgtrail.rolled_up_xid()
            offset 0
        ) as s
            on (s.recorded_xid, s.script_execution_hk, s.version_number)
                > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
        left join (
            select h.script_execution_hk, min(h.version_number) as first_version
            from pgtrail.rolled_up_to() as reached
            join script_tracking.script_execution_s_history as h
                on (h.recorded_xid, h.script_execution_hk, h.version_number)
                    > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
            where h.recorded_xid >= pgtrail.rolled_up_xid()
            group by h.script_execution_hk
        ) as unread on unread.script_execution_hk = s.script_execution_hk
        where s.execution_timestamp >= pgtrail.next_utc_hour(p_from)
            and s.execution_timestamp < pgtrail.utc_hour(p_to)
            and (
                s.execution_timestamp < pgtrail.utc_hour(p_cut)
                or s.execution_timestamp >= pgtrail.next_utc_hour(p_cut)
            )
        offset 0
    ) as t
    cross join lateral (
        values
            (t.execution_status, t.execution_duration_ms, 1::bigint),
            (t.counted_as, null, -1)
    ) as c (execution_status, execution_duration_ms, operations)
    where t.counted_as is distinct from t.execution_status
        and c.execution_status is not null;
end;
comment on function pgtrail.not_rolled_up(timestamptz, timestamptz, timestamptz) is
    'What must be added to the rollups of the hours in [from, to) that none of the three moments cuts, to have the operations the caller may read that began in [from, to): 1 for each operation more, -1 for each less.';

create or replace function pgtrail.activity_by_actor(p_from timestamptz, p_to timestamptz)
    returns table (
        hour timestamptz,
        tenant_hk bytea,
        script_type varchar,
        db_session_user varchar,
        execution_status varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint,
        duration_min_ms integer,
        duration_max_ms integer,
        buckets integer[],
        bucket_operations bigint[]
    )
    language sql
    stable
begin atomic
    select
        r.hour, r.tenant_hk, r.script_type, r.db_session_user, r.execution_status,
        r.operations, r.timed_operations, r.duration_sum_ms, r.duration_min_ms, r.duration_max_ms,
        r.buckets, r.bucket_operations
    from pgtrail.operation_rollup as r
    where r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
    union all
    select
        pgtrail.utc_hour(n.execution_timestamp), n.tenant_hk, n.script_type, n.db_session_user,
        n.execution_status,
        n.operations, case when n.execution_duration_ms is null then 0 else n.operations end,
        coalesce(n.execution_duration_ms, 0), n.execution_duration_ms, n.execution_duration_ms,
        case when n.execution_duration_ms is null then '{}'
            else array[pgtrail.duration_bucket(n.execution_duration_ms)] end,
        case when n.execution_duration_ms is null then '{}' else array[n.operations] end
    from pgtrail.not_rolled_up(p_from, p_from, p_to) as n;
end;
comment on function pgtrail.activity_by_actor(timestamptz, timestamptz) is
    'The operations the caller may read that began in [from, to), in parts to be summed per key; a part may be negative.';

create or replace function pgtrail.rolled_up(p_from timestamptz, p_cut timestamptz, p_to timestamptz)
    returns table (
        is_later boolean,
        hour timestamptz,
        script_type varchar,
        execution_status varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint,
        duration_min_ms integer,
        duration_max_ms integer,
        buckets integer[],
        bucket_operations bigint[]
    )
    language sql
    stable
begin atomic
    select
        r.hour >= p_cut, r.hour, r.script_type, r.execution_status,
        r.operations, r.timed_operations, r.duration_sum_ms, r.duration_min_ms, r.duration_max_ms,
        r.buckets, r.bucket_operations
    from pgtrail.total_rollup as r
    where (select pgtrail.reads_all())
        and r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
        and (r.hour < pgtrail.utc_hour(p_cut) or r.hour >= pgtrail.next_utc_hour(p_cut))
    union all
    select
        r.hour >= p_cut, r.hour, r.script_type, r.execution_status,
        r.operations, r.timed_operations, r.duration_sum_ms, r.duration_min_ms, r.duration_max_ms,
        r.buckets, r.bucket_operations
    from pgtrail.operation_rollup as r
    where not (select pgtrail.reads_all())
        and r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
        and (r.hour < pgtrail.utc_hour(p_cut) or r.hour >= pgtrail.next_utc_hour(p_cut));
end;
comment on function pgtrail.rolled_up(timestamptz, timestamptz, timestamptz) is
    'The rollups of the hours in [from, to) that none of the three moments cuts; what not_rolled_up() gives makes them exact. Few rows for somebody who reads every tenant.';

create or replace function pgtrail.activity(p_from timestamptz, p_to timestamptz)
    returns table (
        hour timestamptz,
        script_type varchar,
        execution_status varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint,
        duration_min_ms integer,
        duration_max_ms integer,
        buckets integer[],
        bucket_operations bigint[]
    )
    language sql
    stable
begin atomic
    select
        r.hour, r.script_type, r.execution_status, r.operations, r.timed_operations,
        r.duration_sum_ms, r.duration_min_ms, r.duration_max_ms, r.buckets, r.bucket_operations
    from pgtrail.rolled_up(p_from, p_from, p_to) as r
    union all
    select
        pgtrail.utc_hour(n.execution_timestamp), n.script_type, n.execution_status,
        n.operations, case when n.execution_duration_ms is null then 0 else n.operations end,
        coalesce(n.execution_duration_ms, 0), n.execution_duration_ms, n.execution_duration_ms,
        case when n.execution_duration_ms is null then '{}'
            else array[pgtrail.duration_bucket(n.execution_duration_ms)] end,
        case when n.execution_duration_ms is null then '{}' else array[n.operations] end
    from pgtrail.not_rolled_up(p_from, p_from, p_to) as n;
end;
comment on function pgtrail.activity(timestamptz, timestamptz) is
    'As activity_by_actor() without tenant and actor: few rows for somebody who reads every tenant.';

create or replace function pgtrail.rolled_up_actors(p_from timestamptz, p_to timestamptz)
    returns table (db_session_user varchar)
    language sql
    stable
begin atomic
    select r.db_session_user
    from pgtrail.operation_rollup as r
    where r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
        and r.operations > 0;
end;
comment on function pgtrail.rolled_up_actors(timestamptz, timestamptz) is
    'Who began operations in the whole hours of [from, to) that the rollups have read, with repetitions.';
