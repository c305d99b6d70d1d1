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
create or replace function pgtrail.table_columns(p_table oid, p_owner oid, p_typed boolean)
    returns table (columns jsonb, numbers jsonb, inherited jsonb, kept jsonb)
    language sql
    stable
begin atomic
    select
        jsonb_object_agg(c.attname, c.definition) filter (where not c.given or c.definition <> '{}'),
        jsonb_object_agg(c.attname, c.attnum),
        jsonb_object_agg(c.attname, c.inherited) filter (where c.given),
        jsonb_object_agg(c.attname, c.kept) filter (where c.kept <> '{}')
    from (
        select
            a.attname, a.attnum, g.given,
            jsonb_strip_nulls(jsonb_build_object(
                'column', case when a.attinhcount > 0 and a.attislocal then true end,
                -- The name, where it is not one that PostgreSQL gave.
                'not_null', case when k.coninhcount > 0 and k.conislocal then
                    case when k.conname ~ '_not_null\d*$' then 'true' else to_jsonb(k.conname) end end
            )) as kept,
            case when g.given then jsonb_strip_nulls(jsonb_build_object(
                'type', format_type(a.atttypid, a.atttypmod),
                'collation', o.name,
                'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
                'virtual', case when a.attgenerated = 'v' then true end,
                -- Whoever joins parents must have it, whoever is with them may not: before 18.
                'not_null', nullif(a.attnotnull or coalesce(p.not_null, false), false)
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
                'identity', i.identity,
                'not_null', case when a.attnotnull
                    and case when k.oid is not null then k.coninhcount = 0 else p.not_null is not true end then true end,
                -- A name that PostgreSQL gave says nothing.
                'not_null_name', case
                    when k.coninhcount = 0 and (k.conname !~ '_not_null\d*$' or ke.description is not null) then k.conname
                end,
                'not_null_comment', case when k.coninhcount = 0 then ke.description end,
                'not_null_no_inherit', case when k.coninhcount = 0 and k.connoinherit then true end,
                'not_null_not_valid', case when k.coninhcount = 0 and not k.convalidated then true end,
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
                'options', case when a.attoptions is not null then pgtrail.options(a.attoptions) end,
                'foreign_options', case when a.attfdwoptions is not null then pgtrail.redacted_options(a.attfdwoptions) end,
                'comment', e.description,
                'privileges', case when a.attacl is not null then pgtrail.privileges(a.attacl, 'c', p_owner) end
            )) as definition
        from pg_attribute as a
        join pg_type as t on t.oid = a.atttypid
        cross join lateral (select a.attinhcount > 0 or p_typed as given) as g
        left join lateral (
            select format('%I.%I', n.nspname, l.collname) as name
            from pg_collation as l
            join pg_namespace as n on n.oid = l.collnamespace
            where l.oid = a.attcollation and a.attcollation <> t.typcollation
        ) as o on true
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_constraint as k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
        left join pg_description as ke on ke.objoid = k.oid and ke.classoid = 'pg_constraint'::regclass
        left join pg_description as e
            on e.objoid = a.attrelid and e.classoid = 'pg_class'::regclass and e.objsubid = a.attnum
        -- What a new child would take from its parents.
        left join lateral (
            select
                bool_or(pd.oid is not null and pa.attgenerated = '') as has_default,
                min(pg_get_expr(pd.adbin, pd.adrelid)) filter (where pa.attgenerated <> '') as generated,
                -- From 18 on it is handed down as a constraint, or not.
                bool_or(pa.attnotnull) and current_setting('server_version_num')::integer < 180000 as not_null,
                bool_or(pa.attstorage <> t.typstorage) as own_storage,
                bool_or(pa.attcompression <> '') as own_compression
            from pg_inherits as h
            join pg_attribute as pa on pa.attrelid = h.inhparent and pa.attname = a.attname
            left join pg_attrdef as pd on pd.adrelid = pa.attrelid and pd.adnum = pa.attnum
            where h.inhrelid = a.attrelid and a.attinhcount > 0
        ) as p on true
        left join lateral (
            select
                jsonb_strip_nulls(jsonb_build_object(
                    'always', a.attidentity = 'a',
                    'sequence', s.relname,
                    'type', nullif(format_type(q.seqtypid, null), format_type(a.atttypid, a.atttypmod)),
                    'comment', se.description,
                    'privileges', case when s.relacl is not null then pgtrail.privileges(s.relacl, 's', s.relowner) end
                )) || pgtrail.sequence_options(format_type(q.seqtypid, null), q) as identity
            from pg_depend as o
            join pg_class as s on s.oid = o.objid
            join pg_sequence as q on q.seqrelid = s.oid
            left join pg_description as se
                on se.objoid = s.oid and se.classoid = 'pg_class'::regclass and se.objsubid = 0
            where a.attidentity <> ''
                and o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum
                and o.classid = 'pg_class'::regclass and o.deptype = 'i'
        ) as i on true
        where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
    ) as c;
end;
comment on function pgtrail.table_columns(oid, oid, boolean) is
    'Columns of a table as its definition has them, their numbers, what they have from parents or a type, and what of that stays when the parents drop it.';

create or replace function pgtrail.table_constraints(p_table oid)
    returns table (constraints jsonb, inherited jsonb, kept jsonb)
    language sql
    stable
begin atomic
    select
        jsonb_object_agg(k.conname, k.definition) filter (where not k.is_inherited),
        jsonb_object_agg(k.conname, k.definition) filter (where k.is_inherited),
        jsonb_object_agg(k.conname, true) filter (where k.is_inherited and k.conislocal)
    from (
        select
            k.conname, k.conislocal,
            k.coninhcount > 0 or k.conparentid <> 0 as is_inherited,
            jsonb_strip_nulls(jsonb_build_object(
                'type', case k.contype
                    when 'p' then 'PRIMARY KEY' when 'u' then 'UNIQUE' when 'x' then 'EXCLUDE'
                    when 'c' then 'CHECK' when 'f' then 'FOREIGN KEY'
                end,
                'definition', w.parts[1],
                'where', w.parts[2],
                'no_inherit', case when k.contype = 'c' and k.connoinherit then true end,
                'deferrable', nullif(k.condeferrable, false),
                'deferred', nullif(k.condeferred, false),
                'not_enforced', case when v.enforced = 'false' then true end,
                'not_valid', case when not k.convalidated and v.enforced is distinct from 'false' then true end,
                'options', case when c.reloptions is not null then pgtrail.options(c.reloptions) end,
                'tablespace', s.spcname,
                'clustered', nullif(x.indisclustered, false),
                'replica_identity', nullif(x.indisreplident, false),
                'comment', d.description,
                'index_comment', e.description
            )) as definition
        from pg_constraint as k
        left join pg_constraint as p on p.oid = k.conparentid
        left join pg_index as x on x.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
        left join pg_class as c on c.oid = x.indexrelid
        left join pg_tablespace as s on s.oid = c.reltablespace
        left join pg_description as d on d.objoid = k.oid and d.classoid = 'pg_constraint'::regclass
        left join pg_description as e on e.objoid = x.indexrelid and e.classoid = 'pg_class'::regclass and e.objsubid = 0
        cross join lateral (select case when not k.convalidated then to_jsonb(k) ->> 'conenforced' end) as v (enforced)
        cross join lateral (
            select regexp_replace(
                pg_get_constraintdef(k.oid),
                '( NO INHERIT)?( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED)?( NOT VALID)?$', '') as text
            offset 0  -- once, not once per use
        ) as b
        cross join lateral (
            select case
                when c.reloptions is null and x.indpred is null then array[b.text]
                else pgtrail.split_condition(
                    pgtrail.without_options(b.text, c.reloptions), '(' || pg_get_expr(x.indpred, x.indrelid) || ')')
            end as parts
            offset 0
        ) as w
        where k.conrelid = p_table
            and k.contype in ('p', 'u', 'x', 'c', 'f')
            -- A foreign key to a partitioned table has one to each partition beside it.
            and p.conrelid is distinct from k.conrelid
    ) as k;
end;
comment on function pgtrail.table_constraints(oid) is
    'Constraints of a table as its definition has them, those that it has from parents, and which of them stay when the parents drop them; NOT NULL is told with the columns.';

create or replace function pgtrail.index_statistics(p_index oid)
    returns jsonb
    language sql
    stable
begin atomic
    select jsonb_object_agg(a.attnum, a.attstattarget)
    from pg_attribute as a
    where a.attrelid = p_index and a.attnum > 0 and a.attstattarget >= 0;
end;
comment on function pgtrail.index_statistics(oid) is
    'Statistics targets of the columns of an index, by their numbers.';

-- By the index they are attached to: their own names are PostgreSQL's choice.
create or replace function pgtrail.attached_indexes(p_table oid)
    returns table (indexes jsonb, names jsonb)
    language sql
    stable
begin atomic
    select jsonb_object_agg(i.parent, i.definition) filter (where i.definition <> '{}'), jsonb_object_agg(i.parent, i.name)
    from (
        select
            format('%I.%I', n.nspname, p.relname) as parent,
            c.relname as name,
            jsonb_strip_nulls(jsonb_build_object(
                'options', case when c.reloptions is distinct from p.reloptions then coalesce(pgtrail.options(c.reloptions), '{}') end,
                'tablespace', case when c.reltablespace <> p.reltablespace then coalesce(s.spcname, 'pg_default') end,
                'clustered', nullif(x.indisclustered, false),
                'replica_identity', nullif(x.indisreplident, false),
                'statistics', pgtrail.index_statistics(c.oid),
                'comment', d.description
            )) as definition
        from pg_index as x
        join pg_class as c on c.oid = x.indexrelid and c.relispartition
        join pg_inherits as h on h.inhrelid = c.oid
        join pg_class as p on p.oid = h.inhparent
        join pg_namespace as n on n.oid = p.relnamespace
        left join pg_tablespace as s on s.oid = c.reltablespace
        left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
        where x.indrelid = p_table
    ) as i;
end;
comment on function pgtrail.attached_indexes(oid) is
    'What is different about the indexes of a partition that come with those of the partitioned table, and their names.';

create or replace function pgtrail.column_names(p_table oid)
    returns name[]
    language sql
    stable
begin atomic
    select array_agg(a.attname order by a.attnum)
    from pg_attribute as a
    where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped;
end;
comment on function pgtrail.column_names(oid) is
    'Columns of a table in their order.';

create or replace function pgtrail.describe_tables(p_objects oid[])
    returns setof pgtrail.described
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    -- Planned once per session, and quickly: planning takes longer than describing a table. The plan goes from
    -- one table to the next, whatever their number.
    set plan_cache_mode = force_generic_plan
    set join_collapse_limit = 1
as $function$
begin
    return query
    select
        'pg_class'::regclass::oid, c.oid, case c.relkind when 'f' then 'FOREIGN TABLE' else 'TABLE' end,
        n.nspname::text, c.relname::text, format('%I.%I', n.nspname, c.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.relname,
            'owner', pg_get_userbyid(c.relowner),
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
            'foreign_options', case when f.ftoptions is not null then pgtrail.redacted_options(f.ftoptions) end,
            'columns', a.columns,
            'constraints', k.constraints,
            'attached_indexes', i.indexes,
            'numbers', a.numbers,
            'inherited', nullif(jsonb_strip_nulls(jsonb_build_object(
                'columns', a.inherited,
                'constraints', k.inherited,
                -- A table that became a partition may have its columns in another order.
                'own_order', case when c.relispartition then nullif(
                    pgtrail.column_names(c.oid) <> pgtrail.column_names(p.first), false) end,
                'kept', nullif(jsonb_strip_nulls(jsonb_build_object('columns', a.kept, 'constraints', k.kept)), '{}'),
                'index_names', i.names,
                'indexes', case when c.relispartition then (
                    select jsonb_object_agg(d.full_name, d.definition)
                    from pgtrail.describe_indexes(
                        array(select x.indexrelid from pg_index as x where x.indrelid = c.oid), true) as d
                ) end)), '{}')
        ))
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join lateral pgtrail.table_columns(c.oid, c.relowner, c.reloftype <> 0) as a
    cross join lateral pgtrail.table_constraints(c.oid) as k
    cross join lateral pgtrail.attached_indexes(c.oid) as i
    cross join lateral (
        select
            jsonb_agg(format('%I.%I', hn.nspname, h.relname) order by i.inhseqno) as names,
            min(i.inhparent) as first,
            max(coalesce(hm.amname, 'heap')) as access_method,
            max(coalesce(hs.spcname, '')) as tablespace
        from pg_inherits as i
        join pg_class as h on h.oid = i.inhparent
        join pg_namespace as hn on hn.oid = h.relnamespace
        left join pg_am as hm on hm.oid = h.relam
        left join pg_tablespace as hs on hs.oid = h.reltablespace
        where i.inhrelid = c.oid
    ) as p
    left join pg_am as m on m.oid = c.relam
    left join pg_tablespace as s on s.oid = c.reltablespace
    left join pg_foreign_table as f on f.ftrelid = c.oid
    left join pg_foreign_server as v on v.oid = f.ftserver
    left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        and c.relkind in ('r', 'p', 'f');
end
$function$;
comment on function pgtrail.describe_tables(oid[]) is
    'Tables, partitioned and foreign ones included, with their columns and constraints.';
