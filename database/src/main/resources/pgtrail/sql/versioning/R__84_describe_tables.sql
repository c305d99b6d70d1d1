set local role pgtrail_owner;

create or replace function pgtrail.storage_name(p_letter "char")
    returns text
    language sql
    immutable
    parallel safe
return case p_letter when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' when 'x' then 'EXTENDED' end;
comment on function pgtrail.storage_name("char") is
    'Storage of a column as SET STORAGE names it.';

-- Starting a query costs by the tables that it names, whether they are read or not. So what most tables do
-- not have stands in functions of its own, which are called where it is there.

create or replace function pgtrail.collation_name(p_collation oid)
    returns text
    language plpgsql
    stable
as $function$
begin
    return (
        select format('%I.%I', n.nspname, l.collname)
        from pg_collation as l
        join pg_namespace as n on n.oid = l.collnamespace
        where l.oid = p_collation
    );
end
$function$;
comment on function pgtrail.collation_name(oid) is
    'Quoted name of a collation with its schema.';

create or replace function pgtrail.identity_of_column(p_table oid, p_number smallint, p_always boolean, p_type text)
    returns jsonb
    language plpgsql
    stable
as $function$
begin
    return (
        select
            jsonb_strip_nulls(jsonb_build_object(
                'always', p_always,
                'sequence', s.relname,
                'type', nullif(format_type(q.seqtypid, null), p_type),
                'comment', se.description,
                'privileges', case when s.relacl is not null then pgtrail.privileges(s.relacl, 's', s.relowner) end
            )) || pgtrail.sequence_options(format_type(q.seqtypid, null), q)
        from pg_depend as o
        join pg_class as s on s.oid = o.objid
        join pg_sequence as q on q.seqrelid = s.oid
        left join pg_description as se
            on se.objoid = s.oid and se.classoid = 'pg_class'::regclass and se.objsubid = 0
        where o.refclassid = 'pg_class'::regclass and o.refobjid = p_table and o.refobjsubid = p_number
            and o.classid = 'pg_class'::regclass and o.deptype = 'i'
    );
end
$function$;
comment on function pgtrail.identity_of_column(oid, smallint, boolean, text) is
    'Identity of a column as the definition of its table has it.';

create or replace function pgtrail.parental_column(
    p_table oid,
    p_column name,
    p_storage "char",
    out has_default boolean,
    out generated text,
    out not_null boolean,
    out own_storage boolean,
    out own_compression boolean
)
    language plpgsql
    stable
as $function$
begin
    select
        bool_or(d.oid is not null and a.attgenerated = ''),
        min(pg_get_expr(d.adbin, d.adrelid)) filter (where a.attgenerated <> ''),
        -- From 18 on it is handed down as a constraint, or not.
        bool_or(a.attnotnull) and current_setting('server_version_num')::integer < 180000,
        bool_or(a.attstorage <> p_storage),
        bool_or(a.attcompression <> '')
    into has_default, generated, not_null, own_storage, own_compression
    from pg_inherits as h
    join pg_attribute as a on a.attrelid = h.inhparent and a.attname = p_column
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where h.inhrelid = p_table;
end
$function$;
comment on function pgtrail.parental_column(oid, name, "char") is
    'What a new child of the parents of a table would take from them for a column of a type with this storage.';

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
            a.attname, a.attnum,
            a.attinhcount > 0 or p_typed as given,
            case when a.attinhcount > 0 then jsonb_strip_nulls(jsonb_build_object(
                'column', case when a.attislocal then true end,
                -- The name, where it is not one that PostgreSQL gave.
                'not_null', case when k.coninhcount > 0 and k.conislocal then
                    case when k.conname ~ '_not_null\d*$' then 'true' else to_jsonb(k.conname) end end
            )) end as kept,
            case when a.attinhcount > 0 or p_typed then jsonb_strip_nulls(jsonb_build_object(
                'type', format_type(a.atttypid, a.atttypmod),
                'collation', case when a.attcollation <> t.typcollation then pgtrail.collation_name(a.attcollation) end,
                'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
                'virtual', case when a.attgenerated = 'v' then true end,
                -- Whoever joins parents must have it, whoever is with them may not: before 18.
                'not_null', nullif(a.attnotnull or coalesce(p.not_null, false), false)
            )) end as inherited,
            jsonb_strip_nulls(jsonb_build_object(
                'type', case when a.attinhcount = 0 and not p_typed then format_type(a.atttypid, a.atttypmod) end,
                'default', case
                    when a.attgenerated <> '' then null
                    when d.oid is not null then pg_get_expr(d.adbin, d.adrelid)
                    when p.has_default then 'NULL'
                end,
                'not_null', case when a.attnotnull
                    and case when k.oid is not null then k.coninhcount = 0 else p.not_null is not true end then true end,
                'comment', (
                    select e.description
                    from pg_description as e
                    where e.objoid = a.attrelid and e.classoid = 'pg_class'::regclass and e.objsubid = a.attnum
                )
            ))
            || case when k.coninhcount = 0 then jsonb_strip_nulls(jsonb_build_object(
                -- A name that PostgreSQL gave says nothing.
                'not_null_name', case
                    when k.conname !~ '_not_null\d*$'
                        or exists (
                            select from pg_description as e where e.objoid = k.oid and e.classoid = 'pg_constraint'::regclass
                        )
                        then k.conname
                end,
                'not_null_comment', (
                    select e.description from pg_description as e where e.objoid = k.oid and e.classoid = 'pg_constraint'::regclass
                ),
                'not_null_no_inherit', nullif(k.connoinherit, false),
                'not_null_not_valid', nullif(not k.convalidated, false)
            )) else '{}' end
            -- Most columns have nothing of this.
            || case
                when a.attinhcount > 0 or a.attcollation <> t.typcollation or a.attgenerated <> '' or a.attidentity <> ''
                    or a.attstorage <> t.typstorage or a.attcompression <> '' or a.attstattarget >= 0
                    or num_nonnulls(a.attoptions, a.attfdwoptions, a.attacl) > 0
                then jsonb_strip_nulls(jsonb_build_object(
                    'collation', case
                        when a.attinhcount = 0 and not p_typed and a.attcollation <> t.typcollation
                            then pgtrail.collation_name(a.attcollation)
                    end,
                    'generated', case when a.attgenerated <> ''
                        then nullif(pg_get_expr(d.adbin, d.adrelid), p.generated) end,
                    'virtual', case when a.attgenerated = 'v'
                        and pg_get_expr(d.adbin, d.adrelid) is distinct from p.generated then true end,
                    'identity', case when a.attidentity <> '' then pgtrail.identity_of_column(
                        a.attrelid, a.attnum, a.attidentity = 'a', format_type(a.atttypid, a.atttypmod)) end,
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
                    'privileges', case when a.attacl is not null then pgtrail.privileges(a.attacl, 'c', p_owner) end
                ))
                else '{}'
            end as definition
        from pg_attribute as a
        join pg_type as t on t.oid = a.atttypid
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_constraint as k on k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
        -- OFFSET keeps the function from being called for columns that have no parent.
        left join lateral (
            select c.*
            from pgtrail.parental_column(a.attrelid, a.attname, t.typstorage) as c
            where a.attinhcount > 0
            offset 0
        ) as p on true
        where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
        offset 0  -- each definition once, not once per use
    ) as c;
end;
comment on function pgtrail.table_columns(oid, oid, boolean) is
    'Columns of a table as its definition has them, their numbers, what they have from parents or a type, and what of that stays when the parents drop it.';

create or replace function pgtrail.tablespace_name(p_tablespace oid)
    returns name
    language plpgsql
    stable
as $function$
begin
    return (select s.spcname from pg_tablespace as s where s.oid = p_tablespace);
end
$function$;
comment on function pgtrail.tablespace_name(oid) is
    'Name of a tablespace, unquoted; NULL for that of the database.';

create or replace function pgtrail.is_enforced(p_constraint oid)
    returns boolean
    language plpgsql
    stable
as $function$
begin
    -- The column is new in PostgreSQL 18.
    return (
        select coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
        from pg_constraint as k
        where k.oid = p_constraint
    );
end
$function$;
comment on function pgtrail.is_enforced(oid) is
    'Whether a constraint is enforced.';

create or replace function pgtrail.bare_constraint(p_constraint oid)
    returns text
    language sql
    stable
return regexp_replace(
    pg_get_constraintdef(p_constraint),
    '( NO INHERIT)?( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT ENFORCED)?( NOT VALID)?$', '');
comment on function pgtrail.bare_constraint(oid) is
    'A constraint as PostgreSQL words it, without what follows its definition.';

create or replace function pgtrail.index_constraint(p_constraint oid, p_index oid, p_options text[])
    returns text[]
    language plpgsql
    stable
as $function$
begin
    return pgtrail.split_condition(
        pgtrail.without_options(pgtrail.bare_constraint(p_constraint), p_options),
        (
            select '(' || pg_get_expr(x.indpred, x.indrelid) || ')'
            from pg_index as x
            where x.indexrelid = p_index
        ));
end
$function$;
comment on function pgtrail.index_constraint(oid, oid, text[]) is
    'A constraint whose index has storage parameters or a condition, without those; and the condition.';

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
                'definition', case
                    when c.reloptions is null and x.indpred is null then pgtrail.bare_constraint(k.oid)
                    else (pgtrail.index_constraint(k.oid, x.indexrelid, c.reloptions))[1]
                end,
                'where', case when x.indpred is not null then
                    (pgtrail.index_constraint(k.oid, x.indexrelid, c.reloptions))[2] end,
                'no_inherit', case when k.contype = 'c' and k.connoinherit then true end,
                'deferrable', nullif(k.condeferrable, false),
                'deferred', nullif(k.condeferred, false),
                'not_enforced', case when not k.convalidated and not pgtrail.is_enforced(k.oid) then true end,
                'not_valid', case when not k.convalidated and pgtrail.is_enforced(k.oid) then true end,
                'options', case when c.reloptions is not null then pgtrail.options(c.reloptions) end,
                'tablespace', case when c.reltablespace <> 0 then pgtrail.tablespace_name(c.reltablespace) end,
                'clustered', nullif(x.indisclustered, false),
                'replica_identity', nullif(x.indisreplident, false),
                'comment', (
                    select d.description
                    from pg_description as d
                    where d.objoid = k.oid and d.classoid = 'pg_constraint'::regclass
                ),
                'index_comment', (
                    select e.description
                    from pg_description as e
                    where e.objoid = x.indexrelid and e.classoid = 'pg_class'::regclass and e.objsubid = 0
                )
            )) as definition
        from pg_constraint as k
        left join pg_index as x on x.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
        left join pg_class as c on c.oid = x.indexrelid
        where k.conrelid = p_table
            and k.contype in ('p', 'u', 'x', 'c', 'f')
            -- A foreign key to a partitioned table has one to each partition beside it.
            and (
                k.conparentid = 0
                or (select p.conrelid from pg_constraint as p where p.oid = k.conparentid) is distinct from k.conrelid
            )
        offset 0
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
    language plpgsql
    stable
as $function$
begin
    return query
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
end
$function$;
comment on function pgtrail.attached_indexes(oid) is
    'What is different about the indexes of a partition that come with those of the partitioned table, and their names.';

create or replace function pgtrail.own_indexes(p_partition oid)
    returns jsonb
    language plpgsql
    stable
as $function$
begin
    return (
        select jsonb_object_agg(d.full_name, d.definition)
        from pgtrail.describe_indexes(
            array(select x.indexrelid from pg_index as x where x.indrelid = p_partition), true) as d
    );
end
$function$;
comment on function pgtrail.own_indexes(oid) is
    'All indexes of a partition as it would have them without the partitioned table.';

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

create or replace function pgtrail.access_method_name(p_access_method oid)
    returns name
    language plpgsql
    stable
as $function$
begin
    return (select m.amname from pg_am as m where m.oid = p_access_method);
end
$function$;
comment on function pgtrail.access_method_name(oid) is
    'Name of an access method, unquoted.';

create or replace function pgtrail.table_parents(p_table oid, p_inherited jsonb)
    returns jsonb
    language plpgsql
    stable
as $function$
declare
    parents record;
begin
    select
        jsonb_agg(format('%I.%I', n.nspname, h.relname) order by i.inhseqno) as names,
        min(i.inhparent) as first,
        max(coalesce(m.amname, 'heap')) as access_method,
        max(coalesce(s.spcname, '')) as tablespace
    into parents
    from pg_inherits as i
    join pg_class as h on h.oid = i.inhparent
    join pg_namespace as n on n.oid = h.relnamespace
    left join pg_am as m on m.oid = h.relam
    left join pg_tablespace as s on s.oid = h.reltablespace
    where i.inhrelid = p_table;
    return (
        select
            case
                when not c.relispartition then jsonb_build_object('inherits', parents.names)
                else jsonb_strip_nulls(jsonb_build_object(
                    'partition_of', jsonb_build_object(
                        'table', parents.names ->> 0, 'bound', pg_get_expr(c.relpartbound, c.oid)),
                    -- A new partition takes both from its parent.
                    'access_method', case when parents.access_method <> 'heap' then pgtrail.access_method_name(c.relam) end,
                    'tablespace', case
                        when parents.tablespace <> '' and c.reltablespace = 0 and c.relkind <> 'f' then 'pg_default'
                    end,
                    'attached_indexes', a.indexes,
                    'inherited', nullif(coalesce(p_inherited, '{}') || jsonb_strip_nulls(jsonb_build_object(
                        -- A table that became a partition may have its columns in another order.
                        'own_order', nullif(pgtrail.column_names(c.oid) <> pgtrail.column_names(parents.first), false),
                        'index_names', a.names,
                        'indexes', pgtrail.own_indexes(c.oid))), '{}')
                ))
            end
        from pg_class as c
        left join lateral pgtrail.attached_indexes(c.oid) as a on c.relispartition
        where c.oid = p_table
    );
end
$function$;
comment on function pgtrail.table_parents(oid, jsonb) is
    'What the definition of a table has of the tables that it inherits from or is a partition of; for a partition p_inherited, what it inherits, with its indexes.';

create or replace function pgtrail.foreign_table(p_table oid)
    returns jsonb
    language plpgsql
    stable
as $function$
begin
    return (
        select jsonb_strip_nulls(jsonb_build_object(
            'server', v.srvname,
            'foreign_options', case when f.ftoptions is not null then pgtrail.redacted_options(f.ftoptions) end))
        from pg_foreign_table as f
        join pg_foreign_server as v on v.oid = f.ftserver
        where f.ftrelid = p_table
    );
end
$function$;
comment on function pgtrail.foreign_table(oid) is
    'What the definition of a foreign table has of its server.';

create or replace function pgtrail.has_replica_index(p_table oid)
    returns boolean
    language plpgsql
    stable
as $function$
begin
    return exists (select from pg_index as x where x.indrelid = p_table and x.indisreplident);
end
$function$;
comment on function pgtrail.has_replica_index(oid) is
    'Whether a table has an index that identifies its rows for replication.';

create or replace function pgtrail.toast_options(p_options text[])
    returns text[]
    language sql
    immutable
    strict
    parallel safe
begin atomic
    select array_agg('toast.' || o.option) from unnest(p_options) as o (option);
end;
comment on function pgtrail.toast_options(text[]) is
    'Storage parameters of a TOAST table as its table has them.';

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
            'comment', (
                select d.description
                from pg_description as d
                where d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
            ),
            'privileges', case when c.relacl is not null then pgtrail.privileges(c.relacl, 'r', c.relowner) end,
            'persistence', case when c.relpersistence = 'u' and c.relkind <> 'p' then 'UNLOGGED' end,
            'of_type', case when c.reloftype <> 0 then format_type(c.reloftype, null) end,
            'partition_by', case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
            -- 2: heap.
            'access_method', case when c.relam not in (0, 2) then pgtrail.access_method_name(c.relam) end,
            'tablespace', case when c.reltablespace <> 0 then pgtrail.tablespace_name(c.reltablespace) end,
            'options', pgtrail.options(c.reloptions || pgtrail.toast_options((
                select t.reloptions from pg_class as t where t.oid = c.reltoastrelid
            ))),
            'replica_identity', case
                when c.relkind = 'f' or c.relreplident = 'd' then null
                when c.relreplident = 'f' then 'FULL'
                when c.relreplident = 'i' and pgtrail.has_replica_index(c.oid) then 'INDEX'
                -- Also when its index was dropped.
                else 'NOTHING'
            end,
            'row_security', nullif(c.relrowsecurity, false),
            'force_row_security', nullif(c.relforcerowsecurity, false),
            'columns', a.columns,
            'constraints', k.constraints,
            'numbers', a.numbers,
            'inherited', h.inherited
        ))
        || case
            when c.relispartition or exists (select from pg_inherits as i where i.inhrelid = c.oid)
                then pgtrail.table_parents(c.oid, h.inherited)
            else '{}'
        end
        || case when c.relkind = 'f' then pgtrail.foreign_table(c.oid) else '{}' end
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    cross join lateral pgtrail.table_columns(c.oid, c.relowner, c.reloftype <> 0) as a
    cross join lateral pgtrail.table_constraints(c.oid) as k
    cross join lateral (
        select nullif(jsonb_strip_nulls(jsonb_build_object(
            'columns', a.inherited,
            'constraints', k.inherited,
            'kept', nullif(jsonb_strip_nulls(jsonb_build_object('columns', a.kept, 'constraints', k.kept)), '{}')
        )), '{}')
    ) as h (inherited)
    where c.oid = any (p_objects)
        and c.relkind in ('r', 'p', 'f');
end
$function$;
comment on function pgtrail.describe_tables(oid[]) is
    'Tables, partitioned and foreign ones included, with their columns and constraints.';
