set local role pgtrail_owner;

create or replace function pgtrail.describe_statistics(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with kept_column as (
        select s.oid, string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C") as columns
        from pg_statistic_ext as s
        join pg_attribute as a on a.attrelid = s.stxrelid and a.attnum = any (s.stxkeys)
        where s.oid = any (p_objects)
        group by s.oid
    )
    select
        'pg_statistic_ext'::regclass::oid, s.oid, 'STATISTICS', n.nspname::text, s.stxname::text,
        quote_ident(n.nspname) || '.' || quote_ident(s.stxname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', s.stxname,
            'owner', pgtrail.role_name(s.stxowner),
            'comment', d.description,
            'table', quote_ident(m.nspname) || '.' || quote_ident(c.relname),
            -- All of them is the default, also of later majors that know more.
            'kinds', case when not s.stxkind @> array['d', 'f', 'm']::"char"[] then nullif(
                concat_ws(', ',
                    case when 'd' = any (s.stxkind) then 'ndistinct' end,
                    case when 'f' = any (s.stxkind) then 'dependencies' end,
                    case when 'm' = any (s.stxkind) then 'mcv' end), '') end,
            'on', k.columns,
            'expressions', to_jsonb(pg_get_statisticsobjdef_expressions(s.oid)),
            -- NULL since 17 where it was -1: the default
            'target', nullif((to_jsonb(s) ->> 'stxstattarget')::integer, -1)))
    from pg_statistic_ext as s
    join pg_namespace as n on n.oid = s.stxnamespace
    join pg_class as c on c.oid = s.stxrelid
    join pg_namespace as m on m.oid = c.relnamespace
    left join kept_column as k on k.oid = s.oid
    left join pg_description as d
        on d.objoid = s.oid and d.classoid = 'pg_statistic_ext'::regclass and d.objsubid = 0
    where s.oid = any (p_objects);
end;
comment on function pgtrail.describe_statistics(oid[]) is
    'Definitions of extended statistics.';
