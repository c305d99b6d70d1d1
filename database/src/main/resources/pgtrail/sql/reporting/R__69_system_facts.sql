set local role pgtrail_owner;

-- What the reports need to know and row-level security or table rights hide from a tenant's reader:
-- numbers of the system, no content. Each function checks its caller.

create or replace function pgtrail.reads_system()
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
return pg_has_role(pgtrail.caller(), 'pgtrail_auditor', 'usage');
comment on function pgtrail.reads_system() is
    'Whether the caller may see numbers about the system as a whole: pgtrail_auditor and up.';

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
    'Settings that the reports need, and how often DDL could not be recorded in the last 24 hours; that is NULL for callers below pgtrail_auditor.';

create or replace function pgtrail.capture_problem(p_event_trigger name)
    returns text
    language sql
    stable
begin atomic
    select case
        when t.evtname is null then 'It does not exist. Run: pgtrail install'
        when t.evtenabled in ('D', 'R') then format(
            'It is disabled. Run as its owner: ALTER EVENT TRIGGER %I ENABLE', w.trigger_name)
        when t.evtevent <> w.event or t.evtfoid <> to_regproc('script_tracking.' || w.function_name) then format(
            'It calls %s on %s. Run as its owner: DROP EVENT TRIGGER %I, then: pgtrail install',
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
    + pg_total_relation_size('pgtrail.total_rollup')
    + pg_total_relation_size('pgtrail.duration_rollup')
    + pg_total_relation_size('pgtrail.actor_rollup');
comment on function pgtrail.trail_bytes() is
    'Size of the trail on disk: hubs, current and superseded versions and rollups, with their indexes.';

create or replace function pgtrail.sessions()
    returns table (backend_pid integer, began timestamptz)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select
        a.pid,
        case when pgtrail.reads_system() or a.usename = session_user then a.backend_start end
    from pg_stat_activity as a
$function$;
comment on function pgtrail.sessions() is
    'Every server process and when it began; NULL where the server or, below pgtrail_auditor, we withhold that from the caller.';

create or replace function pgtrail.oldest_transaction(out began timestamptz, out holder text, out remedy text)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select w.began, w.holder, w.remedy
    from (
        -- Only what has an id, because it wrote or locked rows, holds back the feed; in any database.
        select
            a.backend_xid as xid, a.xact_start as began,
            format('process %s (role %s, database %s, %s)', a.pid, a.usename, a.datname, a.state) as holder,
            format('SELECT pg_terminate_backend(%s)', a.pid) as remedy
        from pg_stat_activity as a
        where a.backend_xid is not null
            and a.pid <> pg_backend_pid()
        union all
        select
            p.transaction, p.prepared,
            format('prepared transaction %L (role %s, database %s)', p.gid, p.owner, p.database),
            format('COMMIT PREPARED %L or ROLLBACK PREPARED %L in that database', p.gid, p.gid)
        from pg_prepared_xacts as p
    ) as w
    where pgtrail.reads_system()
    order by age(w.xid) desc
    limit 1
$function$;
comment on function pgtrail.oldest_transaction() is
    'The oldest open transaction of the cluster that wrote, but this one: the feed goes no further than where it began to write. No row for callers below pgtrail_auditor.';

create or replace function pgtrail.trail_facts(
    out hubs_checked bigint,
    out hubs_alone bigint,
    out operations_checked bigint,
    out operations_alone bigint,
    out versions_open bigint,
    out versions_in_future bigint,
    out oldest_operation timestamptz,
    out versions_waiting bigint,
    out waiting_since timestamptz
)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    hub_blocks constant integer := 2;
    operations_back constant integer := 100;
    versions_counted constant integer := 10001;
    first_block bigint;
    reached record;
begin
    if not pgtrail.reads_system() then
        return;
    end if;

    -- New hubs go to the end of the table; an index by time would cost every operation.
    first_block := greatest(
        pg_relation_size('script_tracking.script_execution_h') / current_setting('block_size')::integer
            - hub_blocks,
        0);
    select
        count(*),
        count(*) filter (where not exists (
            select
            from script_tracking.script_execution_s as s
            where s.script_execution_hk = h.script_execution_hk
        ))
    into hubs_checked, hubs_alone
    from script_tracking.script_execution_h as h
    where h.ctid >= format('(%s,0)', first_block)::tid;

    select
        count(*),
        count(*) filter (where not exists (
            select
            from script_tracking.script_execution_h as h
            where h.script_execution_hk = s.script_execution_hk
        )),
        count(*) filter (where s.load_end_date is not null or exists (
            select
            from script_tracking.script_execution_s_history as v
            where v.script_execution_hk = s.script_execution_hk
                and (v.version_number >= s.version_number or v.load_end_date > s.load_date)
        )),
        count(*) filter (
            where greatest(s.load_date, s.execution_timestamp) > clock_timestamp() + interval '1 minute')
    into operations_checked, operations_alone, versions_open, versions_in_future
    from (
        select n.*
        from script_tracking.script_execution_s as n
        order by n.execution_timestamp desc
        limit operations_back
    ) as s;

    select s.execution_timestamp
    into oldest_operation
    from script_tracking.script_execution_s as s
    order by s.execution_timestamp
    limit 1;

    select r.* into reached from pgtrail.rolled_up_to() as r;
    select count(*)
    into versions_waiting
    from (
        select
        from script_tracking.script_execution_s as s
        where s.recorded_xid >= reached.recorded_xid
            and (s.recorded_xid, s.script_execution_hk, s.version_number)
                > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
        limit versions_counted
    ) as w;
    select s.load_date
    into waiting_since
    from script_tracking.script_execution_s as s
    where s.recorded_xid >= reached.recorded_xid
        and (s.recorded_xid, s.script_execution_hk, s.version_number)
            > (reached.recorded_xid, reached.script_execution_hk, reached.version_number)
    order by s.recorded_xid
    limit 1;
end
$function$;
comment on function pgtrail.trail_facts() is
    'What the newest hubs (two blocks) and the newest 100 operations say about the integrity of the trail, its oldest operation, and what the rollups have not read (counted up to 10001). Quick at any size; NULL for callers below pgtrail_auditor.';

create or replace function pgtrail.tenant_facts(out tenants bigint, out logins_alone text[])
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if not pgtrail.reads_system() then
        return;
    end if;
    select count(*) into tenants from pgtrail.tenant;
    with recursive provided (id) as (
        select g.grantee::oid from pgtrail.tenant_grant as g
        union
        select 'pgtrail_auditor'::regrole::oid
        union
        select m.member from provided as p join pg_auth_members as m on m.roleid = p.id
    )
    select array_agg(r.rolname::text order by r.rolname)
    into logins_alone
    from pg_roles as r
    where r.rolcanlogin
        and not r.rolsuper
        and r.oid not in (select p.id from provided as p)
        and has_database_privilege(r.oid, current_database(), 'connect');
end
$function$;
comment on function pgtrail.tenant_facts() is
    'How many tenants there are, and which roles can log in without having one or auditing all; NULL for callers below pgtrail_auditor.';

create or replace function pgtrail.bytes_per_operation()
    returns numeric
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    operations bigint;
begin
    select greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid))
    into operations
    from pg_class as c
    where c.oid = 'script_tracking.script_execution_s'::regclass;
    -- Neither analysed nor counted yet, so not large.
    if operations < 1000 then
        select count(*)
        into operations
        from (select from script_tracking.script_execution_s limit 10000) as s;
    end if;
    -- To two digits for others: with the size of the trail it would tell how much every tenant does.
    return round(
        pgtrail.trail_bytes() / nullif(operations, 0)::numeric,
        case when pgtrail.reads_system() then 2 else -2 end);
end
$function$;
comment on function pgtrail.bytes_per_operation() is
    'What an operation takes on disk on average, with its hub, versions, rollups and indexes; NULL for an empty trail. The number of operations is PostgreSQL''s estimate.';
