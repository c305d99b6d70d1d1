set local role pgtrail_owner;

-- What a rule finds is read with the rights of the caller, like any report; only what is told is written
-- with those of the owner.

create or replace function pgtrail.is_like(p_text text, p_patterns jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
as $function$
    select p_patterns is null or exists (
        select
        from jsonb_array_elements_text(p_patterns) as p (pattern)
        where p_text like replace(replace(replace(replace(p.pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
    )
$function$;
comment on function pgtrail.is_like(text, jsonb) is
    'Whether a text is one of a JSON list in which * stands for anything; true without a list.';

create or replace function pgtrail.capture_findings()
    returns table (subject text, detail text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select 'capture', string_agg(h.health_metric || ': ' || h.details, ' ' order by h.health_metric)
    from pgtrail.capture_health() as h
    where h.current_status = 'CRITICAL'
    having count(*) > 0
$function$;
comment on function pgtrail.capture_findings() is
    'What rules of the kind CAPTURE_OFF find.';

create or replace function pgtrail.health_findings(p_parameters jsonb)
    returns table (subject text, detail text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select h.health_category || ': ' || h.health_metric, h.current_status || ': ' || h.details
    from script_tracking.get_system_health() as h
    where h.current_status in ('CRITICAL', p_parameters ->> 'status')
        and pgtrail.is_like(h.health_category, p_parameters -> 'categories')
$function$;
comment on function pgtrail.health_findings(jsonb) is
    'What rules of the kind HEALTH find.';

create or replace function pgtrail.failure_rate_findings(p_parameters jsonb)
    returns table (subject text, detail text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        coalesce(p_parameters ->> 'type', 'all operations'),
        format('%s of %s operations that began in the last %s minutes failed, %s %%',
            f.failed, f.finished, p_parameters ->> 'minutes', round(pgtrail.percentage(f.failed, f.finished), 1))
    from (
        select
            coalesce(sum(a.operations) filter (where a.execution_status in ('COMPLETED', 'FAILED')), 0) as finished,
            coalesce(sum(a.operations) filter (where a.execution_status = 'FAILED'), 0) as failed
        from pgtrail.activity(
            now() - make_interval(mins => (p_parameters ->> 'minutes')::numeric::integer), 'infinity') as a
        where a.script_type = p_parameters ->> 'type' or not p_parameters ? 'type'
    ) as f
    where f.finished >= (p_parameters ->> 'at_least')::numeric
        and pgtrail.percentage(f.failed, f.finished) >= (p_parameters ->> 'percent')::numeric
$function$;
comment on function pgtrail.failure_rate_findings(jsonb) is
    'What rules of the kind FAILURE_RATE find.';

create or replace function pgtrail.anomaly_findings(p_parameters jsonb)
    returns table (subject text, detail text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select a.anomaly_kind || ': ' || a.subject, string_agg(a.reason, ' ' order by a.reason)
    from script_tracking.get_anomalies((p_parameters ->> 'days')::numeric::integer) as a
    where pgtrail.is_like(a.anomaly_kind, p_parameters -> 'kinds')
    -- Of the same kind and subject there are several: a user in two unusual hours.
    group by a.anomaly_kind, a.subject
$function$;
comment on function pgtrail.anomaly_findings(jsonb) is
    'What rules of the kind ANOMALY find.';

create or replace function pgtrail.storage_findings(p_parameters jsonb)
    returns table (subject text, detail text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select 'size of the trail', f.detail
    from (
        select
            case
                when f.kind = 'MEASURED' then format('it takes %s megabytes', f.size_mb)
                else format('it will take %s megabytes on %s: %s', f.size_mb, f.day, f.note)
            end as detail
        -- At most as many days ahead are projected as are behind.
        from script_tracking.get_growth_forecast(
            greatest((p_parameters ->> 'days')::numeric::integer, 30)) as f
        where f.size_mb > (p_parameters ->> 'megabytes')::numeric
            and f.day between (now() at time zone 'UTC')::date
                and (now() at time zone 'UTC')::date + (p_parameters ->> 'days')::numeric::integer
        order by f.day
        limit 1
    ) as f
$function$;
comment on function pgtrail.storage_findings(jsonb) is
    'What rules of the kind STORAGE_GROWTH find: the first day on which it is too much.';

create or replace function pgtrail.slow_findings(p_versions pgtrail.watched_version[])
    returns setof pgtrail.finding
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        -- The metadata of other operations are whatever their session wrote.
        r.rule_name, case when v.script_type = 'DDL_AUTO' then v.command_tag else v.script_name end,
        format('It took %s ms and %s; type %s, by %s', v.execution_duration_ms, lower(v.execution_status),
            v.script_type, v.db_session_user),
        v.load_date, encode(v.script_execution_hk, 'hex'), v.script_execution_hk
    from pgtrail.alert_rule as r
    join unnest(p_versions) as v
        on v.load_date >= r.since
        and v.execution_duration_ms >= (r.parameters ->> 'milliseconds')::numeric
        and (v.script_type = r.parameters ->> 'type' or not r.parameters ? 'type')
        and pgtrail.is_like(v.script_name, jsonb_build_array(coalesce(r.parameters ->> 'name', '*')))
    where r.enabled and r.kind = 'SLOW_OPERATION'
$function$;
comment on function pgtrail.slow_findings(pgtrail.watched_version[]) is
    'What rules of the kind SLOW_OPERATION find among versions of operations.';

create or replace function pgtrail.ddl_findings(p_versions pgtrail.watched_version[])
    returns setof pgtrail.finding
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    -- A migration of forty statements on a table is told once.
    select
        r.rule_name, o.object_name,
        format('%s by %s%s', string_agg(distinct v.command_tag, ', ' order by v.command_tag), min(v.db_session_user),
            coalesce(' (claims ' || min(v.application_user) || ')', '')),
        min(v.load_date), v.recorded_xid::text,
        (array_agg(v.script_execution_hk order by v.execution_timestamp, v.script_execution_hk))[1]
    from pgtrail.alert_rule as r
    join unnest(p_versions) as v
        on v.script_type = 'DDL_AUTO'
        and v.version_number = 1
        and v.load_date >= r.since
    cross join lateral unnest(v.affected_objects) as o (object_name)
    where r.enabled and r.kind = 'DDL'
        and pgtrail.is_like(o.object_name, r.parameters -> 'objects')
        and pgtrail.is_like(v.command_tag, r.parameters -> 'commands')
    group by r.rule_name, o.object_name, v.recorded_xid
$function$;
comment on function pgtrail.ddl_findings(pgtrail.watched_version[]) is
    'What rules of the kind DDL find among versions of operations: one for each rule, object and transaction.';

create or replace function pgtrail.lasting_findings(p_rules text[])
    returns setof pgtrail.finding
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select r.rule_name, f.subject, f.detail, now(), null::text, null::bytea
    from pgtrail.alert_rule as r
    cross join lateral (
        select c.* from pgtrail.capture_findings() as c where r.kind = 'CAPTURE_OFF'
        union all
        select h.* from pgtrail.health_findings(r.parameters) as h where r.kind = 'HEALTH'
        union all
        select e.* from pgtrail.failure_rate_findings(r.parameters) as e where r.kind = 'FAILURE_RATE'
        union all
        select a.* from pgtrail.anomaly_findings(r.parameters) as a where r.kind = 'ANOMALY'
        union all
        select s.* from pgtrail.storage_findings(r.parameters) as s where r.kind = 'STORAGE_GROWTH'
    ) as f
    where r.rule_name = any (p_rules)
$function$;
comment on function pgtrail.lasting_findings(text[]) is
    'What these rules find to be so at this moment.';

create or replace function pgtrail.lock_alerts()
    returns pgtrail.feed_cursor
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    step record;
begin
    perform pgtrail.require_maintainer('evaluate alert rules');
    perform pgtrail.refuse_read_only();
    select c."position" as place
    into step
    from pgtrail.feed_consumer as c
    where c.consumer = 'alerts'
    for update;
    if not pgtrail.feed_is_anchored() then
        perform pgtrail.store_feed_base();
    end if;
    return step.place;
end
$function$;
comment on function pgtrail.lock_alerts() is
    'How far rules about single operations have read the feed; whoever comes second waits here. For pgtrail_server.';

create or replace function pgtrail.severity_rank(p_severity text)
    returns integer
    language sql
    immutable
    parallel safe
return array_position(array['INFO', 'WARNING', 'CRITICAL'], p_severity);
comment on function pgtrail.severity_rank(text) is
    'The higher the worse.';

create or replace function pgtrail.queue_deliveries(p_event text, p_alerts pgtrail.alert[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'
as $function$
begin
    if cardinality(p_alerts) = 0 then
        return;
    end if;
    -- Locked: places are given one after the other.
    perform from pgtrail.webhook as w where w.enabled order by w.webhook_name for update;
    with queued as (
        insert into pgtrail.delivery (webhook_name, place, alert_id, event, content)
        select
            w.webhook_name,
            w.last_place + row_number() over (partition by w.webhook_name order by a.fired_at, a.rule_name, a.subject),
            a.alert_id, p_event,
            jsonb_build_object(
                'alert_id', a.alert_id,
                'rule', a.rule_name,
                'kind', a.kind,
                'severity', a.severity,
                'subject', a.subject,
                'detail', a.detail,
                'fired_at', a.fired_at,
                'resolved_at', a.resolved_at,
                'operation', encode(a.script_execution_hk, 'hex'))
        from pgtrail.webhook as w
        join unnest(p_alerts) as a on pgtrail.severity_rank(a.severity) >= pgtrail.severity_rank(w.least_severity)
        where w.enabled
        returning webhook_name, place
    )
    update pgtrail.webhook as w
    set last_place = q.place
    from (select d.webhook_name, max(d.place) as place from queued as d group by d.webhook_name) as q
    where w.webhook_name = q.webhook_name;
end
$function$;
comment on function pgtrail.queue_deliveries(text, pgtrail.alert[]) is
    'Lets every enabled webhook that wants to know be told of alerts.';

create or replace function pgtrail.record_findings(
    p_findings pgtrail.finding[],
    p_rules text[],
    p_place pgtrail.feed_cursor,
    out fired bigint,
    out resolved bigint
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    ended pgtrail.alert[];
    begun pgtrail.alert[];
begin
    perform pgtrail.require_maintainer('evaluate alert rules');
    with changed as (
        update pgtrail.alert as a
        set resolved_at = greatest(now(), a.fired_at)
        where a.resolved_at is null
            and not exists (
                select
                from unnest(p_findings) as f
                where f.event_key is null and f.rule_name = a.rule_name and f.subject = a.subject
            )
            and (
                a.rule_name = any (p_rules)
                or not exists (
                    select
                    from pgtrail.alert_rule as r
                    where r.rule_name = a.rule_name and r.kind = a.kind and r.enabled
                )
            )
        returning a.*
    )
    select coalesce(array_agg(c::pgtrail.alert), '{}') into ended from changed as c;

    update pgtrail.alert as a
    set detail = f.detail
    from unnest(p_findings) as f
    where a.resolved_at is null
        and f.event_key is null
        and a.rule_name = f.rule_name
        and a.subject = f.subject
        and a.detail <> f.detail;

    with added as (
        insert into pgtrail.alert (
            rule_name, kind, severity, subject, detail, fired_at, resolved_at, event_key, script_execution_hk
        )
        select
            f.rule_name, r.kind, r.severity, f.subject, f.detail, f.happened_at,
            case when f.event_key is not null then f.happened_at end, f.event_key, f.script_execution_hk
        from unnest(p_findings) as f
        join pgtrail.alert_rule as r on r.rule_name = f.rule_name
        on conflict do nothing
        returning *
    )
    select coalesce(array_agg(a::pgtrail.alert), '{}') into begun from added as a;

    perform pgtrail.queue_deliveries('RESOLVED', ended);
    perform pgtrail.queue_deliveries('FIRED', begun);
    update pgtrail.alert_rule as r set evaluated_at = now() where r.rule_name = any (p_rules);
    update pgtrail.feed_consumer as c
    set "position" = p_place, advanced_at = clock_timestamp()
    where c.consumer = 'alerts';
    fired := cardinality(begun);
    resolved := cardinality(ended);
end
$function$;
comment on function pgtrail.record_findings(pgtrail.finding[], text[], pgtrail.feed_cursor) is
    'Fires what is found and not open yet, resolves what these rules, or rules that are gone, no longer find, and remembers how far the feed was read. For pgtrail_server.';

create or replace function pgtrail.require_reads_all()
    returns void
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if not pgtrail.reads_all() then
        raise exception using
            errcode = 'PT002',
            message = format('%I may not read the trail of all tenants, so it cannot evaluate alert rules', current_user),
            hint = format('Ask an administrator for: grant pgtrail_auditor to %I', current_user);
    end if;
end
$function$;
comment on function pgtrail.require_reads_all() is
    'Raises PT002 unless the current user, who evaluates rules, may read the trail of every tenant.';

create or replace function pgtrail.evaluate_lasting_rules(out fired bigint, out resolved bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    place pgtrail.feed_cursor;
    rules text[];
    findings pgtrail.finding[];
begin
    perform pgtrail.require_reads_all();
    place := pgtrail.lock_alerts();
    rules := array(
        select r.rule_name
        from pgtrail.alert_rule as r
        join pgtrail.alert_kinds() as k on k.kind = r.kind and not k.is_event
        where r.enabled and (r.evaluated_at + k.pause > now()) is not true
    );
    findings := array(select f::pgtrail.finding from pgtrail.lasting_findings(rules) as f);
    select t.fired, t.resolved into fired, resolved from pgtrail.record_findings(findings, rules, place) as t;
end
$function$;
comment on function pgtrail.evaluate_lasting_rules() is
    'Looks at the rules about what lasts whose time has come.';

create or replace function pgtrail.evaluate_event_rules(out fired bigint, out more boolean)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    versions_per_batch constant integer := 5000;
    place pgtrail.feed_cursor;
    findings pgtrail.finding[];
    step record;
begin
    perform pgtrail.require_reads_all();
    fired := 0;
    more := false;
    if not exists (
        select
        from pgtrail.alert_rule as r
        join pgtrail.alert_kinds() as k on k.kind = r.kind and k.is_event
        where r.enabled
    ) then
        return;
    end if;
    place := pgtrail.lock_alerts();
    with batch as materialized (
        select
            v.recorded_xid, v.script_execution_hk, v.version_number, v.load_date, v.script_name, v.script_type,
            v.execution_status, v.execution_timestamp, v.execution_duration_ms, v.db_session_user,
            v.application_user, v.affected_objects, v.metadata ->> 'command_tag' as command_tag
        from pgtrail.read_versions(place, versions_per_batch) as v
    )
    select
        count(*) as number,
        (
            select row(b.recorded_xid, b.script_execution_hk, b.version_number)::pgtrail.feed_cursor
            from batch as b
            order by b.recorded_xid desc, b.script_execution_hk desc, b.version_number desc
            limit 1
        ) as place,
        array(
            select
                row(
                    b.recorded_xid, b.script_execution_hk, b.version_number, b.load_date, b.script_name,
                    b.script_type, b.execution_status, b.execution_timestamp, b.execution_duration_ms,
                    b.db_session_user, b.application_user, b.affected_objects, b.command_tag
                )::pgtrail.watched_version
            from batch as b
            where b.execution_status <> 'RUNNING'
        ) as versions
    into step
    from batch;
    if step.number = 0 then
        return;
    end if;
    findings := array(
        select f::pgtrail.finding from pgtrail.slow_findings(step.versions) as f
        union all
        select f::pgtrail.finding from pgtrail.ddl_findings(step.versions) as f
    );
    select t.fired into fired from pgtrail.record_findings(findings, '{}', step.place) as t;
    more := step.number = versions_per_batch;
end
$function$;
comment on function pgtrail.evaluate_event_rules() is
    'Looks at the next 5000 versions of operations with the rules about single ones, from where they were in the feed; more: call it again, in another transaction. So a backlog of any size is caught up with, and none of it is read twice.';

create or replace function script_tracking.evaluate_alerts(out fired bigint, out resolved bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    step record;
begin
    select r.fired, r.resolved into fired, resolved from pgtrail.evaluate_lasting_rules() as r;
    loop
        select e.fired, e.more into step from pgtrail.evaluate_event_rules() as e;
        fired := fired + step.fired;
        exit when not step.more;
    end loop;
end
$function$;
comment on function script_tracking.evaluate_alerts() is
    'Looks at all rules whose time has come: fires what is found and not open, resolves what is no longer so, and says how many. Rules about single operations go on in the feed where they were, so that they miss nothing and tell nothing twice. All in one transaction, where the server of pgtrail takes one for each 5000 versions. For pgtrail_server and pgtrail_admin, as members of pgtrail_auditor.';
