set local role pgtrail_owner;

create or replace function pgtrail.parents(p_table jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array(select jsonb_array_elements_text(p_table -> 'inherits'))
    || array_remove(array[p_table #>> '{partition_of,table}', p_table ->> 'of_type'], null);
comment on function pgtrail.parents(jsonb) is
    'What a table has columns and constraints from.';

-- A table that leaves its parents keeps as its own what it had from them, and only a table that has what it will
-- have from them can join them: keys and foreign keys it may lack, they come when it joins.
create or replace function pgtrail.standing_alone(p_definition jsonb, p_joining jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select (p_definition || jsonb_strip_nulls(jsonb_build_object(
        'columns', (
            select jsonb_object_agg(c.key, c.value || coalesce(p_definition -> 'columns' -> c.key, '{}'))
            from jsonb_each(coalesce(p_definition -> 'columns', '{}') || coalesce(p_definition #> '{inherited,columns}', '{}')) as c
        ),
        'constraints', (
            select jsonb_object_agg(k.key, k.value)
            from (
                select k.key, k.value
                from jsonb_each(p_definition -> 'constraints') as k
                union all
                select coalesce(o.key, k.key), coalesce(o.value, k.value)
                from jsonb_each(p_definition #> '{inherited,constraints}') as k
                left join lateral (
                    select j.key, j.value
                    from jsonb_each(p_joining -> 'constraints') as j
                    where k.value ->> 'type' <> 'CHECK'
                        and j.value -> 'type' = k.value -> 'type'
                        and j.value -> 'definition' = k.value -> 'definition'
                        and not coalesce(p_definition -> 'constraints', '{}') ? j.key
                    order by j.key <> k.key, j.key collate "C"
                    limit 1
                ) as o on true
                where p_joining is null or k.value ->> 'type' = 'CHECK' or o.key is not null
            ) as k
        ))))
        - array['partition_of', 'inherits', 'of_type', 'inherited'];
end;
comment on function pgtrail.standing_alone(jsonb, jsonb) is
    'A table as it is without its parents or type: after it left them or, with what is there then, before it joins them.';

-- What a table has in common with its parents without having it from them alone: it stays when they drop it.
create or replace function pgtrail.with_kept_parts(p_old jsonb, p_new jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select p_old || jsonb_strip_nulls(jsonb_build_object(
        'columns', (p_old -> 'columns') || coalesce((
            select jsonb_object_agg(k.key, case
                when k.value ? 'column' and c.new ? 'type' then (p_old #> '{inherited,columns}' -> k.key) || c.old
                when k.value ? 'not_null' and c.new ? 'not_null' then c.old || '{"not_null": true}'
                else c.old
            end)
            from jsonb_each(p_old #> '{inherited,kept,columns}') as k
            cross join lateral (
                select coalesce(p_old -> 'columns' -> k.key, '{}') as old, p_new -> 'columns' -> k.key as new
            ) as c
        ), '{}'),
        'constraints', coalesce(p_old -> 'constraints', '{}') || (
            select jsonb_object_agg(k.key, p_old #> '{inherited,constraints}' -> k.key)
            from jsonb_each(p_old #> '{inherited,kept,constraints}') as k
            where p_new -> 'constraints' ? k.key
        )));
end;
comment on function pgtrail.with_kept_parts(jsonb, jsonb) is
    'The old definition of a table with, as its own, what its parents will no longer give and it keeps.';

create or replace function pgtrail.shed_steps(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language sql
    immutable
    parallel safe
begin atomic
    with replaced as (
        select pgtrail.replaced_columns(
            (p_old -> 'inherited') || jsonb_build_object('numbers', p_old -> 'numbers'),
            coalesce(p_new -> 'inherited', '{}') || jsonb_build_object('numbers', p_new -> 'numbers')) as columns
    )
    select s.phase, format('ALTER %s %s DROP ', p_type, p_full_name) || s.what, s.risk, 'no longer that of a parent', s.lost_rows
    from (
        select
            1 as rank, 'SHED' as phase, format('CONSTRAINT %I', k.key) as what, 'SAFE' as risk, null as lost_rows
        from jsonb_each(p_old #> '{inherited,kept,constraints}') as k
        where not coalesce(p_new -> 'constraints', '{}') ? k.key
            and not exists (
                select
                from jsonb_each(p_new #> '{inherited,constraints}') as n
                where n.value -> 'definition' = p_old #> '{inherited,constraints}' -> k.key -> 'definition'
                    -- Another that says the same is no other name of this one.
                    and (n.key = k.key or not p_old #> '{inherited,constraints}' ? n.key)
            )
        union all
        select
            2, 'SHED', format('COLUMN %I', k.key),
            case when p_type = 'TABLE' and g.has_data then 'DATA_LOSS' else 'SAFE' end,
            case when p_type = 'TABLE' and g.has_data then format('select count(%s) from only %s', pgtrail.counted(k.key), p_full_name) end
        from replaced as r
        cross join jsonb_each(p_old #> '{inherited,kept,columns}') as k
        cross join lateral (
            select not p_old #> '{inherited,columns}' -> k.key ? 'generated' as has_data
        ) as g
        where k.value ? 'column'
            and (not p_new -> 'numbers' ? k.key or k.key = any (r.columns))
    ) as s
    union all
    select 'SHED', format('ALTER %s %s ALTER COLUMN %I DROP NOT NULL', p_type, p_full_name, k.key), 'SAFE', 'no longer that of a parent', null
    from jsonb_each(p_old #> '{inherited,kept,columns}') as k
    where k.value ? 'not_null'
        and p_new -> 'numbers' ? k.key
        and (p_new -> 'columns' -> k.key ? 'not_null') is not true
        and (p_new #> '{inherited,columns}' -> k.key ? 'not_null') is not true;
end;
comment on function pgtrail.shed_steps(text, text, jsonb, jsonb) is
    'Steps that drop what a table had in common with its parents when they have dropped it.';

create or replace function pgtrail.parent_steps(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alter_table constant text := format('ALTER %s %s ', p_type, p_full_name);
    old_parents constant text[] := array(select jsonb_array_elements_text(p_old -> 'inherits'));
    new_parents constant text[] := array(select jsonb_array_elements_text(p_new -> 'inherits'));
    -- Those after the first difference come anew: their order tells the order of columns.
    same integer := 0;
begin
    if p_old -> 'partition_of' is distinct from p_new -> 'partition_of' then
        if p_old ? 'partition_of' then
            return next ('LEAVE', format('ALTER TABLE %s DETACH PARTITION %s', p_old #>> '{partition_of,table}', p_full_name),
                'SAFE', 'partition', null)::pgtrail.step;
        end if;
        if p_new ? 'partition_of' then
            return next ('ALTER', format('ALTER TABLE %s ATTACH PARTITION %s %s',
                p_new #>> '{partition_of,table}', p_full_name, p_new #>> '{partition_of,bound}'),
                'LOCK', 'partition', null)::pgtrail.step;
        end if;
    end if;
    while old_parents[same + 1] = new_parents[same + 1] loop
        same := same + 1;
    end loop;
    return query
        select 'LEAVE', alter_table || 'NO INHERIT ' || p.name, 'SAFE', 'parent', null
        from unnest(old_parents[same + 1:]) as p (name);
    return query
        select 'ALTER', alter_table || 'INHERIT ' || p.name, 'SAFE', 'parent', null
        from unnest(new_parents[same + 1:]) with ordinality as p (name, place)
        order by p.place;
    if p_old -> 'of_type' is distinct from p_new -> 'of_type' then
        if p_old ? 'of_type' then
            return next ('LEAVE', alter_table || 'NOT OF', 'SAFE', 'type of the table', null)::pgtrail.step;
        end if;
        if p_new ? 'of_type' then
            return next ('ALTER', alter_table || 'OF ' || (p_new ->> 'of_type'), 'SAFE', 'type of the table', null)::pgtrail.step;
        end if;
    end if;
end
$function$;
comment on function pgtrail.parent_steps(text, text, jsonb, jsonb) is
    'Steps that detach a table from the parents or type of one definition and attach it to those of another.';
