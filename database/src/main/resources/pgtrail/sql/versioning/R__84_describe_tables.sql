set local role pgtrail_owner;

create or replace function pgtrail.storage_name(p_letter "char")
    returns text
    language sql
    immutable
    parallel safe
return case p_letter when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' when 'x' then 'EXTENDED' end;
comment on function pgtrail.storage_name("char") is
    'Storage of a column as SET STORAGE names it.';

-- Columns and constraints that come from a parent or from the type of a typed table are told with those:
-- here stands only what the table has of its own. Such a column has no type in the definition.
create or replace function pgtrail.table_columns(p_objects oid[])
    returns table (table_id oid, columns jsonb, numbers jsonb, inherited jsonb)
    language sql
    stable
begin atomic
    with parent_column as (
        select
            i.inhrelid as table_id, a.attname,
            bool_or(d.oid is not null and a.attgenerated = '') as has_default,
            min(pg_get_expr(d.adbin, d.adrelid)) filter (where a.attgenerated <> '') as generated,
            bool_or(a.attnotnull) as not_null,
            bool_or(a.attstorage <> t.typstorage) as own_storage,
            bool_or(a.attcompression <> '') as own_compression
        from pg_inherits as i
        join pg_attribute as a on a.attrelid = i.inhparent and a.attnum > 0 and not a.attisdropped
        join pg_type as t on t.oid = a.atttypid
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where i.inhrelid = any (p_objects)
        group by i.inhrelid, a.attname
    ),
    identity as (
        select
            o.refobjid as table_id, o.refobjsubid as number,
            jsonb_strip_nulls(jsonb_build_object(
                'sequence', c.relname,
                'type', nullif(format_type(s.seqtypid, null), format_type(a.atttypid, a.atttypmod)),
                'comment', e.description,
                'privileges', case when c.relacl is not null then pgtrail.privileges(c.relacl, 's', c.relowner) end
            )) || pgtrail.sequence_options(format_type(s.seqtypid, null), s) as sequence
        from pg_depend as o
        join pg_class as c on c.oid = o.objid and c.relkind = 'S'
        join pg_sequence as s on s.seqrelid = c.oid
        join pg_attribute as a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
        left join pg_description as e on e.objoid = c.oid and e.classoid = 'pg_class'::regclass and e.objsubid = 0
        where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass
            and o.refobjid = any (p_objects) and o.refobjsubid <> 0 and o.deptype = 'i'
    ),
    not_null as (
        select
            k.conrelid as table_id, k.conkey[1] as number, k.coninhcount > 0 as inherited,
            k.conname, k.connoinherit, k.convalidated
        from pg_constraint as k
        where k.conrelid = any (p_objects) and k.contype = 'n'
    ),
    part as (
        select
            a.attrelid as table_id, a.attname, a.attnum, g.given,
            case when g.given then jsonb_strip_nulls(jsonb_build_object(
                'type', format_type(a.atttypid, a.atttypmod),
                'collation', o.name,
                'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
                'virtual', case when a.attgenerated = 'v' then true end,
                'not_null', nullif(a.attnotnull, false)
            )) end as inherited,
            jsonb_strip_nulls(jsonb_build_object(
                'type', case when not g.given then format_type(a.atttypid, a.atttypmod) end,
                'collation', case when not g.given then o.name end,
                'default', case
                    when a.attgenerated <> '' then null
                    when d.oid is not null then pg_get_expr(d.adbin, d.adrelid)
                    when p.has_default then 'NULL'
                end,
                'generated', case when a.attgenerated <> ''
                    then nullif(pg_get_expr(d.adbin, d.adrelid), p.generated) end,
                'virtual', case when a.attgenerated = 'v'
                    and pg_get_expr(d.adbin, d.adrelid) is distinct from p.generated then true end,
                'identity', case when i.table_id is not null
                    then jsonb_build_object('always', a.attidentity = 'a') || i.sequence end,
                'not_null', case when a.attnotnull
                    and case when k.table_id is not null then not k.inherited else p.not_null is not true end then true end,
                -- A name that PostgreSQL gave says nothing.
                'not_null_name', case when not k.inherited and k.conname !~ '_not_null\d*$' then k.conname end,
                'not_null_no_inherit', case when not k.inherited and k.connoinherit then true end,
                'not_null_not_valid', case when not k.inherited and not k.convalidated then true end,
                'storage', case when a.attstorage <> t.typstorage or p.own_storage
                    then pgtrail.storage_name(a.attstorage) end,
                'storage_default', case when a.attstorage <> t.typstorage or p.own_storage
                    then pgtrail.storage_name(t.typstorage) end,
                'compression', case
                    when a.attcompression = 'p' then 'pglz'
                    when a.attcompression = 'l' then 'lz4'
                    when p.own_compression then 'default'
                end,
                'statistics', case when a.attstattarget >= 0 then a.attstattarget end,
                'options', pgtrail.options(a.attoptions),
                'foreign_options', pgtrail.options(a.attfdwoptions),
                'comment', e.description,
                'privileges', case when a.attacl is not null then pgtrail.privileges(a.attacl, 'c', c.relowner) end
            )) as definition
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_type as t on t.oid = a.atttypid
        cross join lateral (select a.attinhcount > 0 or c.reloftype <> 0 as given) as g
        left join lateral (
            select format('%I.%I', n.nspname, l.collname) as name
            from pg_collation as l
            join pg_namespace as n on n.oid = l.collnamespace
            where l.oid = a.attcollation and a.attcollation <> t.typcollation
        ) as o on true
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join parent_column as p on p.table_id = a.attrelid and p.attname = a.attname and a.attinhcount > 0
        left join identity as i on i.table_id = a.attrelid and i.number = a.attnum
        left join not_null as k on k.table_id = a.attrelid and k.number = a.attnum
        left join pg_description as e
            on e.objoid = a.attrelid and e.classoid = 'pg_class'::regclass and e.objsubid = a.attnum
        where c.oid = any (p_objects) and c.relkind in ('r', 'p', 'f')
    )
    select
        p.table_id,
        jsonb_object_agg(p.attname, p.definition) filter (where not p.given or p.definition <> '{}'),
        jsonb_object_agg(p.attname, p.attnum),
        jsonb_object_agg(p.attname, p.inherited) filter (where p.given)
    from part as p
    group by p.table_id;
end;
comment on function pgtrail.table_columns(oid[]) is
    'Columns of tables as their definitions have them, their numbers, and what they have from parents or a type.';

create or replace function pgtrail.table_constraints(p_objects oid[])
    returns table (table_id oid, constraints jsonb, inherited jsonb)
    language sql
    stable
begin atomic
    select
        k.conrelid,
        jsonb_object_agg(k.conname, w.definition) filter (where k.coninhcount = 0 and k.conparentid = 0),
        jsonb_object_agg(k.conname, w.definition) filter (where k.coninhcount <> 0 or k.conparentid <> 0)
    from pg_constraint as k
    left join pg_constraint as p on p.oid = k.conparentid
    left join pg_index as x on x.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
    left join pg_class as c on c.oid = x.indexrelid
    left join pg_tablespace as s on s.oid = c.reltablespace
    left join pg_description as d on d.objoid = k.oid and d.classoid = 'pg_constraint'::regclass
    left join pg_description as e on e.objoid = x.indexrelid and e.classoid = 'pg_class'::regclass and e.objsubid = 0
    cross join lateral (
        select pgtrail.split_condition(
            pgtrail.without_options(
                regexp_replace(
                    pg_get_constraintdef(k.oid),
                    '( NO INHERIT)?( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED)?( NOT VALID)?$', ''),
                c.reloptions),
            '(' || pg_get_expr(x.indpred, x.indrelid) || ')') as parts
    ) as q
    cross join lateral (
        select jsonb_strip_nulls(jsonb_build_object(
            'type', case k.contype
                when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' when 'x' then 'EXCLUDE'
                when 'c' then 'CHECK' when 'f' then 'FOREIGN KEY'
            end,
            'definition', q.parts[1],
            'where', q.parts[2],
            'no_inherit', case when k.contype = 'c' and k.connoinherit then true end,
            'deferrable', nullif(k.condeferrable, false),
            'deferred', nullif(k.condeferred, false),
            'not_enforced', case when to_jsonb(k) ->> 'conenforced' = 'false' then true end,
            'not_valid', case
                when not k.convalidated and to_jsonb(k) ->> 'conenforced' is distinct from 'false' then true
            end,
            'options', pgtrail.options(c.reloptions),
            'tablespace', s.spcname,
            'clustered', nullif(x.indisclustered, false),
            'replica_identity', nullif(x.indisreplident, false),
            'comment', d.description,
            'index_comment', e.description
        )) as definition
    ) as w
    where k.conrelid = any (p_objects)
        and k.contype in ('p', 'u', 'x', 'c', 'f')
        -- A foreign key to a partitioned table has one to each partition beside it.
        and p.conrelid is distinct from k.conrelid
    group by k.conrelid;
end;
comment on function pgtrail.table_constraints(oid[]) is
    'Constraints of tables as their definitions have them; NOT NULL is told with the columns.';

create or replace function pgtrail.describe_tables(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with parent as (
        select
            i.inhrelid as table_id,
            jsonb_agg(format('%I.%I', n.nspname, c.relname) order by i.inhseqno) as names,
            max(coalesce(m.amname, 'heap')) as access_method,
            max(coalesce(s.spcname, '')) as tablespace
        from pg_inherits as i
        join pg_class as c on c.oid = i.inhparent
        join pg_namespace as n on n.oid = c.relnamespace
        left join pg_am as m on m.oid = c.relam
        left join pg_tablespace as s on s.oid = c.reltablespace
        where i.inhrelid = any (p_objects)
        group by i.inhrelid
    ),
    attached_index as (
        select i.table_id, jsonb_object_agg(pgtrail.qualified_name(i.definition), i.definition) as indexes
        from (
            select array_agg(x.indexrelid) as ids
            from pg_index as x
            join pg_class as c on c.oid = x.indexrelid and c.relispartition
            where x.indrelid = any (p_objects)
        ) as x
        cross join lateral pgtrail.index_definitions(x.ids) as i
        group by i.table_id
    )
    select
        'pg_class'::regclass, c.oid, case c.relkind when 'f' then 'FOREIGN TABLE' else 'TABLE' end,
        n.nspname, c.relname, format('%I.%I', n.nspname, c.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.relname,
            'owner', pgtrail.role_name(c.relowner),
            'comment', d.description,
            'privileges', case when c.relacl is not null then pgtrail.privileges(c.relacl, 'r', c.relowner) end,
            'persistence', case when c.relpersistence = 'u' and c.relkind <> 'p' then 'UNLOGGED' end,
            'of_type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
            'inherits', case when not c.relispartition then p.names end,
            'partition_of', case when c.relispartition then jsonb_build_object(
                'table', p.names ->> 0, 'bound', pg_get_expr(c.relpartbound, c.oid)) end,
            'partition_by', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
            -- A new partition takes both from its parent.
            'access_method', case
                when c.relkind = 'r' or m.oid is not null then nullif(m.amname, case
                    when c.relispartition and p.access_method <> 'heap' then ''
                    else 'heap'
                end)
            end,
            'tablespace', coalesce(s.spcname, case
                when c.relispartition and p.tablespace <> '' and c.relkind <> 'f' then 'pg_default'
            end),
            'options', pgtrail.options(c.reloptions || (
                select array_agg('toast.' || o.option)
                from pg_class as t
                cross join lateral unnest(t.reloptions) as o (option)
                where t.oid = c.reltoastrelid
            )),
            'replica_identity', case
                when c.relkind = 'f' or c.relreplident = 'd' then null
                when c.relreplident = 'f' then 'FULL'
                when c.relreplident = 'i'
                    and exists (select from pg_index as x where x.indrelid = c.oid and x.indisreplident) then 'INDEX'
                -- Also when its index was dropped.
                else 'NOTHING'
            end,
            'row_security', nullif(c.relrowsecurity, false),
            'force_row_security', nullif(c.relforcerowsecurity, false),
            'server', v.srvname,
            'foreign_options', pgtrail.options(f.ftoptions),
            'columns', a.columns,
            'constraints', k.constraints,
            'numbers', a.numbers,
            'inherited', nullif(jsonb_strip_nulls(jsonb_build_object(
                'columns', a.inherited, 'constraints', k.inherited, 'indexes', x.indexes)), '{}')
        ))
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    left join parent as p on p.table_id = c.oid
    left join pgtrail.table_columns(p_objects) as a on a.table_id = c.oid
    left join pgtrail.table_constraints(p_objects) as k on k.table_id = c.oid
    left join attached_index as x on x.table_id = c.oid
    left join pg_am as m on m.oid = c.relam
    left join pg_tablespace as s on s.oid = c.reltablespace
    left join pg_foreign_table as f on f.ftrelid = c.oid
    left join pg_foreign_server as v on v.oid = f.ftserver
    left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        and c.relkind in ('r', 'p', 'f');
end;
comment on function pgtrail.describe_tables(oid[]) is
    'Tables, partitioned and foreign ones included, with their columns and constraints.';
