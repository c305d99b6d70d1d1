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
    where c.consumer = 'rollups'
    offset 0;  -- so that the cursor is taken apart once, not for each row it is compared with
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

-- A span of time is taken apart: its whole hours, and what else of it is whole pieces of five minutes, are
-- in the rollups; what is left at its ends is read singly. There are sums of five minutes over all tenants
-- only, and the actors have hours only: then the whole hours that the ends cut are read singly.

create or replace function pgtrail.shortest_sums()
    returns integer
    language sql
    stable
return case when pgtrail.reads_all() then 5 else 60 end;
comment on function pgtrail.shortest_sums() is
    'Minutes of the shortest time that total_rollup and duration_rollup have sums of that the caller may read.';

create or replace function pgtrail.scopes()
    returns bytea[]
    language sql
    stable
return case
    when pgtrail.reads_all() then array['\xff'::bytea]
    when pgtrail.reads_tenant() then array_remove(array['\x', pgtrail.current_tenant()], null)
    else '{}'
end;
comment on function pgtrail.scopes() is
    'The sums of total_rollup and duration_rollup that together are what the caller may read; none for somebody who reads only his own operations.';

create or replace function pgtrail.pieces(
    p_from timestamptz,
    p_cut timestamptz,
    p_to timestamptz,
    p_shortest integer
)
    returns table (is_later boolean, minutes integer, begins timestamptz, ends timestamptz)
    language sql
    stable
begin atomic
    select b.is_later, p.minutes, p.begins, p.ends
    from (
        select
            w.is_later, w.begins, w.ends,
            pgtrail.next_piece(w.begins, p_shortest) as first_piece, pgtrail.next_utc_hour(w.begins) as first_hour,
            pgtrail.utc_hour(w.ends) as last_hour, pgtrail.piece_of(w.ends, p_shortest) as last_piece
        from (values (false, p_from, p_cut), (true, p_cut, p_to)) as w (is_later, begins, ends)
        offset 0
    ) as b,
        lateral (values
            (0, b.begins, least(b.first_piece, b.ends)),
            (5, b.first_piece, least(b.first_hour, b.last_piece)),
            (60, b.first_hour, b.last_hour),
            (5, greatest(b.first_hour, b.last_hour), b.last_piece),
            (0, greatest(b.first_piece, b.last_piece), b.ends)
        ) as p (minutes, begins, ends)
    where p.begins < p.ends;
end;
comment on function pgtrail.pieces(timestamptz, timestamptz, timestamptz, integer) is
    'Takes [from, cut) and [cut, to) apart: into whole hours (60), pieces of five minutes (5; none if the shortest are 60) and what is to be read singly (0).';

create or replace function pgtrail.rolled_up(
    p_from timestamptz,
    p_cut timestamptz,
    p_to timestamptz,
    p_shortest integer
)
    returns table (
        is_later boolean,
        hour timestamptz,
        script_type varchar,
        execution_status varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint
    )
    language sql
    stable
begin atomic
    select
        p.is_later, pgtrail.utc_hour(t.begins), t.script_type, t.execution_status,
        t.operations, t.timed_operations, t.duration_sum_ms
    from pgtrail.pieces(p_from, p_cut, p_to, p_shortest) as p
    join pgtrail.total_rollup as t
        on t.minutes = p.minutes and t.begins >= p.begins and t.begins < p.ends
    where t.scope = any ((select pgtrail.scopes())::bytea[])
    union all
    select
        r.hour >= p_cut, r.hour, r.script_type, r.execution_status,
        r.operations, r.timed_operations, r.duration_sum_ms
    from pgtrail.operation_rollup as r
    where (select pgtrail.scopes()) = '{}'
        and r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
        and (r.hour < pgtrail.utc_hour(p_cut) or r.hour >= pgtrail.next_utc_hour(p_cut));
end;
comment on function pgtrail.rolled_up(timestamptz, timestamptz, timestamptz, integer) is
    'The sums of the pieces of [from, to) that the rollups have; what not_rolled_up() gives makes them exact. Few rows for somebody who reads more than his own operations.';

create or replace function pgtrail.rolled_up_durations(
    p_from timestamptz,
    p_cut timestamptz,
    p_to timestamptz,
    p_shortest integer
)
    returns table (is_later boolean, hour timestamptz, buckets integer[], bucket_operations bigint[])
    language sql
    stable
begin atomic
    select p.is_later, pgtrail.utc_hour(d.begins), d.buckets, d.bucket_operations
    from pgtrail.pieces(p_from, p_cut, p_to, p_shortest) as p
    join pgtrail.duration_rollup as d
        on d.minutes = p.minutes and d.begins >= p.begins and d.begins < p.ends
    where d.scope = any ((select pgtrail.scopes())::bytea[])
    union all
    select r.hour >= p_cut, r.hour, r.buckets, r.bucket_operations
    from pgtrail.operation_rollup as r
    where (select pgtrail.scopes()) = '{}'
        and r.hour >= pgtrail.next_utc_hour(p_from)
        and r.hour < pgtrail.utc_hour(p_to)
        and (r.hour < pgtrail.utc_hour(p_cut) or r.hour >= pgtrail.next_utc_hour(p_cut));
end;
comment on function pgtrail.rolled_up_durations(timestamptz, timestamptz, timestamptz, integer) is
    'As rolled_up(), the durations.';

create or replace function pgtrail.rolled_up_actors(p_from timestamptz)
    returns table (db_session_user varchar)
    language sql
    stable
begin atomic
    select a.db_session_user from pgtrail.actor_rollup as a where a.last_began >= p_from;
end;
comment on function pgtrail.rolled_up_actors(timestamptz) is
    'Who began operations from a moment on that the rollups have read; once for each tenant.';

create or replace function pgtrail.not_rolled_up(
    p_from timestamptz,
    p_cut timestamptz,
    p_to timestamptz,
    p_shortest integer
)
    returns table (
        is_later boolean,
        execution_timestamp timestamptz,
        tenant_hk bytea,
        script_type varchar,
        db_session_user varchar,
        counted_as varchar,
        execution_status varchar,
        execution_duration_ms integer
    )
    language sql
    stable
begin atomic
    select
        p.is_later, s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user,
        null::varchar, s.execution_status, s.execution_duration_ms
    from pgtrail.pieces(p_from, p_cut, p_to, p_shortest) as p
    join script_tracking.script_execution_s as s
        on p.minutes = 0 and s.execution_timestamp >= p.begins and s.execution_timestamp < p.ends
    union all
    -- The live tail of the other pieces: what the rollups have not read.
    select
        t.execution_timestamp >= p_cut, t.execution_timestamp, t.tenant_hk, t.script_type, t.db_session_user,
        t.counted_as, t.execution_status, t.execution_duration_ms
    from (
        select
            s.execution_timestamp, s.tenant_hk, s.script_type, s.db_session_user, s.execution_status,
            s.execution_duration_ms,
            -- A subquery, so that only operations begun before the tail, which are few, are looked up.
            case when s.version_number > 1 and s.begun is null then (
                select h.execution_status
                from pgtrail.rolled_up_to() as reached
                join script_tracking.script_execution_s_history as h
                    on (h.recorded_xid, h.script_execution_hk, h.version_number)
                        <= (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                where h.script_execution_hk = s.script_execution_hk
                order by h.version_number desc
                limit 1
            ) end as counted_as
        from (
            select
                c.execution_timestamp, c.tenant_hk, c.script_type, c.db_session_user, c.execution_status,
                c.execution_duration_ms, c.script_execution_hk, c.version_number,
                b.script_execution_hk as begun
            from (
                select s.*
                from pgtrail.rolled_up_to() as reached
                join script_tracking.script_execution_s as s
                    on (s.recorded_xid, s.script_execution_hk, s.version_number)
                        > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                where s.recorded_xid >= pgtrail.rolled_up_xid()
            ) as c
            -- Those begun in the tail all have a current version there. A full join all the same: it is
            -- hashed or sorted, also by a plan that was made when the tail was short.
            full join (
                select h.script_execution_hk
                from pgtrail.rolled_up_to() as reached
                join script_tracking.script_execution_s_history as h
                    on (h.recorded_xid, h.script_execution_hk, h.version_number)
                        > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                where h.recorded_xid >= pgtrail.rolled_up_xid()
                    and h.version_number = 1
            ) as b on b.script_execution_hk = c.script_execution_hk
            offset 0
        ) as s
        -- Subqueries, so that each is worked out once.
        where s.execution_timestamp >= (select pgtrail.next_piece(p_from, p_shortest))
            and s.execution_timestamp < (select pgtrail.piece_of(p_to, p_shortest))
            and (
                s.execution_timestamp < (select pgtrail.piece_of(p_cut, p_shortest))
                or s.execution_timestamp >= (select pgtrail.next_piece(p_cut, p_shortest))
            )
        offset 0
    ) as t
    where t.counted_as is distinct from t.execution_status;
end;
comment on function pgtrail.not_rolled_up(timestamptz, timestamptz, timestamptz, integer) is
    'The operations the caller may read that began in [from, to) and that the rollups have not, or with another status: counted_as, NULL where not at all.';

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
        c.execution_status,
        c.operations, case when c.execution_duration_ms is null then 0 else c.operations end,
        coalesce(c.execution_duration_ms, 0), c.execution_duration_ms, c.execution_duration_ms,
        case when c.execution_duration_ms is null then '{}'
            else array[pgtrail.duration_bucket(c.execution_duration_ms)] end,
        case when c.execution_duration_ms is null then '{}' else array[c.operations] end
    from pgtrail.not_rolled_up(p_from, p_from, p_to, 60) as n,
        lateral (values
            (n.execution_status, n.execution_duration_ms, 1::bigint),
            (n.counted_as, null, -1)
        ) as c (execution_status, execution_duration_ms, operations)
    where c.execution_status is not null;
end;
comment on function pgtrail.activity_by_actor(timestamptz, timestamptz) is
    'The operations the caller may read that began in [from, to), in parts to be summed per key; a part may be negative.';

create or replace function pgtrail.activity(p_from timestamptz, p_to timestamptz)
    returns table (
        hour timestamptz,
        script_type varchar,
        execution_status varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint
    )
    language sql
    stable
begin atomic
    select
        r.hour, r.script_type, r.execution_status, r.operations, r.timed_operations, r.duration_sum_ms
    from pgtrail.rolled_up(p_from, p_from, p_to, pgtrail.shortest_sums()) as r
    union all
    select
        n.hour, n.script_type, c.execution_status, c.operations, c.timed_operations, c.duration_sum_ms
    from (
        -- Added up first: each operation by itself would come twice below.
        select
            pgtrail.utc_hour(s.execution_timestamp) as hour, s.script_type, s.counted_as, s.execution_status,
            count(*) as operations, count(s.execution_duration_ms) as timed_operations,
            coalesce(sum(s.execution_duration_ms), 0)::bigint as duration_sum_ms
        from pgtrail.not_rolled_up(p_from, p_from, p_to, pgtrail.shortest_sums()) as s
        group by pgtrail.utc_hour(s.execution_timestamp), s.script_type, s.counted_as, s.execution_status
    ) as n,
        lateral (values
            (n.execution_status, n.operations, n.timed_operations, n.duration_sum_ms),
            (n.counted_as, -n.operations, 0, 0)
        ) as c (execution_status, operations, timed_operations, duration_sum_ms)
    where c.execution_status is not null;
end;
comment on function pgtrail.activity(timestamptz, timestamptz) is
    'As activity_by_actor() without tenant and actor: few rows for somebody who reads more than his own operations.';

create or replace function pgtrail.recent_activity()
    returns table (
        is_later boolean,
        script_type varchar,
        execution_status varchar,
        bucket integer,
        db_session_user varchar,
        operations bigint,
        timed_operations bigint,
        duration_sum_ms bigint
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set jit = off
    set work_mem = '64MB'
as $function$
#variable_conflict use_column
begin
    -- Planned once a session, for all reports: planning takes longer than running it. Without parameters,
    -- so that it is planned for the live tail that there is.
    return query
        -- All that is read singly, added up in one pass: by type and status, by duration, by actor.
        with single as materialized (
            select
                n.is_later, n.script_type, n.counted_as, n.execution_status,
                pgtrail.duration_bucket(n.execution_duration_ms) as bucket, n.db_session_user,
                count(*) as operations, count(n.execution_duration_ms) as timed_operations,
                coalesce(sum(n.execution_duration_ms), 0)::bigint as duration_sum_ms
            from pgtrail.not_rolled_up(
                now() - interval '48 hours', now() - interval '24 hours', 'infinity', pgtrail.shortest_sums()) as n
            group by grouping sets (
                (n.is_later, n.script_type, n.counted_as, n.execution_status),
                (n.is_later, pgtrail.duration_bucket(n.execution_duration_ms)),
                (n.is_later, n.db_session_user))
        )
        select
            r.is_later, r.script_type, r.execution_status, null::integer, null::varchar,
            r.operations, r.timed_operations, r.duration_sum_ms
        from pgtrail.rolled_up(
            now() - interval '48 hours', now() - interval '24 hours', 'infinity', pgtrail.shortest_sums()) as r
        union all
        select
            s.is_later, s.script_type, s.execution_status, null, null,
            s.operations, s.timed_operations, s.duration_sum_ms
        from single as s
        where s.execution_status is not null
        union all
        select s.is_later, s.script_type, s.counted_as, null, null, -s.operations, 0, 0
        from single as s
        where s.counted_as is not null
        union all
        select b.is_later, null, null, b.bucket, null, sum(b.operations)::bigint, null, null
        from (
            -- Quicker here than in the from clause, where each call keeps its rows first.
            select d.is_later, unnest(d.buckets) as bucket, unnest(d.bucket_operations) as operations
            from pgtrail.rolled_up_durations(
                now() - interval '48 hours', now() - interval '24 hours', 'infinity', pgtrail.shortest_sums()) as d
            union all
            select s.is_later, s.bucket, s.operations from single as s where s.bucket is not null
        ) as b
        group by b.is_later, b.bucket
        union all
        select true, null, null, null, u.db_session_user, null, null, null
        from (
            select a.db_session_user from pgtrail.rolled_up_actors(now() - interval '24 hours') as a
            union
            select s.db_session_user from single as s where s.is_later and s.db_session_user is not null
        ) as u;
end
$function$;
comment on function pgtrail.recent_activity() is
    'The operations the caller may read of the last 24 hours (is_later) and of the 24 hours before, added up in three ways: rows with a status say how many of a type, in parts to be summed, of which some may be negative; rows with a bucket say how many took so long; rows with an actor say who began any in the last 24 hours.';
