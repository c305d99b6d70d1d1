set local role pgtrail_owner;

create or replace function pgtrail.alter_event_trigger(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language sql
    immutable
    parallel safe
begin atomic
    select
        case when c.same then 'ALTER' else 'REBUILD' end,
        case when c.same then format('ALTER EVENT TRIGGER %s %s', p_full_name, coalesce(p_new ->> 'enabled', 'ENABLE')) end,
        'SAFE',
        case when c.same then 'when it fires' else 'an event trigger is replaced' end,
        null
    from (
        select
            p_old -> 'event' = p_new -> 'event'
            and p_old -> 'function' = p_new -> 'function'
            and p_old -> 'tags' is not distinct from p_new -> 'tags' as same
    ) as c
    where not c.same or p_old -> 'enabled' is distinct from p_new -> 'enabled';
end;
comment on function pgtrail.alter_event_trigger(text, jsonb, jsonb) is
    'What leads from one definition of an event trigger to another.';

create or replace function pgtrail.alter_trigger(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- A trigger never moves: another table is a renamed one.
    by_itself constant text[] := array[
        'name', 'table', 'owner', 'comment', 'constraint_comment', 'enabled', 'partitions', 'extensions'];
    replaced constant boolean := p_old - by_itself <> p_new - by_itself;
begin
    if p_new ? 'event' then
        return query select * from pgtrail.alter_event_trigger(p_full_name, p_old, p_new);
        return;
    elsif replaced and (p_old ? 'constraint' or p_new ? 'constraint' or p_old -> 'level' <> p_new -> 'level') then
        return next ('REBUILD', null, 'SAFE', 'a constraint trigger or its level is replaced', null)::pgtrail.step;
        return;
    end if;
    if replaced then
        return next ('ALTER', 'CREATE OR REPLACE ' || pgtrail.create_trigger_statement(p_new),
            'SAFE', 'the trigger is replaced', null)::pgtrail.step;
    end if;
    -- Replaced, it fires as usual.
    if pgtrail.trigger_states(p_new) <> pgtrail.trigger_states(
        case when replaced then p_new - array['enabled', 'partitions']
            else p_old || jsonb_build_object('name', p_new -> 'name', 'table', p_new -> 'table') end)
    then
        return query
            select 'ALTER', s.statement, 'SAFE', 'when it fires', null
            from unnest(pgtrail.trigger_states(p_new)) with ordinality as s (statement, place)
            order by s.place;
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'comments and extensions', null
        from unnest(pgtrail.trigger_comments(p_old, p_new) || pgtrail.extension_statements(
            format('TRIGGER %I ON %s', p_new ->> 'name', p_new ->> 'table'), p_old -> 'extensions', p_new -> 'extensions'))
            as s (statement);
end
$function$;
comment on function pgtrail.alter_trigger(text, jsonb, jsonb) is
    'What leads from one definition of a trigger or event trigger to another.';
