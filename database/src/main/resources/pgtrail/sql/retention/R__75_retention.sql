set local role pgtrail_owner;

-- A cleanup goes by batches, from the oldest operation on. Its state is a JSON object, which is also
-- the metadata of the operation that records it:
--     before              the moment the removed operations began before
--     reached             the moment that it came to; "before" when it is through
--     reached_operation   within that moment, when it stopped amid an hour
--     operations_removed, versions_removed
-- So the next batch does not wade through what was kept, and where a cleanup was stopped is on record.

create or replace function pgtrail.places_of_operations(
    p_keys bytea[],
    p_began_from timestamptz,
    p_began_until timestamptz,
    p_superseded bigint,
    out hubs tid[],
    out superseded_versions tid[]
)
    returns record
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    -- The plan is the same for every span.
    set plan_cache_mode = force_generic_plan
as $function$
declare
    found_keys bytea[];
begin
    -- By time, as the trail lies on the disk, a batch takes a tenth of what it takes by key, where each
    -- operation is on another page of each index. "offset 0" keeps the planner from using the key
    -- nevertheless. Only what is not found by time is looked up by key.
    superseded_versions := array(
        select h.ctid
        from (
            select h.ctid, h.script_execution_hk
            from script_tracking.script_execution_s_history as h
            where h.execution_timestamp between p_began_from and p_began_until
            offset 0
        ) as h
        join unnest(p_keys) as k (script_execution_hk) using (script_execution_hk)
    );
    if cardinality(superseded_versions) <> p_superseded then
        superseded_versions := array(
            select h.ctid
            from script_tracking.script_execution_s_history as h
            where h.script_execution_hk = any (p_keys)
        );
    end if;

    -- Nearly all operations are recorded when they begin, or a little later by a program that sends them in batches.
    select coalesce(array_agg(h.ctid), '{}'), array_agg(h.script_execution_hk)
    into hubs, found_keys
    from (
        select h.ctid, h.script_execution_hk
        from script_tracking.script_execution_h as h
        where h.load_date between p_began_from and p_began_until + interval '1 minute'
        offset 0
    ) as h
    join unnest(p_keys) as k (script_execution_hk) using (script_execution_hk);
    if cardinality(hubs) <> cardinality(p_keys) then
        hubs := hubs || array(
            select h.ctid
            from script_tracking.script_execution_h as h
            where h.script_execution_hk = any (
                array(select unnest(p_keys) except select unnest(found_keys)))
        );
    end if;
end
$function$;
comment on function pgtrail.places_of_operations(bytea[], timestamptz, timestamptz, bigint) is
    'Where the hubs and the superseded versions of operations lie: given their keys, the first and the last moment at which one began, and how many versions are superseded.';

create or replace function pgtrail.lock_oldest(
    p_state jsonb,
    p_max_operations integer,
    out operations bigint,
    out hubs tid[],
    out current_versions tid[],
    out superseded_versions tid[],
    out began_from timestamptz,
    out began_until timestamptz,
    out state jsonb
)
    returns record
    language plpgsql
    set search_path = pg_catalog, pg_temp
    -- A plan for one span of time is none for others.
    set plan_cache_mode = force_custom_plan
as $function$
declare
    before constant timestamptz := p_state ->> 'before';
    keys bytea[];
    places tid[];
    began timestamptz[];
    versions bigint[];
    reached timestamptz := coalesce(p_state ->> 'reached', '-infinity');
    reached_operation bytea := coalesce(p_state ->> 'reached_operation', '');
    read_up_to pgtrail.feed_cursor;
    last_hour timestamptz;
    size integer := p_max_operations;
begin
    -- Before the operations: whoever refreshes the rollups waits for this batch, instead of this batch,
    -- with its operations locked, for him.
    read_up_to := (select c."position" from pgtrail.feed_consumer as c where c.consumer = 'rollups' for update);

    loop
        -- Whoever annotates one of them at this moment keeps it, until the next cleanup: to wait for that
        -- session would keep all the others locked meanwhile.
        select
            array_agg(o.script_execution_hk), array_agg(o.place), array_agg(o.execution_timestamp),
            array_agg(o.version_number)
        into keys, places, began, versions
        from (
            select s.script_execution_hk, s.ctid as place, s.execution_timestamp, s.version_number
            from script_tracking.script_execution_s as s
            where s.execution_timestamp >= reached
                and s.execution_timestamp < before
                and (s.execution_timestamp, s.script_execution_hk) > (reached, reached_operation)
                and s.execution_status <> 'RUNNING'
                and (s.recorded_xid, s.script_execution_hk, s.version_number)
                    <= (read_up_to.recorded_xid, read_up_to.script_execution_hk, read_up_to.version_number)
            order by s.execution_timestamp, s.script_execution_hk
            limit size + 1
            for update skip locked
        ) as o;
        exit when coalesce(cardinality(keys), 0) <= size;
        last_hour := date_trunc('hour', began[size + 1], 'UTC');
        exit when last_hour > began[1] or size > p_max_operations;

        -- The rollups of an hour that is not removed at once are counted anew after each batch: in an
        -- hour of very many operations ten times, not a thousand times.
        size := greatest(
            size,
            (
                select count(*) / 10
                from script_tracking.script_execution_s as s
                where s.execution_timestamp >= began[1]
                    and s.execution_timestamp < last_hour + interval '1 hour'
            )
        );
        exit when size = p_max_operations;
    end loop;

    reached_operation := null;
    if coalesce(cardinality(keys), 0) <= size then
        reached := before;
    elsif last_hour > began[1] then
        reached := last_hour;
        size := width_bucket(reached - interval '1 microsecond', began);
    else
        reached := began[size];
        reached_operation := keys[size];
    end if;
    began_from := date_trunc('hour', began[1], 'UTC');
    began_until := date_trunc('hour', began[least(size, cardinality(began))], 'UTC') + interval '1 hour';
    state := p_state - 'reached_operation'
        || jsonb_strip_nulls(jsonb_build_object('reached', reached, 'reached_operation', reached_operation));

    keys := coalesce(keys[1:size], '{}');
    current_versions := coalesce(places[1:size], '{}');
    operations := cardinality(keys);
    -- In a statement of its own: it sees also the version that a session was just making of one of them
    -- when the batch began.
    select p.hubs, p.superseded_versions
    into hubs, superseded_versions
    from pgtrail.places_of_operations(
        keys, began[1], began[cardinality(keys)],
        (select sum(v - 1) from unnest(versions[1:size]) as v)::bigint) as p;
end
$function$;
comment on function pgtrail.lock_oldest(jsonb, integer) is
    'Locks the next finished operations of a cleanup that the rollups have counted, tells the places of their rows, which stay theirs while they are locked, and the hours to count anew without them. Whole hours, but no more operations than asked for unless one hour has more than ten times as many.';

create or replace function pgtrail.cleanup_is_through(p_state jsonb)
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
-- As moments: their text is that of the time zone of the session that wrote it.
return (p_state ->> 'reached')::timestamptz = (p_state ->> 'before')::timestamptz;
comment on function pgtrail.cleanup_is_through(jsonb) is
    'Whether a cleanup in this state has nothing left to do.';

create or replace function pgtrail.count_removed(p_state jsonb, p_operations bigint, p_versions bigint)
    returns jsonb
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    select p_state || jsonb_build_object(
        'operations_removed', coalesce((p_state ->> 'operations_removed')::bigint, 0) + p_operations,
        'versions_removed', coalesce((p_state ->> 'versions_removed')::bigint, 0) + p_versions)
$function$;
comment on function pgtrail.count_removed(jsonb, bigint, bigint) is
    'The state of a cleanup after so many operations and versions more.';

create or replace function pgtrail.remove_oldest(p_state jsonb, p_max_operations integer)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    batch constant record := pgtrail.lock_oldest(p_state, p_max_operations);
begin
    delete from script_tracking.script_execution_s_history as h where h.ctid = any (batch.superseded_versions);
    delete from script_tracking.script_execution_s as s where s.ctid = any (batch.current_versions);
    delete from script_tracking.script_execution_h as h where h.ctid = any (batch.hubs);

    perform pgtrail.recount_rollups(batch.began_from, batch.began_until);
    return pgtrail.count_removed(
        batch.state, batch.operations, batch.operations + cardinality(batch.superseded_versions));
end
$function$;
comment on function pgtrail.remove_oldest(jsonb, integer) is
    'Removes the next batch of a cleanup, hub, satellite and history together, and corrects the rollups; returns the state of the cleanup after it.';

create or replace function pgtrail.begin_cleanup(p_retention_days integer, p_metadata jsonb)
    returns bytea
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    before constant timestamptz := now() - pgtrail.span(p_retention_days, 'days');
begin
    perform pgtrail.refuse_read_only();
    perform pgtrail.require_object(p_metadata);
    perform script_tracking.refresh_rollups();
    return pgtrail.start_operation(
        'Cleanup of old operations', 'MAINTENANCE', null, null,
        coalesce(p_metadata, '{}')
            || jsonb_build_object('retention_days', p_retention_days, 'before', before));
end
$function$;
comment on function pgtrail.begin_cleanup(integer, jsonb) is
    'Starts the operation that records a cleanup, whoever asks.';

create or replace function pgtrail.start_cleanup(p_retention_days integer, p_metadata jsonb default null)
    returns bytea
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('remove operations from the trail');
    return pgtrail.begin_cleanup(p_retention_days, p_metadata);
end
$function$;
comment on function pgtrail.start_cleanup(integer, jsonb) is
    'Starts the operation that records a cleanup; cleanup_batch() or archive_batch() go on with it, finish_operation() ends it. For pgtrail_admin.';

create or replace function pgtrail.retained_since()
    returns timestamptz
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select now() - pgtrail.span(s.retention_days, 'days')
    from pgtrail.settings as s
    where s.retention_days is not null
$function$;
comment on function pgtrail.retained_since() is
    'What began before is removed, by the setting retention_days; NULL where everything is kept.';

create or replace function pgtrail.start_retention()
    returns bytea
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    since constant timestamptz := pgtrail.retained_since();
begin
    perform pgtrail.require_maintainer('remove operations from the trail');
    -- A cleanup that removes nothing is not worth a record.
    if not exists (
        select
        from script_tracking.script_execution_s as s
        where s.execution_timestamp < since and s.execution_status <> 'RUNNING'
    ) then
        return null;
    end if;
    return pgtrail.begin_cleanup((select s.retention_days from pgtrail.settings as s), null);
end
$function$;
comment on function pgtrail.start_retention() is
    'As start_cleanup(), of what is older than the setting retention_days; NULL where there is nothing, or everything is kept. For pgtrail_server, which removes by this setting alone.';

create or replace function pgtrail.state_of_cleanup(p_cleanup bytea, p_max_operations integer)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    state jsonb;
begin
    perform pgtrail.require_maintainer('remove operations from the trail');
    perform pgtrail.refuse_read_only();
    if p_max_operations is null or p_max_operations not between 1 and 1000000 then
        raise exception using
            errcode = 'PT001',
            message = format('%s is no size of a batch', coalesce(p_max_operations::text, 'NULL')),
            hint = 'Give 1 to 1000000 operations.';
    end if;
    state := (
        select s.metadata
        from script_tracking.script_execution_s as s
        where s.script_execution_hk = p_cleanup
            and s.script_name = 'Cleanup of old operations'
            and s.execution_status = 'RUNNING'
        for update
    );
    if state ->> 'before' is null then
        raise exception using
            errcode = 'PT001',
            message = 'no cleanup with this key is running',
            detail = format('Key: %s', coalesce(encode(substring(p_cleanup for 32), 'hex'), 'NULL'));
    end if;
    -- Whoever began an operation may change its metadata: the setting decides.
    if ((state ->> 'before')::timestamptz <= pgtrail.retained_since()) is not true then
        perform pgtrail.require_admin('remove operations before the setting retention_days says so');
    end if;
    return state;
end
$function$;
comment on function pgtrail.state_of_cleanup(bytea, integer) is
    'State of a cleanup that is running, locked. Raises PT002 unless the caller is an administrator, or the server where the setting retention_days wants it, PT001 for an unknown key or an impossible size of a batch.';

create or replace function pgtrail.cleanup_batch(
    p_cleanup bytea,
    p_max_operations integer default 2500,
    out operations_removed bigint,
    out versions_removed bigint,
    out reached timestamptz,
    out finished boolean
)
    returns record
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    state jsonb := pgtrail.state_of_cleanup(p_cleanup, p_max_operations);
begin
    state := pgtrail.remove_oldest(state, p_max_operations);
    update script_tracking.script_execution_s as s
    set metadata = state
    where s.script_execution_hk = p_cleanup;

    operations_removed := state ->> 'operations_removed';
    versions_removed := state ->> 'versions_removed';
    reached := state ->> 'reached';
    finished := pgtrail.cleanup_is_through(state);
end
$function$;
comment on function pgtrail.cleanup_batch(bytea, integer) is
    'Removes the next batch of a cleanup that start_cleanup() began, recorded in its operation; returns what the cleanup has removed so far and whether it is through. For pgtrail_admin.';

create or replace function pgtrail.archive_batch(p_cleanup bytea, p_max_operations integer default 2500)
    returns table (
        line text,
        operations_removed bigint,
        versions_removed bigint,
        reached timestamptz,
        finished boolean
    )
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    -- The lines are the same whatever the settings of the session.
    set timezone = 'UTC'
    set bytea_output = 'hex'
as $function$
#variable_conflict use_column
declare
    state jsonb := pgtrail.state_of_cleanup(p_cleanup, p_max_operations);
    batch record;
    versions bigint;
begin
    batch := pgtrail.lock_oldest(state, p_max_operations);

    return query
        with superseded as (
            delete from script_tracking.script_execution_s_history as h
            where h.ctid = any (batch.superseded_versions)
            returning h.*
        ), current_ones as (
            delete from script_tracking.script_execution_s as s
            where s.ctid = any (batch.current_versions)
            returning s.*
        ), hubs as (
            delete from script_tracking.script_execution_h as h
            where h.ctid = any (batch.hubs)
            returning h.*
        )
        select row_to_json(l)::text, null::bigint, null::bigint, null::timestamptz, null::boolean
        from (
            select v.*, row_to_json(hubs) as hub
            from (select * from superseded union all select * from current_ones) as v
            left join hubs using (script_execution_hk)
            order by v.script_execution_hk, v.version_number
        ) as l;
    get diagnostics versions = row_count;

    perform pgtrail.recount_rollups(batch.began_from, batch.began_until);
    state := pgtrail.count_removed(batch.state, batch.operations, versions);
    update script_tracking.script_execution_s as s
    set metadata = state
    where s.script_execution_hk = p_cleanup;
    return query
        select null::text, (state ->> 'operations_removed')::bigint, (state ->> 'versions_removed')::bigint,
            (state ->> 'reached')::timestamptz, pgtrail.cleanup_is_through(state);
end
$function$;
comment on function pgtrail.archive_batch(bytea, integer) is
    'As cleanup_batch(), and returns every version that it removes as a line of JSON, the hub in it; the last row has no line but the counts. The caller commits when it has written and synced the lines. For pgtrail_admin.';

create or replace function script_tracking.cleanup_old_data(p_retention_days integer default 365)
    returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    operation constant bytea := pgtrail.start_cleanup(p_retention_days);
    state jsonb;
begin
    state := (
        select s.metadata
        from script_tracking.script_execution_s as s
        where s.script_execution_hk = operation
    );
    loop
        state := pgtrail.remove_oldest(state, 100000);
        exit when pgtrail.cleanup_is_through(state);
    end loop;

    perform pgtrail.finish_operation(operation, 'COMPLETED', null, null, null, state);
    return least((state ->> 'operations_removed')::bigint, 2147483647);
end
$function$;
comment on function script_tracking.cleanup_old_data(integer) is
    'Removes finished operations that began more than so many days ago, with all their versions, in one transaction, and returns how many. Keeps what is RUNNING, what a session is just annotating, and what was written so lately that a transaction older than it still runs. Records itself. For pgtrail_admin; raises PT001 for NULL or negative days.';

-- A procedure that commits can neither run as its owner nor fix the search_path: nothing in it may
-- depend on one.
create or replace procedure script_tracking.cleanup_in_batches(
    p_retention_days integer default 365,
    inout operations_removed bigint default null
)
    language plpgsql
as $procedure$
declare
    cleanup pg_catalog.bytea;
    finished pg_catalog.bool;
begin
    commit;  -- fails within a transaction block, before anything is done
    cleanup := pgtrail.start_cleanup(p_retention_days);
    commit;
    loop
        select b.operations_removed, b.finished
        into operations_removed, finished
        from pgtrail.cleanup_batch(cleanup) as b;
        commit;
        exit when finished;
    end loop;
    perform pgtrail.finish_operation(cleanup, 'COMPLETED', null, null, null, null);
end
$procedure$;
comment on procedure script_tracking.cleanup_in_batches(integer, bigint) is
    'As cleanup_old_data(), but commits after each batch of some thousand operations, so that it locks nothing for long: CALL it outside of a transaction block; inside one it fails at once with 2D000.';

create or replace function script_tracking.close_abandoned()
    returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    closed integer;
begin
    perform pgtrail.require_maintainer('close abandoned operations');
    perform pgtrail.refuse_read_only();

    with abandoned as materialized (
        select s.script_execution_hk
        from script_tracking.script_execution_s as s
        cross join pgtrail.settings as settings
        where s.execution_status = 'RUNNING'
            and s.execution_timestamp < clock_timestamp() - settings.abandoned_after
            -- The session of a program that records over a connection of its own says nothing of the program:
            -- what counts is when it was heard of last.
            and (
                s.record_source <> 'CLIENT'
                or s.load_date < clock_timestamp() - greatest(settings.abandoned_after, interval '1 day')
            )
            -- A process id is used again: a backend that began after the operation is another session.
            and not exists (
                select
                from pg_stat_activity as a
                where a.pid = s.backend_pid
                    and (a.backend_start is null or a.backend_start <= s.execution_timestamp)
            )
        -- Whoever annotates or ends one at this moment need not be waited for: it is not abandoned.
        for update of s skip locked
    )
    update script_tracking.script_execution_s as s
    set execution_status = 'FAILED',
        error_message = coalesce(s.error_message, 'Abandoned: its session ended without completing it.'),
        metadata = coalesce(s.metadata, '{}') || '{"abandoned": true}'
    from abandoned
    where s.script_execution_hk = abandoned.script_execution_hk;
    get diagnostics closed = row_count;
    return closed;
end
$function$;
comment on function script_tracking.close_abandoned() is
    'Closes as FAILED what is RUNNING, is older than the setting abandoned_after and has lost its session; what record_operations() told only after a day without a word of it. Returns how many. For pgtrail_admin.';
