set local role pgtrail_owner;

create or replace function pgtrail.versions_bytes()
    returns bigint
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select sum(pg_total_relation_size(c.oid))::bigint
    from pg_class as c
    where c.relnamespace = 'pggit'::regnamespace and c.relkind = 'r'
$function$;
comment on function pgtrail.versions_bytes() is
    'Bytes on disk of the versions of the schema, indexes included.';

create or replace function pggit.metrics_for_grafana()
    returns table (metric_name text, metric_value numeric, "timestamp" timestamp)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select m.name, m.value, localtimestamp
    from (
        select 1, 'pggit_objects_tracked', count(*)::numeric
        from pggit.objects
        union all
        select 2, 'pggit_history_records', count(*)
        from pggit.history
        union all
        select 3, 'pggit_storage_mb', round(pgtrail.versions_bytes() / 1024.0 / 1024.0, 2)
    ) as m (place, name, value)
    order by m.place
$function$;
comment on function pggit.metrics_for_grafana() is
    'What a chart wants to know of the versions: objects, dropped ones included, changes that are kept, megabytes on disk. timestamp is the local time of the session. For pgtrail_reader.';

create or replace function pggit.check_performance_alerts()
    returns table (alert_type text, message text, severity text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with slow as (
        select f.funcname, round((f.total_time / f.calls)::numeric, 1) as mean_ms
        from pg_stat_user_functions as f
        where f.schemaname = 'pggit' and f.calls > 0
    ),
    storage as (
        select round(100.0 * pgtrail.versions_bytes() / pg_database_size(current_database()), 2) as share
    )
    select
        'PERFORMANCE',
        format('Function %s averaging %s ms', s.funcname, s.mean_ms),
        case when s.mean_ms > 1000 then 'CRITICAL' when s.mean_ms > 500 then 'WARNING' else 'INFO' end
    from slow as s
    where s.mean_ms > 100
    union all
    select
        'STORAGE',
        format('pggit using %s%% of database', s.share),
        case when s.share > 10 then 'WARNING' else 'INFO' end
    from storage as s
$function$;
comment on function pggit.check_performance_alerts() is
    'What is slow or large: functions of pggit that take over 100 ms on average (WARNING over 500, CRITICAL over 1000; known where track_functions is on), and the share of the database that versions take (WARNING over 10 %). For pgtrail_reader.';
