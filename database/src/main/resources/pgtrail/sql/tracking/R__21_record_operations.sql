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
    perform pgtrail.require_name('script name', p_script_name);
    perform pgtrail.require_type(p_script_type);
    perform pgtrail.require_object(p_metadata);
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
    returns table (
        script_execution_hk bytea, business_key text, name text, type text, content text, status text,
        age_ms numeric, duration_ms numeric, error text, objects text[], metadata jsonb, tenant text,
        application_user text
    )
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with reported as (
        select distinct on (r.id) r.*
        from rows from (jsonb_to_recordset(p_operations) as (
            id uuid, name text, type text, content text, status text, age_ms numeric, duration_ms numeric,
            error text, objects text[], metadata jsonb, tenant text, application_user text
        )) with ordinality as r(
            id, name, type, content, status, age_ms, duration_ms,
            error, objects, metadata, tenant, application_user, place)
        where pgtrail.require_reported(r.id, r.name, r.type, r.status, r.age_ms, r.duration_ms, r.metadata)
        order by r.id, r.place desc
    ),
    keyed as (
        select r.*, left(r.name, 190) || '_' || replace(r.id::text, '-', '') as business_key
        from reported as r
    )
    select
        sha256(convert_to(k.business_key, 'UTF8')), k.business_key, k.name, k.type, pgtrail.redact(k.content), k.status,
        k.age_ms, k.duration_ms, pgtrail.redact(k.error), nullif(k.objects, '{}'), k.metadata, k.tenant,
        left(nullif(k.application_user, ''), 255)
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
as $function$
declare
    recorded constant timestamptz := clock_timestamp();
    oldest constant interval := interval '7 days';
    fresh integer;
    too_old text;
begin
    perform pgtrail.refuse_read_only();
    if jsonb_typeof(p_operations) is distinct from 'array' or jsonb_array_length(p_operations) > 10000 then
        raise exception using
            errcode = 'PT001',
            message = 'operations are recorded from a JSON array of at most 10,000',
            hint = '[{"id": "<uuid>", "name": "Import", "type": "DATA_IMPORT", "status": "COMPLETED", "age_ms": 12, "duration_ms": 12}]';
    end if;

    -- The tables find what is there already: a batch that is sent again, or the end of what began in an earlier one.
    return query
    with reported as materialized (
        select r.*, recorded - make_interval(secs => r.age_ms / 1000) as started
        from pgtrail.reported_operations(p_operations) as r
    ),
    tenant as materialized (
        select r.tenant, pgtrail.reported_tenant(r.tenant) as tenant_hk
        from reported as r
        group by r.tenant
    ),
    hub as (
        insert into script_tracking.script_execution_h as h (
            script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
        )
        select r.script_execution_hk, r.business_key, t.tenant_hk, recorded, 'CLIENT'
        from reported as r
        join tenant as t on t.tenant is not distinct from r.tenant
        where r.started > recorded - oldest
        -- In one order, so that two that send the same wait for each other one way round.
        order by r.script_execution_hk
        on conflict (script_execution_hk) do nothing
        returning h.script_execution_hk, h.tenant_hk
    ),
    described as (
        select
            r.*, h.tenant_hk, pgtrail.whole_milliseconds(r.duration_ms) as whole_ms,
            case
                when r.duration_ms is null then r.metadata
                else coalesce(r.metadata, '{}') || jsonb_build_object('duration_ms', round(r.duration_ms, 3))
            end as known
        from hub as h
        join reported as r using (script_execution_hk)
    )
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, affected_objects, sql_command, error_message, metadata,
        record_source, tenant_hk, effective_role, application_name, application_user, recorded_xid
    )
    select
        d.script_execution_hk, recorded,
        pgtrail.hash_diff(d.name, d.type, d.status, d.whole_ms, d.objects, d.content, d.error, d.known),
        d.name, d.type, d.status, d.started, d.whole_ms, d.objects, d.content, d.error, d.known,
        'CLIENT', d.tenant_hk, pgtrail.caller(), nullif(current_setting('application_name'), ''),
        d.application_user, pgtrail.current_place()
    from described as d
    returning script_execution_s.script_execution_hk, script_execution_s.execution_status::text;
    get diagnostics fresh = row_count;

    -- In a statement of its own, which sees what another session has committed while the first one waited for it.
    if fresh < jsonb_array_length(p_operations) then
        return query
        update script_tracking.script_execution_s as s
        set execution_status = r.status,
            execution_duration_ms = pgtrail.whole_milliseconds(r.duration_ms),
            error_message = case when s.execution_status = 'RUNNING' then coalesce(r.error, s.error_message) else r.error end,
            affected_objects = coalesce(r.objects, s.affected_objects),
            metadata = coalesce(s.metadata, '{}') - 'abandoned' || coalesce(r.metadata, '{}')
        from pgtrail.reported_operations(p_operations) as r
        where s.script_execution_hk = r.script_execution_hk
            -- Its program runs, whatever close_abandoned() thought.
            and (nullif(s.execution_status, 'RUNNING') is null or s.metadata ? 'abandoned')
            and (
                r.status <> 'RUNNING'
                or coalesce(s.metadata, '{}') || coalesce(r.metadata, '{}') <> coalesce(s.metadata, '{}')
            )
            and pgtrail.may_complete(s.db_session_user, s.tenant_hk)
        returning s.script_execution_hk, s.execution_status::text;

        select r.name
        into too_old
        from pgtrail.reported_operations(p_operations) as r
        where r.age_ms >= extract(epoch from oldest) * 1000
            and not exists (
                select
                from script_tracking.script_execution_h as h
                where h.script_execution_hk = r.script_execution_hk
            )
        limit 1;
        if found then
            raise exception using
                errcode = 'PT001',
                message = format('the operation %I began more than %s days ago', too_old, extract(day from oldest)),
                hint = 'Nobody could tell such an operation from an invented one. Record operations while they run.';
        end if;
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
    'Records what a program tells of many operations, and returns how many are new or changed. Each is an object: id (uuid, chosen by the program), name, type, status (RUNNING, COMPLETED or FAILED), age_ms (since it began), duration_ms (unless RUNNING), and optionally content, error, objects (schema.name), metadata (object), tenant and application_user. What is known of an id already is brought up to date while it is RUNNING or closed as abandoned, and left as it is afterwards, so that a batch may be sent again. Raises PT001 for what cannot be recorded, and then records nothing of the batch; PT004 for a tenant not granted; PT007 in a read-only transaction.';
