set local role pgtrail_owner;

create or replace function script_tracking.create_webhook(
    p_name text,
    p_url text,
    p_template text default 'GENERIC',
    p_least_severity text default 'INFO'
)
    returns text
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
as $function$
declare
    secret constant text := encode(
        sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
begin
    perform pgtrail.require_admin('create a webhook');
    perform pgtrail.require_name('name of a webhook', p_name);
    if (p_url ~ '^https?://[^][:space:]/?#@\\[]+([/?#][^[:space:]\\]*)?$'
        or p_url ~ '^https?://\[[0-9A-Fa-f:.]+\](:[0-9]+)?([/?#][^[:space:]\\]*)?$') is not true
    then
        raise exception using
            errcode = 'PT001',
            message = 'that is no address of a webhook',
            hint = 'Like https://hooks.example.com/services/x, without a user and a password in it.';
    end if;
    insert into pgtrail.webhook (webhook_name, url, template, secret, least_severity)
    values (p_name, p_url, p_template, secret, p_least_severity);
    perform pgtrail.record_configuration(
        'Webhook ' || p_name,
        jsonb_build_object(
            'host', pgtrail.url_host(p_url), 'template', p_template, 'least_severity', p_least_severity));
    return secret;
exception
    when unique_violation then
        raise exception using errcode = 'PT005', message = format('webhook %L exists already', p_name);
    when check_violation or not_null_violation then
        raise exception using
            errcode = 'PT001',
            message = format('the name, template or severity of webhook %L cannot be', p_name),
            hint = 'A name: up to 100 printable characters, single blanks between them. Templates: GENERIC, SLACK. Severities: INFO, WARNING, CRITICAL.';
end
$function$;
comment on function script_tracking.create_webhook(text, text, text, text) is
    'Lets the server tell somebody of alerts of a severity or worse, and returns the secret with which it signs: it is never shown again, as little as the address. Templates: GENERIC (JSON), SLACK. For pgtrail_admin; recorded as an operation. Raises PT005 if there is one of the name.';

create or replace function pgtrail.url_host(p_url text)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
return substring(p_url from '^https?://[^/?#]+');
comment on function pgtrail.url_host(text) is
    'What may be shown of an address: what comes after the host is often a secret.';

create or replace function script_tracking.enable_webhook(p_name text, p_enabled boolean default true)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('change a webhook');
    update pgtrail.webhook as w set enabled = coalesce(p_enabled, true) where w.webhook_name = p_name;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no webhook %L', p_name);
    end if;
    perform pgtrail.record_configuration('Webhook ' || p_name, jsonb_build_object('enabled', coalesce(p_enabled, true)));
end
$function$;
comment on function script_tracking.enable_webhook(text, boolean) is
    'Enables or disables a webhook: a disabled one is told nothing new, and what it waits for is kept. For pgtrail_admin; recorded as an operation.';

create or replace function script_tracking.drop_webhook(p_name text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('drop a webhook');
    delete from pgtrail.webhook as w where w.webhook_name = p_name;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no webhook %L', p_name);
    end if;
    perform pgtrail.record_configuration('Webhook ' || p_name, '{"dropped": true}');
end
$function$;
comment on function script_tracking.drop_webhook(text) is
    'Removes a webhook with its deliveries. For pgtrail_admin; recorded as an operation.';

create or replace function script_tracking.test_webhook(p_name text)
    returns uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'
as $function$
declare
    delivery uuid;
begin
    perform pgtrail.require_admin('test a webhook');
    update pgtrail.webhook as w set last_place = w.last_place + 1 where w.webhook_name = p_name and w.enabled;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no enabled webhook %L', p_name);
    end if;
    insert into pgtrail.delivery (webhook_name, place, event, content)
    select
        w.webhook_name, w.last_place, 'TEST',
        jsonb_build_object(
            'alert_id', null, 'rule', 'Test', 'kind', 'TEST', 'severity', 'INFO', 'subject', 'test',
            'detail', 'Somebody tests this webhook.', 'fired_at', now(), 'resolved_at', now(), 'operation', null)
    from pgtrail.webhook as w
    where w.webhook_name = p_name
    returning delivery_id into delivery;
    perform pgtrail.record_configuration('Webhook ' || p_name, jsonb_build_object('tested_by', delivery));
    return delivery;
end
$function$;
comment on function script_tracking.test_webhook(text) is
    'Sends a webhook a message to try it out, and returns the id of the delivery. For pgtrail_admin; recorded as an operation.';

create or replace function script_tracking.resend_delivery(p_delivery uuid)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    webhook text;
begin
    perform pgtrail.require_admin('send a delivery again');
    update pgtrail.delivery as d
    set status = 'PENDING', attempts = 0, next_attempt_at = clock_timestamp(), error = null, http_status = null
    where d.delivery_id = p_delivery and d.status = 'DEAD'
    returning d.webhook_name into webhook;
    if webhook is null then
        raise exception using
            errcode = 'PT001',
            message = format('there is no dead delivery %s', coalesce(p_delivery::text, 'NULL'));
    end if;
    perform pgtrail.record_configuration('Webhook ' || webhook, jsonb_build_object('sent_again', p_delivery));
end
$function$;
comment on function script_tracking.resend_delivery(uuid) is
    'Has a delivery that was given up tried again, before later ones that still wait. For pgtrail_admin; recorded as an operation. Raises PT001 unless it is DEAD.';

create or replace function script_tracking.get_webhooks()
    returns table (
        webhook_name text,
        host text,
        template text,
        least_severity text,
        enabled boolean,
        created_at timestamptz,
        waiting bigint,
        dead bigint,
        last_attempt_at timestamptz,
        last_status text,
        last_error text
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if not pgtrail.reads_system() then
        raise exception using
            errcode = 'PT002',
            message = 'only pgtrail_auditor may read the webhooks',
            hint = format('Ask an administrator for: grant pgtrail_auditor to %I', pgtrail.caller());
    end if;
    return query
        select
            w.webhook_name, pgtrail.url_host(w.url), w.template, w.least_severity, w.enabled, w.created_at,
            c.waiting, c.dead, l.last_attempt_at, l.status, l.error
        from pgtrail.webhook as w
        cross join lateral (
            select
                count(*) filter (where d.status = 'PENDING') as waiting,
                count(*) filter (where d.status = 'DEAD') as dead
            from pgtrail.delivery as d
            where d.webhook_name = w.webhook_name
        ) as c
        left join lateral (
            select d.last_attempt_at, d.status, d.error
            from pgtrail.delivery as d
            where d.webhook_name = w.webhook_name and d.last_attempt_at is not null
            order by d.last_attempt_at desc
            limit 1
        ) as l on true
        order by w.webhook_name;
end
$function$;
comment on function script_tracking.get_webhooks() is
    'The webhooks by name, without their secret and what follows the host in their address, how many deliveries wait or were given up, and how the last attempt went. For pgtrail_auditor.';

create or replace function script_tracking.get_deliveries()
    returns table (
        delivery_id uuid,
        webhook_name text,
        event text,
        rule_name text,
        subject text,
        status text,
        attempts integer,
        created_at timestamptz,
        last_attempt_at timestamptz,
        next_attempt_at timestamptz,
        http_status integer,
        error text
    )
    language sql
    stable
begin atomic
    select
        d.delivery_id, d.webhook_name, d.event, d.content ->> 'rule', d.content ->> 'subject', d.status, d.attempts,
        d.created_at, d.last_attempt_at, case when d.status = 'PENDING' then d.next_attempt_at end,
        d.http_status, d.error
    from pgtrail.delivery as d
    order by d.created_at desc, d.webhook_name, d.place desc;
end;
comment on function script_tracking.get_deliveries() is
    'What webhooks were told or are to be told, newest first. PENDING: tried next at next_attempt_at, and later ones of the webhook wait; DEAD: given up, resend_delivery() tries it again. For pgtrail_auditor.';

create or replace function pgtrail.due_deliveries()
    returns table (
        delivery_id uuid,
        webhook_name text,
        url text,
        secret text,
        template text,
        event text,
        content text
    )
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select w.delivery_id, w.webhook_name, w.url, w.secret, w.template, w.event, w.content::text
    from (
        select distinct on (d.webhook_name)
            d.delivery_id, d.webhook_name, w.url, w.secret, w.template, d.event, d.content, d.next_attempt_at
        from pgtrail.delivery as d
        join pgtrail.webhook as w on w.webhook_name = d.webhook_name and w.enabled
        where d.status = 'PENDING'
        order by d.webhook_name, d.place
    ) as w
    where w.next_attempt_at <= clock_timestamp()
    order by w.webhook_name
$function$;
comment on function pgtrail.due_deliveries() is
    'The next delivery of each webhook, if it is due: none overtakes another. For pgtrail_server.';

create or replace function pgtrail.record_attempt(
    p_delivery uuid,
    p_http_status integer,
    p_error text,
    p_first_pause interval,
    p_most_attempts integer
)
    returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    update pgtrail.delivery as d
    set attempts = d.attempts + 1,
        last_attempt_at = clock_timestamp(),
        http_status = p_http_status,
        error = left(p_error, 1000),
        status = case
            when p_error is null then 'DELIVERED'
            when d.attempts + 1 >= p_most_attempts then 'DEAD'
            else 'PENDING'
        end,
        next_attempt_at = clock_timestamp()
            + least(p_first_pause * 2 ^ least(d.attempts, 20), interval '1 hour')
    where d.delivery_id = p_delivery and d.status = 'PENDING'
$function$;
comment on function pgtrail.record_attempt(uuid, integer, text, interval, integer) is
    'How an attempt to deliver went: without an error it is done, else it is tried again after twice the pause each time, an hour at most, until there were too many. For pgtrail_server.';

create or replace function pgtrail.remove_old_alerts()
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    removed bigint;
begin
    perform pgtrail.require_maintainer('remove old alerts');
    delete from pgtrail.delivery as d where d.created_at < pgtrail.retained_since() and d.status <> 'PENDING';
    delete from pgtrail.alert as a where a.resolved_at < pgtrail.retained_since();
    get diagnostics removed = row_count;
    return removed;
end
$function$;
comment on function pgtrail.remove_old_alerts() is
    'Removes resolved alerts and what was told of them, by the setting retention_days. For pgtrail_server.';
