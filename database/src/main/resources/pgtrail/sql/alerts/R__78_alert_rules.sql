set local role pgtrail_owner;

create or replace function pgtrail.alert_kinds()
    returns table (kind text, is_event boolean, pause interval, meaning text)
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    values
        ('CAPTURE_OFF', false, interval '0', 'DDL is not recorded, because an event trigger is missing or disabled'),
        ('HEALTH', false, interval '0', 'a check of get_system_health() is bad'),
        ('FAILURE_RATE', false, interval '0', 'many operations fail'),
        ('SLOW_OPERATION', true, interval '0', 'an operation took long'),
        ('DDL', true, interval '0', 'DDL touched a watched object'),
        -- These read months of the trail.
        ('ANOMALY', false, interval '1 hour', 'get_anomalies() finds something'),
        ('STORAGE_GROWTH', false, interval '1 hour', 'the trail is, or will be, too large')
$function$;
comment on function pgtrail.alert_kinds() is
    'The kinds of rules: about single operations, each told once, or about what is so for some time. pause: how often it is looked at, at most.';

create or replace function pgtrail.alert_parameters()
    returns table (
        kind text,
        parameter text,
        type text,
        preset jsonb,
        lowest numeric,
        highest numeric,
        choices text[],
        meaning text
    )
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    values
        ('HEALTH', 'status', 'text', '"CRITICAL"'::jsonb, null::numeric, null::numeric, array['WARNING', 'CRITICAL'],
            'this or worse'),
        ('HEALTH', 'categories', 'list', null, null, null,
            array['CAPTURE', 'INTEGRITY', 'OPERATIONS', 'PERFORMANCE', 'FEED', 'ROLLUPS', 'STORAGE', 'RETENTION', 'SECURITY'],
            'only these; by default all'),
        ('FAILURE_RATE', 'percent', 'number', '20', 1, 100, null, 'so many percent or more failed'),
        ('FAILURE_RATE', 'minutes', 'number', '60', 1, 10080, null, 'of what began in the last minutes and has ended'),
        ('FAILURE_RATE', 'at_least', 'number', '10', 1, 1000000000, null, 'if that were so many operations or more'),
        ('FAILURE_RATE', 'type', 'text', null, null, null, null, 'only of this script type; by default of all'),
        ('SLOW_OPERATION', 'milliseconds', 'number', '60000', 1, 2147483647, null, 'it took so long or longer'),
        ('SLOW_OPERATION', 'type', 'text', null, null, null, null, 'only of this script type; by default of all'),
        ('SLOW_OPERATION', 'name', 'text', null, null, null, null, 'only with this name; * stands for anything'),
        ('DDL', 'objects', 'list', '["*"]', null, null, null,
            'the watched objects, such as public.users or billing.*; * stands for anything'),
        ('DDL', 'commands', 'list', null, null, null, null, 'only these, such as DROP TABLE or DROP *; by default all'),
        ('ANOMALY', 'days', 'number', '30', 7, 365, null, 'so many days before say what is usual'),
        ('ANOMALY', 'kinds', 'list', null, null, null, null,
            'only these, such as FIRST_SEEN_USER or VOLUME_*; by default all'),
        ('STORAGE_GROWTH', 'megabytes', 'number', '10240', 1, 1000000000, null, 'it takes more than so many megabytes'),
        ('STORAGE_GROWTH', 'days', 'number', '30', 1, 365, null, 'now or, as projected, within so many days')
$function$;
comment on function pgtrail.alert_parameters() is
    'What rules of each kind can be told. preset: what holds when it is not given; NULL: it can be left out.';

create or replace function pgtrail.checked_parameters(p_kind text, p_parameters jsonb)
    returns jsonb
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    problem text;
begin
    if jsonb_typeof(p_parameters) is distinct from 'object' then
        raise exception using
            errcode = 'PT001',
            message = 'the parameters of a rule are a JSON object',
            hint = 'Use jsonb_build_object(''name'', value, ...), or {} for the presets.';
    end if;
    select
        case
            when p.parameter is null then format('a rule of the kind %s has no parameter %L', p_kind, g.key)
            else format('%s of a rule of the kind %s must be %s, not %s', g.key, p_kind,
                case p.type
                    when 'number' then format('a whole number from %s to %s', p.lowest, p.highest)
                    when 'list' then 'a list of one to 100 texts'
                    else 'a text'
                end || coalesce(' of ' || array_to_string(p.choices, ', '), ''),
                left(g.value::text, 100))
        end
    into problem
    from jsonb_each(p_parameters) as g
    left join pgtrail.alert_parameters() as p on p.kind = p_kind and p.parameter = g.key
    where p.parameter is null
        or case
            when p.type = 'number' then
                case when jsonb_typeof(g.value) = 'number' then
                    (g.value #>> '{}')::numeric between p.lowest and p.highest
                    and (g.value #>> '{}')::numeric % 1 = 0
                end
            when p.type = 'text' then
                jsonb_typeof(g.value) = 'string'
                and length(g.value #>> '{}') between 1 and 255
                and (p.choices is null or g.value #>> '{}' = any (p.choices))
            else
                case when jsonb_typeof(g.value) = 'array' then
                    jsonb_array_length(g.value) between 1 and 100
                    and not exists (
                        select
                        from jsonb_array_elements(g.value) as e (item)
                        where jsonb_typeof(e.item) <> 'string'
                            or length(e.item #>> '{}') not between 1 and 255
                            or e.item #>> '{}' <> all (p.choices)
                    )
                end
        end is not true
    order by g.key
    limit 1;
    if problem is not null then
        raise exception using
            errcode = 'PT001',
            message = problem,
            hint = coalesce(
                (
                    select 'Parameters: ' || string_agg(p.parameter || ': ' || p.meaning, '; ')
                    from pgtrail.alert_parameters() as p
                    where p.kind = p_kind
                ),
                'It has no parameters.');
    end if;
    return p_parameters || coalesce(
        (
            select jsonb_object_agg(p.parameter, p.preset)
            from pgtrail.alert_parameters() as p
            where p.kind = p_kind and p.preset is not null and not p_parameters ? p.parameter
        ),
        '{}');
end
$function$;
comment on function pgtrail.checked_parameters(text, jsonb) is
    'Parameters of a rule with the presets of its kind; raises PT001 for what it cannot be told.';

create or replace function pgtrail.record_configuration(p_what text, p_metadata jsonb)
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
as $function$
    select pgtrail.record_event(p_what, 'CONFIGURATION', null, p_metadata)
$function$;
comment on function pgtrail.record_configuration(text, jsonb) is
    'Records a change of rules or webhooks as an operation.';

create or replace function pgtrail.watch_from_now()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    -- Nobody read the feed while no rule asked for it.
    if not exists (
        select
        from pgtrail.alert_rule as r
        join pgtrail.alert_kinds() as k on k.kind = r.kind and k.is_event
        where r.enabled
    ) then
        perform pgtrail.store_feed_base();
        update pgtrail.feed_consumer as c
        set "position" = row(pgtrail.feed_horizon(), '', 0), advanced_at = clock_timestamp()
        where c.consumer = 'alerts';
    end if;
end
$function$;
comment on function pgtrail.watch_from_now() is
    'Before the first rule about single operations: what was recorded before is none of its business.';

create or replace function script_tracking.set_alert_rule(
    p_name text,
    p_kind text,
    p_parameters jsonb default '{}',
    p_severity text default 'WARNING'
)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    checked jsonb;
begin
    perform pgtrail.require_admin('change an alert rule');
    perform pgtrail.require_name('name of a rule', p_name);
    if not exists (select from pgtrail.alert_kinds() as k where k.kind = p_kind) then
        raise exception using
            errcode = 'PT001',
            message = format('there are no rules of the kind %L', p_kind),
            hint = (
                select 'Kinds: ' || string_agg(k.kind || ': ' || k.meaning, '; ')
                from pgtrail.alert_kinds() as k
            );
    end if;
    checked := pgtrail.checked_parameters(p_kind, p_parameters);
    perform pgtrail.watch_from_now();
    insert into pgtrail.alert_rule as r (rule_name, kind, severity, parameters, enabled)
    values (p_name, p_kind, p_severity, checked, true)
    on conflict (rule_name) do update
    set kind = excluded.kind, severity = excluded.severity, parameters = excluded.parameters,
        enabled = true, evaluated_at = null,
        since = case when r.enabled and r.kind = excluded.kind then r.since else excluded.since end;
    perform pgtrail.record_configuration(
        'Alert rule ' || p_name,
        jsonb_build_object('kind', p_kind, 'severity', p_severity, 'parameters', checked));
exception
    when check_violation or not_null_violation then
        raise exception using
            errcode = 'PT001',
            message = format('%L is no name of a rule, or %L no severity', p_name, p_severity),
            hint = 'A name: up to 100 printable characters, single blanks between them. A severity: INFO, WARNING, CRITICAL.';
end
$function$;
comment on function script_tracking.set_alert_rule(text, text, jsonb, text) is
    'Makes or changes a rule, and enables it. Kinds: CAPTURE_OFF, HEALTH, FAILURE_RATE, SLOW_OPERATION, DDL, ANOMALY, STORAGE_GROWTH. For pgtrail_admin; recorded as an operation. Raises PT001 for what a rule cannot be told, and says what it can.';

create or replace function script_tracking.enable_alert_rule(p_name text, p_enabled boolean default true)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('change an alert rule');
    if p_enabled then
        perform pgtrail.watch_from_now();
    end if;
    update pgtrail.alert_rule as r
    set enabled = coalesce(p_enabled, true), evaluated_at = null,
        since = case when r.enabled then r.since else clock_timestamp() end
    where r.rule_name = p_name;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no alert rule %L', p_name);
    end if;
    perform pgtrail.record_configuration('Alert rule ' || p_name, jsonb_build_object('enabled', coalesce(p_enabled, true)));
end
$function$;
comment on function script_tracking.enable_alert_rule(text, boolean) is
    'Enables or disables a rule; what it has told as lasting is resolved when it is disabled. For pgtrail_admin; recorded as an operation.';

create or replace function script_tracking.drop_alert_rule(p_name text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('drop an alert rule');
    delete from pgtrail.alert_rule as r where r.rule_name = p_name;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no alert rule %L', p_name);
    end if;
    perform pgtrail.record_configuration('Alert rule ' || p_name, '{"dropped": true}');
end
$function$;
comment on function script_tracking.drop_alert_rule(text) is
    'Removes a rule. What it told stays in the history. For pgtrail_admin; recorded as an operation.';

create or replace function script_tracking.get_alert_rules()
    returns table (
        rule_name text,
        kind text,
        severity text,
        parameters jsonb,
        enabled boolean,
        since timestamptz,
        evaluated_at timestamptz,
        open_alerts bigint
    )
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        r.rule_name, r.kind, r.severity, r.parameters, r.enabled, r.since, r.evaluated_at,
        (select count(*) from pgtrail.alert as a where a.rule_name = r.rule_name and a.resolved_at is null)
    from pgtrail.alert_rule as r
    order by r.rule_name
$function$;
comment on function script_tracking.get_alert_rules() is
    'The rules by name, and how many alerts of each are open. since: when it was enabled, it tells nothing of what happened before. For pgtrail_auditor.';

-- Not with a fixed search_path: bound when it is created and inlined, so that a LIMIT of the caller stops the scan.
create or replace function script_tracking.get_alerts()
    returns table (
        alert_id uuid,
        rule_name text,
        kind text,
        severity text,
        subject text,
        detail text,
        fired_at timestamptz,
        resolved_at timestamptz,
        script_execution_hk bytea
    )
    language sql
    stable
begin atomic
    select
        a.alert_id, a.rule_name, a.kind, a.severity, a.subject, a.detail, a.fired_at, a.resolved_at,
        a.script_execution_hk
    from pgtrail.alert as a
    order by a.fired_at desc, a.alert_id desc;
end;
comment on function script_tracking.get_alerts() is
    'What rules have told, newest first. Open is what has no resolved_at; what happened once is resolved when it is told. script_execution_hk: the operation it is about. For pgtrail_auditor.';
