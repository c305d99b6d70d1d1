set local role pgtrail_owner;

create or replace function pgtrail.describe_views(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with wanted as (
        select
            c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl, c.reloptions, c.reltoastrelid,
            c.relispopulated, c.reltablespace, c.relam
        from pg_class as c
        where c.oid = any (p_objects) and c.relkind in ('v', 'm')
    ),
    columns as (
        select
            a.attrelid,
            jsonb_object_agg(a.attname, jsonb_build_object(
                'type', format_type(a.atttypid, a.atttypmod),
                'collation', case when a.attcollation <> t.typcollation
                    then quote_ident(n.nspname) || '.' || quote_ident(l.collname) end,
                'default', pg_get_expr(d.adbin, d.adrelid),
                'statistics', nullif(a.attstattarget, -1),
                'options', case when a.attoptions is not null then pgtrail.options(a.attoptions) end,
                'storage', case when a.attstorage <> t.typstorage then pgtrail.storage_name(a.attstorage) end,
                'storage_default', case when a.attstorage <> t.typstorage then pgtrail.storage_name(t.typstorage) end,
                'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
                'comment', m.description,
                'privileges', case when a.attacl is not null then pgtrail.privileges(a.attacl, 'c', w.relowner) end
            )) as columns,
            jsonb_object_agg(a.attname, a.attnum) as numbers
        from wanted as w
        join pg_attribute as a on a.attrelid = w.oid
        join pg_type as t on t.oid = a.atttypid
        left join pg_collation as l on l.oid = a.attcollation
        left join pg_namespace as n on n.oid = l.collnamespace
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_description as m
            on m.classoid = 'pg_class'::regclass and m.objoid = a.attrelid and m.objsubid = a.attnum
        where a.attnum > 0 and not a.attisdropped
        group by a.attrelid
    ),
    extensions as (
        select d.objid, jsonb_object_agg(e.extname, true) as extensions
        from wanted as w
        join pg_depend as d on d.classid = 'pg_class'::regclass and d.objid = w.oid
        join pg_extension as e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
        where d.deptype = 'x'
        group by d.objid
    )
    select
        'pg_class'::regclass::oid, w.oid,
        case w.relkind when 'v' then 'VIEW' else 'MATERIALIZED VIEW' end,
        n.nspname::text, w.relname::text, quote_ident(n.nspname) || '.' || quote_ident(w.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', w.relname,
            'owner', pgtrail.role_name(w.relowner),
            'comment', m.description,
            'privileges', case when w.relacl is not null then pgtrail.privileges(w.relacl, 'r', w.relowner) end,
            'columns', c.columns,
            'numbers', c.numbers,
            'query', pgtrail.settled(rtrim(pg_get_viewdef(w.oid), ';')),
            'options', case when coalesce(w.reloptions, t.reloptions) is not null then pgtrail.options(
                w.reloptions || array(select 'toast.' || o.option from unnest(t.reloptions) as o (option))) end,
            'unpopulated', nullif(not w.relispopulated, false),
            'tablespace', s.spcname,
            'access_method', nullif(a.amname, 'heap'),
            'extensions', x.extensions
        ))
    from wanted as w
    join pg_namespace as n on n.oid = w.relnamespace
    left join columns as c on c.attrelid = w.oid
    left join extensions as x on x.objid = w.oid
    left join pg_class as t on t.oid = w.reltoastrelid
    left join pg_tablespace as s on s.oid = w.reltablespace
    left join pg_am as a on a.oid = w.relam
    left join pg_description as m on m.classoid = 'pg_class'::regclass and m.objoid = w.oid and m.objsubid = 0;
end;
comment on function pgtrail.describe_views(oid[]) is
    'Those of the relations that are views or materialized views.';
