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

-- An index on a partition that is attached to the index of the partitioned table comes and goes with that.
create or replace function pgtrail.describe_indexes(p_objects oid[], p_attached boolean default false)
    returns setof pgtrail.described
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    -- See describe_tables().
    set plan_cache_mode = force_generic_plan
    set join_collapse_limit = 1
as $function$
begin
    return query
    select
        'pg_class'::regclass::oid, c.oid, 'INDEX', n.nspname::text, c.relname::text, format('%I.%I', n.nspname, c.relname),
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
            'options', case when c.reloptions is not null then pgtrail.options(c.reloptions) end,
            'tablespace', s.spcname,
            'clustered', nullif(x.indisclustered, false),
            'replica_identity', nullif(x.indisreplident, false),
            'statistics', pgtrail.index_statistics(c.oid),
            'invalid', case when not x.indisvalid then true end,
            'extensions', (
                select jsonb_object_agg(e.extname, true)
                from pg_depend as p
                join pg_extension as e on p.refclassid = 'pg_extension'::regclass and e.oid = p.refobjid
                where p.classid = 'pg_class'::regclass and p.objid = c.oid and p.deptype = 'x'
            )
        ))
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_index as x on x.indexrelid = c.oid
    join pg_class as r on r.oid = x.indrelid
    join pg_namespace as rn on rn.oid = r.relnamespace
    cross join lateral (select format('%I.%I', rn.nspname, r.relname)) as b (name)
    join pg_am as m on m.oid = c.relam
    cross join lateral (
        select substr(pg_get_indexdef(c.oid), 1 + length(format('CREATE %sINDEX %I ON %s%s USING %I ',
            case when x.indisunique then 'UNIQUE ' else '' end, c.relname,
            case when c.relkind = 'I' then 'ONLY ' else '' end, b.name, m.amname))) as text
        offset 0  -- once, not once per use
    ) as g
    cross join lateral (
        select case
            when c.reloptions is null and x.indpred is null then array[g.text]
            else pgtrail.split_condition(
                pgtrail.without_options(g.text, c.reloptions), pg_get_expr(x.indpred, x.indrelid))
        end as parts
        offset 0
    ) as w
    left join pg_tablespace as s on s.oid = c.reltablespace
    left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        and c.relkind in ('i', 'I')
        and c.relispartition = p_attached
        and not exists (
            select
            from pg_constraint as k
            where k.conrelid = x.indrelid and k.conindid = c.oid and k.contype in ('p', 'u', 'x')
        );
end
$function$;
comment on function pgtrail.describe_indexes(oid[], boolean) is
    'Indexes, but for those of constraints, which are parts of their table: those that belong to an index of a partitioned table, or those that do not.';
