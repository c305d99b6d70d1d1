set local role pgtrail_owner;

-- date_bin() takes an eighth of the time of date_trunc() with a time zone, and a report asks for each row.
create or replace function pgtrail.utc_hour(p_at timestamptz)
    returns timestamptz
    language sql
    stable
    parallel safe
return date_bin('1 hour', p_at, '2000-01-01 00:00:00+00');
comment on function pgtrail.utc_hour(timestamptz) is
    'Begin of the hour in UTC: a time zone off by half an hour must not cut other hours.';

create or replace function pgtrail.next_utc_hour(p_at timestamptz)
    returns timestamptz
    language sql
    stable
    parallel safe
return date_bin('1 hour', p_at + interval '1 hour' - interval '1 microsecond', '2000-01-01 00:00:00+00');
comment on function pgtrail.next_utc_hour(timestamptz) is
    'The moment itself where an hour of UTC begins, else the begin of the next one.';

create or replace function pgtrail.piece_of(p_at timestamptz, p_minutes integer)
    returns timestamptz
    language sql
    stable
return date_bin(make_interval(mins => p_minutes), p_at, '2000-01-01 00:00:00+00');
comment on function pgtrail.piece_of(timestamptz, integer) is
    'Begin of the piece of so many minutes in UTC.';

create or replace function pgtrail.next_piece(p_at timestamptz, p_minutes integer)
    returns timestamptz
    language sql
    stable
return date_bin(
    make_interval(mins => p_minutes),
    p_at + make_interval(mins => p_minutes) - interval '1 microsecond',
    '2000-01-01 00:00:00+00');
comment on function pgtrail.next_piece(timestamptz, integer) is
    'The moment itself where a piece of so many minutes begins in UTC, else the begin of the next one.';

-- Each bucket is a tenth wider than the one before, so its middle is at most 4.8 % off.
create or replace function pgtrail.duration_bucket(p_duration_ms integer)
    returns integer
    language sql
    immutable
    parallel safe
return case
    when p_duration_ms > 0 then 1 + ceil(ln(p_duration_ms::double precision) / ln(1.1::double precision))::integer
    when p_duration_ms = 0 then 0
end;
comment on function pgtrail.duration_bucket(integer) is
    'Bucket of a duration in milliseconds: 0 for 0, then one for each tenth more; NULL without a duration.';

create or replace function pgtrail.bucket_duration(p_bucket integer)
    returns numeric
    language sql
    immutable
    parallel safe
return case when p_bucket = 0 then 0 else round((2 * 1.1::double precision ^ (p_bucket - 1) / 2.1)::numeric, 2) end;
comment on function pgtrail.bucket_duration(integer) is
    'Milliseconds a bucket of durations stands for, at most 5 % from any duration in it.';

create or replace function pgtrail.merged_histogram(
    p_buckets integer[],
    p_operations bigint[],
    p_other_buckets integer[],
    p_other_operations bigint[]
)
    returns table (buckets integer[], bucket_operations bigint[])
    language sql
    immutable
    parallel safe
begin atomic
    select
        coalesce(array_agg(m.bucket order by m.bucket), '{}'),
        coalesce(array_agg(m.operations order by m.bucket), '{}')
    from (
        select b.bucket, sum(b.operations)::bigint as operations
        from (
            select u.bucket, u.operations from unnest(p_buckets, p_operations) as u (bucket, operations)
            union all
            select u.bucket, u.operations
            from unnest(p_other_buckets, p_other_operations) as u (bucket, operations)
        ) as b
        group by b.bucket
    ) as m;
end;
comment on function pgtrail.merged_histogram(integer[], bigint[], integer[], bigint[]) is
    'Two histograms of durations added up.';

create or replace function pgtrail.duration_percentile(
    p_fraction double precision,
    p_buckets integer[],
    p_bucket_operations bigint[]
)
    returns numeric
    language sql
    immutable
    parallel safe
begin atomic
    select pgtrail.bucket_duration(c.bucket)
    from (
        select
            b.bucket,
            sum(sum(b.operations)) over (order by b.bucket) as up_to_here,
            sum(sum(b.operations)) over () as of_all
        from unnest(p_buckets, p_bucket_operations) as b (bucket, operations)
        group by b.bucket
    ) as c
    where c.up_to_here >= p_fraction * c.of_all and c.of_all > 0
    order by c.bucket
    limit 1;
end;
comment on function pgtrail.duration_percentile(double precision, integer[], bigint[]) is
    'Milliseconds that the fraction (0 to 1) of the operations in a histogram do not exceed, within 5 %; NULL for an empty one. Buckets may be in any order and repeated.';

create or replace function pgtrail.add_to_rollups(p_changes pgtrail.rollup_change[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    insert into pgtrail.operation_rollup as r (
        hour, tenant_hk, script_type, db_session_user, execution_status,
        operations, timed_operations, duration_sum_ms, duration_min_ms, duration_max_ms,
        buckets, bucket_operations
    )
    select
        b.hour, b.tenant_hk, b.script_type, b.db_session_user, b.execution_status,
        sum(b.operations), coalesce(sum(b.operations) filter (where b.bucket is not null), 0),
        sum(b.duration_sum_ms), min(b.duration_min_ms), max(b.duration_max_ms),
        coalesce(array_agg(b.bucket order by b.bucket) filter (where b.bucket is not null), '{}'),
        coalesce(array_agg(b.operations order by b.bucket) filter (where b.bucket is not null), '{}')
    from (
        select
            pgtrail.utc_hour(c.began) as hour, c.tenant_hk, c.script_type, c.db_session_user,
            c.execution_status, c.bucket,
            sum(c.operations)::bigint as operations, sum(c.duration_sum_ms)::bigint as duration_sum_ms,
            min(c.duration_min_ms) as duration_min_ms, max(c.duration_max_ms) as duration_max_ms
        from unnest(p_changes) as c
        group by
            pgtrail.utc_hour(c.began), c.tenant_hk, c.script_type, c.db_session_user, c.execution_status,
            c.bucket
    ) as b
    group by b.hour, b.tenant_hk, b.script_type, b.db_session_user, b.execution_status
    on conflict (hour, script_type, db_session_user, execution_status, (coalesce(tenant_hk, '\x')))
    do update set
        operations = r.operations + excluded.operations,
        timed_operations = r.timed_operations + excluded.timed_operations,
        duration_sum_ms = r.duration_sum_ms + excluded.duration_sum_ms,
        duration_min_ms = least(r.duration_min_ms, excluded.duration_min_ms),
        duration_max_ms = greatest(r.duration_max_ms, excluded.duration_max_ms),
        (buckets, bucket_operations) = (
            select m.buckets, m.bucket_operations
            from pgtrail.merged_histogram(
                r.buckets, r.bucket_operations, excluded.buckets, excluded.bucket_operations) as m
        );

    -- Not of each tenant per five minutes: where there are many that is as good as per operation.
    insert into pgtrail.total_rollup as r (
        scope, minutes, begins, script_type, execution_status,
        operations, timed_operations, duration_sum_ms
    )
    with change as materialized (
        select
            coalesce(c.tenant_hk, '\x') as scope, c.began, c.script_type, c.execution_status,
            c.operations, case when c.bucket is null then 0 else c.operations end as timed_operations,
            c.duration_sum_ms
        from unnest(p_changes) as c
    ),
    piece as materialized (
        select
            c.began, c.script_type, c.execution_status, sum(c.operations) as operations,
            sum(c.timed_operations) as timed_operations, sum(c.duration_sum_ms) as duration_sum_ms
        from change as c
        group by c.began, c.script_type, c.execution_status
    )
    select
        c.scope, 60, pgtrail.utc_hour(c.began), c.script_type, c.execution_status,
        sum(c.operations), sum(c.timed_operations), sum(c.duration_sum_ms)
    from change as c
    group by c.scope, pgtrail.utc_hour(c.began), c.script_type, c.execution_status
    union all
    select
        '\xff', 60, pgtrail.utc_hour(p.began), p.script_type, p.execution_status,
        sum(p.operations), sum(p.timed_operations), sum(p.duration_sum_ms)
    from piece as p
    group by pgtrail.utc_hour(p.began), p.script_type, p.execution_status
    union all
    select
        '\xff', 5, p.began, p.script_type, p.execution_status,
        p.operations, p.timed_operations, p.duration_sum_ms
    from piece as p
    on conflict (scope, minutes, begins, script_type, execution_status)
    do update set
        operations = r.operations + excluded.operations,
        timed_operations = r.timed_operations + excluded.timed_operations,
        duration_sum_ms = r.duration_sum_ms + excluded.duration_sum_ms;

    insert into pgtrail.duration_rollup as r (scope, minutes, begins, buckets, bucket_operations)
    with change as materialized (
        select coalesce(c.tenant_hk, '\x') as scope, c.began, c.bucket, c.operations
        from unnest(p_changes) as c
        where c.bucket is not null
    ),
    piece as materialized (
        select c.began, c.bucket, sum(c.operations) as operations from change as c group by c.began, c.bucket
    )
    select
        b.scope, b.minutes, b.begins,
        array_agg(b.bucket order by b.bucket), array_agg(b.operations::bigint order by b.bucket)
    from (
        select
            c.scope, 60 as minutes, pgtrail.utc_hour(c.began) as begins, c.bucket,
            sum(c.operations) as operations
        from change as c
        group by c.scope, pgtrail.utc_hour(c.began), c.bucket
        union all
        select '\xff', 60, pgtrail.utc_hour(p.began), p.bucket, sum(p.operations)
        from piece as p
        group by pgtrail.utc_hour(p.began), p.bucket
        union all
        select '\xff', 5, p.began, p.bucket, p.operations from piece as p
    ) as b
    group by b.scope, b.minutes, b.begins
    on conflict (scope, minutes, begins)
    do update set (buckets, bucket_operations) = (
        select m.buckets, m.bucket_operations
        from pgtrail.merged_histogram(
            r.buckets, r.bucket_operations, excluded.buckets, excluded.bucket_operations) as m
    );
end
$function$;
comment on function pgtrail.add_to_rollups(pgtrail.rollup_change[]) is
    'Adds changes to the sums. A status changes only from RUNNING, which has no duration: so what is taken away never touches minimum, maximum and histogram.';

create or replace function pgtrail.latest_actors(p_actors pgtrail.actor_rollup[], p_changes pgtrail.rollup_change[])
    returns pgtrail.actor_rollup[]
    language sql
    immutable
begin atomic
    select array_agg(row(a.tenant_hk, a.db_session_user, a.last_began)::pgtrail.actor_rollup)
    from (
        select b.tenant_hk, b.db_session_user, max(b.last_began) as last_began
        from (
            select a.tenant_hk, a.db_session_user, a.last_began from unnest(p_actors) as a
            union all
            select c.tenant_hk, c.db_session_user, c.last_began from unnest(p_changes) as c
        ) as b
        group by b.tenant_hk, b.db_session_user
    ) as a;
end;
comment on function pgtrail.latest_actors(pgtrail.actor_rollup[], pgtrail.rollup_change[]) is
    'Actors, with those of changes.';

create or replace function pgtrail.add_actors(p_actors pgtrail.actor_rollup[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
as $function$
    insert into pgtrail.actor_rollup as r (tenant_hk, db_session_user, last_began)
    select a.tenant_hk, a.db_session_user, a.last_began
    from unnest(p_actors) as a
    on conflict (db_session_user, (coalesce(tenant_hk, '\x')))
    do update set last_began = excluded.last_began where r.last_began < excluded.last_began
$function$;
comment on function pgtrail.add_actors(pgtrail.actor_rollup[]) is
    'Adds actors to actor_rollup. Not once a batch: in one transaction each time wades through the dead rows of all times before.';

create or replace function script_tracking.refresh_rollups()
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    versions_per_batch constant integer := 20000;
    reached pgtrail.feed_cursor;
    horizon xid8;
    step record;
    actors pgtrail.actor_rollup[];
    all_versions bigint := 0;
begin
    perform pgtrail.require_maintainer('refresh the rollups');
    perform pgtrail.refuse_read_only();
    -- One at a time: who comes second waits here and goes on from where the first has got.
    select c."position" as place
    into step
    from pgtrail.feed_consumer as c
    where c.consumer = 'rollups'
    for update;
    reached := step.place;
    -- A place is kept below: in a restored trail the base that it counts from must be certain by then.
    if not pgtrail.feed_is_anchored() then
        perform pgtrail.store_feed_base();
    end if;

    loop
        horizon := pgtrail.feed_horizon();
        with batch as (
            select
                v.recorded_xid, v.script_execution_hk, v.version_number, v.execution_timestamp,
                v.tenant_hk, v.script_type, v.db_session_user, v.execution_status,
                v.execution_duration_ms
            from pgtrail.read_versions(reached, versions_per_batch) as v
        ),
        latest as (
            select distinct on (b.script_execution_hk)
                b.*, min(b.version_number) over (partition by b.script_execution_hk) as first_version
            from batch as b
            order by b.script_execution_hk, b.version_number desc
        ),
        counted as (
            select
                l.*,
                -- A subquery, so that only operations begun before this batch, which are few, are looked up.
                case when l.first_version > 1 then (
                    select h.execution_status
                    from script_tracking.script_execution_s_history as h
                    where h.script_execution_hk = l.script_execution_hk
                        and h.version_number = l.first_version - 1
                ) end as counted_as
            from latest as l
        ),
        change as (
            select
                c.execution_timestamp, c.tenant_hk, c.script_type, c.db_session_user,
                c.execution_status, c.execution_duration_ms, 1 as operations
            from counted as c
            where c.counted_as is distinct from c.execution_status
            union all
            select
                c.execution_timestamp, c.tenant_hk, c.script_type, c.db_session_user,
                c.counted_as, null, -1
            from counted as c
            where c.counted_as <> c.execution_status
        )
        select
            (select count(*) from batch) as versions,
            (
                select row(b.recorded_xid, b.script_execution_hk, b.version_number)::pgtrail.feed_cursor
                from batch as b
                order by b.recorded_xid desc, b.script_execution_hk desc, b.version_number desc
                limit 1
            ) as place,
            array(
                select
                    row(
                        pgtrail.piece_of(c.execution_timestamp, 5), max(c.execution_timestamp), c.tenant_hk,
                        c.script_type, c.db_session_user, c.execution_status,
                        pgtrail.duration_bucket(c.execution_duration_ms), sum(c.operations),
                        coalesce(sum(c.execution_duration_ms), 0),
                        min(c.execution_duration_ms), max(c.execution_duration_ms)
                    )::pgtrail.rollup_change
                from change as c
                group by
                    pgtrail.piece_of(c.execution_timestamp, 5), c.tenant_hk, c.script_type,
                    c.db_session_user, c.execution_status,
                    pgtrail.duration_bucket(c.execution_duration_ms)
            ) as changes
        into step;

        perform pgtrail.add_to_rollups(step.changes);
        actors := pgtrail.latest_actors(actors, step.changes);
        reached := coalesce(step.place, reached);
        all_versions := all_versions + step.versions;
        exit when step.versions < versions_per_batch;
    end loop;
    perform pgtrail.add_actors(actors);
    -- Everything before the horizon is read: who reads on need not look at the last transaction again.
    if reached is null or horizon > (reached).recorded_xid then
        reached := row(horizon, '', 0);
    end if;

    update pgtrail.feed_consumer as c
    set "position" = reached, advanced_at = clock_timestamp()
    where c.consumer = 'rollups';
    return all_versions;
end
$function$;
comment on function script_tracking.refresh_rollups() is
    'Brings the rollups up to what every transaction sees and returns how many versions they took in. Reports are right without it, and quick the more often it runs. For pgtrail_admin; safe to run concurrently.';

create or replace function pgtrail.recount_rollups(p_from timestamptz, p_to timestamptz)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    first_hour constant timestamptz := pgtrail.utc_hour(p_from);
    last_hour constant timestamptz := pgtrail.next_utc_hour(p_to);
    reached record;
    scopes bytea[];
    actors pgtrail.actor_rollup[];
    changes pgtrail.rollup_change[];
begin
    select (c."position").*
    into reached
    from pgtrail.feed_consumer as c
    where c.consumer = 'rollups'
    for update;

    with removed as (
        delete from pgtrail.operation_rollup as r
        where r.hour >= first_hour and r.hour < last_hour
        returning r.tenant_hk
    )
    select array_agg(distinct coalesce(r.tenant_hk, '\x')) || '\xff'::bytea into scopes from removed as r;
    delete from pgtrail.total_rollup as r
    where r.scope = any (scopes) and r.minutes in (5, 60) and r.begins >= first_hour and r.begins < last_hour;
    delete from pgtrail.duration_rollup as r
    where r.scope = any (scopes) and r.minutes in (5, 60) and r.begins >= first_hour and r.begins < last_hour;
    with removed as (
        delete from pgtrail.actor_rollup as a
        where a.last_began >= first_hour and a.last_began < last_hour
        returning a.*
    )
    select array_agg(r::pgtrail.actor_rollup) into actors from removed as r;

    changes := array(
        select
            row(
                pgtrail.piece_of(v.execution_timestamp, 5), max(v.execution_timestamp), v.tenant_hk,
                v.script_type, v.db_session_user, v.execution_status,
                pgtrail.duration_bucket(v.execution_duration_ms), count(*),
                coalesce(sum(v.execution_duration_ms), 0),
                min(v.execution_duration_ms), max(v.execution_duration_ms)
            )::pgtrail.rollup_change
        from script_tracking.script_execution_s as s
        -- What the consumer has read of an operation may be older than what it is now.
        cross join lateral (
            select a.*
            from (
                select s.*
                where (s.recorded_xid, s.script_execution_hk, s.version_number)
                    <= (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                union all
                (
                    select h.*
                    from script_tracking.script_execution_s_history as h
                    where h.script_execution_hk = s.script_execution_hk
                        and (s.recorded_xid, s.script_execution_hk, s.version_number)
                            > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                        and (h.recorded_xid, h.script_execution_hk, h.version_number)
                            <= (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
                    order by h.version_number desc
                    limit 1
                )
            ) as a
        ) as v
        where s.execution_timestamp >= first_hour
            and s.execution_timestamp < last_hour
        group by
            pgtrail.piece_of(v.execution_timestamp, 5), v.tenant_hk, v.script_type,
            v.db_session_user, v.execution_status,
            pgtrail.duration_bucket(v.execution_duration_ms)
    );
    perform pgtrail.add_to_rollups(changes);
    if actors is null then
        return;
    end if;

    perform pgtrail.add_actors(pgtrail.latest_actors(null, changes));
    -- Whoever has nothing left in these hours may have something before them that was kept.
    perform pgtrail.add_actors(array(
        select row(a.tenant_hk, a.db_session_user, max(s.execution_timestamp))::pgtrail.actor_rollup
        from unnest(actors) as a
        cross join lateral (
            select r.hour
            from pgtrail.operation_rollup as r
            where r.hour < first_hour
                and r.db_session_user = a.db_session_user
                and r.tenant_hk is not distinct from a.tenant_hk
                and r.operations > 0
            order by r.hour desc
            limit 1
        ) as h
        join script_tracking.script_execution_s as s
            on s.execution_timestamp >= h.hour
            and s.execution_timestamp < h.hour + interval '1 hour'
            and s.db_session_user = a.db_session_user
            and s.tenant_hk is not distinct from a.tenant_hk
        where not exists (
            select
            from pgtrail.actor_rollup as r
            where r.db_session_user = a.db_session_user
                and r.tenant_hk is not distinct from a.tenant_hk
        )
        group by a.tenant_hk, a.db_session_user
    ));
end
$function$;
comment on function pgtrail.recount_rollups(timestamptz, timestamptz) is
    'Makes the rollups of the hours that a span touches anew from the trail, as far as the consumer rollups has read the feed.';
