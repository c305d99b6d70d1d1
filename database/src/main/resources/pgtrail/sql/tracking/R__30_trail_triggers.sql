set local role pgtrail_owner;

create or replace function pgtrail.supersede_version()
    returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
as $function$
declare
    elapsed numeric;
begin
    if jsonb_typeof(new.metadata) <> 'object' then
        perform pgtrail.require_object(new.metadata);
    end if;
    if new.error_message is distinct from old.error_message then
        new.error_message := pgtrail.redact(new.error_message);
    end if;
    if old.execution_status = 'RUNNING' and new.execution_status <> 'RUNNING' then
        elapsed := coalesce(
            new.execution_duration_ms, pgtrail.milliseconds(old.execution_timestamp, clock_timestamp()));
        -- Who gives the duration may give it exactly.
        if new.execution_duration_ms is not null
            and jsonb_typeof(new.metadata -> 'duration_ms') = 'number'
            and pgtrail.whole_milliseconds((new.metadata ->> 'duration_ms')::numeric) = elapsed
        then
            elapsed := new.metadata ->> 'duration_ms';
        end if;
        new.execution_duration_ms := pgtrail.whole_milliseconds(elapsed);
        new.metadata := coalesce(new.metadata, '{}') || jsonb_build_object('duration_ms', elapsed);
    end if;

    new.hash_diff := pgtrail.hash_diff(
        new.script_name, new.script_type, new.execution_status, new.execution_duration_ms,
        new.affected_objects, new.sql_command, new.error_message, new.metadata);
    if new.hash_diff = old.hash_diff then
        return old;
    end if;

    -- A clock set back must not turn an interval of the history inside out.
    new.load_date := greatest(clock_timestamp(), old.load_date + interval '1 microsecond');
    new.version_number := old.version_number + 1;
    -- A transaction that began earlier may end an operation later: its version must not come first.
    new.recorded_xid := greatest(pgtrail.current_place(), old.recorded_xid);
    old.load_end_date := new.load_date;
    insert into script_tracking.script_execution_s_history values (old.*);
    return new;
end
$function$;
comment on function pgtrail.supersede_version() is
    'BEFORE UPDATE row trigger: moves the old version, end-dated, to the history and stamps the new one; an operation that ends gets its duration. An update that changes nothing descriptive makes no version.';

create or replace function pgtrail.refuse_change()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    raise exception using
        errcode = 'PT003',
        message = format('the trail is append-only: %s on %I.%I is refused',
            tg_op, tg_table_schema, tg_table_name),
        hint = case
            when tg_table_schema = 'pggit'
                then 'Versions are written when DDL commits; pgtrail_admin may delete old rows of pggit.history.'
            when tg_op = 'INSERT' then 'script_tracking.track_operation(name, type) begins an operation.'
            when tg_op = 'UPDATE' then 'metadata and error_message may be updated; complete_operation() ends an operation.'
            else 'script_tracking.cleanup_old_data(days) removes old operations, and records that it did.'
        end;
end
$function$;
comment on function pgtrail.refuse_change() is
    'Trigger: raises PT003.';

create or replace trigger refuse_truncate
    before truncate on script_tracking.script_execution_h
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_truncate
    before truncate on script_tracking.script_execution_s
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_truncate
    before truncate on script_tracking.script_execution_s_history
    for each statement execute function pgtrail.refuse_change();

-- The functions of this schema run as pgtrail_owner; nobody logs in as it. Short conditions on
-- purpose: PostgreSQL reads them anew for every statement.
create or replace trigger refuse_change
    before insert or update or delete on script_tracking.script_execution_h
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or update or delete on script_tracking.script_execution_s_history
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or delete or update of
        script_execution_hk, load_date, load_end_date, hash_diff, version_number, script_name,
        script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user,
        client_ip, affected_objects, sql_command, record_source, tenant_hk, effective_role,
        application_name, application_user, backend_pid, recorded_xid
    on script_tracking.script_execution_s
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();

-- Fires after refuse_change: triggers of one event fire in the order of their names.
create or replace trigger supersede_version
    before update on script_tracking.script_execution_s
    for each row execute function pgtrail.supersede_version();

-- Also under session_replication_role = replica, which would otherwise let a superuser rewrite the
-- trail without a trace. Disabling a trigger leaves one: ALTER TABLE is DDL and recorded.
alter table script_tracking.script_execution_h enable always trigger refuse_truncate;
alter table script_tracking.script_execution_h enable always trigger refuse_change;
alter table script_tracking.script_execution_s enable always trigger refuse_truncate;
alter table script_tracking.script_execution_s enable always trigger refuse_change;
alter table script_tracking.script_execution_s enable always trigger supersede_version;
alter table script_tracking.script_execution_s_history enable always trigger refuse_truncate;
alter table script_tracking.script_execution_s_history enable always trigger refuse_change;

comment on trigger refuse_truncate on script_tracking.script_execution_h is 'Nobody truncates the trail.';
comment on trigger refuse_change on script_tracking.script_execution_h is 'Only the functions of this schema write hubs.';
comment on trigger refuse_truncate on script_tracking.script_execution_s is 'Nobody truncates the trail.';
comment on trigger refuse_change on script_tracking.script_execution_s is
    'Only the functions of this schema write operations; metadata and error_message may be updated.';
comment on trigger supersede_version on script_tracking.script_execution_s is
    'Every change of an operation is a version of its own.';
comment on trigger refuse_truncate on script_tracking.script_execution_s_history is 'Nobody truncates the trail.';
comment on trigger refuse_change on script_tracking.script_execution_s_history is
    'Only supersede_version() writes superseded versions, and nobody changes them.';
