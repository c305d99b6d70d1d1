set local role pgtrail_owner;

create or replace function pgtrail.capture_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    select 'CAPTURE', w.trigger_name::text, h.status, h.details
    from unnest(array['et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end']::name[])
        as w (trigger_name)
    left join pg_event_trigger as t on t.evtname = w.trigger_name,
        lateral (
            select
                case
                    when pgtrail.capture_problem(w.trigger_name) is not null then 'CRITICAL'
                    when f.capture_always and t.evtenabled <> 'A' then 'WARNING'
                    else 'OK'
                end,
                case
                    when pgtrail.capture_problem(w.trigger_name) is not null
                        then 'DDL is not recorded. ' || pgtrail.capture_problem(w.trigger_name)
                    when f.capture_always and t.evtenabled <> 'A' then format(
                        'DDL under session_replication_role = replica is not recorded, though capture_always is set. '
                            || 'Run as its owner: ALTER EVENT TRIGGER %I ENABLE ALWAYS', w.trigger_name)
                    when t.evtenabled = 'A' then 'Enabled always.'
                    else 'Enabled; not under session_replication_role = replica.'
                end
            from pgtrail.capture_facts() as f
        ) as h (status, details)
    union all
    select
        'CAPTURE', 'capture_failures_24h',
        case
            when f.failures_24h is null then 'UNKNOWN'
            when f.failures_24h > 0 then 'WARNING'
            else 'OK'
        end,
        case
            when f.failures_24h is null then 'Only members of pgtrail_auditor may see this.'
            when f.failures_24h > 0 then format(
                '%s DDL statements went through without a record, the last at %s. '
                    || 'pgtrail.capture_failure says why; mend that.', f.failures_24h, f.last_failure)
            else 'No DDL statement went through without a record.'
        end
    from pgtrail.capture_facts() as f;
end;
comment on function pgtrail.capture_health() is
    'Part of get_system_health(): whether DDL is recorded.';

create or replace function pgtrail.trigger_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    select
        'INTEGRITY', 'trail_triggers',
        case when count(t.oid) < count(*) then 'CRITICAL' else 'OK' end,
        case
            when count(t.oid) < count(*) then format(
                'The trail can be rewritten: missing or not enabled always: %s. Run: pgtrail install',
                string_agg(w.trigger_name || ' on ' || w.trail_table, ', ' order by w.trail_table, w.trigger_name)
                    filter (where t.oid is null))
            else format('All %s triggers that keep the trail append-only are enabled always.', count(*))
        end
    from (values
        ('script_tracking.script_execution_h'::regclass, 'refuse_truncate', 'pgtrail.refuse_change()'::regprocedure),
        ('script_tracking.script_execution_h', 'refuse_change', 'pgtrail.refuse_change()'),
        ('script_tracking.script_execution_s', 'refuse_truncate', 'pgtrail.refuse_change()'),
        ('script_tracking.script_execution_s', 'refuse_change', 'pgtrail.refuse_change()'),
        ('script_tracking.script_execution_s', 'supersede_version', 'pgtrail.supersede_version()'),
        ('script_tracking.script_execution_s_history', 'refuse_truncate', 'pgtrail.refuse_change()'),
        ('script_tracking.script_execution_s_history', 'refuse_change', 'pgtrail.refuse_change()')
    ) as w (trail_table, trigger_name, function_id)
    left join pg_trigger as t
        on t.tgrelid = w.trail_table
        and t.tgname = w.trigger_name
        and t.tgfoid = w.function_id
        and t.tgenabled = 'A';
end;
comment on function pgtrail.trigger_health() is
    'Part of get_system_health(): whether the triggers that make the trail append-only are there.';

create or replace function pgtrail.trail_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    select
        h.category, h.metric,
        case when f.hubs_checked is null then 'UNKNOWN' else h.status end,
        case when f.hubs_checked is null then 'Only members of pgtrail_auditor may see this.' else h.details end
    from pgtrail.trail_facts() as f,
        lateral (values
            ('INTEGRITY', 'hubs_without_operation',
                case when f.hubs_alone > 0 then 'CRITICAL' else 'OK' end,
                format('%s of the newest %s hubs have no operation. %s', f.hubs_alone, f.hubs_checked,
                    case when f.hubs_alone > 0
                        then 'Rows were removed around the API: look for who can, under SECURITY, and restore them from a backup.'
                        else 'pgtrail doctor checks all.'
                    end)),
            ('INTEGRITY', 'operations_without_hub',
                case when f.operations_alone > 0 then 'CRITICAL' else 'OK' end,
                format('%s of the newest %s operations have no hub. %s', f.operations_alone, f.operations_checked,
                    case when f.operations_alone > 0
                        then 'Rows were removed around the API: look for who can, under SECURITY, and restore them from a backup.'
                        else 'pgtrail doctor checks all.'
                    end)),
            ('INTEGRITY', 'open_versions',
                case when f.versions_open > 0 then 'CRITICAL' else 'OK' end,
                format('%s of the newest %s operations have not exactly one open version. %s',
                    f.versions_open, f.operations_checked,
                    case when f.versions_open > 0
                        then 'Versions were changed around the API: look for who can, under SECURITY, and restore them from a backup.'
                        else 'Nothing to do.'
                    end)),
            ('INTEGRITY', 'clock',
                case when f.versions_in_future > 0 then 'WARNING' else 'OK' end,
                case when f.versions_in_future > 0 then format(
                        '%s of the newest %s operations lie in the future: the clock of the server was set back. '
                            || 'Synchronise it (NTP); reports for now count them until their time has passed.',
                        f.versions_in_future, f.operations_checked)
                    else 'No operation lies in the future.'
                end),
            ('ROLLUPS', 'rollup_lag',
                case
                    when f.versions_waiting <= 10000 or f.waiting_since > now() - interval '1 hour' then 'OK'
                    when f.waiting_since > now() - interval '1 day' then 'WARNING'
                    else 'CRITICAL'
                end,
                case
                    when f.versions_waiting = 0 then 'The rollups have read everything.'
                    else format('%s operations, the first of %s, are not in the rollups yet. '
                            || 'Reports count them all the same, but slower the more there are. %s',
                        case when f.versions_waiting > 10000 then 'More than 10000' else f.versions_waiting::text end,
                        f.waiting_since,
                        case when f.versions_waiting > 10000
                            then 'Run script_tracking.refresh_rollups() every few minutes; what holds it up is under FEED.'
                            else 'script_tracking.refresh_rollups() adds them.'
                        end)
                end),
            ('RETENTION', 'oldest_operation',
                case when f.oldest_operation < now() - interval '396 days' then 'WARNING' else 'OK' end,
                case
                    when f.oldest_operation is null then 'The trail is empty.'
                    when f.oldest_operation < now() - interval '396 days' then format(
                        'The oldest operation is of %s, %s days ago. If you need not keep it: '
                            || 'pgtrail cleanup --older-than 365d', f.oldest_operation,
                        extract(day from now() - f.oldest_operation))
                    else format('The oldest operation is of %s, %s days ago.', f.oldest_operation,
                        extract(day from now() - f.oldest_operation))
                end)
        ) as h (category, metric, status, details);
end;
comment on function pgtrail.trail_health() is
    'Part of get_system_health(): integrity of the newest operations, rollup lag, retention.';

create or replace function pgtrail.feed_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    select
        'FEED', 'oldest_transaction',
        case when k.why is null then pgtrail.held_back_status(now() - t.began) else 'UNKNOWN' end,
        case
            when k.why is not null then k.why
            when t.began is null then 'No other transaction that writes is open.'
            else format('Since %s a transaction that wrote is open: %s. Rollups, events and alerts about single '
                    || 'operations wait for its end.%s', t.began, t.holder,
                case when pgtrail.held_back_status(now() - t.began) <> 'OK'
                    then format(' End it there, or run: %s. The setting idle_in_transaction_session_timeout ends '
                        || 'those that only wait.', t.remedy)
                    else ''
                end)
        end
    from (
        select case
            when not pgtrail.reads_system() then 'Only members of pgtrail_auditor may see this.'
            when pg_is_in_recovery() then 'Only the primary knows which transactions are open.'
            when not pg_has_role('pgtrail_owner', 'pg_read_all_stats', 'usage') then
                'pgtrail_owner may not see it. Run: GRANT pg_read_all_stats TO pgtrail_owner'
        end
    ) as k (why)
    left join pgtrail.oldest_transaction() as t on true;
end;
comment on function pgtrail.feed_health() is
    'Part of get_system_health(): what holds back the feed.';

create or replace function pgtrail.operations_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    with overdue as (
        select
            s.script_name, s.db_session_user, s.execution_timestamp, f.abandoned_after,
            -- The sessions of the primary cannot be seen on a standby.
            pg_is_in_recovery() or exists (
                select
                from pgtrail.sessions() as a
                where a.backend_pid = s.backend_pid
                    and (a.began is null or a.began <= s.execution_timestamp)
            ) as is_alive
        from pgtrail.capture_facts() as f
        join script_tracking.script_execution_s as s
            on s.execution_status = 'RUNNING'
            and clock_timestamp() - s.execution_timestamp > f.abandoned_after
    ),
    oldest as (
        select distinct on (o.is_alive) o.*, count(*) over (partition by o.is_alive) as operations
        from overdue as o
        order by o.is_alive, o.execution_timestamp
    )
    select
        'OPERATIONS', k.metric,
        case
            when o.operations > 0 then 'WARNING'
            when pg_is_in_recovery() and not k.is_alive then 'UNKNOWN'
            else 'OK'
        end,
        case
            when pg_is_in_recovery() and not k.is_alive then 'Only the primary knows which sessions are there.'
            when o.operations > 0 then format(
                '%s have been running for longer than %s%s, the oldest since %s: %L of %s. %s',
                o.operations, o.abandoned_after, case when k.is_alive then '' else ' and lost their session' end,
                o.execution_timestamp, o.script_name, o.db_session_user, k.advice)
            else k.all_well
        end
    from (values
        (true, 'long_running', 'Look at the session, or let them run longer: script_tracking.configure(''abandoned_after'', ...).',
            'Nothing that has its session has been running for too long.'),
        (false, 'abandoned', 'script_tracking.close_abandoned() closes them.',
            'No running operation has lost its session for too long.')
    ) as k (is_alive, metric, advice, all_well)
    left join oldest as o on o.is_alive = k.is_alive;
end;
comment on function pgtrail.operations_health() is
    'Part of get_system_health(): operations that run for too long, and that close_abandoned() would close.';

create or replace function pgtrail.activity_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    with day as (
        select
            coalesce(sum(a.operations), 0) as operations,
            coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
            coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed,
            sum(a.duration_sum_ms) / nullif(sum(a.timed_operations), 0) as avg_ms
        from pgtrail.activity(now() - interval '24 hours', 'infinity') as a
    ),
    -- Else each detail that shows a size would look at the files again.
    facts as materialized (
        select
            d.*,
            pgtrail.percentage(d.finished - d.failed, d.finished) as success_rate,
            pgtrail.performance_rating(pgtrail.percentage(d.finished - d.failed, d.finished), d.avg_ms) as rating,
            pgtrail.trail_bytes() as bytes,
            coalesce(d.operations * pgtrail.bytes_per_operation(), 0) as growth
        from day as d
    )
    select h.category, h.metric, h.status, h.details
    from facts as f,
        lateral (values
            ('PERFORMANCE', 'performance_rating_24h',
                case f.rating when 'WARNING' then 'WARNING' when 'POOR' then 'CRITICAL' else 'OK' end,
                case
                    when f.rating is null then 'Nothing has finished in the last 24 hours.'
                    else format('%s: %s %% succeeded and took %s ms on average. %s', f.rating,
                        round(f.success_rate, 2), round(f.avg_ms, 2),
                        case when f.rating in ('WARNING', 'POOR')
                            then 'get_performance_metrics() says which types, get_recent_errors() why.'
                            else 'Nothing to do.'
                        end)
                end),
            ('PERFORMANCE', 'failures_24h',
                case when f.failed = 0 then 'OK' when f.success_rate > 80 then 'WARNING' else 'CRITICAL' end,
                case
                    when f.failed = 0 then 'Nothing has failed in the last 24 hours.'
                    else format('%s of %s operations failed in the last 24 hours. get_recent_errors() says why.',
                        f.failed, f.finished)
                end),
            ('STORAGE', 'trail_size', 'OK', format('The trail takes %s.', pg_size_pretty(f.bytes))),
            ('STORAGE', 'growth',
                case when f.bytes > 1073741824 and f.growth * 30 > f.bytes then 'WARNING' else 'OK' end,
                case
                    when f.bytes > 1073741824 and f.growth * 30 > f.bytes then format(
                        'About %s in the last 24 hours: the trail doubles within a month. Plan for it, see '
                            || 'get_growth_forecast(), or keep less: pgtrail cleanup',
                        pg_size_pretty(f.growth))
                    else format('About %s in the last 24 hours.', pg_size_pretty(f.growth))
                end)
        ) as h (category, metric, status, details);
end;
comment on function pgtrail.activity_health() is
    'Part of get_system_health(): how operations fare, size and growth.';

create or replace function pgtrail.security_health()
    returns table (health_category text, health_metric text, current_status text, details text)
    language sql
    stable
begin atomic
    with recursive acts_as_owner (id) as (
        select r.oid
        from pg_roles as r
        where r.rolname in ('pgtrail_owner', 'pg_write_all_data')
        union
        select m.member from acts_as_owner as o join pg_auth_members as m on m.roleid = o.id
    ),
    trail as (
        select c.oid as relation, c.relowner, c.relacl
        from pg_class as c
        where c.oid in (
            'script_tracking.script_execution_h'::regclass,
            'script_tracking.script_execution_s'::regclass,
            'script_tracking.script_execution_s_history'::regclass)
    ),
    granted as (
        select t.relowner as grantee
        from trail as t
        where pg_get_userbyid(t.relowner) <> 'pgtrail_owner'
        union all
        select a.grantee
        from trail as t, aclexplode(t.relacl) as a
        where a.grantee <> t.relowner
            and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
        union all
        select a.grantee
        from trail as t
        join pg_attribute as c on c.attrelid = t.relation, aclexplode(c.attacl) as a
        where a.grantee <> t.relowner
            and a.privilege_type in ('INSERT', 'UPDATE')
            -- Everybody may annotate operations: that makes a version.
            and not (
                c.attrelid = 'script_tracking.script_execution_s'::regclass
                and c.attname in ('metadata', 'error_message')
                and a.privilege_type = 'UPDATE'
            )
    ),
    writers as (
        select string_agg(w.name, ', ' order by w.name) as names
        from (
            select r.rolname::text as name
            from acts_as_owner as o
            join pg_roles as r on r.oid = o.id
            where r.rolname not in ('pgtrail_owner', 'pg_write_all_data')
                and not r.rolsuper
            union
            select coalesce(r.rolname::text, 'PUBLIC')
            from granted as g
            left join pg_roles as r on r.oid = g.grantee
        ) as w
    ),
    superusers as (
        select count(*) as sessions, string_agg(distinct a.usename::text, ', ') as names
        from pg_stat_activity as a
        join pg_roles as r on r.oid = a.usesysid and r.rolsuper
        where a.datname = current_database()
            and a.backend_type = 'client backend'
            and a.pid <> pg_backend_pid()
    )
    select
        'SECURITY', 'row_level_security',
        case when bool_and(c.relrowsecurity) then 'OK' else 'CRITICAL' end,
        case
            when bool_and(c.relrowsecurity) then 'Tenants are kept apart.'
            else format('Everyone reads everything in %s. Run: ALTER TABLE ... ENABLE ROW LEVEL SECURITY',
                string_agg(c.oid::regclass::text, ', ') filter (where not c.relrowsecurity))
        end
    from pg_class as c
    where c.oid in (
        'script_tracking.script_execution_h'::regclass,
        'script_tracking.script_execution_s'::regclass,
        'script_tracking.script_execution_s_history'::regclass,
        'pgtrail.operation_rollup'::regclass,
        'pgtrail.total_rollup'::regclass,
        'pgtrail.duration_rollup'::regclass,
        'pgtrail.actor_rollup'::regclass)
    union all
    select
        'SECURITY', 'writers_around_api',
        case when w.names is null then 'OK' else 'CRITICAL' end,
        case
            when w.names is null then 'Besides superusers nobody can write the trail around the API.'
            else format('These can write the trail around the API, or nearly: %s. Revoke pgtrail_owner, '
                || 'pg_write_all_data and rights on the tables of the trail from them; pgtrail_owner is to own these.',
                w.names)
        end
    from writers as w
    union all
    select
        'SECURITY', 'roles_without_tenant',
        case
            when f.tenants is null then 'UNKNOWN'
            when f.tenants > 0 and cardinality(f.logins_alone) > 0 then 'WARNING'
            else 'OK'
        end,
        case
            when f.tenants is null then 'Only members of pgtrail_auditor may see this.'
            when f.tenants = 0 then 'There are no tenants.'
            when cardinality(f.logins_alone) > 0 then format(
                '%s roles can log in without a tenant; what they record belongs to the system, which all readers read: '
                    || '%s. Grant them one: script_tracking.grant_tenant(tenant, role)',
                cardinality(f.logins_alone),
                array_to_string(f.logins_alone[:5], ', ')
                    || case when cardinality(f.logins_alone) > 5 then ', ...' else '' end)
            else 'Every role that can log in has a tenant or audits all.'
        end
    from pgtrail.tenant_facts() as f
    union all
    select
        'SECURITY', 'superusers_active',
        case when s.sessions > 0 then 'WARNING' else 'OK' end,
        case
            when s.sessions > 0 then format('%s other sessions of superusers in this database: %s. A superuser can '
                || 'change the trail: use ordinary roles for daily work.', s.sessions, s.names)
            else 'No other session of a superuser in this database.'
        end
    from superusers as s;
end;
comment on function pgtrail.security_health() is
    'Part of get_system_health(): who can read or write past the API.';

create or replace function script_tracking.get_system_health()
    returns table (
        health_category varchar(50),
        health_metric varchar(100),
        current_status varchar(20),
        details text,
        last_checked timestamptz
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set jit = off
    set work_mem = '64MB'
as $function$
#variable_conflict use_column
begin
    -- Planned once a session: planning takes longer than running it.
    return query
        select
            h.health_category::varchar, h.health_metric::varchar, h.current_status::varchar, h.details,
            now()
        from (
            select 1 as place, * from pgtrail.capture_health()
            union all
            select 2, * from pgtrail.trigger_health()
            union all
            select case t.health_category when 'INTEGRITY' then 2 when 'ROLLUPS' then 5 else 7 end, t.*
            from pgtrail.trail_health() as t
            union all
            select 5, * from pgtrail.feed_health()
            union all
            select 3, * from pgtrail.operations_health()
            union all
            select case a.health_category when 'PERFORMANCE' then 4 else 6 end, a.* from pgtrail.activity_health() as a
            union all
            select 8, * from pgtrail.security_health()
        ) as h
        order by h.place, h.health_metric;
end
$function$;
comment on function script_tracking.get_system_health() is
    'Checks of capture, integrity, operations, performance, feed, rollups, storage, retention and security. Each is OK, WARNING, CRITICAL or, where the caller may not see it, UNKNOWN, and says what to do. Quick at any size: integrity is checked for the newest operations.';
