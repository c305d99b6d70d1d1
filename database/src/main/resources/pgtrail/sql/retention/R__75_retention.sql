set local role pgtrail_owner;

create or replace function script_tracking.cleanup_old_data(p_retention_days integer default 365)
    returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    before constant timestamptz := now() - pgtrail.span(p_retention_days, 'days');
    operation bytea;
    removed integer;
    old bytea[];
begin
    perform pgtrail.require_admin('remove operations from the trail');
    operation := pgtrail.start_operation(
        'Cleanup of old operations', 'MAINTENANCE', null, null,
        jsonb_build_object('retention_days', p_retention_days, 'before', before));

    -- Locked first and deleted in statements of their own: a version that a session is just making of
    -- one of them is there by then, and goes with it.
    old := array(
        select s.script_execution_hk
        from script_tracking.script_execution_s as s
        where s.execution_timestamp < before
            and s.execution_status <> 'RUNNING'
        for update
    );
    delete from script_tracking.script_execution_s_history as h where h.script_execution_hk = any (old);
    delete from script_tracking.script_execution_s as s where s.script_execution_hk = any (old);
    delete from script_tracking.script_execution_h as h where h.script_execution_hk = any (old);
    removed := cardinality(old);

    perform pgtrail.finish_operation(
        operation, 'COMPLETED', null, null, null, jsonb_build_object('operations_removed', removed));
    return removed;
end
$function$;
comment on function script_tracking.cleanup_old_data(integer) is
    'Removes operations that began more than so many days ago, with all their versions, and returns how many. RUNNING ones are kept. Records itself. For pgtrail_admin; raises PT001 for NULL or negative days.';

create or replace function script_tracking.close_abandoned()
    returns integer
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    closed integer;
begin
    perform pgtrail.require_admin('close abandoned operations');
    perform pgtrail.refuse_read_only();

    update script_tracking.script_execution_s as s
    set execution_status = 'FAILED',
        error_message = coalesce(s.error_message, 'Abandoned: its session ended without completing it.'),
        metadata = coalesce(s.metadata, '{}') || '{"abandoned": true}'
    from pgtrail.settings as settings
    where s.execution_status = 'RUNNING'
        and s.execution_timestamp < clock_timestamp() - settings.abandoned_after
        -- A process id is used again: a backend that began after the operation is another session.
        and not exists (
            select
            from pg_stat_activity as a
            where a.pid = s.backend_pid
                and (a.backend_start is null or a.backend_start <= s.execution_timestamp)
        );
    get diagnostics closed = row_count;
    return closed;
end
$function$;
comment on function script_tracking.close_abandoned() is
    'Closes as FAILED what is RUNNING, is older than the setting abandoned_after and has lost its session; returns how many. For pgtrail_admin.';
