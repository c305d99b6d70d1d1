-- What activity() and activity_by_actor() promise, straight from the trail.
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
as $function$
    select
        date_trunc('hour', s.execution_timestamp, 'UTC'), s.tenant_hk, s.script_type,
        s.db_session_user, s.execution_status, 1::bigint,
        case when s.execution_duration_ms is null then 0::bigint else 1 end,
        coalesce(s.execution_duration_ms, 0)::bigint, s.execution_duration_ms, s.execution_duration_ms,
        case when s.execution_duration_ms is null then '{}'::integer[]
            else array[pgtrail.duration_bucket(s.execution_duration_ms)] end,
        case when s.execution_duration_ms is null then '{}'::bigint[] else array[1::bigint] end
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from and s.execution_timestamp < p_to;
$function$;

create or replace function pgtrail.activity(p_from timestamptz, p_cut timestamptz, p_to timestamptz)
    returns table (
        is_later boolean,
        db_session_user varchar,
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
as $function$
    select
        d.is_later, a.db_session_user, a.hour, a.script_type, a.execution_status, a.operations,
        a.timed_operations, a.duration_sum_ms, a.duration_min_ms, a.duration_max_ms, a.buckets,
        a.bucket_operations
    from (values (false, p_from, p_cut), (true, greatest(p_from, p_cut), p_to)) as d (is_later, since, until)
    cross join lateral pgtrail.activity_by_actor(d.since, d.until) as a;
$function$;

create or replace function pgtrail.rolled_up_actors(p_from timestamptz, p_to timestamptz)
    returns table (db_session_user varchar)
    language sql
    stable
as $function$
    select null::varchar where false;
$function$;
