-- What the reports read, straight from the trail: no rollup, and every operation singly.
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
as $function$
    select
        null::boolean, null::timestamptz, null::varchar, null::varchar, null::bigint, null::bigint,
        null::bigint
    where false;
$function$;

create or replace function pgtrail.rolled_up_durations(
    p_from timestamptz,
    p_cut timestamptz,
    p_to timestamptz,
    p_shortest integer
)
    returns table (is_later boolean, hour timestamptz, buckets integer[], bucket_operations bigint[])
    language sql
    stable
as $function$
    select null::boolean, null::timestamptz, null::integer[], null::bigint[] where false;
$function$;

create or replace function pgtrail.rolled_up_actors(p_from timestamptz)
    returns table (db_session_user varchar)
    language sql
    stable
as $function$
    select null::varchar where false;
$function$;

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
as $function$
    select
        s.execution_timestamp >= p_cut, s.execution_timestamp, s.tenant_hk, s.script_type,
        s.db_session_user, null::varchar, s.execution_status, s.execution_duration_ms
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from and s.execution_timestamp < p_to;
$function$;

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
        pgtrail.utc_hour(s.execution_timestamp), s.tenant_hk, s.script_type, s.db_session_user,
        s.execution_status, 1, case when s.execution_duration_ms is null then 0 else 1 end,
        coalesce(s.execution_duration_ms, 0), s.execution_duration_ms, s.execution_duration_ms,
        case when s.execution_duration_ms is null then '{}'
            else array[pgtrail.duration_bucket(s.execution_duration_ms)] end,
        case when s.execution_duration_ms is null then '{}' else array[1::bigint] end
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= p_from and s.execution_timestamp < p_to;
$function$;
