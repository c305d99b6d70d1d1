set local role pgtrail_owner;

create or replace function pgtrail.foreign_option_changes(p_old jsonb, p_new jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(
        case
            when c.new_value is null then format('DROP %I', c.name)
            when c.old_value is null then format('ADD %I %s', c.name, pgtrail.foreign_option_value(c.new_value))
            else format('SET %I %s', c.name, pgtrail.foreign_option_value(c.new_value))
        end,
        ', ' order by c.name collate "C")
    from (
        select coalesce(o.key, n.key), o.value, n.value
        from jsonb_each_text(coalesce(p_old, '{}')) as o
        full join jsonb_each_text(coalesce(p_new, '{}')) as n on n.key = o.key
    ) as c (name, old_value, new_value)
    where c.old_value is distinct from c.new_value;
end;
comment on function pgtrail.foreign_option_changes(jsonb, jsonb) is
    'What ALTER … OPTIONS (…) needs between some options and others; NULL when they are equal. A secret that was not kept stands there bare, so that PostgreSQL refuses it.';

create or replace function pgtrail.loses_secret(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(bool_or(o.value is distinct from n.value and '<redacted>' in (o.value, n.value)), false)
    from jsonb_each_text(coalesce(p_old, '{}')) as o
    full join jsonb_each_text(coalesce(p_new, '{}')) as n on n.key = o.key;
end;
comment on function pgtrail.loses_secret(jsonb, jsonb) is
    'Whether the way between some options and others removes or needs a secret that pgtrail does not know.';

create or replace function pgtrail.alter_foreign(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    altered constant text := 'ALTER ' || pgtrail.on_object(p_type, p_full_name);
    options constant text := pgtrail.foreign_option_changes(p_old -> 'options', p_new -> 'options');
    secret constant boolean := pgtrail.loses_secret(p_old -> 'options', p_new -> 'options');
begin
    if p_old -> 'options_unknown' is distinct from p_new -> 'options_unknown' then
        return next ('REBUILD', null, 'SAFE', 'the options could not be read', null)::pgtrail.step;
        return;
    elsif p_old -> 'type' is distinct from p_new -> 'type' or p_old -> 'wrapper' is distinct from p_new -> 'wrapper' then
        return next ('REBUILD', null, 'SAFE', 'type and wrapper of a server cannot be altered', null)::pgtrail.step;
        return;
    end if;
    if p_old -> 'handler' is distinct from p_new -> 'handler' then
        return next ('ALTER', format('%s %s', altered, coalesce('HANDLER ' || (p_new ->> 'handler'), 'NO HANDLER')),
            'SAFE', 'handler', null)::pgtrail.step;
    end if;
    if p_old -> 'validator' is distinct from p_new -> 'validator' then
        return next ('ALTER', format('%s %s', altered, coalesce('VALIDATOR ' || (p_new ->> 'validator'), 'NO VALIDATOR')),
            'SAFE', 'validator', null)::pgtrail.step;
    end if;
    if p_old -> 'version' is distinct from p_new -> 'version' then
        return next ('ALTER', format('%s VERSION %s', altered, quote_nullable(p_new ->> 'version')),
            'SAFE', 'version', null)::pgtrail.step;
    end if;
    if options is not null then
        return next ('ALTER', format('%s OPTIONS (%s)', altered, options),
            case when secret then 'IRREVERSIBLE' else 'SAFE' end,
            case when secret then 'options with a secret, which is not kept' else 'options' end,
            null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_foreign(text, text, jsonb, jsonb) is
    'Steps between two definitions of a foreign data wrapper, server or user mapping.';
