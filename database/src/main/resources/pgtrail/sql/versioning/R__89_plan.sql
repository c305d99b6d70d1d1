set local role pgtrail_owner;

create or replace function pgtrail.reworded(p_value jsonb, p_pattern text, p_replacement text)
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return case jsonb_typeof(p_value)
        when 'string' then to_jsonb(regexp_replace(p_value #>> '{}', p_pattern, p_replacement, 'g'))
        when 'object' then coalesce((
            select jsonb_object_agg(e.key, case
                when e.key in ('name', 'comment', 'owner') then e.value
                else pgtrail.reworded(e.value, p_pattern, p_replacement)
            end)
            from jsonb_each(p_value) as e
        ), '{}')
        when 'array' then coalesce((
            select jsonb_agg(pgtrail.reworded(e.item, p_pattern, p_replacement) order by e.place)
            from jsonb_array_elements(p_value) with ordinality as e (item, place)
        ), '[]')
        else p_value
    end;
end
$function$;
comment on function pgtrail.reworded(jsonb, text, text) is
    'A definition with a name replaced wherever SQL stands in it. A guess: whoever uses it checks what comes of it.';

create or replace function pgtrail.name_pattern(p_name text)
    returns text
    language sql
    immutable
    parallel safe
return '(?<![[:alnum:]_$".])' || regexp_replace(p_name, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '(?![[:alnum:]_$"])';
comment on function pgtrail.name_pattern(text) is
    'A regular expression for a name in SQL, quoted where it must be, that is not part of another.';

create or replace function pgtrail.mentions(p_definition jsonb, p_name text)
    returns boolean
    language sql
    immutable
    parallel safe
return strpos(p_definition::text, trim(both '"' from p_name)) > 0;
comment on function pgtrail.mentions(jsonb, text) is
    'Whether a name may be in a definition; never false where it is.';

create or replace function pgtrail.lost_columns(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(array_agg(o.key), '{}')
    from jsonb_each(p_old -> 'columns') as o
    where p_new -> 'columns' -> o.key is null
        or o.value -> 'type' is distinct from p_new -> 'columns' -> o.key -> 'type'
        or o.value -> 'collation' is distinct from p_new -> 'columns' -> o.key -> 'collation'
        or o.value -> 'generated' is distinct from p_new -> 'columns' -> o.key -> 'generated';
end;
comment on function pgtrail.lost_columns(jsonb, jsonb) is
    'Columns that are dropped, or made anew in another type: nothing that uses them may exist meanwhile.';

create or replace function pgtrail.stripped(p_table jsonb, p_names text[])
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select p_table
        || case when p_table ? 'constraints' then jsonb_build_object('constraints', coalesce((
            select jsonb_object_agg(k.key, k.value)
            from jsonb_each(p_table -> 'constraints') as k
            where not exists (select from unnest(p_names) as n (name) where pgtrail.mentions(k.value, n.name))
        ), '{}')) else '{}' end
        || case when p_table ? 'columns' then jsonb_build_object('columns', (
            select jsonb_object_agg(c.key, case
                when exists (select from unnest(p_names) as n (name) where pgtrail.mentions(c.value -> 'default', n.name))
                    then c.value - 'default'
                else c.value
            end)
            from jsonb_each(p_table -> 'columns') as c
        )) else '{}' end;
end;
comment on function pgtrail.stripped(jsonb, text[]) is
    'A table without the defaults and constraints that mention one of these names.';

create or replace function pgtrail.plain_name(p_state pgtrail.object_state)
    returns text
    language sql
    immutable
    parallel safe
return pgtrail.qualified_name(p_state.definition);
comment on function pgtrail.plain_name(pgtrail.object_state) is
    'Name of an object as SQL within other objects has it: without the arguments of a function.';

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

create or replace function pgtrail.rename_steps(
    p_type text,
    p_old_name text,
    p_old jsonb,
    p_new jsonb,
    p_schema_now text,
    p_taken boolean
)
    returns setof pgtrail.planned_step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- What stands behind the name: arguments of a function, the table of a trigger, the method of a class.
    tail constant text := substr(p_old_name, length(pgtrail.qualified_name(p_old)) + 1);
    schema_name text := p_schema_now;
    object_name text := p_old ->> 'name';
    wanted_name constant text := p_new ->> 'name';
    on_table constant boolean := p_type in ('TRIGGER', 'RULE', 'POLICY');
begin
    if on_table then
        if object_name <> wanted_name then
            return next (array[5, 2], 'RENAME', p_type, p_old_name,
                format('ALTER %s %I ON %s RENAME TO %I', p_type, object_name, p_new ->> 'table', wanted_name),
                'SAFE', 'renamed', null)::pgtrail.planned_step;
        end if;
        return;
    end if;
    if schema_name is distinct from p_new ->> 'schema' then
        -- In the other schema the name may be another's yet.
        if object_name <> wanted_name then
            return next (array[5, 1], 'RENAME', p_type, p_old_name,
                format('ALTER %s %s%s RENAME TO %I', p_type,
                    coalesce(quote_ident(schema_name) || '.', '') || quote_ident(object_name), tail, wanted_name),
                'SAFE', 'renamed', null)::pgtrail.planned_step;
            object_name := wanted_name;
        end if;
        return next (array[5, 2], 'RENAME', p_type, p_old_name,
            format('ALTER %s %I.%I%s SET SCHEMA %I', p_type, schema_name, object_name, tail, p_new ->> 'schema'),
            'SAFE', 'moved to another schema', null)::pgtrail.planned_step;
        schema_name := p_new ->> 'schema';
    end if;
    if object_name <> wanted_name then
        if p_taken then
            return next (array[5, 0], 'RENAME', p_type, p_old_name,
                format('ALTER %s %s%s RENAME TO %I', p_type,
                    coalesce(quote_ident(schema_name) || '.', '') || quote_ident(object_name), tail,
                    'pgtrail_' || md5(p_old_name)),
                'SAFE', 'gives its name to another', null)::pgtrail.planned_step;
            object_name := 'pgtrail_' || md5(p_old_name);
        end if;
        return next (array[5, 3], 'RENAME', p_type, p_old_name,
            format('ALTER %s %s%s RENAME TO %I', p_type,
                coalesce(quote_ident(schema_name) || '.', '') || quote_ident(object_name), tail, wanted_name),
            'SAFE', 'renamed', null)::pgtrail.planned_step;
    end if;
end
$function$;
comment on function pgtrail.rename_steps(text, text, jsonb, jsonb, text, boolean) is
    'ALTER … RENAME and SET SCHEMA from one name of an object to another. p_schema_now: the schema it is in after schemas were renamed; p_taken: the new name belongs to another object that is renamed itself.';

create or replace function pgtrail.plan(p_from pgtrail.object_state[], p_to pgtrail.object_state[])
    returns setof pgtrail.planned_step
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    pairs pgtrail.object_pair[];
    pair pgtrail.object_pair;
    changed pgtrail.object_pair[] := '{}';
    rebuilt uuid[] := '{}';
    gone text[];
    more uuid[];
    steps pgtrail.planned_step[] := '{}';
    schema_renames jsonb;
    i integer;
begin
    -- Who is who: by identity, the rest by name.
    pairs := array(
        select row(coalesce(o.id, n.id), o, n, o.definition, coalesce(n.full_name, o.full_name))::pgtrail.object_pair
        from unnest(p_from) as o
        full join unnest(p_to) as n on n.id = o.id
    );
    pairs := array(
        select row(
            o.id, o.old_state, coalesce(o.new_state, n.new_state), o.reworded,
            coalesce((o.new_state).full_name, (n.new_state).full_name, (o.old_state).full_name)
        )::pgtrail.object_pair
        from unnest(pairs) as o
        left join unnest(pairs) as n
            on o.new_state is null and n.old_state is null
            and (n.new_state).object_type = (o.old_state).object_type
            and (n.new_state).full_name = (o.old_state).full_name
        where o.old_state is not null
        union all
        select n
        from unnest(pairs) as n
        where n.old_state is null
            and not exists (
                select
                from unnest(pairs) as o
                where o.new_state is null
                    and (n.new_state).object_type = (o.old_state).object_type
                    and (n.new_state).full_name = (o.old_state).full_name
            )
    );

    -- Renames come first; the rest of the plan is made as if they had happened. What that guess gets wrong
    -- becomes a step too many, or is found when the outcome is checked.
    schema_renames := coalesce((
        select jsonb_object_agg((p.old_state).definition ->> 'name', (p.new_state).definition ->> 'name')
        from unnest(pairs) as p
        where (p.old_state).object_type = 'SCHEMA'
            and (p.old_state).definition ->> 'name' <> (p.new_state).definition ->> 'name'
    ), '{}');
    pairs := pgtrail.with_renames(pairs, schema_renames);
    steps := steps || array(select s from pgtrail.plan_renames(pairs, schema_renames) as s);

    -- What differs, and what must be made anew because of it.
    changed := array(
        select p
        from unnest(pairs) as p
        where p.old_state is null
            or p.new_state is null
            or pgtrail.canonical(p.reworded) <> pgtrail.canonical((p.new_state).definition)
    );
    rebuilt := array(
        select c.id
        from unnest(changed) as c
        where c.old_state is not null
            and c.new_state is not null
            and exists (
                select
                from pgtrail.alter_steps(
                    (c.new_state).object_type, (c.new_state).full_name, c.reworded, (c.new_state).definition) as s
                where s.phase = 'REBUILD'
            )
    );
    loop
        more := array(
            select distinct p.id
            from unnest(pairs) as p
            cross join lateral unnest((p.old_state).depends_on) as d (dependency)
            where p.new_state is not null
                and (p.old_state).object_type not in ('TABLE', 'FOREIGN TABLE', 'SEQUENCE', 'SCHEMA', 'DOMAIN', 'EXTENSION')
                and p.id <> all (rebuilt)
                and (
                    d.dependency = any (rebuilt)
                    or exists (
                        select
                        from unnest(changed) as c
                        where (c.old_state).id = d.dependency
                            and (
                                c.new_state is null
                                or (c.old_state).object_type in ('TABLE', 'FOREIGN TABLE')
                                    and exists (
                                        -- Indexes and statistics outlive a change of type.
                                        select
                                        from unnest(case
                                            when (p.old_state).object_type in ('INDEX', 'STATISTICS')
                                                then pgtrail.replaced_columns(c.reworded, (c.new_state).definition)
                                            else pgtrail.lost_columns(c.reworded, (c.new_state).definition)
                                        end) as l (name)
                                        where pgtrail.mentions(p.reworded, l.name)
                                    )
                            )
                    )
                )
        );
        exit when more = '{}';
        rebuilt := rebuilt || more;
    end loop;

    gone := array(
        select pgtrail.plain_name(p.old_state)
        from unnest(pairs) as p
        where (p.id = any (rebuilt) or p.new_state is null)
            -- What a default or a constraint can name; a bare name would be found in other words.
            and (p.old_state).definition ? 'schema'
            and (p.old_state).object_type not in ('TRIGGER', 'RULE', 'POLICY', 'EXTENSION', 'DEFAULT PRIVILEGES')
        union all
        -- No foreign key may refer to a table while a key of it is made anew.
        select pgtrail.plain_name(c.new_state)
        from unnest(changed) as c
        where (c.old_state).object_type = 'TABLE'
            and c.new_state is not null
            and pgtrail.loses_key(c.reworded, (c.new_state).definition)
    );
    steps := steps
        || array(select s from pgtrail.plan_drops(pairs, rebuilt) as s)
        || array(select s from pgtrail.plan_creates(pairs, rebuilt) as s)
        || array(select s from pgtrail.plan_alters(pairs, rebuilt, gone) as s);
    return query
        select s.*
        from unnest(steps) as s
        where s.ddl is not null
        order by s.place;
end
$function$;
comment on function pgtrail.plan(pgtrail.object_state[], pgtrail.object_state[]) is
    'The statements that lead from one state of the schema to another, in an order that works. Phases: 5 rename, 10 take parts off, 20 drop, 29 create schemas, 40 create and alter, 50 foreign keys and owned sequences, 60 drop types and schemas.';

create or replace function pgtrail.with_renames(p_pairs pgtrail.object_pair[], p_schemas jsonb)
    returns pgtrail.object_pair[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    result pgtrail.object_pair[] := p_pairs;
    rename record;
    i integer;
    dependents uuid[];
begin
    for rename in
        select
            p.id,
            pgtrail.name_pattern(pgtrail.plain_name(p.old_state)) as pattern,
            regexp_replace(pgtrail.plain_name(p.new_state), '\\', '\\\\', 'g') as replacement
        from unnest(p_pairs) as p
        where p.old_state is not null
            and p.new_state is not null
            and pgtrail.plain_name(p.old_state) <> pgtrail.plain_name(p.new_state)
            and (p.old_state).object_type not in ('TRIGGER', 'RULE', 'POLICY')
        union all
        select null, pgtrail.name_pattern(quote_ident(s.key)) || '(?=\.)', quote_ident(s.value)
        from jsonb_each_text(p_schemas) as s
    loop
        for i in 1 .. coalesce(cardinality(result), 0) loop
            if (result[i]).reworded is not null then
                result[i].reworded := pgtrail.reworded((result[i]).reworded, rename.pattern, rename.replacement);
            end if;
        end loop;
    end loop;

    -- Columns: what depends on the table has their names in it.
    for rename in
        select p.id, (p.old_state).id as table_id, c.old_name, c.new_name
        from unnest(p_pairs) as p
        cross join lateral pgtrail.renamed_columns((p.old_state).definition, (p.new_state).definition) as c
        where p.old_state is not null and p.new_state is not null
            and (p.old_state).id = (p.new_state).id
            and (p.old_state).object_type in ('TABLE', 'FOREIGN TABLE', 'TYPE', 'VIEW', 'MATERIALIZED VIEW')
    loop
        for i in 1 .. coalesce(cardinality(result), 0) loop
            if (result[i]).id = rename.id then
                result[i].reworded := pgtrail.with_renamed_column(
                    (result[i]).reworded, rename.old_name, rename.new_name);
            elsif rename.table_id = any (((result[i]).old_state).depends_on) then
                result[i].reworded := pgtrail.reworded(
                    (result[i]).reworded,
                    '(?<![[:alnum:]_$"])' || pgtrail.name_pattern(quote_ident(rename.old_name)),
                    quote_ident(rename.new_name));
            end if;
        end loop;
    end loop;

    for rename in
        select pgtrail.name_pattern(pgtrail.plain_name(p.old_state)) as pattern,
            regexp_replace(pgtrail.plain_name(p.new_state), '\\', '\\\\', 'g') as replacement
        from unnest(p_pairs) as p
        where p.old_state is not null
            and p.new_state is not null
            and pgtrail.plain_name(p.old_state) <> pgtrail.plain_name(p.new_state)
        union all
        select pgtrail.name_pattern(quote_ident(s.key)) || '(?=\.)', quote_ident(s.value)
        from jsonb_each_text(p_schemas) as s
    loop
        for i in 1 .. cardinality(result) loop
            if (result[i]).new_state is null then
                result[i].renamed_to := pgtrail.reworded_name(result[i], rename.pattern, rename.replacement);
            end if;
        end loop;
    end loop;
    -- Whoever is dropped makes room for whoever gets its name.
    for i in 1 .. coalesce(cardinality(result), 0) loop
        if (result[i]).new_state is null and exists (
            select
            from unnest(p_pairs) as p
            where p.old_state is not null
                and (p.new_state).object_type = ((result[i]).old_state).object_type
                and (p.new_state).full_name = ((result[i]).old_state).full_name
        ) then
            result[i].renamed_to := pgtrail.displaced_name(((result[i]).old_state).definition, (result[i]).renamed_to);
        end if;
    end loop;

    -- Name, schema and table are those it has by then.
    for i in 1 .. coalesce(cardinality(result), 0) loop
        if (result[i]).reworded is not null and (result[i]).new_state is not null then
            result[i].reworded := (result[i]).reworded
                || jsonb_strip_nulls(jsonb_build_object(
                    'name', ((result[i]).new_state).definition -> 'name',
                    'schema', ((result[i]).new_state).definition -> 'schema'));
        end if;
    end loop;
    return result;
end
$function$;
comment on function pgtrail.with_renames(pgtrail.object_pair[], jsonb) is
    'The pairs with their old definitions worded as they will be when everything has its new name.';

create or replace function pgtrail.reworded_name(p_pair pgtrail.object_pair, p_pattern text, p_replacement text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    -- What stands behind the name: arguments of a function, the table of a trigger.
    select case
        when strpos(p_pair.renamed_to, n.head) = 1 then
            regexp_replace(n.head, p_pattern || '(?=\.)', p_replacement)
                || regexp_replace(substr(p_pair.renamed_to, length(n.head) + 1), p_pattern, p_replacement, 'g')
        else regexp_replace(p_pair.renamed_to, p_pattern, p_replacement, 'g')
    end
    from (select pgtrail.plain_name(p_pair.old_state)) as n (head);
end;
comment on function pgtrail.reworded_name(pgtrail.object_pair, text, text) is
    'Full name of an object that will be dropped, after another was renamed.';

create or replace function pgtrail.displaced_name(p_definition jsonb, p_full_name text)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(quote_ident(p_definition ->> 'schema') || '.', '') || 'pgtrail_' || md5(p_full_name)
    || substr(p_full_name, length(pgtrail.qualified_name(p_definition)) + 1);
comment on function pgtrail.displaced_name(jsonb, text) is
    'Full name of an object that gives its name to another before it is dropped.';

create or replace function pgtrail.renamed_columns(p_old jsonb, p_new jsonb)
    returns table (old_name text, new_name text)
    language sql
    immutable
    parallel safe
begin atomic
    select o.key, n.key
    from jsonb_each(p_old -> 'numbers') as o
    join jsonb_each(p_new -> 'numbers') as n on n.value = o.value
    where n.key <> o.key
        and p_old -> 'columns' -> n.key is null
        and p_new -> 'columns' -> o.key is null
        -- One without a type is a parent's, and renamed there.
        and (p_old ? 'attributes' or p_old -> 'columns' -> o.key ? 'type');
end;
comment on function pgtrail.renamed_columns(jsonb, jsonb) is
    'Columns of one relation that have another name in another of its definitions.';

create or replace function pgtrail.with_renamed_column(p_definition jsonb, p_old_name text, p_new_name text)
    returns jsonb
    language sql
    immutable
    parallel safe
return pgtrail.reworded(
        p_definition - 'columns' - 'numbers',
        pgtrail.name_pattern(quote_ident(p_old_name)), quote_ident(p_new_name))
    || jsonb_build_object(
        'columns', (
            select jsonb_object_agg(
                case when c.key = p_old_name then p_new_name else c.key end,
                c.value || case when c.value ? 'generated' then jsonb_build_object('generated', pgtrail.reworded(
                    c.value -> 'generated', pgtrail.name_pattern(quote_ident(p_old_name)), quote_ident(p_new_name))) else '{}' end)
            from jsonb_each(p_definition -> 'columns') as c
        ),
        'numbers', (p_definition -> 'numbers') - p_old_name
            || jsonb_build_object(p_new_name, p_definition -> 'numbers' -> p_old_name));
comment on function pgtrail.with_renamed_column(jsonb, text, text) is
    'Definition of a relation after ALTER TABLE … RENAME COLUMN.';

create or replace function pgtrail.plan_renames(p_pairs pgtrail.object_pair[], p_schemas jsonb)
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        array[5, -1]::numeric[], 'RENAME', 'SCHEMA', quote_ident(s.key),
        format('ALTER SCHEMA %I RENAME TO %I', s.key, s.value), 'SAFE', 'renamed', null
    from jsonb_each_text(p_schemas) as s
    union all
    select
        array[5, -2], 'RENAME', (p.old_state).object_type, (p.old_state).full_name,
        format('ALTER %s %s RENAME TO %I', (p.old_state).object_type, (p.old_state).full_name,
            'pgtrail_' || md5((p.old_state).full_name)),
        'SAFE', 'gives its name to another', null
    from unnest(p_pairs) as p
    where p.new_state is null
        and p.renamed_to = pgtrail.displaced_name((p.old_state).definition, (p.old_state).full_name)
    union all
    select r.*
    from unnest(p_pairs) as p
    cross join lateral pgtrail.rename_steps(
        (p.old_state).object_type,
        (p.old_state).full_name,
        (p.old_state).definition,
        (p.new_state).definition,
        coalesce(p_schemas ->> ((p.old_state).definition ->> 'schema'), (p.old_state).definition ->> 'schema'),
        exists (
            select
            from unnest(p_pairs) as o
            where o.old_state is not null
                and o.new_state is not null
                and o.id <> p.id
                and (o.old_state).full_name = (p.new_state).full_name
        )
    ) as r
    where p.old_state is not null
        and p.new_state is not null
        and (p.old_state).object_type <> 'SCHEMA'
    union all
    select
        array[5, 4], 'RENAME', (p.new_state).object_type, (p.new_state).full_name,
        format('ALTER %s %s RENAME %s %I TO %I', (p.new_state).object_type, (p.new_state).full_name,
            case when (p.new_state).object_type = 'TYPE' then 'ATTRIBUTE' else 'COLUMN' end, c.old_name, c.new_name),
        'SAFE', 'column renamed', null
    from unnest(p_pairs) as p
    cross join lateral pgtrail.renamed_columns((p.old_state).definition, (p.new_state).definition) as c
    where (p.old_state).id = (p.new_state).id
        and (p.old_state).object_type in ('TABLE', 'FOREIGN TABLE', 'TYPE')
$function$;
comment on function pgtrail.plan_renames(pgtrail.object_pair[], jsonb) is
    'Steps that give schemas, objects and columns their new names.';

create or replace function pgtrail.plan_drops(p_pairs pgtrail.object_pair[], p_rebuilt uuid[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with going as (
        select p.id, p.old_state as state, p.reworded, p.renamed_to as full_name, p.new_state is null as for_good
        from unnest(p_pairs) as p
        where p.old_state is not null
            and (p.new_state is null or p.id = any (p_rebuilt))
    ),
    level as (
        select * from pgtrail.levels(array(select g.state from going as g))
    )
    -- Tables that refer to each other.
    select
        array[10, 0]::numeric[], 'ALTER', (g.state).object_type, g.full_name,
        format('ALTER TABLE %s DROP CONSTRAINT %I', g.full_name, k.key),
        'SAFE', 'the table is dropped', null
    from going as g
    cross join lateral jsonb_each(g.reworded -> 'constraints') as k
    where (g.state).object_type = 'TABLE'
        and k.value ->> 'type' = 'FOREIGN KEY'
        and not k.value ? 'inherited'
    union all
    select
        array[
            case when g.for_good and (g.state).object_type in ('TYPE', 'DOMAIN', 'COLLATION', 'EXTENSION', 'SCHEMA') then 60 else 20 end,
            -coalesce(l.level, 0), -pgtrail.kind_rank((g.state).object_type)
        ],
        'DROP', (g.state).object_type, g.full_name,
        pgtrail.drop_statement((g.state).object_type, g.full_name, g.reworded),
        case
            when (g.state).object_type = 'TABLE' then 'DATA_LOSS'
            else 'SAFE'
        end,
        case when g.for_good then 'not there in the target state' else 'made anew' end,
        case when (g.state).object_type = 'TABLE' then format('select count(*) from %s', (g.state).full_name) end
    from going as g
    left join level as l on l.id = (g.state).id
    -- A sequence goes with the table whose column it belongs to.
    where not (
        (g.state).object_type = 'SEQUENCE'
        and exists (
            select
            from going as t
            where (t.state).object_type = 'TABLE'
                and g.reworded #>> '{owned_by,table}' = t.full_name
        )
    )
$function$;
comment on function pgtrail.plan_drops(pgtrail.object_pair[], uuid[]) is
    'Steps that drop what is not there in the target state, and what must be made anew: dependents first.';

create or replace function pgtrail.plan_creates(p_pairs pgtrail.object_pair[], p_rebuilt uuid[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with coming as (
        select p.new_state as state, p.old_state is null as is_new
        from unnest(p_pairs) as p
        where p.new_state is not null
            and (p.old_state is null or p.id = any (p_rebuilt))
            -- The indexes that a partition had from the partitioned table stay when it is detached.
            and not (
                (p.new_state).object_type = 'INDEX'
                and p.old_state is null
                and exists (
                    select
                    from unnest(p_pairs) as t
                    where (t.new_state).full_name = (p.new_state).definition ->> 'table'
                        and t.reworded ? 'partition_of'
                        and not (t.new_state).definition ? 'partition_of'
                )
            )
    ),
    level as (
        select * from pgtrail.levels(array(select p.new_state from unnest(p_pairs) as p where p.new_state is not null))
    )
    select
        case
            when (c.state).object_type = 'SCHEMA' then array[29, s.place]::numeric[]
            when (c.state).object_type = 'TYPE' and (c.state).definition ? 'canonical' and s.place = 1 then array[39]
            else array[40, l.level, pgtrail.kind_rank((c.state).object_type), hashtext((c.state).full_name), s.place]
        end,
        'CREATE', (c.state).object_type, (c.state).full_name, s.statement,
        case when (c.state).object_type in ('INDEX', 'MATERIALIZED VIEW') then 'LOCK' else 'SAFE' end,
        case when c.is_new then 'there in the target state' else 'made anew' end,
        null
    from coming as c
    join level as l on l.id = (c.state).id
    cross join lateral unnest(pgtrail.create_statements(
        (c.state).object_type, (c.state).full_name, (c.state).definition)) with ordinality as s (statement, place)
    union all
    select
        array[50, 1, s.place], 'ALTER', (c.state).object_type, (c.state).full_name, s.statement,
        case when (c.state).object_type = 'TABLE' then 'LOCK' else 'SAFE' end, 'there in the target state', null
    from coming as c
    cross join lateral unnest(pgtrail.attach_statements(
        (c.state).object_type, (c.state).full_name, (c.state).definition)) with ordinality as s (statement, place)
$function$;
comment on function pgtrail.plan_creates(pgtrail.object_pair[], uuid[]) is
    'Steps that create what the target state has: what others depend on first.';

create or replace function pgtrail.plan_alters(p_pairs pgtrail.object_pair[], p_rebuilt uuid[], p_gone text[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with level as (
        select * from pgtrail.levels(array(select p.new_state from unnest(p_pairs) as p where p.new_state is not null))
    ),
    staying as (
        select
            p.new_state as state,
            (p.old_state).full_name as old_name,
            p.reworded as old_definition,
            (p.new_state).definition as new_definition,
            -- Defaults and constraints that use what is dropped or made anew go meanwhile.
            case
                when (p.new_state).object_type in ('TABLE', 'FOREIGN TABLE') and p_gone <> '{}'
                    then pgtrail.stripped((p.new_state).definition, p_gone)
                else (p.new_state).definition
            end as between_definition
        from unnest(p_pairs) as p
        where p.old_state is not null
            and p.new_state is not null
            and p.id <> all (p_rebuilt)
    )
    select
        case s.phase
            when 'DETACH' then array[10, 1, -l.level, hashtext((c.state).full_name), s.place]::numeric[]
            when 'ATTACH' then array[50, 0, hashtext((c.state).full_name), s.place]
            else array[40, l.level, pgtrail.kind_rank((c.state).object_type), hashtext((c.state).full_name), s.place]
        end,
        'ALTER', (c.state).object_type, (c.state).full_name, s.ddl, s.risk, s.reason,
        -- Counted before anything is renamed.
        replace(s.lost_rows, (c.state).full_name, c.old_name)
    from staying as c
    join level as l on l.id = (c.state).id
    cross join lateral (
        select a.*, a.ordinality as place
        from pgtrail.alter_steps((c.state).object_type, (c.state).full_name, c.old_definition, c.between_definition)
            with ordinality as a
        where pgtrail.canonical(c.old_definition) <> pgtrail.canonical(c.between_definition)
        union all
        select a.*, 1000000 + a.ordinality
        from pgtrail.alter_steps((c.state).object_type, (c.state).full_name, c.between_definition, c.new_definition)
            with ordinality as a
        where c.between_definition <> c.new_definition
    ) as s
$function$;
comment on function pgtrail.plan_alters(pgtrail.object_pair[], uuid[], text[]) is
    'Steps that change what stays.';
