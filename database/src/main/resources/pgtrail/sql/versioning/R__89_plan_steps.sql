set local role pgtrail_owner;

create or replace function pgtrail.range_parts_statement(p_range text, p_range_name text, p_multirange_name text)
    returns text
    language sql
    immutable
    parallel safe
return format('DO %L', format(
    'begin execute (select string_agg(s.ddl, ''; '') '
    'from pg_catalog.pg_range as r '
    'cross join lateral ('
    'select format(''ALTER TYPE %%s RENAME TO %%I'', r.rngmultitypid::pg_catalog.regtype, %3$L) '
    'union all '
    'select format(''ALTER FUNCTION %%s RENAME TO %%I'', d.objid::pg_catalog.regprocedure, '
    'case when d.refobjid = r.rngtypid then %2$L else %3$L end) '
    'from pg_catalog.pg_depend as d '
    'where d.classid = ''pg_catalog.pg_proc''::pg_catalog.regclass and d.deptype = ''i'' '
    'and d.refclassid = ''pg_catalog.pg_type''::pg_catalog.regclass and d.refobjid in (r.rngtypid, r.rngmultitypid)'
    ') as s (ddl) where r.rngtypid = %1$L::pg_catalog.regtype); end',
    p_range, p_range_name, p_multirange_name));
comment on function pgtrail.range_parts_statement(text, text, text) is
    'A statement that gives other names to what comes with a range and keeps its name when that gets another: its multirange type, and the constructors of both.';

create or replace function pgtrail.rename_steps(p_pair pgtrail.object_pair, p_schemas jsonb)
    returns setof pgtrail.planned_step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    definition constant jsonb := coalesce(p_pair.new_definition, p_pair.reworded);
    tail constant text := pgtrail.name_tail(p_pair.name_now, definition);
    schema_name text := pgtrail.schema_now(p_pair.old_definition, p_schemas);
    object_name text := p_pair.old_definition ->> 'name';
    wanted_name constant text := p_pair.new_definition ->> 'name';
    -- Arguments of routines are of types that have their new names, triggers are on tables that have.
    stage constant integer := case when pgtrail.is_routine(p_pair.object_type) then 8 else 2 end;
    -- Its table takes it along.
    follows constant boolean := p_pair.object_type = 'INDEX'
        or coalesce(p_pair.reworded #>> '{owned_by,table}' = p_pair.new_definition #>> '{owned_by,table}', false);
    named constant text := 'ALTER ' || pgtrail.on_object(p_pair.object_type, '%s' || replace(tail, '%', '%%'));
begin
    if pgtrail.is_on_table(p_pair.object_type) then
        return query
            select
                array[5, r.stage]::numeric[], 'RENAME', p_pair.object_type, p_pair.old_name,
                format('ALTER %s %I ON %s RENAME TO %I', p_pair.object_type, r.from_name, definition ->> 'table', r.to_name),
                'SAFE', r.reason, null
            from (
                values
                    (11, object_name, p_pair.temporary_name, 'gives its name to another'),
                    (12, coalesce(p_pair.temporary_name, object_name), wanted_name, 'renamed')
            ) as r (stage, from_name, to_name, reason)
            where r.from_name <> r.to_name;
        return;
    end if;
    if p_pair.temporary_name is not null then
        return next (array[5, stage], 'RENAME', p_pair.object_type, p_pair.old_name,
            format(named || ' RENAME TO %I', pgtrail.name_in(schema_name, object_name), p_pair.temporary_name),
            'SAFE', 'gives its name to another', null)::pgtrail.planned_step;
        object_name := p_pair.temporary_name;
        if pgtrail.temporary_multirange_name(p_pair) is not null then
            return next (array[5, stage, 1], 'RENAME', p_pair.object_type, p_pair.old_name,
                pgtrail.range_parts_statement(
                    pgtrail.name_in(schema_name, object_name), object_name, pgtrail.temporary_multirange_name(p_pair)),
                'SAFE', 'what comes with it gives its names to others', null)::pgtrail.planned_step;
        end if;
    end if;
    if p_pair.new_definition is null then
        return;
    end if;
    if schema_name is distinct from definition ->> 'schema' and p_pair.object_type <> 'DEFAULT PRIVILEGES' then
        schema_name := definition ->> 'schema';
        if p_pair.old_definition ? 'owned_by' and not follows then
            return next (array[5, 1], 'RENAME', p_pair.object_type, p_pair.old_name,
                format(named || ' OWNED BY NONE',
                    pgtrail.name_in(pgtrail.schema_now(p_pair.old_definition, p_schemas), p_pair.old_definition ->> 'name')),
                'SAFE', 'no longer owned by ' || (p_pair.old_definition #>> '{owned_by,column}'), null)::pgtrail.planned_step;
        end if;
        if not follows then
            return next (array[5, stage + 1], 'RENAME', p_pair.object_type, p_pair.old_name,
                format(named || ' SET SCHEMA %I',
                    pgtrail.name_in(pgtrail.schema_now(p_pair.old_definition, p_schemas), object_name), schema_name),
                'SAFE', 'moved to another schema', null)::pgtrail.planned_step;
        end if;
    end if;
    if p_pair.is_same is null then
        -- The index of a partition, which may be gone by then. What goes, too, may have its name until then.
        return next (array[29, 0], 'RENAME', p_pair.object_type, p_pair.old_name,
            format('ALTER INDEX IF EXISTS %s RENAME TO %I', pgtrail.name_in(schema_name, object_name), wanted_name),
            'SAFE', 'renamed', null)::pgtrail.planned_step;
    elsif object_name <> wanted_name then
        return next (array[5, stage + 2], 'RENAME', p_pair.object_type, p_pair.old_name,
            format(named || ' RENAME TO %I', pgtrail.name_in(schema_name, object_name), wanted_name),
            'SAFE', 'renamed', null)::pgtrail.planned_step;
    end if;
end
$function$;
comment on function pgtrail.rename_steps(pgtrail.object_pair, jsonb) is
    'ALTER … RENAME and SET SCHEMA from one name of an object to another.';

create or replace function pgtrail.left_column_renames(p_pair pgtrail.object_pair, p_pairs pgtrail.object_pair[])
    returns table (name_now text, new_name text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select n.name_now, n.new_name
    from jsonb_each(p_pair.old_definition -> 'numbers') as o
    cross join lateral (
        select
            coalesce((
                select r.new_name
                from unnest(p_pairs) as t
                cross join lateral pgtrail.column_renames(t) as r
                where t.is_same
                    and t.object_type in ('TABLE', 'FOREIGN TABLE')
                    and t.old_name = any (pgtrail.parents(p_pair.old_definition))
                    and r.old_name = o.key
                limit 1
            ), o.key) as name_now,
            coalesce((select r.new_name from pgtrail.column_renames(p_pair) as r where r.old_name = o.key), o.key) as new_name
    ) as n
    where not coalesce(p_pair.old_definition -> 'columns' -> o.key, '{}') ? 'type'
        and n.name_now <> n.new_name
$function$;
comment on function pgtrail.left_column_renames(pgtrail.object_pair, pgtrail.object_pair[]) is
    'Columns that a table had from parents which it leaves, and that shall have another name than those parents give them.';

create or replace function pgtrail.blocking_columns(p_pair pgtrail.object_pair, p_pairs pgtrail.object_pair[])
    returns setof text
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with recursive ancestor (name) as (
        select unnest(pgtrail.parents(p_pair.old_definition))
        union
        select unnest(pgtrail.parents(t.old_definition))
        from ancestor as a
        join unnest(p_pairs) as t on t.old_name = a.name
    )
    select distinct r.new_name
    from ancestor as a
    join unnest(p_pairs) as t on t.old_name = a.name and t.is_same
    cross join lateral pgtrail.column_renames(t) as r
    where p_pair.old_definition -> 'columns' -> r.new_name ? 'type'
        and (
            p_pair.new_definition is null
            or p_pair.is_same
                -- It gets another name itself.
                and not exists (select from pgtrail.column_renames(p_pair) as o where o.old_name = r.new_name)
        )
$function$;
comment on function pgtrail.blocking_columns(pgtrail.object_pair, pgtrail.object_pair[]) is
    'Own columns of a table that goes, or leaves its parents, with the names that columns of those parents get while it is still there.';

create or replace function pgtrail.plan_renames(p_pairs pgtrail.object_pair[], p_schemas jsonb)
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        array[5, 0, r.stage]::numeric[], 'RENAME', 'SCHEMA', quote_ident(s.key),
        format('ALTER SCHEMA %I RENAME TO %I', r.from_name, r.to_name), 'SAFE', 'renamed', null
    from jsonb_each_text(p_schemas) as s
    cross join lateral (
        select exists (select from jsonb_each_text(p_schemas) as o where o.value = s.key) as is_wanted
    ) as w
    cross join lateral (
        values
            (1, s.key, case when w.is_wanted then pgtrail.temporary_name(s.key) end),
            (2, case when w.is_wanted then pgtrail.temporary_name(s.key) else s.key end, s.value)
    ) as r (stage, from_name, to_name)
    where r.to_name is not null and r.from_name <> r.to_name
    union all
    select r.*
    from unnest(p_pairs) as p
    cross join lateral pgtrail.rename_steps(p, p_schemas) as r
    where p.old_definition is not null
        and p.object_type <> 'SCHEMA'
        and (p.temporary_name is not null
            or p.new_definition is not null
            and (p.old_definition -> 'name', p.old_definition -> 'schema')
                is distinct from (p.new_definition -> 'name', p.new_definition -> 'schema'))
    union all
    select
        array[5, s.stage], 'RENAME', p.object_type, p.old_name,
        format('ALTER %s %s RENAME %s %I TO %I%s', p.object_type, p.new_name,
            case when p.object_type = 'TYPE' then 'ATTRIBUTE' else 'COLUMN' end, s.from_name, s.to_name,
            case when p.object_type = 'TYPE' then ' CASCADE' else '' end),
        'SAFE', 'column renamed', null
    from unnest(p_pairs) as p
    cross join lateral pgtrail.column_renames(p) as c
    cross join lateral (
        values
            -- One that gives its name away for good has no other.
            (5, c.old_name, coalesce(c.temporary_name, case when c.new_name = pgtrail.temporary_name(c.old_name) then c.new_name end)),
            (6, coalesce(c.temporary_name, c.old_name), nullif(c.new_name, pgtrail.temporary_name(c.old_name)))
    ) as s (stage, from_name, to_name)
    where s.to_name is not null
        and p.is_same
        and p.new_definition is not null
        and (p.old_definition ? 'attributes'
            or p.object_type in ('TABLE', 'FOREIGN TABLE')
            -- Others are renamed with those of the parent.
            and p.old_definition -> 'columns' -> c.old_name ? 'type')
    union all
    select
        array[5, 1], 'RENAME', p.object_type, p.old_name,
        format('ALTER %s %s.%I RENAME CONSTRAINT %I TO %I', p.object_type,
            quote_ident(pgtrail.schema_now(p.old_definition, p_schemas)), p.old_definition ->> 'name', c.name,
            pgtrail.temporary_name(c.name)),
        'SAFE', 'gives its name to another', null
    from unnest(p_pairs) as p
    cross join lateral jsonb_object_keys(p.old_definition -> 'constraints') as c (name)
    where p.reworded -> 'constraints' ? pgtrail.temporary_name(c.name)
    union all
    -- Labels of a type that is made anew are the same there.
    select
        array[7, 0], 'RENAME', p.object_type, p.old_name,
        format('ALTER TYPE %s RENAME VALUE %L TO %L', p.name_now, r.old_name, r.new_name),
        'SAFE', 'renamed value', null
    from unnest(p_pairs) as p
    join unnest(p_pairs) as n on n.id = p.id and n.old_definition is null
    cross join lateral pgtrail.renamed_parts(p.old_definition, n.new_definition) as r
    where p.new_definition is null and p.old_definition ->> 'kind' = 'enum'
    union all
    select
        array[7, s.stage], 'RENAME', p.object_type, p.old_name,
        format('ALTER %s %s RENAME COLUMN %I TO %I', p.object_type, p.new_name, s.from_name, s.to_name),
        'SAFE', 'column renamed', null
    from unnest(p_pairs) as p
    cross join lateral pgtrail.left_column_renames(p, p_pairs) as c
    cross join lateral (
        values (1, c.name_now, pgtrail.temporary_name(c.new_name)), (2, pgtrail.temporary_name(c.new_name), c.new_name)
    ) as s (stage, from_name, to_name)
    where p.object_type in ('TABLE', 'FOREIGN TABLE')
        and p.is_same
        and p.new_definition is not null
        and (
            pgtrail.parents(p.reworded) <> pgtrail.parents(p.new_definition)
            or exists (
                select from unnest(p_pairs) as t where t.is_rebuilt and t.new_name = any (pgtrail.parents(p.new_definition))
            )
        )
    union all
    select
        array[s.phase, s.stage], 'RENAME', p.object_type, p.old_name,
        format('ALTER %s %s RENAME COLUMN %I TO %I', p.object_type, p.name_now, s.from_name, s.to_name),
        'SAFE', 'gives its name to one of a parent meanwhile', null
    from unnest(p_pairs) as p
    cross join lateral pgtrail.blocking_columns(p, p_pairs) as c (name)
    cross join lateral (
        values (5, 5, c.name, pgtrail.temporary_name(c.name)), (7, 2, pgtrail.temporary_name(c.name), c.name)
    ) as s (phase, stage, from_name, to_name)
    where p.object_type in ('TABLE', 'FOREIGN TABLE')
        and (s.phase = 5 or p.new_definition is not null)
$function$;
comment on function pgtrail.plan_renames(pgtrail.object_pair[], jsonb) is
    'Steps that give schemas, objects and columns their new names.';

create or replace function pgtrail.old_column(p_pair pgtrail.object_pair, p_name text)
    returns text
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    select coalesce(
        (select r.old_name from pgtrail.column_renames(p_pair) as r where r.new_name = p_name and p_pair.is_same limit 1),
        p_name)
$function$;
comment on function pgtrail.old_column(pgtrail.object_pair, text) is
    'The name that a column, or an attribute of a composite type, has before anything is renamed.';

create or replace function pgtrail.with_old_names(p_query text, p_pair pgtrail.object_pair)
    returns text
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    worded text := p_query;
    name text;
begin
    if p_pair.new_name <> p_pair.old_name then
        worded := pgtrail.replaced_names(worded, array[pgtrail.name_pattern(p_pair.new_name)], array[p_pair.old_name]);
    end if;
    for name in
        select c.found[1] from regexp_matches(worded, E'\x01([^\x01]+)\x01', 'g') as c (found)
    loop
        worded := replace(worded, pgtrail.counted(name), quote_ident(pgtrail.old_column(p_pair, name)));
    end loop;
    return worded;
end
$function$;
comment on function pgtrail.with_old_names(text, pgtrail.object_pair) is
    'A query that counts rows of a table as it is worded before anything is renamed; its columns stand there as counted() gives them.';

create or replace function pgtrail.plan_drops(p_pairs pgtrail.object_pair[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with going as (
        select p.*
        from unnest(p_pairs) as p
        where p.old_definition is not null
            and (p.new_definition is null or p.is_rebuilt)
            and p.object_type <> 'DEFAULT PRIVILEGES'
    )
    -- Tables that refer to each other.
    select
        array[10, 0]::numeric[], 'ALTER', g.object_type, g.old_name,
        format('ALTER TABLE %s DROP CONSTRAINT %I', g.name_now, k.key),
        'SAFE', 'the table is dropped', null
    from going as g
    cross join lateral jsonb_each(g.reworded -> 'constraints') as k
    where g.object_type = 'TABLE'
        and k.value ->> 'type' = 'FOREIGN KEY'
        and exists (
            select
            from going as o
            where o.object_type = 'TABLE'
                and o.id <> g.id
                and strpos(k.value ->> 'definition', ' REFERENCES ' || o.name_now || '(') > 0
        )
    union all
    select
        array[
            case when g.new_definition is null and pgtrail.goes_last(g.object_type) then 60 else 20 end,
            -g.old_level, -pgtrail.kind_rank(g.object_type)
        ],
        'DROP', g.object_type, g.old_name,
        case
            -- It may have gone with its column.
            when g.reworded ? 'owned_by' then 'DROP SEQUENCE IF EXISTS ' || g.name_now
            else pgtrail.drop_statement(g.object_type, g.name_now, g.reworded)
        end,
        case when d.query is null then 'SAFE' else 'DATA_LOSS' end,
        case when g.new_definition is null then 'not there in the target state' else 'made anew' end,
        d.query
    from going as g
    cross join lateral (
        select case
            when g.object_type = 'TABLE' then 'select count(*) from only ' || g.old_name
            when g.object_type = 'EXTENSION' then
                format('select pgtrail.rows_of_extension(%L)', g.old_definition ->> 'name')
            -- Where it stands; when its column goes, too, nobody needs that.
            when g.object_type = 'SEQUENCE' and not exists (
                select
                from unnest(p_pairs) as t
                where t.name_now = g.reworded #>> '{owned_by,table}'
                    and (t.new_definition -> 'numbers' ? (g.reworded #>> '{owned_by,column}')) is not true
            ) then format('select count(*) from %s where is_called', g.old_name)
        end as query
    ) as d
    -- A sequence goes with the table whose column it belongs to.
    where not (
        g.object_type = 'SEQUENCE'
        and exists (
            select
            from going as t
            where t.object_type = 'TABLE'
                and g.reworded #>> '{owned_by,table}' = t.name_now
        )
    )
$function$;
comment on function pgtrail.plan_drops(pgtrail.object_pair[]) is
    'Steps that drop what is not there in the target state, and what must be made anew: dependents first.';

create or replace function pgtrail.plan_creates(p_pairs pgtrail.object_pair[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with coming as (
        select p.*, case when p.is_rebuilt then 'made anew' else 'there in the target state' end as reason
        from unnest(p_pairs) as p
        where p.new_definition is not null
            and (p.old_definition is null or p.is_rebuilt)
            and p.object_type <> 'DEFAULT PRIVILEGES'
    )
    select
        case
            when c.object_type = 'SCHEMA' then array[29, s.place]::numeric[]
            when c.object_type = 'TYPE' and c.new_definition ? 'canonical' and s.place = 1 then array[39]
            else array[40, c.new_level, pgtrail.kind_rank(c.object_type), hashtext(c.new_name), s.place]
        end,
        'CREATE', c.object_type, c.new_name, s.statement,
        case
            when h.lacks_secret then 'IRREVERSIBLE'
            -- The rest of it are settings. A materialized view is filled later.
            when c.object_type = 'INDEX' and s.place = 1 then 'LOCK'
            else 'SAFE'
        end,
        case when h.lacks_secret then 'needs a secret, which is not kept' else c.reason end, null
    from coming as c
    cross join lateral (select pgtrail.has_secret(c.new_definition) as lacks_secret) as h
    cross join lateral unnest(pgtrail.create_statements(c.object_type, c.new_name, c.new_definition))
        with ordinality as s (statement, place)
    union all
    select
        array[50, 1, c.new_level, s.place], 'ALTER', c.object_type, c.new_name, s.statement,
        case when c.object_type in ('TABLE', 'MATERIALIZED VIEW') then 'LOCK' else 'SAFE' end, c.reason, null
    from coming as c
    cross join lateral unnest(pgtrail.attach_statements(c.object_type, c.new_name, c.new_definition))
        with ordinality as s (statement, place)
    union all
    select
        array[50, 2], 'ALTER', c.object_type, c.new_name,
        pgtrail.go_on_statement(c.new_name, c.new_definition, t.new_name, c.new_definition #>> '{owned_by,column}'),
        'SAFE', 'goes on after the values that are there', null
    from coming as c
    join unnest(p_pairs) as t
        on t.new_name = c.new_definition #>> '{owned_by,table}' and t.object_type = 'TABLE' and t.old_definition is not null
    where c.object_type = 'SEQUENCE' and not t.is_rebuilt
$function$;
comment on function pgtrail.plan_creates(pgtrail.object_pair[]) is
    'Steps that create what the target state has: what others depend on first.';

create or replace function pgtrail.made_of(p_named jsonb, p_typed jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select case
        when p_typed ? 'numbers' then (
            select jsonb_build_object('attributes', jsonb_agg(
                jsonb_build_array(n.key, p.parts -> t.key ->> 'type') order by n.value::integer))
            from jsonb_each(p_named -> 'numbers') as n
            join jsonb_each(p_typed -> 'numbers') as t on t.value = n.value
            cross join (
                select coalesce(p_typed -> 'attributes', pgtrail.with_all_columns(p_typed) -> 'columns') as parts
            ) as p
        )
        else jsonb_build_object('type', p_typed -> 'type')
    end;
end;
comment on function pgtrail.made_of(jsonb, jsonb) is
    'What the values of a domain, a composite type or the row type of a table are made of: the type below, or the attributes in their order, with the names of one definition and the types of another.';

create or replace function pgtrail.types_in(p_pairs pgtrail.object_pair[], out before jsonb, out old jsonb, out new jsonb)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with used as materialized (
        select distinct regexp_replace(c.part ->> 'type', '\[\]$', '') as name
        from unnest(p_pairs) as p
        cross join lateral (values (p.old_definition), (p.reworded), (p.new_definition)) as d (definition)
        cross join lateral (
            select v.value
            from jsonb_each(coalesce(d.definition -> 'columns', '{}')) as v
            union all
            select v.value
            from jsonb_each(coalesce(d.definition -> 'attributes', '{}')) as v
            union all
            select d.definition
            where p.object_type = 'DOMAIN'
        ) as c (part)
        where strpos(c.part ->> 'type', '.') > 0
    )
    select
        jsonb_object_agg(p.old_name, pgtrail.made_of(p.old_definition, p.old_definition))
            filter (where p.old_definition is not null and p.old_name in (select u.name from used as u)),
        jsonb_object_agg(p.name_now, pgtrail.made_of(p.old_definition, p.reworded))
            filter (where p.old_definition is not null and p.name_now in (select u.name from used as u)),
        jsonb_object_agg(p.new_name, pgtrail.made_of(p.new_definition, p.new_definition))
            filter (where p.new_definition is not null and p.new_name in (select u.name from used as u))
    from unnest(p_pairs) as p
    where p.object_type = 'DOMAIN'
        or pgtrail.is_relation(p.object_type)
        or coalesce(p.old_definition, p.new_definition) ? 'attributes'
$function$;
comment on function pgtrail.types_in(pgtrail.object_pair[]) is
    'What values of the types of columns are made of, see made_of(), by the names of the types: before any rename, once all renames are done, and in the target state.';

create or replace function pgtrail.rows_with_type(
    p_pair pgtrail.object_pair,
    p_part text,
    p_pairs pgtrail.object_pair[],
    p_types jsonb
)
    returns text
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with recursive wanted (name) as (
        values (p_pair.old_name)
        union
        -- What a table loses its children lose.
        select t.old_name
        from wanted as w
        join unnest(p_pairs) as t on w.name = any (pgtrail.parents(t.old_definition)) and t.object_type = 'TABLE'
    ),
    holder (id) as (
        select t.id
        from unnest(p_pairs) as t
        where t.old_name in (select w.name from wanted as w)
        union
        select t.id
        from holder as h
        join unnest(p_pairs) as t on h.id = any (t.old_dependencies)
        where t.object_type in ('TYPE', 'DOMAIN', 'TABLE')
    )
    select string_agg(c.query, ' + ' order by c.query collate "C")
    from unnest(p_pairs) as t
    cross join lateral (
        select format('(select count(*) from only %s where %s)', t.old_name, v.condition)
        from jsonb_each(pgtrail.with_all_columns(t.old_definition) -> 'columns') as c
        cross join lateral pgtrail.value_held(
            quote_ident(c.key), c.value ->> 'type', array(select w.name from wanted as w), p_part, p_types, 1) as v (condition)
        where v.condition is not null
        union all
        select format('(select count(%s) from only %s)', coalesce(quote_ident(p_part), '*'), t.old_name)
        where t.old_definition ->> 'of_type' = p_pair.old_name
    ) as c (query)
    where t.object_type = 'TABLE'
        and exists (select from holder as h where h.id = any (t.old_dependencies))
$function$;
comment on function pgtrail.rows_with_type(pgtrail.object_pair, text, pgtrail.object_pair[], jsonb) is
    'What counts the rows of all tables with values of a composite type, or of the row type of a table, or with values of one attribute of them, also within arrays and other types; NULL where no column can hold them. p_types: see types_in(), before any rename.';

create or replace function pgtrail.plan_alters(p_pairs pgtrail.object_pair[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with types as materialized (
        select * from pgtrail.types_in(p_pairs)
    )
    select
        case s.phase
            when 'LEAVE' then array[6, -p.old_level, hashtext(p.new_name), s.place]::numeric[]
            when 'DETACH' then array[10, 1, -p.old_level, hashtext(p.new_name), s.place]::numeric[]
            when 'REMOVE' then array[20, -p.old_level, -pgtrail.kind_rank(p.object_type), hashtext(p.new_name), s.place]
            when 'SHED' then array[27, p.old_level, hashtext(p.new_name), s.place]
            when 'RENAME' then array[28, hashtext(p.new_name), s.place]
            when 'ATTACH' then array[50, 0, hashtext(p.new_name), s.place]
            else array[40, p.new_level, pgtrail.kind_rank(p.object_type), hashtext(p.new_name), s.place]
        end,
        'ALTER', p.object_type, p.new_name, s.ddl,
        case when h.rows is null then s.risk else 'DATA_LOSS' end,
        s.reason,
        case
            when h.rows is null then pgtrail.with_old_names(s.lost_rows, p)
            else 'select ' || concat_ws(' + ', '(' || pgtrail.with_old_names(s.lost_rows, p) || ')', h.rows)
        end
    from unnest(p_pairs) as p
    cross join types as t
    cross join lateral (
        -- Told beside the definition of a table, where nothing is compared with it.
        select
            case when p.object_type = 'TABLE' then jsonb_build_object('types', t.old) else '{}' end as old_types,
            case when p.object_type = 'TABLE' then jsonb_build_object('types', t.new) else '{}' end as new_types
    ) as a
    cross join lateral (
        select s.*, s.ordinality as place
        from pgtrail.alter_steps(
            p.object_type, p.new_name, p.reworded || a.old_types,
            coalesce(p.between_definition, p.new_definition) || a.new_types) with ordinality as s
        where p.reworded <> coalesce(p.between_definition, p.new_definition)
        union all
        select s.*, 1000000 + s.ordinality
        from pgtrail.alter_steps(
            p.object_type, p.new_name, p.between_definition || a.new_types, p.new_definition || a.new_types)
            with ordinality as s
        where p.between_definition <> p.new_definition
    ) as s
    -- Of a column or an attribute that goes, also in what other columns hold.
    left join lateral (
        select pgtrail.old_column(p, n.name) as name
        from jsonb_object_keys(p.reworded -> 'numbers') as n (name)
        where s.phase = 'REMOVE'
            and s.ddl in (
                format('ALTER %s %s DROP COLUMN %I', p.object_type, p.new_name, n.name),
                format('ALTER %s %s DROP ATTRIBUTE %I CASCADE', p.object_type, p.new_name, n.name))
    ) as d on true
    cross join lateral (
        select case
            when p.object_type = 'TYPE' and s.risk = 'DATA_LOSS' or p.object_type = 'TABLE' and d.name is not null
                then pgtrail.rows_with_type(p, d.name, p_pairs, t.before)
        end as rows
    ) as h
    where p.old_definition is not null
        and p.new_definition is not null
        and not p.is_rebuilt
        and p.object_type <> 'DEFAULT PRIVILEGES'
$function$;
comment on function pgtrail.plan_alters(pgtrail.object_pair[]) is
    'Steps that change what stays.';

-- What PostgreSQL makes for a partition it names itself.
create or replace function pgtrail.index_names_statement(p_table text, p_names jsonb)
    returns text
    language sql
    immutable
    parallel safe
return format('DO %L', format(
    'begin execute (select coalesce(string_agg(s.ddl, ''; '' order by s.stage), ''SELECT'') '
    'from (values %s) as n (parent, name) '
    'join pg_catalog.pg_inherits as i on i.inhparent = n.parent::pg_catalog.regclass '
    'join pg_catalog.pg_index as x on x.indexrelid = i.inhrelid and x.indrelid = %L::pg_catalog.regclass '
    'join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relname <> n.name '
    'cross join lateral (values '
    '(1, format(''ALTER INDEX %%s RENAME TO %%I'', c.oid::pg_catalog.regclass, ''pgtrail_'' || c.oid)), '
    '(2, format(''ALTER INDEX %%s.%%I RENAME TO %%I'', c.relnamespace::pg_catalog.regnamespace, ''pgtrail_'' || c.oid, n.name))'
    ') as s (stage, ddl)); end',
    (
        select string_agg(format('(%L, %L)', n.key, n.value), ', ' order by n.key collate "C")
        from jsonb_each_text(p_names) as n
    ),
    p_table));
comment on function pgtrail.index_names_statement(text, jsonb) is
    'A statement that gives the indexes of a partition their names, by those that they are attached to, whatever they are called.';

create or replace function pgtrail.plan_index_names(p_pairs pgtrail.object_pair[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with made as (
        select p.object_type, p.new_name, p.new_definition
        from unnest(p_pairs) as p
        where p.new_definition is not null
            and (
                p.old_definition is null
                or p.is_rebuilt
                or p.object_type = 'TABLE' and pgtrail.canonical(p.reworded) <> pgtrail.canonical(p.new_definition)
            )
    )
    select
        array[51], 'ALTER', p.object_type, p.new_name,
        pgtrail.index_names_statement(p.new_name, p.new_definition #> '{inherited,index_names}'),
        'SAFE', 'names of indexes', null
    from unnest(p_pairs) as p
    where p.object_type = 'TABLE'
        and p.new_definition #> '{inherited,index_names}' is not null
        and exists (
            select
            from made as m
            where m.object_type = 'TABLE'
                    and m.new_name in (p.new_name, p.new_definition #>> '{partition_of,table}')
                or m.object_type = 'INDEX' and m.new_definition ->> 'table' = p.new_definition #>> '{partition_of,table}'
        )
        -- Those that PostgreSQL would choose are left out, unless it takes one that is there.
        and (
            exists (
                select
                from jsonb_each_text(p.new_definition #> '{inherited,index_names}') as n
                where not starts_with(n.value, (p.new_definition ->> 'name') || '_')
                    or n.value !~ '_(idx|key|pkey)$'
            )
            or exists (
                select
                from unnest(p_pairs) as i
                where i.object_type = 'INDEX' and i.old_definition is not null and i.reworded ->> 'table' = p.new_name
            )
        )
$function$;
comment on function pgtrail.plan_index_names(pgtrail.object_pair[]) is
    'Steps that give their names to indexes of partitions that were made anew.';

-- What is made on the way shall not have the privileges that new objects have by default.
create or replace function pgtrail.plan_default_privileges(p_pairs pgtrail.object_pair[])
    returns setof pgtrail.planned_step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with concerned as (
        select p.*
        from unnest(p_pairs) as p
        where p.object_type = 'DEFAULT PRIVILEGES'
            and (
                p.old_definition is distinct from p.new_definition
                or exists (
                    select
                    from unnest(p_pairs) as o
                    where o.object_type <> 'DEFAULT PRIVILEGES'
                        and o.new_definition is not null
                        and (o.old_definition is null or o.is_rebuilt)
                )
            )
    )
    select
        array[1, s.place]::numeric[], case when c.new_definition is null then 'DROP' else 'ALTER' end, c.object_type,
        c.old_name, s.statement, 'SAFE', 'nothing is granted by default meanwhile', null
    from concerned as c
    cross join lateral unnest(pgtrail.change_default_privileges(c.old_definition, c.old_definition -> 'grants', null))
        with ordinality as s (statement, place)
    union all
    select
        array[70, s.place], case when c.old_definition is null then 'CREATE' else 'ALTER' end, c.object_type,
        c.new_name, s.statement, 'SAFE', 'there in the target state', null
    from concerned as c
    cross join lateral unnest(pgtrail.change_default_privileges(c.new_definition, null, c.new_definition -> 'grants'))
        with ordinality as s (statement, place)
$function$;
comment on function pgtrail.plan_default_privileges(pgtrail.object_pair[]) is
    'Steps that take default privileges away first and set them at the end.';
