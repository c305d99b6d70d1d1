set local role pgtrail_owner;

-- The order in which objects can be made: whoever depends comes after. A cycle ends at the deepest level.
create or replace function pgtrail.levels(p_states pgtrail.object_state[])
    returns table (id uuid, level integer)
    language sql
    immutable
    parallel safe
begin atomic
    with recursive node as (
        select s.id, s.object_type, s.depends_on from unnest(p_states) as s
    ),
    edge as (
        select n.id, d.dependency
        from node as n
        cross join lateral unnest(n.depends_on) as d (dependency)
        join node as k on k.id = d.dependency
        -- A range type and the function that makes its values canonical need each other: the function has
        -- enough in the type's name, which is made before.
        where not (n.object_type = 'FUNCTION' and k.object_type = 'TYPE' and n.id = any (k.depends_on))
    ),
    reached (id, level) as (
        select n.id, 0 from node as n
        union
        select e.id, r.level + 1
        from reached as r
        join edge as e on e.dependency = r.id
        where r.level < 100
    )
    select r.id, max(r.level) from reached as r group by r.id;
end;
comment on function pgtrail.levels(pgtrail.object_state[]) is
    'How deep each object stands in the graph of dependencies: 0 depends on none of the others.';

create or replace function pgtrail.kind_rank(p_type text)
    returns integer
    language sql
    immutable
    parallel safe
return coalesce(array_position(array[
    'SCHEMA', 'EXTENSION', 'FOREIGN DATA WRAPPER', 'SERVER', 'USER MAPPING', 'COLLATION', 'TYPE', 'DOMAIN',
    'SEQUENCE', 'FUNCTION', 'PROCEDURE', 'AGGREGATE', 'OPERATOR', 'CAST', 'TEXT SEARCH PARSER',
    'TEXT SEARCH TEMPLATE', 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH CONFIGURATION', 'TABLE', 'FOREIGN TABLE',
    'VIEW', 'MATERIALIZED VIEW', 'INDEX', 'STATISTICS', 'RULE', 'TRIGGER', 'POLICY', 'PUBLICATION',
    'EVENT TRIGGER', 'DEFAULT PRIVILEGES'
], p_type), 99);
comment on function pgtrail.kind_rank(text) is
    'The usual order of kinds, among objects of one level.';

create or replace function pgtrail.sql_of(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select concat_ws(' ',
        (
            select string_agg(v.part #>> '{}', ' ')
            from jsonb_path_query(
                p_definition - array['name', 'schema', 'table', 'owner', 'comment', 'privileges', 'numbers'], 'strict $.**') as v (part)
            where jsonb_typeof(v.part) = 'string'
        ),
        -- UPDATE OF … in a trigger.
        (
            select string_agg(quote_ident(c.name), ' ')
            from jsonb_object_keys(p_definition -> 'columns') as c (name)
            where p_definition ? 'events'
        ));
end;
comment on function pgtrail.sql_of(jsonb) is
    'Wherever a definition may name columns of a table it depends on, as one text.';

create or replace function pgtrail.mentions_any(p_sql text, p_names text[])
    returns boolean
    language sql
    immutable
    parallel safe
begin atomic
    select exists (select from unnest(p_names) as n (name) where p_sql ~ pgtrail.name_pattern(n.name));
end;
comment on function pgtrail.mentions_any(text, text[]) is
    'Whether SQL uses one of some names.';

create or replace function pgtrail.with_all_columns(p_table jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select p_table || jsonb_build_object('columns', coalesce(p_table -> 'columns', '{}') || coalesce((
        select jsonb_object_agg(c.key, c.value || coalesce(p_table -> 'columns' -> c.key, '{}'))
        from jsonb_each(p_table #> '{inherited,columns}') as c
    ), '{}'));
end;
comment on function pgtrail.with_all_columns(jsonb) is
    'A table with the columns it has from parents or a type as if they were its own.';

create or replace function pgtrail.dropped_columns(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    stable
    parallel safe
begin atomic
    select coalesce(array_agg(o.key), '{}')
        || pgtrail.replaced_columns(pgtrail.with_all_columns(p_old), pgtrail.with_all_columns(p_new))
    from jsonb_each(p_old -> 'numbers') as o
    where not p_new -> 'numbers' ? o.key;
end;
comment on function pgtrail.dropped_columns(jsonb, jsonb) is
    'Columns that are dropped, for good or to be made anew.';

create or replace function pgtrail.lost_columns(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    stable
    parallel safe
begin atomic
    select coalesce(array_agg(o.key), '{}') || pgtrail.dropped_columns(p_old, p_new)
    from jsonb_each(pgtrail.with_all_columns(p_old) -> 'columns') as o
    join jsonb_each(pgtrail.with_all_columns(p_new) -> 'columns') as n on n.key = o.key
    where o.value -> 'type' <> n.value -> 'type'
        or o.value -> 'collation' is distinct from n.value -> 'collation';
end;
comment on function pgtrail.lost_columns(jsonb, jsonb) is
    'Columns that are dropped or get another type: nothing that uses them may exist meanwhile.';

create or replace function pgtrail.lost_attributes(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(array_agg(o.key), '{}')
    from jsonb_each(p_old -> 'attributes') as o
    where o.value - 'comment' is distinct from (p_new -> 'attributes' -> o.key) - 'comment';
end;
comment on function pgtrail.lost_attributes(jsonb, jsonb) is
    'Attributes of a composite type that are dropped or get another type: nothing that uses them may exist meanwhile.';

-- Defaults, checks and computed columns that use what is dropped or made anew go meanwhile; so do foreign keys
-- whose columns get another type, or whose key on the other side goes.
create or replace function pgtrail.stripped(
    p_old jsonb,
    p_definition jsonb,
    p_names text[],
    p_columns text[],
    p_referenced text[],
    p_indexes text[]
)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    with gone as (
        select coalesce(array_agg(c.key), '{}') as columns
        from jsonb_each(p_definition -> 'columns') as c
        where c.value ? 'generated'
            and pgtrail.mentions_any(
                concat_ws(' ', c.value ->> 'generated', p_old -> 'columns' -> c.key ->> 'generated'), p_names)
    )
    select p_definition
        || case when p_definition ? 'constraints' then jsonb_build_object('constraints', coalesce((
            select jsonb_object_agg(k.key, k.value)
            from jsonb_each(p_definition -> 'constraints') as k
            where not pgtrail.mentions_any(concat_ws(' ', k.value ->> 'definition', k.value ->> 'where'), p_names)
                and not (
                    k.value ->> 'type' = 'FOREIGN KEY'
                    and (
                        pgtrail.mentions_any(k.value ->> 'definition', p_referenced)
                        or exists (
                            select from unnest(p_columns) as c (name)
                            where pgtrail.mentions_column(split_part(k.value ->> 'definition', ' REFERENCES ', 1), c.name)
                        )
                    )
                )
                and not exists (
                    select from unnest(g.columns) as c (name) where pgtrail.mentions_column(k.value ->> 'definition', c.name)
                )
        ), '{}')) else '{}' end
        || case when p_definition ? 'columns' then jsonb_build_object(
            'columns', (
                select jsonb_object_agg(c.key, case
                    when pgtrail.mentions_any(
                        concat_ws(' ', c.value ->> 'default', p_old -> 'columns' -> c.key ->> 'default'), p_names)
                        then c.value - 'default'
                    else c.value
                end)
                from jsonb_each(p_definition -> 'columns') as c
                where c.key <> all (g.columns)
            ),
            'numbers', (p_definition -> 'numbers') - g.columns) else '{}' end
        || case
            when p_definition ? 'default'
                and pgtrail.mentions_any(concat_ws(' ', p_definition ->> 'default', p_old ->> 'default'), p_names)
                then '{"default": null}'::jsonb
            else '{}'
        end
        || case when p_definition -> 'attached_indexes' ?| p_indexes
            then jsonb_build_object('attached_indexes', nullif((p_definition -> 'attached_indexes') - p_indexes, '{}'))
            else '{}'
        end
    from gone as g;
end;
comment on function pgtrail.stripped(jsonb, jsonb, text[], text[], text[], text[]) is
    'A table or domain without what uses, now or before, objects with these names, without foreign keys of these columns or to these tables, and what is different about parts of these indexes.';

create or replace function pgtrail.with_between_definitions(p_pairs pgtrail.object_pair[])
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := p_pairs;
    item record;
    gone_ids uuid[];
    gone_names text[];
    gone_sequences text[];
    referenced text[];
    indexes text[];
    rebuilt_tables text[];
    target jsonb;
begin
    select coalesce(array_agg(p.id), '{}'),
        coalesce(array_agg(distinct pgtrail.plain_name(p.name_now, p.reworded)) filter (where p.object_type <> 'SCHEMA'), '{}')
            || coalesce(array_agg(distinct pgtrail.plain_name(p.new_name, p.new_definition)) filter (where p.is_rebuilt), '{}')
    into gone_ids, gone_names
    from unnest(pairs) as p
    where p.old_definition is not null and (p.new_definition is null or p.is_rebuilt);
    -- They go with their columns.
    gone_sequences := array(
        select format('%I.%I', p.reworded ->> 'schema', c.value #>> '{identity,sequence}')
        from unnest(pairs) as p
        cross join lateral jsonb_each(p.reworded -> 'columns') as c
        where c.value ? 'identity'
            and (p.id = any (gone_ids) or (p.new_definition -> 'columns' -> c.key ? 'identity') is not true)
    );
    rebuilt_tables := array(
        select p.new_name from unnest(pairs) as p where p.object_type = 'TABLE' and p.is_rebuilt
    );
    indexes := array(
        select p.new_name
        from unnest(pairs) as p
        where p.object_type = 'INDEX' and p.new_definition is not null and (p.old_definition is null or p.is_rebuilt)
    );
    referenced := rebuilt_tables || array(
        select pgtrail.plain_name(p.new_name, p.new_definition)
        from unnest(pairs) as p
        where p.object_type = 'TABLE'
            and p.old_definition is not null
            and p.new_definition is not null
            and not p.is_rebuilt
            and p.reworded <> p.new_definition
            and (
                pgtrail.loses_key(p.reworded, p.new_definition)
                -- Foreign keys of others concern only the columns of its keys.
                or exists (
                    select
                    from jsonb_each(p.reworded -> 'constraints') as k
                    cross join lateral unnest(pgtrail.lost_columns(p.reworded, p.new_definition)) as c (name)
                    where k.value ->> 'type' in ('PRIMARY KEY', 'UNIQUE')
                        and pgtrail.mentions_column(k.value ->> 'definition', c.name)
                )
            )
    );
    for i in 1 .. cardinality(pairs) loop
        -- It would go with the table of its column.
        if pairs[i].object_type = 'SEQUENCE' and pairs[i].reworded #>> '{owned_by,table}' = any (rebuilt_tables) then
            pairs[i].between_definition := pairs[i].new_definition - 'owned_by';
        end if;
    end loop;
    for item in
        select p.ordinality as place, p.object_type, p.new_definition, p.reworded,
            case when p.old_dependencies && gone_ids then gone_names else '{}' end || gone_sequences as names
        from unnest(pairs) with ordinality as p
        where p.object_type in ('TABLE', 'FOREIGN TABLE', 'DOMAIN')
            and p.old_definition is not null
            and p.new_definition is not null
            and not p.is_rebuilt
            and (
                p.old_dependencies && gone_ids
                or gone_sequences <> '{}' and strpos(p.reworded::text, 'nextval(') > 0
                or referenced <> '{}' and exists (
                    select from jsonb_each(p.new_definition -> 'constraints') as k where k.value ->> 'type' = 'FOREIGN KEY'
                )
                or p.new_definition -> 'attached_indexes' ?| indexes
                or p.reworded <> p.new_definition
            )
    loop
        target := item.new_definition;
        -- It would go with its parent.
        if pgtrail.parents(item.reworded) && rebuilt_tables then
            target := pgtrail.standing_alone(target, pgtrail.standing_alone(item.reworded, null));
        end if;
        pairs[item.place].between_definition := jsonb_strip_nulls(pgtrail.stripped(
            item.reworded, target, item.names, pgtrail.lost_columns(item.reworded, target), referenced, indexes));
    end loop;
    return pairs;
end
$function$;
comment on function pgtrail.with_between_definitions(pgtrail.object_pair[]) is
    'The pairs, tables and domains with what they are while others are dropped and made anew.';

create or replace function pgtrail.to_rebuild(p_pairs pgtrail.object_pair[])
    returns uuid[]
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with gone as (
        select coalesce(array_agg(p.id), '{}') as ids
        from unnest(p_pairs) as p
        where p.old_definition is not null and (p.new_definition is null or p.is_rebuilt)
    ),
    maimed as (
        select p.id, l.lost, l.dropped, l.loses_key
        from unnest(p_pairs) as p
        cross join lateral (
            select
                pgtrail.lost_columns(p.reworded, p.between_definition) as lost,
                pgtrail.dropped_columns(p.reworded, p.between_definition) as dropped,
                pgtrail.loses_key(p.reworded, p.between_definition) as loses_key
        ) as l
        where p.object_type in ('TABLE', 'FOREIGN TABLE') and p.between_definition is not null
            and (l.lost <> '{}' or l.loses_key)
        union all
        select p.id, a.lost, a.lost, false
        from unnest(p_pairs) as p
        cross join lateral (select pgtrail.lost_attributes(p.reworded, p.new_definition)) as a (lost)
        where p.new_definition ? 'attributes' and a.lost <> '{}'
    )
    select coalesce(array_agg(distinct p.id), '{}')
    from unnest(p_pairs) as p
    cross join gone as g
    where p.old_definition is not null
        and p.new_definition is not null
        and not p.is_rebuilt
        and p.object_type not in ('TABLE', 'FOREIGN TABLE', 'SEQUENCE', 'SCHEMA', 'TYPE', 'DOMAIN', 'EXTENSION', 'DEFAULT PRIVILEGES')
        and (
            p.old_dependencies && g.ids
            or exists (
                select
                from maimed as m
                where m.id = any (p.old_dependencies)
                    and (
                        m.loses_key and p.reworded::text ~* '(GROUP BY|ON CONFLICT)'
                        or exists (
                            select
                            from unnest(case when p.object_type in ('INDEX', 'STATISTICS') then m.dropped else m.lost end) as c (name)
                            where pgtrail.mentions_column(pgtrail.sql_of(p.reworded), c.name)
                        )
                    )
            )
        )
$function$;
comment on function pgtrail.to_rebuild(pgtrail.object_pair[]) is
    'Objects that must be dropped and made anew because of what happens to those they depend on.';

-- A partition that is detached keeps the indexes that it has by those of the partitioned table, and one that is
-- attached need not build those that it has.
create or replace function pgtrail.with_partition_indexes(p_pairs pgtrail.object_pair[])
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := p_pairs;
    pair pgtrail.object_pair;
    item record;
    place bigint;
    by_itself constant text[] := array['schema', 'name', 'table', 'comment', 'clustered', 'replica_identity', 'statistics'];
    held constant text[] := array(
        select pgtrail.name_in(p.old_definition ->> 'schema', n.name)
        from unnest(p_pairs) as p
        cross join lateral unnest(pgtrail.key_names(p.old_definition) || (p.old_definition ->> 'name')) as n (name)
        where pgtrail.name_space(p.object_type) = 'RELATION'
    );
begin
    for item in
        select
            p.id, p.old_level, t.name as table_name, s.is_leaving,
            i.value || jsonb_build_object('schema', p.new_definition -> 'schema', 'table', t.name) as definition
        from unnest(p_pairs) as p
        cross join lateral (values (true, p.reworded), (false, p.new_definition)) as s (is_leaving, definition)
        cross join lateral jsonb_each(s.definition #> '{inherited,indexes}') as i
        cross join lateral (select pgtrail.plain_name(p.new_name, p.new_definition)) as t (name)
        where p.object_type = 'TABLE'
            and p.new_definition is not null
            and p.reworded -> 'partition_of' is distinct from p.new_definition -> 'partition_of'
        order by s.is_leaving desc, i.key collate "C"
    loop
        select p.ordinality into place
        from unnest(pairs) with ordinality as p
        where p.object_type = 'INDEX'
            and case
                when item.is_leaving then
                    p.old_definition is null
                    and p.new_name = pgtrail.qualified_name(item.definition)
                else
                    p.new_definition is null
                    and p.reworded ->> 'table' = item.table_name
                    and p.reworded - by_itself = item.definition - by_itself
            end
        order by p.old_name = pgtrail.qualified_name(item.definition) desc, p.old_name collate "C"
        limit 1;
        if item.is_leaving then
            if place is null then
                place := cardinality(pairs) + 1;
                pair := null;
                pair.id := gen_random_uuid();
                pair.object_type := 'INDEX';
                pair.is_rebuilt := false;
                pairs := pairs || pair;
            end if;
            pairs[place].old_name := pgtrail.qualified_name(item.definition);
            pairs[place].name_now := pgtrail.qualified_name(item.definition);
            pairs[place].old_definition := item.definition;
            pairs[place].reworded := item.definition;
            pairs[place].old_dependencies := array[item.id];
            pairs[place].old_level := item.old_level + 1;
        elsif place is not null then
            -- It stays, but is no object of its own any more.
            pairs[place].new_name := pairs[place].name_now;
            pairs[place].new_definition := item.definition
                || jsonb_build_object('name', pairs[place].reworded -> 'name', 'schema', pairs[place].reworded -> 'schema');
            pairs[place].new_level := pairs[place].old_level;
        end if;
    end loop;
    -- Their names are no part of any definition.
    for item in
        with renamed as (
            select
                p.ordinality as place, p.old_level, s.is_new, i.key as full_name, s.schema_name,
                i.value - by_itself as definition, i.value -> 'name' as name,
                row_number() over (partition by p.ordinality, s.is_new, i.value - by_itself order by i.key collate "C") as rank
            from unnest(p_pairs) with ordinality as p
            cross join lateral (select p.reworded #> '{inherited,indexes}', p.new_definition #> '{inherited,indexes}') as x (old, new)
            cross join lateral (
                values (false, p.old_definition -> 'schema', x.old, x.new), (true, p.new_definition -> 'schema', x.new, x.old)
            ) as s (is_new, schema_name, indexes, others)
            cross join lateral jsonb_each(s.indexes) as i
            where p.reworded -> 'partition_of' = p.new_definition -> 'partition_of'
                and (
                    not exists (
                        select
                        from jsonb_each(s.others) as j
                        where j.value -> 'name' = i.value -> 'name' and j.value - by_itself = i.value - by_itself
                    )
                    -- Something else has the name where the partition goes.
                    or p.old_definition -> 'schema' <> p.new_definition -> 'schema'
                        and pgtrail.name_in(p.new_definition ->> 'schema', i.value ->> 'name') = any (held)
                )
        )
        select
            o.old_level, o.full_name as old_name, n.full_name as new_name,
            o.definition || jsonb_build_object('schema', o.schema_name, 'name', o.name) as old_definition,
            o.definition || jsonb_build_object('schema', n.schema_name, 'name', n.name) as new_definition
        from renamed as o
        join renamed as n on n.place = o.place and n.definition = o.definition and n.rank = o.rank
        where n.is_new and not o.is_new
    loop
        pair := null;
        pair.id := gen_random_uuid();
        pair.object_type := 'INDEX';
        pair.is_rebuilt := false;
        pair.old_name := item.old_name;
        pair.temporary_name := pgtrail.temporary_name(item.old_name);
        pair.old_definition := item.old_definition;
        pair.reworded := item.new_definition;
        pair.new_name := item.new_name;
        pair.name_now := item.new_name;
        pair.new_definition := item.new_definition;
        pair.old_level := item.old_level + 1;
        pair.new_level := item.old_level + 1;
        pairs := pairs || pair;
    end loop;
    return pairs;
end
$function$;
comment on function pgtrail.with_partition_indexes(pgtrail.object_pair[]) is
    'The pairs, with the indexes that partitions have when they are detached, and those that they keep when they are attached.';

create or replace function pgtrail.plan(p_from pgtrail.object_state[], p_to pgtrail.object_state[])
    returns setof pgtrail.planned_step
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := coalesce(pgtrail.concerned_pairs(pgtrail.matched_pairs(p_from, p_to)), '{}');
    schemas constant jsonb := pgtrail.schema_renames(pairs);
    rebuilt uuid[];
begin
    pairs := pgtrail.with_renames(pairs, schemas);
    pairs := pgtrail.with_partition_indexes(pgtrail.with_renames(pgtrail.split_types(pairs), schemas));
    rebuilt := array(
        select p.id
        from unnest(pairs) as p
        where p.old_definition is not null
            and p.new_definition is not null
            and pgtrail.canonical(p.reworded) <> pgtrail.canonical(p.new_definition)
            and exists (
                select
                from pgtrail.alter_steps(p.object_type, p.new_name, p.reworded, p.new_definition) as s
                where s.phase = 'REBUILD'
            )
    );
    loop
        for i in 1 .. cardinality(pairs) loop
            if pairs[i].id = any (rebuilt) then
                pairs[i].is_rebuilt := true;
            end if;
        end loop;
        pairs := pgtrail.with_between_definitions(pairs);
        rebuilt := pgtrail.to_rebuild(pairs);
        exit when rebuilt = '{}';
    end loop;
    return query
        select s.*
        from (
            select * from pgtrail.plan_renames(pairs, schemas)
            union all
            select * from pgtrail.plan_drops(pairs)
            union all
            select * from pgtrail.plan_creates(pairs)
            union all
            select * from pgtrail.plan_alters(pairs)
            union all
            select * from pgtrail.plan_index_names(pairs)
            union all
            select * from pgtrail.plan_default_privileges(pairs)
        ) as s
        where s.ddl is not null
        order by s.place;
end
$function$;
comment on function pgtrail.plan(pgtrail.object_state[], pgtrail.object_state[]) is
    'The statements that lead from one state of the schema to another, in an order that works. Phases: 1 no default privileges, 5 renames, 10 take parts off, 20 drop objects and columns, 29 names of indexes of partitions that stay, create schemas, 40 create and alter, 50 foreign keys, owned sequences and rows of materialized views, 51 names of those made anew, 60 drop types and schemas, 70 default privileges.';
