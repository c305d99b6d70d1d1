set local role pgtrail_owner;

-- A plan begins with renames, and PostgreSQL words whatever depends on what was renamed anew. So the old
-- definitions are worded here as they will be then. What this guess gets wrong becomes a step too many, or is
-- found when the outcome of a rollback is checked.

create or replace function pgtrail.name_pattern(p_name text)
    returns text
    language sql
    immutable
    parallel safe
return '(?<![[:alnum:]_$".])' || regexp_replace(p_name, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '(?![[:alnum:]_$"])';
comment on function pgtrail.name_pattern(text) is
    'A regular expression for a name in SQL, quoted where it must be, that is not part of another.';

create or replace function pgtrail.column_pattern(p_name text)
    returns text
    language sql
    immutable
    parallel safe
return '(?<![[:alnum:]_$"])(?<!::)' || regexp_replace(quote_ident(p_name), '([][\\.^$*+?(){}|])', '\\\1', 'g') || '(?![[:alnum:]_$"(])';
comment on function pgtrail.column_pattern(text) is
    'A regular expression for a column in SQL, its table before it or not, that is not the type after a cast.';

create or replace function pgtrail.replaced_names(p_sql text, p_patterns text[], p_names text[])
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    result text := p_sql;
begin
    -- First by what no SQL contains: names may be swapped.
    for i in 1 .. coalesce(cardinality(p_patterns), 0) loop
        result := regexp_replace(result, p_patterns[i], E'\x01' || i || E'\x02', 'g');
    end loop;
    if result <> p_sql then
        for i in 1 .. cardinality(p_patterns) loop
            result := replace(result, E'\x01' || i || E'\x02', p_names[i]);
        end loop;
    end if;
    return result;
end
$function$;
comment on function pgtrail.replaced_names(text, text[], text[]) is
    'SQL with names replaced by others, all at once.';

create or replace function pgtrail.reworded(p_value jsonb, p_patterns text[], p_names text[], p_keys jsonb, p_key text)
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Where the names of columns, objects and schemas are keys.
    keys constant jsonb := p_keys -> case
        when p_key in ('columns', 'numbers', 'attributes') then 'columns'
        when p_key in ('partitions', 'tables') then 'objects'
        when p_key = 'schemas' then 'schemas'
    end;
begin
    return case jsonb_typeof(p_value)
        -- There are no columns in the name of a type: timestamp with time zone.
        when 'string' then to_jsonb(pgtrail.replaced_names(p_value #>> '{}',
            case when p_key = 'type' then p_patterns[: (p_keys ->> 'objects_only')::integer] else p_patterns end, p_names))
        when 'object' then coalesce((
            select jsonb_object_agg(case
                when p_key in ('attached_indexes', 'index_names') then pgtrail.replaced_names(e.key, p_patterns, p_names)
                else coalesce(keys ->> e.key, e.key)
            end, case
                -- What PostgreSQL keeps as it was written.
                when (e.key in ('owner', 'body', 'labels', 'privileges', 'settings') or e.key ~ 'comment$')
                        and p_key not in ('columns', 'attributes', 'constraints')
                    or e.key in ('name', 'schema') and p_key = ''
                    or e.key = 'arguments' and jsonb_typeof(e.value) = 'array'
                    then e.value
                else pgtrail.reworded(e.value, p_patterns, p_names, p_keys, e.key)
            end)
            from jsonb_each(p_value) as e
        ), '{}')
        when 'array' then coalesce((
            select jsonb_agg(pgtrail.reworded(e.item, p_patterns, p_names, p_keys, p_key) order by e.place)
            from jsonb_array_elements(p_value) with ordinality as e (item, place)
        ), '[]')
        else p_value
    end;
end
$function$;
comment on function pgtrail.reworded(jsonb, text[], text[], jsonb, text) is
    'A definition with names replaced wherever SQL stands in it. p_keys: names of columns, objects and schemas that are keys, and how many of the names, the first ones, are not of columns; p_key: the key it stands under, empty for a whole definition.';

create or replace function pgtrail.is_unaliased(p_name text, p_sql text)
    returns boolean
    language sql
    immutable
    parallel safe
return strpos(p_sql, p_name) > 0
    and p_sql ~ (pgtrail.name_pattern(p_name) || '(?=$|[),\n]| (?:ON|USING|TABLESAMPLE) )');
comment on function pgtrail.is_unaliased(text, text) is
    'Whether a query, as PostgreSQL words it, reads a relation without giving it another name.';

create or replace function pgtrail.with_output_names(p_query text, p_old_query text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    with pattern (text) as (
        -- PostgreSQL lists each column on a line of its own. A column alone, its table before it or not, gives its name.
        select replace('^( (?:SELECT (?:DISTINCT )?|   )(?:NAME\.)?)(NAME)(,?)$', 'NAME', '(?:"(?:[^"]|"")*"|[[:alnum:]_$]+)')
    )
    select string_agg(
        case
            when n.place < f.place and o.parts[2] <> n.parts[2] then n.parts[1] || n.parts[2] || ' AS ' || o.parts[2] || n.parts[3]
            else n.line
        end, E'\n' order by n.place)
    from pattern as p
    cross join lateral (
        select l.line, l.place, regexp_match(l.line, p.text) as parts
        from string_to_table(p_query, E'\n') with ordinality as l (line, place)
    ) as n
    left join lateral (
        select l.place, regexp_match(l.line, p.text) as parts
        from string_to_table(p_old_query, E'\n') with ordinality as l (line, place)
    ) as o on o.place = n.place
    cross join (
        select min(l.place) as place
        from string_to_table(p_old_query, E'\n') with ordinality as l (line, place)
        where l.line ~ '^   FROM '
    ) as f;
end;
comment on function pgtrail.with_output_names(text, text) is
    'The query of a view in which columns of tables were renamed, with the names of its own columns as they were.';

create or replace function pgtrail.name_in(p_schema text, p_name text)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(quote_ident(p_schema) || '.', '')
    || case when p_name ~ '^[-+*/<>=~!@#%^&|`?]+$' then p_name else quote_ident(p_name) end;
comment on function pgtrail.name_in(text, text) is
    'Name of an object in its schema, quoted where it must be: that of an operator never is.';

create or replace function pgtrail.plain_name(p_full_name text, p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(pgtrail.name_in(p_definition ->> 'schema', p_definition ->> 'name'), p_full_name);
comment on function pgtrail.plain_name(text, jsonb) is
    'Name of an object as SQL within other objects has it: without the arguments of a function.';

create or replace function pgtrail.name_tail(p_full_name text, p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return substr(p_full_name, length(pgtrail.plain_name(p_full_name, p_definition)) + 1);
comment on function pgtrail.name_tail(text, jsonb) is
    'What stands behind the name of an object: the arguments of a function, the table of a trigger.';

create or replace function pgtrail.is_relation(p_type text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_type in ('TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW');
comment on function pgtrail.is_relation(text) is
    'Whether objects of a kind have columns and can be read.';

create or replace function pgtrail.is_routine(p_type text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_type in ('FUNCTION', 'PROCEDURE', 'AGGREGATE');
comment on function pgtrail.is_routine(text) is
    'Whether objects of a kind can be called.';

create or replace function pgtrail.is_on_table(p_type text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_type in ('TRIGGER', 'RULE', 'POLICY');
comment on function pgtrail.is_on_table(text) is
    'Whether objects of a kind have names within a table.';

create or replace function pgtrail.name_space(p_type text)
    returns text
    language sql
    immutable
    parallel safe
return case
    when pgtrail.is_relation(p_type) or p_type in ('INDEX', 'SEQUENCE', 'TYPE', 'DOMAIN') then 'RELATION'
    when pgtrail.is_routine(p_type) then 'ROUTINE'
    else p_type
end;
comment on function pgtrail.name_space(text) is
    'Objects of two kinds with the same name space cannot have the same name.';

create or replace function pgtrail.goes_last(p_type text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_type in ('TYPE', 'DOMAIN', 'COLLATION', 'EXTENSION', 'SCHEMA');
comment on function pgtrail.goes_last(text) is
    'Whether objects of a kind are dropped when nothing uses them any more: when columns have other types, and objects are in other schemas.';

create or replace function pgtrail.temporary_name(p_name text)
    returns text
    language sql
    immutable
    parallel safe
return 'pgtrail_' || md5(p_name);
comment on function pgtrail.temporary_name(text) is
    'A name that nobody else has.';

create or replace function pgtrail.temporary_multirange_name(p_pair pgtrail.object_pair)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_pair.new_definition is null and p_pair.temporary_name is not null and p_pair.old_definition ->> 'kind' = 'range'
        then pgtrail.temporary_name(p_pair.old_name || ' multirange')
end;
comment on function pgtrail.temporary_multirange_name(pgtrail.object_pair) is
    'Name of the multirange type of a range that goes and gives its name to another before; NULL for anything else.';

create or replace function pgtrail.matched_pairs(p_from pgtrail.object_state[], p_to pgtrail.object_state[])
    returns pgtrail.object_pair[]
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with same as (
        select
            o.id as old_id, o.object_type as old_type, o.full_name as old_name, o.definition as old_definition,
            o.depends_on as old_dependencies, o.object_oid as old_oid,
            n.id as new_id, n.object_type as new_type, n.full_name as new_name, n.definition as new_definition,
            n.depends_on as new_dependencies, n.object_oid as new_oid
        from unnest(p_from) as o
        full join unnest(p_to) as n on n.id = o.id
    ),
    pair as (
        select
            o.old_id as id, o.old_type as object_type, o.old_name, o.old_definition, o.old_dependencies, o.old_oid,
            coalesce(o.new_name, n.new_name) as new_name, coalesce(o.new_definition, n.new_definition) as new_definition,
            coalesce(o.new_dependencies, n.new_dependencies) as new_dependencies, coalesce(o.new_oid, n.new_oid) as new_oid,
            coalesce(o.new_id, n.new_id) as new_id
        from same as o
        left join same as n
            on o.new_id is null and n.old_id is null and n.new_type = o.old_type and n.new_name = o.old_name
        where o.old_id is not null
        union all
        select n.new_id, n.new_type, null, null, null, null, n.new_name, n.new_definition, n.new_dependencies, n.new_oid,
            n.new_id
        from same as n
        left join same as o
            on o.new_id is null and o.old_type = n.new_type and o.old_name = n.new_name
        where n.old_id is null and o.old_id is null
    )
    select array_agg(row(
        p.id, p.object_type, p.old_name,
        -- Numbers of another object tell nothing about this one.
        p.old_definition || case
            when p.old_oid <> p.new_oid and p.old_definition ? 'numbers'
                and (p.object_type in ('TABLE', 'FOREIGN TABLE') or p.old_definition ? 'attributes')
                then jsonb_build_object('numbers', (
                    select jsonb_object_agg(e.key, e.value::integer + 10000)
                    from jsonb_each(p.old_definition -> 'numbers') as e
                ))
            else '{}'
        end,
        p.old_dependencies, o.level, p.new_name, p.new_definition, p.new_dependencies, n.level,
        p.old_oid is not distinct from p.new_oid, null, null, null, null, false)::pgtrail.object_pair)
    from pair as p
    left join pgtrail.levels(p_from) as o on o.id = p.id
    left join pgtrail.levels(p_to) as n on n.id = p.new_id
$function$;
comment on function pgtrail.matched_pairs(pgtrail.object_state[], pgtrail.object_state[]) is
    'Who is who in two states: by identity, the rest by kind and name.';

-- A plan that changes twenty of ten thousand objects looks at those and at what is tied to them.
create or replace function pgtrail.concerned_pairs(p_pairs pgtrail.object_pair[])
    returns pgtrail.object_pair[]
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with recursive pair as materialized (
        select
            p.id, p.object_type, p.old_name, p.new_name, p.old_dependencies, p.new_dependencies,
            p.old_definition, p.new_definition,
            p.is_same is not true
                or p.old_name is distinct from p.new_name
                or p.old_definition is distinct from p.new_definition
                or p.old_dependencies is distinct from p.new_dependencies as is_changed
        from unnest(p_pairs) as p
    ),
    edge as materialized (
        select p.id as dependent_id, d.id as dependency_id
        from pair as p
        cross join lateral unnest(p.old_dependencies || p.new_dependencies) as d (id)
        union
        -- Foreign keys are no dependencies: tables may refer to each other.
        select k.id, t.id
        from (
            select
                p.id,
                substring(c.value ->> 'definition'
                    from ' REFERENCES ((?:(?:"(?:[^"]|"")*"|[^"( ]+)\.)?(?:"(?:[^"]|"")*"|[^"( ]+))\(') as referenced
            from pair as p
            cross join lateral jsonb_each(
                coalesce(p.old_definition -> 'constraints', '{}') || coalesce(p.new_definition -> 'constraints', '{}')) as c
            where c.value ->> 'type' = 'FOREIGN KEY'
        ) as k
        join (
            select p.old_name as name, p.id from pair as p
            union
            select p.new_name, p.id from pair as p
        ) as t on t.name = k.referenced
    ),
    tied (id) as (
        select p.id
        from pair as p
        where p.is_changed
        union
        select e.dependent_id
        from tied as t
        join edge as e on e.dependency_id = t.id
    ),
    needed (id) as (
        select t.id from tied as t
        union
        select e.dependency_id
        from needed as n
        join edge as e on e.dependent_id = n.id
    )
    select array_agg(p)
    from unnest(p_pairs) as p
    where p.object_type in ('SCHEMA', 'DEFAULT PRIVILEGES')
        or p.id in (select n.id from needed as n)
$function$;
comment on function pgtrail.concerned_pairs(pgtrail.object_pair[]) is
    'Of the pairs those that change, all that depends on them, what these depend on, and schemas and default privileges.';

-- Values of an enumeration cannot be taken away, nor can the type under a domain be changed: the old type gives
-- its name to a new one, columns go over to that, and the old one is dropped.
create or replace function pgtrail.split_types(p_pairs pgtrail.object_pair[])
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := p_pairs;
    split uuid[] := '{}';
    more uuid[];
    coming pgtrail.object_pair;
begin
    loop
        more := array(
            select p.id
            from unnest(pairs) as p
            where p.object_type in ('TYPE', 'DOMAIN')
                and p.old_definition is not null
                and p.new_definition is not null
                and p.id <> all (split)
                and (
                    p.old_dependencies && split
                    or pgtrail.canonical(p.reworded) <> pgtrail.canonical(p.new_definition)
                    and exists (
                        select
                        from pgtrail.alter_steps(p.object_type, p.new_name, p.reworded, p.new_definition) as s
                        where s.phase = 'REBUILD'
                    )
                )
        );
        exit when more = '{}';
        split := split || more;
    end loop;
    for i in 1 .. cardinality(pairs) loop
        if pairs[i].id = any (split) then
            coming := pairs[i];
            coming.old_name := null;
            coming.old_definition := null;
            coming.old_dependencies := null;
            coming.reworded := null;
            pairs := pairs || coming;
            pairs[i].new_name := null;
            pairs[i].new_definition := null;
            pairs[i].new_dependencies := null;
        end if;
    end loop;
    return pairs;
end
$function$;
comment on function pgtrail.split_types(pgtrail.object_pair[]) is
    'The pairs, each type that must be made anew as two: one that goes and one that comes.';

create or replace function pgtrail.schema_renames(p_pairs pgtrail.object_pair[])
    returns jsonb
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select coalesce(jsonb_object_agg(s.old_name, s.new_name) filter (where s.old_name <> s.new_name), '{}')
    from (
        select
            p.old_definition ->> 'name' as old_name,
            case
                when p.new_definition is not null then p.new_definition ->> 'name'
                when exists (
                    select from unnest(p_pairs) as o where o.object_type = 'SCHEMA' and o.new_name = p.old_name
                ) then pgtrail.temporary_name(p.old_name)
                else p.old_definition ->> 'name'
            end as new_name
        from unnest(p_pairs) as p
        where p.object_type = 'SCHEMA' and p.old_definition is not null
    ) as s
$function$;
comment on function pgtrail.schema_renames(pgtrail.object_pair[]) is
    'Schemas that get another name, those included that give theirs to another and are dropped: old name, new name.';

create or replace function pgtrail.schema_now(p_definition jsonb, p_schemas jsonb)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(p_schemas ->> (p_definition ->> 'schema'), p_definition ->> 'schema');
comment on function pgtrail.schema_now(jsonb, jsonb) is
    'Schema of an object once schemas have their new names.';

create or replace function pgtrail.key_names(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(array_agg(k.key), '{}')
    from (
        select c.key, c.value from jsonb_each(p_definition -> 'constraints') as c
        union all
        select c.key, c.value from jsonb_each(p_definition #> '{inherited,constraints}') as c
    ) as k
    where k.value ->> 'type' in ('PRIMARY KEY', 'UNIQUE', 'EXCLUDE');
end;
comment on function pgtrail.key_names(jsonb) is
    'Constraints of a table that have an index: no relation of the schema can have their names.';

-- What one object shall be called another must have ceased to be called before.
create or replace function pgtrail.with_temporary_names(p_pairs pgtrail.object_pair[], p_schemas jsonb)
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := p_pairs;
    item record;
begin
    for item in
        with named as (
            select
                p.ordinality as place, p.id, p.object_type, pgtrail.name_space(p.object_type) as space, p.old_name,
                p.old_definition is null as is_coming,
                p.new_definition is null as is_going,
                s.schema_name is distinct from p.new_definition ->> 'schema' as is_moved,
                p.old_definition -> 'name' is distinct from p.new_definition -> 'name' as is_renamed,
                case
                    -- Those of a partitioned table are on its partitions, too.
                    when p.object_type = 'TRIGGER' then p.old_definition ->> 'name'
                    when pgtrail.is_on_table(p.object_type) then concat_ws('|', p.old_definition ->> 'table', p.old_definition ->> 'name')
                    else concat_ws('.', s.schema_name, p.old_definition ->> 'name')
                end as old_key,
                case
                    when p.object_type = 'TRIGGER' then p.new_definition ->> 'name'
                    when pgtrail.is_on_table(p.object_type) then concat_ws('|', p.old_definition ->> 'table', p.new_definition ->> 'name')
                    else concat_ws('.', p.new_definition ->> 'schema', p.new_definition ->> 'name')
                end as new_key
            from unnest(pairs) with ordinality as p
            cross join lateral (select pgtrail.schema_now(p.old_definition, p_schemas)) as s (schema_name)
        ),
        -- Where the table of an index takes it.
        taken as (
            select i.ordinality as place, concat_ws('.', t.new_definition ->> 'schema', i.old_definition ->> 'name') as new_key
            from unnest(pairs) as t
            join unnest(pairs) with ordinality as i
                on i.object_type = 'INDEX' and i.old_definition ->> 'table' = pgtrail.plain_name(t.old_name, t.old_definition)
            where pgtrail.is_relation(t.object_type)
                and t.new_definition ->> 'schema' <> pgtrail.schema_now(t.old_definition, p_schemas)
        ),
        held as (
            select n.old_key as key, n.place from named as n where n.space = 'RELATION' and not n.is_coming
            union all
            select concat_ws('.', pgtrail.schema_now(p.old_definition, p_schemas), k.name), null
            from unnest(pairs) as p
            cross join lateral unnest(pgtrail.key_names(p.old_definition)) as k (name)
        ),
        wanted as (
            select n.space, n.new_key, n.place, n.is_coming
            from named as n
            where not n.is_going and (n.is_coming or n.is_moved or n.is_renamed)
        )
        select n.place, n.old_name
        from named as n
        where not n.is_coming
            and (n.is_going or n.is_moved or n.is_renamed or n.place in (select t.place from taken as t))
            and (
                n.is_moved and n.is_renamed and not n.is_going
                or exists (
                    select
                    from taken as t
                    where t.place = n.place
                        -- What nobody changes is not among the pairs, and may have the name there, too.
                        and (n.is_going or n.is_renamed or exists (
                            select from held as h where h.key = t.new_key and h.place is distinct from n.place))
                )
                or exists (
                    select
                    from wanted as w
                    where w.space = n.space
                        and w.new_key = n.old_key
                        and w.place <> n.place
                        -- Whoever comes does so when all but a few kinds are gone.
                        and (not w.is_coming or n.is_going and pgtrail.goes_last(n.object_type))
                )
            )
            and n.object_type not in ('SCHEMA', 'EXTENSION', 'CAST', 'OPERATOR', 'USER MAPPING', 'DEFAULT PRIVILEGES')
    loop
        pairs[item.place].temporary_name := pgtrail.temporary_name(item.old_name);
    end loop;
    return pairs;
end
$function$;
comment on function pgtrail.with_temporary_names(pgtrail.object_pair[], jsonb) is
    'The pairs, with temporary names of those whose name another gets while they have it. p_schemas: see schema_renames().';

create or replace function pgtrail.column_renames(p_pair pgtrail.object_pair)
    returns table (old_name text, temporary_name text, new_name text)
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    with renamed as (
        select o.key as old_name, n.key as new_name
        from jsonb_each(p_pair.old_definition -> 'numbers') as o
        join jsonb_each(p_pair.new_definition -> 'numbers') as n on n.value = o.value
        where n.key <> o.key
    )
    select
        r.old_name,
        case when exists (select from renamed as w where w.new_name = r.old_name) then pgtrail.temporary_name(r.old_name) end,
        r.new_name
    from renamed as r
    union all
    -- One that is dropped gives its name away first.
    select o.key, null, pgtrail.temporary_name(o.key)
    from jsonb_each(p_pair.old_definition -> 'numbers') as o
    where o.key in (select r.new_name from renamed as r)
        and not exists (select from jsonb_each(p_pair.new_definition -> 'numbers') as n where n.value = o.value)
$function$;
comment on function pgtrail.column_renames(pgtrail.object_pair) is
    'Columns, or attributes of a composite type, that have another name in the other state.';

create or replace function pgtrail.with_columns(p_sql text, p_renames jsonb)
    returns text
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    select pgtrail.replaced_names(p_sql, array_agg(pgtrail.column_pattern(r.key)), array_agg(quote_ident(r.value)))
    from jsonb_each_text(p_renames) as r
$function$;
comment on function pgtrail.with_columns(text, jsonb) is
    'SQL with columns renamed: old name, new name.';

create or replace function pgtrail.with_foreign_keys(p_reworded jsonb, p_old jsonb, p_own jsonb, p_tables jsonb)
    returns jsonb
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    select case when count(*) = 0 then p_reworded else p_reworded || jsonb_build_object('constraints',
        (p_reworded -> 'constraints') || jsonb_object_agg(k.key, k.value || jsonb_build_object(
            'definition', pgtrail.with_columns(k.parts[1], p_own) || ' REFERENCES ' || coalesce(
                (t.value ->> 'name') || pgtrail.with_columns(substr(k.parts[2], length(t.key) + 1), t.value -> 'columns'),
                k.parts[2])))) end
    from (
        select c.key, c.value, array[
            split_part(c.value ->> 'definition', ' REFERENCES ', 1),
            substr(c.value ->> 'definition', strpos(c.value ->> 'definition', ' REFERENCES ') + 12)] as parts
        from jsonb_each(p_old -> 'constraints') as c
        where c.value ->> 'type' = 'FOREIGN KEY'
    ) as k
    left join jsonb_each(p_tables) as t on strpos(k.parts[2], t.key || '(') = 1
$function$;
comment on function pgtrail.with_foreign_keys(jsonb, jsonb, jsonb, jsonb) is
    'A reworded table with its foreign keys worded anew: they have columns of two tables in them. p_own: its own columns; p_tables: other tables by their old names, with their new name and columns.';

create or replace function pgtrail.with_renames(p_pairs pgtrail.object_pair[], p_schemas jsonb)
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := pgtrail.with_temporary_names(p_pairs, p_schemas);
    pair pgtrail.object_pair;
    item record;
    -- Schema that each table is in at the end of all renames.
    schemas jsonb := '{}';
    -- Tables whose name or columns change: by old name the new name and the columns.
    tables jsonb := '{}';
    -- Columns by identity of the table.
    columns jsonb := '{}';
    renames jsonb := '[]';
    -- Names that relations get by a rename, with the schemas they get them in.
    wanted jsonb := '{}';
    -- Names that relations and keys have, with their schemas.
    held constant jsonb := coalesce((
        select jsonb_object_agg(h.name, true)
        from (
            select distinct concat_ws('.', pgtrail.schema_now(p.old_definition, p_schemas), n.name) as name
            from unnest(p_pairs) as p
            cross join lateral unnest(pgtrail.key_names(p.old_definition) || (p.old_definition ->> 'name')) as n (name)
            where pgtrail.name_space(p.object_type) = 'RELATION'
        ) as h
    ), '{}');
    own jsonb;
    patterns text[];
    names text[];
    -- How many of them, the first ones, are not of columns.
    objects_only integer;
    old_plain text;
    new_plain text;
    old_schema text;
    new_schema text;
    new_keys jsonb;
begin
    for i in 1 .. coalesce(cardinality(pairs), 0) loop
        pair := pairs[i];
        continue when pair.old_definition is null;
        old_plain := pgtrail.plain_name(pair.old_name, pair.old_definition);
        new_schema := case when pair.new_definition is null then pgtrail.schema_now(pair.old_definition, p_schemas)
            else pair.new_definition ->> 'schema' end;
        new_plain := case
            when pair.new_definition is not null then pgtrail.plain_name(pair.new_name, pair.new_definition)
            else coalesce(quote_ident(new_schema) || '.', '')
                || quote_ident(coalesce(pair.temporary_name, pair.old_definition ->> 'name'))
        end;
        if not pgtrail.is_on_table(pair.object_type) and pair.object_type <> 'SCHEMA'
            and new_plain <> pgtrail.plain_name(pair.old_name, pair.old_definition || jsonb_build_object(
                'schema', pgtrail.schema_now(pair.old_definition, p_schemas)))
        then
            renames := renames || jsonb_build_object(
                'old', old_plain, 'new', new_plain, 'bare', pair.old_definition ->> 'name',
                'alias', case when pgtrail.is_relation(pair.object_type) then
                    coalesce(pair.new_definition ->> 'name', pair.temporary_name, pair.old_definition ->> 'name') end);
        end if;
        if pgtrail.temporary_multirange_name(pair) is not null then
            renames := renames || jsonb_build_object(
                'old', pgtrail.multirange_name(pair.old_definition),
                'new', pgtrail.name_in(
                    pgtrail.schema_now(
                        jsonb_build_object('schema', coalesce(
                            pair.old_definition -> 'multirange_schema', pair.old_definition -> 'schema')), p_schemas),
                    pgtrail.temporary_multirange_name(pair)),
                'bare', coalesce(
                    pair.old_definition ->> 'multirange',
                    pgtrail.default_multirange_name(pair.old_definition ->> 'name')));
        end if;
        if pgtrail.name_space(pair.object_type) = 'RELATION'
            and pair.new_definition is not null
            and (pair.new_definition -> 'name' <> pair.old_definition -> 'name'
                or new_schema <> pgtrail.schema_now(pair.old_definition, p_schemas))
        then
            wanted := wanted || jsonb_build_object(pair.new_definition ->> 'name',
                coalesce(wanted -> (pair.new_definition ->> 'name'), '{}') || jsonb_build_object(new_schema, true));
        end if;
        if pgtrail.is_relation(pair.object_type) or pair.old_definition ? 'attributes' then
            if pgtrail.is_relation(pair.object_type) then
                schemas := schemas || jsonb_build_object(old_plain, new_schema);
            end if;
            own := '{}';
            if pair.is_same and pair.new_definition is not null and pair.object_type <> 'MATERIALIZED VIEW' then
                own := coalesce((
                    select jsonb_object_agg(c.old_name, c.new_name) from pgtrail.column_renames(pair) as c
                ), '{}');
            end if;
            if own <> '{}' then
                columns := columns || jsonb_build_object(pair.id, own);
            end if;
            if own <> '{}' or new_plain <> old_plain then
                tables := tables || jsonb_build_object(old_plain, jsonb_build_object('name', new_plain, 'columns', own));
            end if;
        end if;
    end loop;

    for i in 1 .. coalesce(cardinality(pairs), 0) loop
        pair := pairs[i];
        continue when pair.old_definition is null;
        own := case when pair.object_type <> 'VIEW' then columns -> pair.id::text end;
        select array_agg(r.pattern order by r.rank, r.pattern), array_agg(r.name order by r.rank, r.pattern),
            count(*) filter (where r.rank < 3)
        into patterns, names, objects_only
        from (
            select 1 as rank, pgtrail.name_pattern(r.value ->> 'old') as pattern, r.value ->> 'new' as name
            from jsonb_array_elements(renames) as r
            where strpos(pair.old_definition::text || pair.old_name, r.value ->> 'bare') > 0
            union all
            -- Who has no other name in a query has its own.
            select 2, pgtrail.name_pattern(quote_ident(r.value ->> 'bare')) || '(?=\.)', quote_ident(r.value ->> 'alias')
            from jsonb_array_elements(renames) as r
            where r.value ->> 'alias' <> r.value ->> 'bare'
                and pgtrail.is_unaliased(
                    r.value ->> 'old',
                    concat_ws(E'\n', pair.old_definition ->> 'query', pair.old_definition ->> 'sql_body'))
            union all
            select 2, pgtrail.name_pattern(quote_ident(s.key)) || '(?=\.)', quote_ident(s.value)
            from jsonb_each_text(p_schemas) as s
            where strpos(pair.old_definition::text || pair.old_name, s.key) > 0
            union all
            select distinct 3, pgtrail.column_pattern(c.key), quote_ident(c.value)
            from unnest(array_append(pair.old_dependencies, case when own is not null then pair.id end)) as d (id)
            cross join lateral jsonb_each_text(columns -> d.id::text) as c
            where pair.object_type not in ('FUNCTION', 'PROCEDURE') or pair.old_definition ? 'sql_body'
        ) as r;
        pair.reworded := case
            when patterns is null then pair.old_definition
            else pgtrail.reworded(pair.old_definition, patterns, names, jsonb_build_object(
                'columns', coalesce(own, case when pair.object_type = 'TRIGGER' then (
                    select jsonb_object_agg(c.key, c.value)
                    from unnest(pair.old_dependencies) as d (id)
                    cross join lateral jsonb_each(columns -> d.id::text) as c
                ) end),
                'objects', (select jsonb_object_agg(t.key, t.value -> 'name') from jsonb_each(tables) as t),
                'schemas', p_schemas,
                'objects_only', objects_only), '')
        end;
        if pair.reworded -> 'query' <> pair.old_definition -> 'query' then
            pair.reworded := pair.reworded || jsonb_build_object('query', pgtrail.with_output_names(
                pair.reworded ->> 'query', pair.old_definition ->> 'query'));
        end if;
        -- A key gives the name of its index to another object, or has it where another has it already.
        old_schema := pgtrail.schema_now(pair.old_definition, p_schemas);
        new_schema := coalesce(pair.new_definition ->> 'schema', old_schema);
        if pair.object_type = 'TABLE' and pair.reworded ? 'constraints' and (
            new_schema <> old_schema
            or wanted ?| array(select jsonb_object_keys(pair.old_definition -> 'constraints'))
        ) then
            new_keys := to_jsonb(pgtrail.key_names(pair.new_definition));
            pair.reworded := pair.reworded || jsonb_build_object('constraints', (
                select jsonb_object_agg(case
                    when k.value ->> 'type' in ('PRIMARY KEY', 'UNIQUE', 'EXCLUDE')
                        and (wanted -> k.key ? old_schema
                            or new_schema <> old_schema
                                and (held ? concat_ws('.', new_schema, k.key) or not new_keys ? k.key))
                        then pgtrail.temporary_name(k.key)
                    else k.key
                end, k.value)
                from jsonb_each(pair.reworded -> 'constraints') as k
            ));
        end if;
        if tables <> '{}' and pair.object_type = 'TABLE' then
            pair.reworded := pgtrail.with_foreign_keys(pair.reworded, pair.old_definition, own, tables);
        end if;
        if pair.new_definition is not null then
            pair.reworded := pair.reworded || jsonb_strip_nulls(jsonb_build_object(
                'name', pair.new_definition -> 'name', 'schema', pair.new_definition -> 'schema'));
        else
            pair.reworded := pair.reworded || jsonb_strip_nulls(jsonb_build_object(
                'name', coalesce(pair.temporary_name, case
                    when pair.object_type = 'SCHEMA' then p_schemas ->> (pair.old_definition ->> 'name') end,
                    pair.old_definition ->> 'name'),
                'schema', coalesce(
                    case when pair.object_type = 'INDEX' then schemas ->> (pair.old_definition ->> 'table') end,
                    pgtrail.schema_now(pair.old_definition, p_schemas))));
        end if;
        pair.name_now := case
            when pgtrail.is_on_table(pair.object_type) then
                quote_ident(pair.reworded ->> 'name') || ' on ' || (pair.reworded ->> 'table')
            else pgtrail.plain_name(pair.old_name, pair.reworded)
                || pgtrail.replaced_names(
                    pgtrail.name_tail(pair.old_name, pair.old_definition), patterns[: objects_only], names)
        end;
        pairs[i] := pair;
    end loop;
    return pairs;
end
$function$;
comment on function pgtrail.with_renames(pgtrail.object_pair[], jsonb) is
    'The pairs with their names and old definitions as they are when all that is renamed has its new name. p_schemas: see schema_renames().';
