-- What the moves choose from.
create temporary view walk_schema as
    select n.oid, quote_ident(n.nspname) as name
    from pg_namespace as n
    join pg_roles as r on r.oid = n.nspowner
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and r.rolname <> 'pgtrail_owner';
create temporary view walk_relation as
    select c.oid, s.name || '.' || quote_ident(c.relname) as name, quote_ident(c.relname) as bare, s.name as schema,
        c.relkind as kind, c.relispartition as is_partition, c.relrowsecurity as row_security,
        c.relpersistence as persistence, quote_ident(r.rolname) as owner, c.relname
    from pg_class as c
    join walk_schema as s on s.oid = c.relnamespace
    join pg_roles as r on r.oid = c.relowner
    where c.relpersistence <> 't';
create temporary view walk_table as
    select * from walk_relation where kind in ('r', 'p');
create temporary view walk_column as
    select t.oid as table_oid, t.name as table_name, t.bare as table_bare, t.kind, t.schema, quote_ident(a.attname) as name,
        format_type(a.atttypid, a.atttypmod) as type, y.typcategory as category, y.typtype, a.attnotnull as not_null,
        a.attidentity as identity, a.attgenerated as generated, a.atthasdef as has_default, a.attinhcount > 0 as inherited,
        a.attnum, a.atttypid as type_oid, a.attname
    from walk_relation as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as y on y.oid = a.atttypid
    where t.kind in ('r', 'p', 'v', 'm');
create temporary view walk_routine as
    select f.oid, s.name || '.' || quote_ident(f.proname) as called, s.name as schema, quote_ident(f.proname) as bare,
        s.name || '.' || quote_ident(f.proname) || '(' || pg_get_function_identity_arguments(f.oid) || ')' as name,
        case f.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
        f.prorettype, f.prorettype = 'trigger'::regtype as is_trigger, f.proargtypes
    from pg_proc as f
    join walk_schema as s on s.oid = f.pronamespace
    join pg_roles as r on r.oid = f.proowner and r.rolname <> 'pgtrail_owner'
    where not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'i');
create temporary view walk_type as
    select t.oid, s.name || '.' || quote_ident(t.typname) as name, t.typtype as kind, s.name as schema
    from pg_type as t
    join walk_schema as s on s.oid = t.typnamespace
    left join pg_class as c on c.oid = t.typrelid
    where t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c';
create temporary view walk_constraint as
    select k.conrelid, t.name as table_name, quote_ident(k.conname) as name, k.contype as kind, k.convalidated as valid,
        k.coninhcount > 0 as inherited
    from pg_constraint as k
    join walk_table as t on t.oid = k.conrelid
    where k.contype in ('p', 'u', 'c', 'f', 'x');
create temporary view walk_trigger as
    select quote_ident(g.tgname) as name, r.name as table_name, r.kind
    from pg_trigger as g
    join walk_relation as r on r.oid = g.tgrelid
    where not g.tgisinternal and g.tgparentid = 0;
create function pg_temp.walk_default(p_type oid) returns text language sql as $$
    select case y.typcategory
        when 'N' then case when y.typtype = 'd' then '3' else '7 + length(''abc'')' end
        when 'S' then '''it''''s; {col}'''
        when 'D' then case when y.typname like 'timestamp%' then 'now()' else '''2020-02-03''' end
        when 'B' then 'true'
        when 'E' then (select quote_literal(min(e.enumlabel)) || '::' || y.oid::regtype from pg_enum as e where e.enumtypid = y.oid)
    end
    from pg_type as y
    where y.oid = p_type
$$;
create function pg_temp.walk_value(p_type oid) returns text language sql as $$
    select case
        when y.typtype = 'e' then format(
            '(enum_range(null::%1$s))[1 + {n} %% array_length(enum_range(null::%1$s), 1)]', y.oid::regtype)
        when y.typcategory = 'N' then '{n}'
        when y.typcategory = 'S' then '''v{n}'''
        when y.typcategory = 'D' then 'date ''2015-01-01'' + 400 * {n}'
        when y.typcategory = 'B' then 'true'
        when y.typname = 'jsonb' then '''{"a": {n}}'''
        when y.typname = 'uuid' then 'gen_random_uuid()'
        else 'null'
    end
    from pg_type as y
    where y.oid = p_type
$$;
create temporary view walk_insert as
    select t.name, t.kind = 'r' and pg_relation_size(t.oid) = 0 as is_empty, format('insert into %s (%s) values (%s)', t.name,
        string_agg(quote_ident(a.attname), ', ' order by a.attnum),
        string_agg(pg_temp.walk_value(a.atttypid), ', ' order by a.attnum)) as statement
    from walk_table as t
    join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        and a.attgenerated = '' and a.attidentity <> 'a'
    group by t.oid, t.name, t.kind;

-- What was at a moment.
create temporary table walk_object (moment text, object text, definition jsonb);
create temporary table walk_part (moment text, table_oid oid, attnum integer, name text, type text, computed boolean);
create temporary table walk_row (moment text, table_oid oid, row_values jsonb);
create function pg_temp.walk_keep_parts(p_moment text) returns void language sql as $$
    insert into walk_part
        select p_moment, t.oid, a.attnum, a.attname,
            -- A renamed label of an enumeration is another value.
            format_type(a.atttypid, a.atttypmod) || coalesce((
                select string_agg(e.enumlabel, ',' order by e.enumlabel) from pg_enum as e where e.enumtypid = a.atttypid
            ), ''), a.attgenerated <> ''
        from walk_table as t
        join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped;
$$;
create function pg_temp.walk_remember() returns text language plpgsql as $$
declare
    this_moment constant text := clock_timestamp();
begin
    insert into walk_object
        select this_moment, s.object_type || ' ' || s.full_name, pgtrail.canonical(s.definition) from pgtrail.live_state() as s;
    perform pg_temp.walk_keep_parts(this_moment);
    return this_moment;
end $$;
create function pg_temp.walk_keep_rows(p_side text) returns void language plpgsql as $$
declare
    every record;
begin
    delete from walk_part where moment = p_side;
    delete from walk_row where moment = p_side;
    perform pg_temp.walk_keep_parts(p_side);
    for every in
        select p.table_oid, string_agg(format('%L, x.%I', p.attnum, p.name), ', ') as parts
        from walk_part as p
        where p.moment = p_side and not p.computed
        group by p.table_oid
    loop
        execute format('insert into walk_row select %L, %s, jsonb_build_object(%s) from only %s as x',
            p_side, every.table_oid, every.parts, every.table_oid::regclass);
    end loop;
end $$;
create function pg_temp.walk_lost_rows() returns setof text language sql as $$
    with kept as (
        select b.table_oid, array_agg(b.attnum::text) as attnums
        from walk_part as b
        join walk_part as a on a.table_oid = b.table_oid and a.attnum = b.attnum and a.moment = 'after'
            and a.type = b.type
        where b.moment = 'before' and not a.computed and not b.computed
        group by b.table_oid
    ),
    is_row as (
        select r.moment, r.table_oid, (
            select jsonb_object_agg(v.key, v.value) from jsonb_each(r.row_values) as v where v.key = any (k.attnums)
        ) as row_values
        from walk_row as r
        join kept as k on k.table_oid = r.table_oid
    )
    select d.table_oid::regclass || ' ' || d.what || ' ' || coalesce(d.row_values::text, '')
    from (
        (select 'lost' as what, i.table_oid, i.row_values from is_row as i where i.moment = 'before'
        except all select 'lost', i.table_oid, i.row_values from is_row as i where i.moment = 'after')
        union all
        (select 'new', i.table_oid, i.row_values from is_row as i where i.moment = 'after'
        except all select 'new', i.table_oid, i.row_values from is_row as i where i.moment = 'before')
    ) as d
$$;
-- What cannot be brought back: the order of attributes, and which columns would outlive their parents'.
create function pg_temp.walk_attributes() returns text language sql as $$
    select concat_ws(';',
        string_agg(a.attrelid || '.' || a.attname, ', ' order by a.attrelid, a.attnum) filter (where c.relkind = 'c'),
        string_agg(c.oid::regclass || '.' || a.attname, ', ' order by c.oid::regclass::text, a.attname)
            filter (where a.attinhcount > 0 and a.attislocal))
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    where not a.attisdropped
$$;
-- Values under another name than they had.
create function pg_temp.walk_mixed_up(p_moment text) returns setof text language sql as $$
    select format('%s: column %s was %s', a.table_oid::regclass, a.name, t.name)
    from walk_part as t
    join walk_part as a on a.table_oid = t.table_oid and a.attnum = t.attnum and a.moment = 'after'
    where t.moment = p_moment and a.name <> t.name
$$;
create function pg_temp.walk_differences(p_then text, p_now text) returns setof text language sql as $$
    select coalesce(t.object, f.object) || ': ' || coalesce(
        (select string_agg(c.change || ' ' || array_to_string(c.path, '.') || ' ' || coalesce(c.old_value::text, '') || ' -> ' || coalesce(c.new_value::text, ''), E'
  ')
        from pgtrail.definition_changes(t.definition, f.definition) as c
        where t.object is not null and f.object is not null),
        case when t.object is null then 'is too much' else 'is missing' end)
    from (select * from walk_object where moment = p_then) as t
    full join (select * from walk_object where moment = p_now) as f on f.object = t.object
    where t.definition is distinct from f.definition
$$;
create function pg_temp.walk_misrecorded(p_moment text) returns setof text language sql as $$
    select coalesce(t.object, s.object_type || ' ' || s.full_name)
    from (select * from walk_object where moment = p_moment) as t
    full join (select s.*, s.object_type || ' ' || s.full_name as object from pgtrail.state_at(p_moment::timestamptz) as s) as s on s.object = t.object
    where t.definition is distinct from pgtrail.canonical(s.definition)
$$;
