set local role pgtrail_owner;

-- The functions that write run as pgtrail_owner and fix the search_path. What applications call are
-- SQL-standard bodies around them: bound when they are created, run as the caller, inlined.

create or replace function pgtrail.require_name(p_what text, p_name text)
    returns void
    language plpgsql
    immutable
as $function$
begin
    if p_name is null or p_name !~ '\S' then
        raise exception using
            errcode = 'PT001',
            message = format('the %s is empty', p_what),
            hint = 'Name what is being done, for example ''Weekly index maintenance''.';
    elsif length(p_name) > 255 then
        raise exception using
            errcode = 'PT001',
            message = format('the %s has %s characters', p_what, length(p_name)),
            hint = 'At most 255 are kept. Put details into metadata.';
    end if;
end
$function$;
comment on function pgtrail.require_name(text, text) is
    'Raises PT001 unless a name has 1 to 255 characters.';

create or replace function pgtrail.hash_diff(
    p_script_name text,
    p_script_type text,
    p_execution_status text,
    p_execution_duration_ms integer,
    p_affected_objects text[],
    p_sql_command text,
    p_error_message text,
    p_metadata jsonb
)
    returns bytea
    language sql
    stable
    parallel safe
return pg_catalog.sha256(pg_catalog.convert_to(
    row(
        p_script_name, p_script_type, p_execution_status, p_execution_duration_ms,
        p_affected_objects, p_sql_command, p_error_message, p_metadata
    )::text,
    'UTF8'
));
comment on function pgtrail.hash_diff(text, text, text, integer, text[], text, text, jsonb) is
    'SHA-256 over the descriptive attributes of a version. No search_path of its own, so that it is inlined; the body is bound when it is created.';

create or replace function pgtrail.refuse_read_only()
    returns void
    language plpgsql
    stable
as $function$
begin
    if pgtrail.is_read_only() then
        raise exception using
            errcode = 'PT007',
            message = case
                when pg_is_in_recovery() then 'this server is a standby: nothing can be recorded here'
                else 'this transaction is read-only: nothing can be recorded in it'
            end,
            hint = case
                when pg_is_in_recovery() then 'Record on the primary.'
                else 'Record on a connection of its own, or begin the transaction read write.'
            end;
    end if;
end
$function$;
comment on function pgtrail.refuse_read_only() is
    'Raises PT007 in a read-only transaction or on a standby.';

create or replace function pgtrail.is_read_only()
    returns boolean
    language sql
    stable
return current_setting('transaction_read_only') = 'on';
comment on function pgtrail.is_read_only() is
    'Whether this transaction cannot write: it is read-only, or the server a standby.';

create or replace function pgtrail.milliseconds(p_from timestamptz, p_to timestamptz)
    returns numeric
    language sql
    immutable
    parallel safe
return pg_catalog.round(greatest(extract(epoch from p_to - p_from) * 1000, 0)::pg_catalog.numeric, 3);
comment on function pgtrail.milliseconds(timestamptz, timestamptz) is
    'Milliseconds between two moments to the microsecond, never negative though a clock be set back.';

create or replace function pgtrail.whole_milliseconds(p_milliseconds numeric)
    returns integer
    language sql
    immutable
    parallel safe
return case
    when p_milliseconds is not null then greatest(least(round(p_milliseconds), 2147483647), -1)::integer
end;
comment on function pgtrail.whole_milliseconds(numeric) is
    'Rounded to what execution_duration_ms can hold, about 24 days; -1 for anything negative, which is refused later.';

create or replace function script_tracking.calculate_hash_key(p_business_key varchar(255))
    returns bytea
    language sql
    immutable
    strict
    parallel safe
return pg_catalog.sha256(pg_catalog.convert_to(p_business_key, 'UTF8'));
comment on function script_tracking.calculate_hash_key(varchar) is
    'SHA-256 of a business key in UTF-8; NULL for NULL.';

create or replace function script_tracking.generate_unique_script_name(p_base_name varchar(200))
    returns varchar(255)
    language plpgsql
    volatile
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_name('base name', p_base_name);
    if length(p_base_name) > 200 then
        raise exception using
            errcode = 'PT001',
            message = format('the base name has %s characters', length(p_base_name)),
            hint = 'At most 200 leave room for the time and the suffix.';
    end if;
    return p_base_name
        || to_char(clock_timestamp(), '_YYYY-MM-DD_HH24:MI:SS.US_')
        || left(gen_random_uuid()::text, 6);
end
$function$;
comment on function script_tracking.generate_unique_script_name(varchar) is
    'Base name, clock time and six random hexadecimal digits: ''Database Backup_2024-01-15_14:30:25.123456_abc123''. Raises PT001 for an empty name or one over 200 characters.';

create or replace function pgtrail.is_reserved_type(p_type text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_type in ('DDL_AUTO', 'SIGN_IN', 'ACCOUNT', 'REFUSAL', 'CONFIGURATION', 'FAILED_STATEMENT');
comment on function pgtrail.is_reserved_type(text) is
    'Whether operations of a script type are those that only pgtrail itself records.';

create or replace function pgtrail.require_type(p_type text)
    returns void
    language plpgsql
    immutable
as $function$
begin
    if p_type is null or p_type !~ '\S' or length(p_type) > 50 then
        raise exception using
            errcode = 'PT001',
            message = 'the script type must have 1 to 50 characters',
            hint = 'For example MANUAL, MAINTENANCE, MIGRATION, BACKUP or REPORTING.';
    elsif pgtrail.is_reserved_type(p_type) then
        raise exception using
            errcode = 'PT001',
            message = format('the script type %s is reserved for what pgtrail records by itself', p_type),
            hint = 'Call yours MIGRATION or MAINTENANCE, for example.';
    end if;
end
$function$;
comment on function pgtrail.require_type(text) is
    'Raises PT001 unless a script type has 1 to 50 characters and is none of those that only pgtrail itself records: by its event triggers, by record_event() and from the log of the server.';

create or replace function pgtrail.require_object(p_metadata jsonb)
    returns void
    language plpgsql
    immutable
as $function$
begin
    if jsonb_typeof(p_metadata) <> 'object' then
        raise exception using
            errcode = 'PT001',
            message = format('metadata is a JSON %s, not an object', jsonb_typeof(p_metadata)),
            hint = 'Use jsonb_build_object(''name'', value, ...).';
    end if;
end
$function$;
comment on function pgtrail.require_object(jsonb) is
    'Raises PT001 unless metadata is a JSON object or absent.';

create or replace function pgtrail.recording_tenant(p_tenant_hk bytea)
    returns bytea
    language plpgsql
    stable
as $function$
declare
    tenant bytea;
begin
    tenant := coalesce(p_tenant_hk, pgtrail.current_tenant());
    if p_tenant_hk is not null and not pgtrail.may_use_tenant(p_tenant_hk)
        or p_tenant_hk is null
            and pgtrail.claimed_tenant() is not null
            and tenant is distinct from sha256(convert_to(pgtrail.claimed_tenant(), 'UTF8'))
    then
        raise exception using
            errcode = 'PT004',
            message = format('the tenant is not granted to %I', pgtrail.caller()),
            hint = 'An administrator grants it with script_tracking.grant_tenant().';
    end if;
    return tenant;
end
$function$;
comment on function pgtrail.recording_tenant(bytea) is
    'Tenant to record for: the one asked for, else the current one. Raises PT004 for one that is not granted.';

create or replace function pgtrail.start_operation(
    p_script_name text,
    p_script_type text,
    p_script_content text,
    p_tenant_hk bytea,
    p_metadata jsonb
)
    returns bytea
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
as $function$
-- Few and large expressions on purpose: PL/pgSQL prepares each anew in every transaction.
declare
    started constant timestamptz := clock_timestamp();
    business_key text;
    operation bytea;
    tenant bytea;
    command text;
begin
    if pgtrail.is_read_only()
        or p_script_name is null or p_script_name !~ '\S' or length(p_script_name) > 255
        or p_script_type is null or p_script_type !~ '\S' or length(p_script_type) > 50
        or p_script_type in ('DDL_AUTO', 'SIGN_IN', 'ACCOUNT', 'REFUSAL', 'CONFIGURATION', 'FAILED_STATEMENT')
        or jsonb_typeof(p_metadata) <> 'object'
    then
        perform pgtrail.refuse_read_only();
        perform pgtrail.require_name('script name', p_script_name);
        perform pgtrail.require_type(p_script_type);
        perform pgtrail.require_object(p_metadata);
    end if;
    if p_script_content is not null then
        command := pgtrail.redact(p_script_content);
    end if;
    if p_tenant_hk is not null
        or pgtrail.claimed_tenant() is not null
        or exists (select from pgtrail.tenant_grant)
    then
        tenant := pgtrail.recording_tenant(p_tenant_hk);
    end if;

    business_key := left(p_script_name, 190) || to_char(started, '_YYYY-MM-DD_HH24:MI:SS.US_')
        || replace(gen_random_uuid()::text, '-', '');
    insert into script_tracking.script_execution_h (
        script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
    )
    values (sha256(convert_to(business_key, 'UTF8')), business_key, tenant, started, 'SCRIPT_TRACKER')
    returning script_execution_hk into operation;
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type,
        execution_timestamp, sql_command, metadata, record_source, tenant_hk,
        effective_role, application_name, application_user, recorded_xid
    )
    values (
        operation, started,
        pgtrail.hash_diff(
            p_script_name, p_script_type, 'RUNNING', null, null, command, null, p_metadata),
        p_script_name, p_script_type, started, command, p_metadata, 'SCRIPT_TRACKER', tenant,
        pgtrail.caller(), nullif(current_setting('application_name'), ''),
        left(nullif(current_setting('script_tracking.app_user', true), ''), 255),
        pgtrail.current_place()
    );
    return operation;
end
$function$;
comment on function pgtrail.start_operation(text, text, text, bytea, jsonb) is
    'Writes hub and satellite of a new RUNNING operation and returns its key.';

create or replace function pgtrail.write_event(
    p_script_name text,
    p_script_type text,
    p_error_message text,
    p_metadata jsonb,
    p_tenant_hk bytea,
    p_started timestamptz
)
    returns bytea
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    ended constant timestamptz := clock_timestamp();
    duration constant integer := pgtrail.whole_milliseconds(pgtrail.milliseconds(p_started, ended));
    business_key constant text := left(p_script_name, 190) || to_char(p_started, '_YYYY-MM-DD_HH24:MI:SS.US_')
        || replace(gen_random_uuid()::text, '-', '');
    status constant text := case when p_error_message is null then 'COMPLETED' else 'FAILED' end;
    operation bytea;
begin
    perform pgtrail.refuse_read_only();
    insert into script_tracking.script_execution_h (
        script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
    )
    values (sha256(convert_to(business_key, 'UTF8')), business_key, p_tenant_hk, ended, 'SCRIPT_TRACKER')
    returning script_execution_hk into operation;
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, error_message, metadata, record_source, tenant_hk,
        effective_role, application_name, application_user, recorded_xid
    )
    values (
        operation, ended,
        pgtrail.hash_diff(
            left(p_script_name, 255), p_script_type, status, duration, null, null, p_error_message, p_metadata),
        left(p_script_name, 255), p_script_type, status, p_started, duration, p_error_message, p_metadata,
        'SCRIPT_TRACKER', p_tenant_hk, pgtrail.caller(), nullif(current_setting('application_name'), ''),
        left(nullif(current_setting('script_tracking.app_user', true), ''), 255),
        pgtrail.current_place()
    );
    return operation;
end
$function$;
comment on function pgtrail.write_event(text, text, text, jsonb, bytea, timestamptz) is
    'Records what has ended already and is of a type that is reserved for pgtrail itself, such as a sign-in: an operation of one version, FAILED where there is an error. Returns its key. Only functions of pgtrail may call it.';

create or replace function pgtrail.record_event(
    p_script_name text,
    p_script_type text,
    p_error_message text,
    p_metadata jsonb
)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.write_event(
        p_script_name, p_script_type, p_error_message, p_metadata, pgtrail.recording_tenant(null), clock_timestamp());
end
$function$;
comment on function pgtrail.record_event(text, text, text, jsonb) is
    'Records in the tenant of the session what happened at once, see pgtrail.write_event().';

create or replace function pgtrail.may_complete(p_db_session_user text, p_tenant_hk bytea)
    returns boolean
    language plpgsql
    stable
as $function$
begin
    if p_db_session_user = session_user and p_tenant_hk is null then
        return true;
    end if;
    return pg_has_role(pgtrail.caller(), 'pgtrail_admin', 'usage')
        or (
            (p_db_session_user = session_user or pg_has_role(pgtrail.caller(), 'pgtrail_writer', 'usage'))
            and (p_tenant_hk is null or pgtrail.may_use_tenant(p_tenant_hk))
        );
end
$function$;
comment on function pgtrail.may_complete(text, bytea) is
    'Whether the caller may end an operation of a session user and tenant: its own; of its tenants as pgtrail_writer; any as pgtrail_admin.';

create or replace function pgtrail.finish_operation(
    p_execution_hk bytea,
    p_status text,
    p_duration_ms integer,
    p_error_message text,
    p_affected_objects text[],
    p_metadata jsonb
)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $function$
begin
    if pgtrail.is_read_only() or p_status is null or p_status not in ('COMPLETED', 'FAILED') or p_duration_ms < 0
    then
        perform pgtrail.refuse_read_only();
        raise exception using
            errcode = 'PT001',
            message = case
                when p_duration_ms < 0 then format('the duration of %s ms is negative', p_duration_ms)
                else format('an operation ends as COMPLETED or FAILED, not as %L', p_status)
            end;
    end if;

    -- The trigger measures the duration, unless it is given, and redacts the message.
    update script_tracking.script_execution_s as s
    set execution_status = p_status,
        execution_duration_ms = p_duration_ms,
        error_message = coalesce(p_error_message, s.error_message),
        affected_objects = coalesce(p_affected_objects, s.affected_objects),
        metadata = case when p_metadata is null then s.metadata else coalesce(s.metadata, '{}') || p_metadata end
    where s.script_execution_hk = p_execution_hk
        -- Worded so, and without sequential scans, because only the key finds it quickly: to the statistics of a
        -- trail that was small a moment ago the whole table, or the index of all that runs, looks as good, and
        -- within a transaction both keep every operation that has ended in it.
        and nullif(s.execution_status, 'RUNNING') is null
        and pgtrail.may_complete(s.db_session_user, s.tenant_hk);
    if not found then
        -- Unknown, finished and foreign are one answer: the key of someone else's operation
        -- must not be confirmed.
        raise warning using
            errcode = 'PT006',
            message = 'nothing was completed: no running operation of yours has this key',
            detail = format('Key: %s', coalesce(encode(substring(p_execution_hk for 32), 'hex'), 'NULL'));
        return false;
    end if;
    return true;
end
$function$;
comment on function pgtrail.finish_operation(bytea, text, integer, text, text[], jsonb) is
    'Ends a RUNNING operation that the caller may complete. False, with a warning, when there is none.';

create or replace function script_tracking.track_script_execution(
    p_script_name varchar(255),
    p_script_type varchar(50) default 'MANUAL',
    p_script_category varchar(100) default null,
    p_script_content text default null,
    p_script_file_path varchar(500) default null,
    p_script_version varchar(50) default null,
    p_tenant_hk bytea default null,
    p_business_justification text default null,
    p_ticket_reference varchar(100) default null
)
    returns bytea
    language sql
    volatile
return pgtrail.tell_host(
    'SCRIPT_EXECUTION_STARTED',
    pgtrail.start_operation(
        p_script_name, p_script_type, p_script_content, p_tenant_hk,
        case when num_nonnulls(
                p_script_category, p_script_file_path, p_script_version,
                p_business_justification, p_ticket_reference) > 0
            then jsonb_strip_nulls(jsonb_build_object(
                'category', p_script_category,
                'file_path', p_script_file_path,
                'version', p_script_version,
                'justification', p_business_justification,
                'ticket', p_ticket_reference))
        end));
comment on function script_tracking.track_script_execution(
    varchar, varchar, varchar, text, varchar, varchar, bytea, text, varchar) is
    'Starts a RUNNING operation and returns its key. The content becomes sql_command, secrets redacted; category, file path, version, justification and ticket become metadata. Raises PT001 for an empty or too long name or type, PT004 for a tenant not granted, PT007 in a read-only transaction.';

create or replace function script_tracking.complete_script_execution(
    p_execution_hk bytea,
    p_status varchar(20) default 'COMPLETED',
    p_duration_ms bigint default null,
    p_rows_affected bigint default null,
    p_error_message text default null,
    p_error_code varchar(50) default null,
    p_objects_created text[] default null,
    p_objects_modified text[] default null,
    p_objects_dropped text[] default null,
    p_schemas_affected text[] default null
)
    returns boolean
    language sql
    volatile
return pgtrail.finish_operation(
        p_execution_hk, p_status, pgtrail.whole_milliseconds(p_duration_ms), p_error_message,
        nullif(p_objects_created || p_objects_modified || p_objects_dropped, '{}'),
        case when num_nonnulls(
                p_rows_affected, p_error_code, p_objects_created, p_objects_modified,
                p_objects_dropped, p_schemas_affected) > 0
            then jsonb_strip_nulls(jsonb_build_object(
                'rows_affected', p_rows_affected,
                'error_code', p_error_code,
                'objects_created', p_objects_created,
                'objects_modified', p_objects_modified,
                'objects_dropped', p_objects_dropped,
                'schemas_affected', p_schemas_affected))
        end)
    and pgtrail.tell_host('SCRIPT_EXECUTION_' || p_status, p_execution_hk) is not null;
comment on function script_tracking.complete_script_execution(
    bytea, varchar, bigint, bigint, text, varchar, text[], text[], text[], text[]) is
    'Ends a RUNNING operation as COMPLETED or FAILED. The duration is measured unless given, in milliseconds; the object lists become affected_objects, and with rows and error code metadata. A NULL message keeps one written earlier. False, with a warning, for an unknown, finished or foreign operation.';

create or replace function script_tracking.track_operation(
    p_script_name varchar(255),
    p_script_type varchar(50) default 'MANUAL'
)
    returns bytea
    language sql
    volatile
return script_tracking.track_script_execution(p_script_name, p_script_type);
comment on function script_tracking.track_operation(varchar, varchar) is
    'Starts a RUNNING operation and returns its key for complete_operation().';

create or replace function script_tracking.complete_operation(
    p_execution_hk bytea,
    p_success boolean default true,
    p_error_message text default null
)
    returns boolean
    language sql
    volatile
return script_tracking.complete_script_execution(
    p_execution_hk,
    case when p_success then 'COMPLETED' when not p_success then 'FAILED' end,
    p_error_message => p_error_message);
comment on function script_tracking.complete_operation(bytea, boolean, text) is
    'Ends a RUNNING operation, as COMPLETED or FAILED; raises PT001 where p_success is NULL. A NULL message keeps one written earlier. False, with a warning, for an unknown, finished or foreign operation.';
