set local role pgtrail_owner;

create or replace function pgtrail.is_replaceable(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
return p_old -> 'result' is not distinct from p_new -> 'result'
    and p_old -> 'kind' is not distinct from p_new -> 'kind'
    and p_old -> 'direct_arguments' is not distinct from p_new -> 'direct_arguments'
    and not exists (
        select
        from jsonb_each(p_old -> 'arguments') as o
        full join jsonb_each(p_new -> 'arguments') as n on n.key = o.key
        where o.value -> 'type' is distinct from n.value -> 'type'
            or o.value -> 'mode' is distinct from n.value -> 'mode'
            -- An input argument without a name may get one.
            or o.value -> 'name' is distinct from n.value -> 'name' and (o.value ? 'name' or o.value ->> 'mode' = 'OUT')
            or o.value ? 'default' and not n.value ? 'default'
    );
comment on function pgtrail.is_replaceable(jsonb, jsonb) is
    'Whether CREATE OR REPLACE leads from one definition of a routine to another.';

create or replace function pgtrail.alter_routine(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    by_itself constant text[] := array['schema', 'name', 'owner', 'comment', 'privileges', 'extensions'];
begin
    if not pgtrail.is_replaceable(p_old, p_new) then
        return next ('REBUILD', null, 'SAFE', 'arguments or result differ', null)::pgtrail.step;
        return;
    end if;
    if p_old - by_itself <> p_new - by_itself then
        return next ('ALTER', 'CREATE OR REPLACE ' || pgtrail.create_routine_statement(p_type, p_new),
            'SAFE', 'body or attributes', null)::pgtrail.step;
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'extensions', null
        from unnest(pgtrail.extension_statements(
            pgtrail.on_object(p_type, p_full_name), p_old -> 'extensions', p_new -> 'extensions')) as s (statement);
end
$function$;
comment on function pgtrail.alter_routine(text, text, jsonb, jsonb) is
    'What leads from one definition of a function, procedure or aggregate to another.';
