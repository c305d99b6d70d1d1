set local role pgtrail_owner;

create or replace function pgtrail.sequence_settings(p_type text, p_options jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select jsonb_build_object(
        'increment', r.increment,
        'min', r.min,
        'max', r.max,
        'start', coalesce((p_options ->> 'start')::bigint, case when r.increment > 0 then r.min else r.max end),
        'cache', coalesce((p_options ->> 'cache')::bigint, 1),
        'cycle', p_options ? 'cycle')
    from (
        select
            i.increment,
            coalesce((p_options ->> 'min')::bigint,
                case when i.increment > 0 then 1 else pgtrail.sequence_limit(p_type, false) end) as min,
            coalesce((p_options ->> 'max')::bigint,
                case when i.increment > 0 then pgtrail.sequence_limit(p_type, true) else -1 end) as max
        from (select coalesce((p_options ->> 'increment')::bigint, 1)) as i (increment)
    ) as r;
end;
comment on function pgtrail.sequence_settings(text, jsonb) is
    'All options of a sequence of an integer type, from those that are not the default.';

create or replace function pgtrail.sequence_changes(p_old_type text, p_old jsonb, p_new_type text, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select pgtrail.sequence_clauses(jsonb_object_agg(n.key, n.value))
    from jsonb_each(pgtrail.sequence_settings(p_new_type, p_new)) as n
    where n.value <> pgtrail.sequence_settings(p_old_type, p_old) -> n.key;
end;
comment on function pgtrail.sequence_changes(text, jsonb, text, jsonb) is
    'The clauses that lead from the options of one sequence to those of another; empty when they are the same.';

create or replace function pgtrail.go_on_statement(p_sequence text, p_options jsonb, p_table text, p_column text)
    returns text
    language sql
    immutable
    parallel safe
return format('SELECT pg_catalog.setval(%L, (SELECT %s(%I) FROM %s))',
    p_sequence, case when (p_options ->> 'increment')::bigint < 0 then 'min' else 'max' end, p_column, p_table);
comment on function pgtrail.go_on_statement(text, jsonb, text, text) is
    'A statement that has a new sequence go on after the values that its column has.';

create or replace function pgtrail.alter_sequence(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_type constant text := coalesce(p_old ->> 'type', 'bigint');
    new_type constant text := coalesce(p_new ->> 'type', 'bigint');
    clauses constant text[] := case when old_type <> new_type then array['AS ' || new_type] else '{}' end
        || pgtrail.sequence_changes(old_type, p_old, new_type, p_new);
begin
    -- Else it would go when its column goes.
    if p_old ? 'owned_by' and p_old -> 'owned_by' is distinct from p_new -> 'owned_by' then
        return next ('DETACH', format('ALTER SEQUENCE %s OWNED BY NONE', p_full_name),
            'SAFE', 'no longer owned by ' || (p_old #>> '{owned_by,column}'), null)::pgtrail.step;
    end if;
    if clauses <> '{}' then
        return next ('ALTER', format('ALTER SEQUENCE %s %s', p_full_name, array_to_string(clauses, ' ')),
            'SAFE', 'options of the sequence', null)::pgtrail.step;
    end if;
    if p_old -> 'persistence' is distinct from p_new -> 'persistence' then
        return next ('ALTER', format('ALTER SEQUENCE %s SET %s', p_full_name, coalesce(p_new ->> 'persistence', 'LOGGED')),
            'SAFE', 'persistence', null)::pgtrail.step;
    end if;
    if p_new ? 'owned_by' and p_old -> 'owned_by' is distinct from p_new -> 'owned_by' then
        return next ('ATTACH',
            format('ALTER SEQUENCE %s OWNED BY %s.%I', p_full_name, p_new #>> '{owned_by,table}', p_new #>> '{owned_by,column}'),
            'SAFE', 'owned by ' || (p_new #>> '{owned_by,column}'), null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_sequence(text, jsonb, jsonb) is
    'Steps from one definition of a sequence to another.';
