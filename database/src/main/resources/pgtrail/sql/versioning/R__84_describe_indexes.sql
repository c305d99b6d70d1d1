set local role pgtrail_owner;

-- PostgreSQL writes the options of an index into the middle of its definition; they are kept apart.
create or replace function pgtrail.without_options(p_ddl text, p_options text[])
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(
        replace(p_ddl, ' WITH (' || string_agg(
            o.name || '=' || case when quote_ident(o.value) = o.value then o.value else quote_literal(o.value) end, ', '
            order by o.place) || ')', ''),
        p_ddl)
    from (
        select split_part(u.option, '=', 1) as name, substr(u.option, strpos(u.option, '=') + 1) as value, u.place
        from unnest(p_options) with ordinality as u (option, place)
    ) as o;
end;
comment on function pgtrail.without_options(text, text[]) is
    'Definition of an index or constraint, as PostgreSQL words it, without its storage parameters.';

-- Where the condition stands cannot be told from the text alone: a name or a value may contain WHERE.
create or replace function pgtrail.split_condition(p_ddl text, p_condition text)
    returns text[]
    language sql
    immutable
    parallel safe
return case
    when p_condition is null then array[p_ddl, null]
    when right(p_ddl, length(p_condition) + 7) = ' WHERE ' || p_condition
        then array[left(p_ddl, -length(p_condition) - 7), p_condition]
    else array[left(p_ddl, strpos(p_ddl, ' WHERE ') - 1), substr(p_ddl, strpos(p_ddl, ' WHERE ') + 7)]
end;
comment on function pgtrail.split_condition(text, text) is
    'What stands before and after WHERE in the definition of an index or exclusion constraint.';

create or replace function pgtrail.index_definitions(p_objects oid[])
    returns table (index_id oid, table_id oid, definition jsonb)
    language sql
    stable
begin atomic
    with statistics as (
        select a.attrelid as index_id, jsonb_object_agg(a.attnum, a.attstattarget) as targets
        from pg_attribute as a
        where a.attrelid = any (p_objects) and a.attnum > 0 and a.attstattarget >= 0
        group by a.attrelid
    )
    select
        c.oid, x.indrelid,
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.relname,
            'comment', d.description,
            'table', b.name,
            'unique', nullif(x.indisunique, false),
            'partitioned', case when c.relkind = 'I' then true end,
            'method', m.amname,
            'keys', replace(w.parts[1], ' NULLS NOT DISTINCT', ''),
            'nulls_not_distinct', case when w.parts[1] like '% NULLS NOT DISTINCT' then true end,
            'where', w.parts[2],
            'options', pgtrail.options(c.reloptions),
            'tablespace', s.spcname,
            'clustered', nullif(x.indisclustered, false),
            'replica_identity', nullif(x.indisreplident, false),
            'statistics', t.targets,
            'invalid', case when not x.indisvalid then true end
        ))
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_index as x on x.indexrelid = c.oid
    join pg_class as r on r.oid = x.indrelid
    join pg_namespace as rn on rn.oid = r.relnamespace
    cross join lateral (select format('%I.%I', rn.nspname, r.relname)) as b (name)
    join pg_am as m on m.oid = c.relam
    cross join lateral (
        select pgtrail.split_condition(
            pgtrail.without_options(
                substr(pg_get_indexdef(c.oid), 1 + length(format('CREATE %sINDEX %I ON %s%s USING %I ',
                    case when x.indisunique then 'UNIQUE ' else '' end, c.relname,
                    case when c.relkind = 'I' then 'ONLY ' else '' end, b.name, m.amname))),
                c.reloptions),
            pg_get_expr(x.indpred, x.indrelid))
    ) as w (parts)
    left join statistics as t on t.index_id = c.oid
    left join pg_tablespace as s on s.oid = c.reltablespace
    left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        and c.relkind in ('i', 'I')
        and not exists (
            select from pg_constraint as k where k.conindid = c.oid and k.contype in ('p', 'u', 'x')
        );
end;
comment on function pgtrail.index_definitions(oid[]) is
    'Definitions of indexes, but for those of constraints, which are parts of their table.';

-- An index on a partition that is attached to the index of the partitioned table comes and goes with that.
create or replace function pgtrail.describe_indexes(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_class'::regclass, c.oid, 'INDEX', i.definition ->> 'schema', i.definition ->> 'name',
        pgtrail.qualified_name(i.definition), i.definition
    from pgtrail.index_definitions(p_objects) as i
    join pg_class as c on c.oid = i.index_id
    where not c.relispartition;
end;
comment on function pgtrail.describe_indexes(oid[]) is
    'Indexes, but for those of constraints, which are parts of their table, and those that belong to an index of a partitioned table.';
