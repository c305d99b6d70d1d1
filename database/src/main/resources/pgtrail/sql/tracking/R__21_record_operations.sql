set local role pgtrail_owner;

-- What programs report of many operations at once, over a connection that does nothing else. An operation is
-- known by an id of the program's own, so that a batch can be sent again when nobody knows whether it arrived.

create or replace function pgtrail.require_reported(
    p_id uuid,
    p_script_name text,
    p_script_type text,
    p_status text,
    p_age_ms numeric,
    p_duration_ms numeric,
    p_metadata jsonb
)
    returns boolean
    language plpgsql
    immutable
as $function$
begin
    -- In one query: it is made for each operation, and its start costs more than the checks.
    perform
        pgtrail.require_name('script name', p_script_name),
        pgtrail.require_type(p_script_type),
        pgtrail.require_object(p_metadata);
    if p_id is null then
        raise exception using errcode = 'PT001', message = format('the operation %I has no id', p_script_name);
    elsif p_status is null or p_status not in ('RUNNING', 'COMPLETED', 'FAILED') then
        raise exception using
            errcode = 'PT001',
            message = format('an operation is RUNNING, COMPLETED or FAILED, not %L', p_status);
    elsif p_age_ms is null or not p_age_ms between 0 and 1e12 then
        raise exception using
            errcode = 'PT001',
            message = format('%s ms are no time since an operation began', coalesce(p_age_ms::text, 'NULL'));
    elsif (p_duration_ms is null) <> (p_status = 'RUNNING') or not p_duration_ms between 0 and p_age_ms then
        raise exception using
            errcode = 'PT001',
            message = format('an operation that began %s ms ago and is %s did not take %s ms',
                p_age_ms, p_status, coalesce(p_duration_ms::text, 'NULL'));
    end if;
    return true;
end
$function$;
comment on function pgtrail.require_reported(uuid, text, text, text, numeric, numeric, jsonb) is
    'True. Raises PT001 for an operation that script_tracking.record_operations() does not take.';

create or replace function pgtrail.reported_tenant(p_tenant text)
    returns bytea
    language sql
    stable
return pgtrail.recording_tenant(pg_catalog.sha256(pg_catalog.convert_to(p_tenant, 'UTF8')));
comment on function pgtrail.reported_tenant(text) is
    'Tenant to record for, by its business key; that of the session for NULL. Raises PT004 for one that is not granted.';

create or replace function pgtrail.reported_operations(p_operations jsonb)
    returns setof pgtrail.reported_operation
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with reported as (
        -- A name may be the beginning of a statement. What it says is the same each time it is sent.
        select distinct on (r.id) r.*, left(pgtrail.redact(r.name), 255) as clean_name
        from rows from (jsonb_to_recordset(p_operations) as (
            id uuid, name text, type text, content text, status text, age_ms numeric, duration_ms numeric,
            error text, objects text[], metadata jsonb, tenant text, application_user text
        )) with ordinality as r(
            id, name, type, content, status, age_ms, duration_ms,
            error, objects, metadata, tenant, application_user, place)
        where case
            -- What passes here would pass there, too, where each call costs more than all of this.
            when r.id is not null
                and ascii(r.name) between 33 and 126 and length(r.name) <= 255
                and ascii(r.type) between 33 and 126 and length(r.type) <= 50
                and not pgtrail.is_reserved_type(r.type)
                and r.age_ms between 0 and 1e12
                and case
                    when r.status = 'RUNNING' then r.duration_ms is null
                    when r.status in ('COMPLETED', 'FAILED') then r.duration_ms between 0 and r.age_ms
                end
                and coalesce(jsonb_typeof(r.metadata) = 'object', true)
            then true
            else pgtrail.require_reported(r.id, r.name, r.type, r.status, r.age_ms, r.duration_ms, r.metadata)
        end
        order by r.id, r.place desc
    ),
    keyed as (
        select
            r.*, left(r.clean_name, 190) || '_' || replace(r.id::text, '-', '') as business_key,
            round(r.duration_ms, 3) as exact_ms
        from reported as r
        -- Computed once, and not wherever they are used.
        offset 0
    )
    select
        sha256(convert_to(k.business_key, 'UTF8')), k.business_key, k.clean_name, k.type,
        pgtrail.redact(k.content), k.status, k.age_ms, k.exact_ms, pgtrail.redact(k.error),
        nullif(k.objects, '{}'),
        case
            when k.exact_ms is null then k.metadata
            when k.metadata is null then jsonb_build_object('duration_ms', k.exact_ms)
            else k.metadata || jsonb_build_object('duration_ms', k.exact_ms)
        end,
        k.tenant, left(nullif(k.application_user, ''), 255)
    from keyed as k;
$function$;
comment on function pgtrail.reported_operations(jsonb) is
    'What script_tracking.record_operations() is told, checked and redacted: each operation once, as it is told last.';

create or replace function pgtrail.write_reported(p_operations jsonb)
    returns table (operation bytea, status text)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set enable_seqscan = off
    -- Whoever sends can send again; a session that holds one operation must not hold up all others.
    set lock_timeout = '5s'
as $function$
declare
    recorded constant timestamptz := clock_timestamp();
    -- In milliseconds: a week has 167 hours where clocks go forward.
    oldest constant numeric := 7 * 24 * 3600 * 1000;
    reported pgtrail.reported_operation[];
    -- The same for all of a batch, and dear to find out a thousand times.
    place xid8;
    caller constant text := pgtrail.caller();
    application constant text := nullif(current_setting('application_name'), '');
    address constant inet := inet_client_addr();
    session_role constant text := session_user;
    fresh integer;
    refused record;
begin
    perform pgtrail.refuse_read_only();
    if jsonb_typeof(p_operations) is distinct from 'array' or jsonb_array_length(p_operations) > 10000 then
        raise exception using
            errcode = 'PT001',
            message = 'operations are recorded from a JSON array of at most 10,000',
            hint = '[{"id": "<uuid>", "name": "Import", "type": "DATA_IMPORT", "status": "COMPLETED", "age_ms": 12, "duration_ms": 12}]';
    end if;
    place := pgtrail.current_place();
    -- Neighbours in the indexes by key one after the other.
    reported := array(select r from pgtrail.reported_operations(p_operations) as r order by r.script_execution_hk);

    -- The tables find what is there already: a batch that is sent again, or the end of what began in an earlier one.
    return query
    with tenant as materialized (
        select r.tenant, pgtrail.reported_tenant(r.tenant) as tenant_hk
        from unnest(reported) as r
        group by r.tenant
    ),
    hub as (
        insert into script_tracking.script_execution_h as h (
            script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
        )
        select r.script_execution_hk, r.business_key, t.tenant_hk, recorded, 'CLIENT'
        from unnest(reported) as r
        join tenant as t on t.tenant is not distinct from r.tenant
        where r.age_ms < oldest
        -- In one order, so that two that send the same wait for each other one way round.
        order by r.script_execution_hk
        on conflict (script_execution_hk) do nothing
        returning h.script_execution_hk, h.tenant_hk
    )
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, affected_objects, sql_command, error_message, metadata,
        record_source, tenant_hk, db_session_user, client_ip, effective_role, application_name, application_user,
        recorded_xid
    )
    select
        r.script_execution_hk, recorded,
        pgtrail.hash_diff(r.name, r.type, r.status, r.whole_ms, r.objects, r.content, r.error, r.metadata),
        r.name, r.type, r.status, recorded - make_interval(secs => r.age_ms::double precision / 1000),
        r.whole_ms, r.objects, r.content, r.error, r.metadata,
        'CLIENT', h.tenant_hk, session_role, address, caller, application, r.application_user, place
    from hub as h
    join (
        select u.*, pgtrail.whole_milliseconds(u.duration_ms) as whole_ms
        from unnest(reported) as u
        offset 0
    ) as r using (script_execution_hk)
    returning script_execution_s.script_execution_hk, script_execution_s.execution_status::text;
    get diagnostics fresh = row_count;

    -- In a statement of its own, which sees what another session has committed while the first one waited for it.
    if fresh < cardinality(reported) then
        select r.name, s.script_execution_hk is null as is_too_old
        into refused
        from unnest(reported) as r
        left join script_tracking.script_execution_s as s
            on s.script_execution_hk = r.script_execution_hk and s.record_source = 'CLIENT'
        where s.script_execution_hk is null
            or s.execution_status = 'RUNNING' and not pgtrail.may_complete(s.db_session_user, s.tenant_hk)
        limit 1;
        if refused.is_too_old then
            raise exception using
                errcode = 'PT001',
                message = format('the operation %I began more than seven days ago', refused.name),
                hint = 'Nobody could tell such an operation from an invented one. Record operations while they run.';
        elsif not refused.is_too_old then
            raise exception using
                errcode = 'PT006',
                message = format('the operation %I was begun by another role, and is not yours to end', refused.name),
                hint = 'The role that began it ends it, or one that has pgtrail_writer.';
        end if;

        return query
        update script_tracking.script_execution_s as s
        set execution_status = r.status,
            execution_duration_ms = pgtrail.whole_milliseconds(r.duration_ms),
            error_message = coalesce(r.error, s.error_message),
            affected_objects = coalesce(r.objects, s.affected_objects),
            metadata = case when r.metadata is null then s.metadata else coalesce(s.metadata, '{}') || r.metadata end
        from unnest(reported) as r
        where s.script_execution_hk = r.script_execution_hk
            and nullif(s.execution_status, 'RUNNING') is null
            and (
                r.status <> 'RUNNING'
                or coalesce(s.metadata, '{}') || coalesce(r.metadata, '{}') <> coalesce(s.metadata, '{}')
            )
            and pgtrail.may_complete(s.db_session_user, s.tenant_hk)
        returning s.script_execution_hk, s.execution_status::text;
    end if;
end
$function$;
comment on function pgtrail.write_reported(jsonb) is
    'Writes what script_tracking.record_operations() is told, and returns what is new or changed.';

create or replace function script_tracking.record_operations(p_operations jsonb)
    returns integer
    language sql
    volatile
return (
    select count(pgtrail.tell_host(
        'SCRIPT_EXECUTION_' || case w.status when 'RUNNING' then 'STARTED' else w.status end, w.operation))
    from pgtrail.write_reported(p_operations) as w
)::integer;
comment on function script_tracking.record_operations(jsonb) is
    'Records what a program tells of many operations, and returns how many are new or changed. Each is an object: id (uuid, chosen by the program), name, type, status (RUNNING, COMPLETED or FAILED), age_ms (since it began), duration_ms (unless RUNNING), and optionally content, error, objects (schema.name), metadata (object), tenant and application_user. What is known of an id already is brought up to date while it is RUNNING, and left as it is afterwards, so that a batch may be sent again. Raises PT001 for what cannot be recorded, and then records nothing of the batch; PT004 for a tenant not granted; PT006 for an operation that another role began; PT007 in a read-only transaction.';
