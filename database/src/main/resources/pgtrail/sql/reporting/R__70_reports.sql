set local role pgtrail_owner;

create or replace function pgtrail.span(p_count integer, p_unit text)
    returns interval
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if p_count is null or p_count < 0 then
        raise exception using
            errcode = 'PT001',
            message = format('%s is not a number of %s', coalesce(p_count::text, 'NULL'), p_unit),
            hint = format('Give 0 or more %s.', p_unit);
    end if;
    -- Six thousand years are as good as ever, and reach no further back than a timestamp can.
    return case p_unit
        when 'days' then make_interval(days => least(p_count, 2191455))
        else make_interval(hours => least(p_count, 52594920))
    end;
end
$function$;
comment on function pgtrail.span(integer, text) is
    'A number of days or hours as an interval; raises PT001 for NULL and negative numbers.';

-- SQL-standard bodies: bound when they are created, whatever search_path the caller has, and still
-- inlined, so that a LIMIT of the caller stops the scan.
create or replace function script_tracking.get_execution_history(p_days integer default 7)
    returns table (
        script_name varchar(255),
        script_type varchar(50),
        execution_status varchar(20),
        execution_timestamp timestamptz,
        execution_duration_ms integer,
        db_session_user varchar(100),
        affected_objects text[]
    )
    language sql
    stable
begin atomic
    select
        s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
        s.execution_duration_ms, s.db_session_user, s.affected_objects
    from script_tracking.script_execution_s as s
    where s.execution_timestamp >= pg_catalog.now() - pgtrail.span(p_days, 'days')
    order by s.execution_timestamp desc;
end;
comment on function script_tracking.get_execution_history(integer) is
    'Operations that began within the last days, newest first, as far as the caller may read them. Raises PT001 for NULL or negative days.';

create or replace function script_tracking.get_recent_errors(p_hours integer default 24)
    returns table (
        script_name varchar(255),
        error_message text,
        execution_timestamp timestamptz,
        db_session_user varchar(100),
        client_ip inet,
        affected_objects text[],
        metadata jsonb
    )
    language sql
    stable
begin atomic
    select
        s.script_name, s.error_message, s.execution_timestamp, s.db_session_user,
        s.client_ip, s.affected_objects, s.metadata
    from script_tracking.script_execution_s as s
    where s.execution_status = 'FAILED'
        and s.execution_timestamp >= pg_catalog.now() - pgtrail.span(p_hours, 'hours')
    order by s.execution_timestamp desc;
end;
comment on function script_tracking.get_recent_errors(integer) is
    'FAILED operations that began within the last hours, newest first, as far as the caller may read them. Raises PT001 for NULL or negative hours.';
