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
        c.hour, c.tenant_hk, c.script_type, c.db_session_user, c.execution_status,
        sum(c.operations), coalesce(sum(c.operations) filter (where c.bucket is not null), 0),
        sum(c.duration_sum_ms), min(c.duration_min_ms), max(c.duration_max_ms),
        coalesce(array_agg(c.bucket order by c.bucket) filter (where c.bucket is not null), '{}'),
        coalesce(array_agg(c.operations order by c.bucket) filter (where c.bucket is not null), '{}')
    from unnest(p_changes) as c
    group by c.hour, c.tenant_hk, c.script_type, c.db_session_user, c.execution_status
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

    insert into pgtrail.total_rollup as r (
        hour, script_type, execution_status,
        operations, timed_operations, duration_sum_ms, duration_min_ms, duration_max_ms,
        buckets, bucket_operations
    )
    select
        b.hour, b.script_type, b.execution_status,
        sum(b.operations), coalesce(sum(b.operations) filter (where b.bucket is not null), 0),
        sum(b.duration_sum_ms), min(b.duration_min_ms), max(b.duration_max_ms),
        coalesce(array_agg(b.bucket order by b.bucket) filter (where b.bucket is not null), '{}'),
        coalesce(array_agg(b.operations order by b.bucket) filter (where b.bucket is not null), '{}')
    from (
        select
            c.hour, c.script_type, c.execution_status, c.bucket,
            sum(c.operations)::bigint as operations, sum(c.duration_sum_ms)::bigint as duration_sum_ms,
            min(c.duration_min_ms) as duration_min_ms, max(c.duration_max_ms) as duration_max_ms
        from unnest(p_changes) as c
        group by c.hour, c.script_type, c.execution_status, c.bucket
    ) as b
    group by b.hour, b.script_type, b.execution_status
    on conflict (hour, script_type, execution_status)
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
end
$function$;
comment on function pgtrail.add_to_rollups(pgtrail.rollup_change[]) is
    'Adds changes to both rollups. A status changes only from RUNNING, which has no duration: so what is taken away never touches minimum, maximum and histogram.';

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
    all_versions bigint := 0;
begin
    perform pgtrail.require_admin('refresh the rollups');
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
            select l.*, h.execution_status as counted_as
            from latest as l
            left join script_tracking.script_execution_s_history as h
                on h.script_execution_hk = l.script_execution_hk
                and h.version_number = l.first_version - 1
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
                        pgtrail.utc_hour(c.execution_timestamp), c.tenant_hk, c.script_type,
                        c.db_session_user, c.execution_status,
                        pgtrail.duration_bucket(c.execution_duration_ms), sum(c.operations),
                        coalesce(sum(c.execution_duration_ms), 0),
                        min(c.execution_duration_ms), max(c.execution_duration_ms)
                    )::pgtrail.rollup_change
                from change as c
                group by
                    pgtrail.utc_hour(c.execution_timestamp), c.tenant_hk, c.script_type,
                    c.db_session_user, c.execution_status,
                    pgtrail.duration_bucket(c.execution_duration_ms)
            ) as changes
        into step;

        perform pgtrail.add_to_rollups(step.changes);
        reached := coalesce(step.place, reached);
        all_versions := all_versions + step.versions;
        exit when step.versions < versions_per_batch;
    end loop;
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
    reached record;
begin
    select (c."position").*
    into reached
    from pgtrail.feed_consumer as c
    where c.consumer = 'rollups'
    for update;

    delete from pgtrail.operation_rollup as r where r.hour >= first_hour and r.hour < p_to;
    delete from pgtrail.total_rollup as r where r.hour >= first_hour and r.hour < p_to;
    perform pgtrail.add_to_rollups(array(
        select
            row(
                pgtrail.utc_hour(v.execution_timestamp), v.tenant_hk, v.script_type,
                v.db_session_user, v.execution_status,
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
            and s.execution_timestamp < pgtrail.next_utc_hour(p_to)
        group by
            pgtrail.utc_hour(v.execution_timestamp), v.tenant_hk, v.script_type,
            v.db_session_user, v.execution_status,
            pgtrail.duration_bucket(v.execution_duration_ms)
    ));
end
$function$;
comment on function pgtrail.recount_rollups(timestamptz, timestamptz) is
    'Makes the rollups of the hours that a span touches anew from the trail, as far as the consumer rollups has read the feed.';
