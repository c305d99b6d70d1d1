set local role pgtrail_owner;

-- What the reports need to know and row-level security or table rights hide from a tenant's reader:
-- numbers of the system, no content. Each function checks its caller.

create or replace function pgtrail.reads_system()
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
return pg_has_role(pgtrail.caller(), 'pgtrail_reader', 'usage');
comment on function pgtrail.reads_system() is
    'Whether the caller may see numbers about the system as a whole: pgtrail_reader and up.';

create or replace function pgtrail.capture_facts(
    out abandoned_after interval,
    out capture_always boolean,
    out failures_24h bigint,
    out last_failure timestamptz
)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    select s.abandoned_after, s.capture_always
    into abandoned_after, capture_always
    from pgtrail.settings as s;
    if pgtrail.reads_system() then
        select count(*), max(f.failed_at)
        into failures_24h, last_failure
        from pgtrail.capture_failure as f
        where f.failed_at >= now() - interval '24 hours';
    end if;
end
$function$;
comment on function pgtrail.capture_facts() is
    'Settings that the reports need, and how often DDL could not be recorded in the last 24 hours; that is NULL for callers below pgtrail_reader.';

create or replace function pgtrail.capture_problem(p_event_trigger name)
    returns text
    language sql
    stable
begin atomic
    select case
        when t.evtname is null then 'It does not exist. Run: pgtrail upgrade'
        when t.evtenabled in ('D', 'R') then format(
            'It is disabled. Run as its owner: ALTER EVENT TRIGGER %I ENABLE', w.trigger_name)
        when t.evtevent <> w.event or t.evtfoid <> to_regproc('script_tracking.' || w.function_name) then format(
            'It calls %s on %s. Run as its owner: DROP EVENT TRIGGER %I, then: pgtrail upgrade',
            t.evtfoid::regproc, t.evtevent, w.trigger_name)
        when current_setting('event_triggers', true) = 'off' then
            'Event triggers are off in this session. Remove event_triggers = off from the configuration.'
    end
    from (values
        ('et_ddl_command_start'::name, 'ddl_command_start'::name, 'event_trigger_ddl_start'),
        ('et_sql_drop', 'sql_drop', 'event_trigger_sql_drop'),
        ('et_table_rewrite', 'table_rewrite', 'event_trigger_table_rewrite'),
        ('et_ddl_command_end', 'ddl_command_end', 'event_trigger_ddl_end')
    ) as w (trigger_name, event, function_name)
    left join pg_event_trigger as t on t.evtname = w.trigger_name
    where w.trigger_name = p_event_trigger;
end;
comment on function pgtrail.capture_problem(name) is
    'Why one of the four event triggers does not capture, and what to do; NULL if it does.';

create or replace function pgtrail.captures()
    returns boolean
    language sql
    stable
begin atomic
    select bool_and(pgtrail.capture_problem(t.event_trigger) is null)
    from unnest(array['et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end']::name[])
        as t (event_trigger);
end;
comment on function pgtrail.captures() is
    'Whether all four event triggers capture.';

create or replace function pgtrail.trail_bytes()
    returns bigint
    language sql
    stable
return pg_total_relation_size('script_tracking.script_execution_h')
    + pg_total_relation_size('script_tracking.script_execution_s')
    + pg_total_relation_size('script_tracking.script_execution_s_history')
    + pg_total_relation_size('pgtrail.operation_rollup')
    + pg_total_relation_size('pgtrail.total_rollup');
comment on function pgtrail.trail_bytes() is
    'Size of the trail on disk: hubs, current and superseded versions and rollups, with their indexes.';
