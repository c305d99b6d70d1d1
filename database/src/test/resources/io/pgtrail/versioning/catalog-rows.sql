-- What the catalogs hold of the objects of users, with names for identities: by what PostgreSQL itself says its columns
-- refer to, so that a column of a later major is looked at, too.

create function pg_temp.named(p_class oid, p_object oid, p_part integer default 0)
    returns text
    language sql
    stable
return case
    when p_object = 0 then '-'
    when p_class = 'pg_authid'::regclass then pg_get_userbyid(p_object)
    else (
        -- Some names have a number in them: those of toast tables and of the triggers of constraints.
        select regexp_replace(concat_ws(' ', o.type, o.identity), '_\d{5,}', '_N', 'g')
        from pg_identify_object(p_class, p_object, p_part) as o
    )
end;

create function pg_temp.sorted(p_text text)
    returns text
    language sql
    immutable
return (select string_agg(w.word, ', ' order by w.word) from regexp_split_to_table(p_text, '[{},]+ *') as w (word));

-- How a column is told; NULL for one that says nothing of the object.
create function pg_temp.told(p_catalog regclass, p_column name, p_type regtype)
    returns text
    language sql
    stable
begin atomic
    select case
        when p_column in (
            -- How much there is, and where.
            'oid', 'relfilenode', 'relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid',
            'reltoastrelid', 'attmissingval', 'atthasmissing', 'indcheckxmin', 'collversion',
            -- What was there once: dropped columns, indexes, labels between others.
            'attnum', 'relnatts', 'relhasindex', 'relhastriggers', 'relhasrules', 'relhassubclass', 'enumsortorder',
            -- Nobody can ask for another: text[][] is text[], the encoding is that of the database, and a key that
            -- becomes one of a partition keeps what a key of no partition has.
            'attndims', 'collencoding',
            -- Told with the objects.
            'classoid', 'objsubid'
        ) then null
        -- Trees have places in the source in them: what they say is in the definitions.
        when p_type = 'pg_node_tree'::regtype then format('(c.%I is not null)::text', p_column)
        when p_type = 'aclitem[]'::regtype then format('(select string_agg(x::text, '','' order by x::text) from unnest(c.%I) as x)', p_column)
        when p_catalog = 'pg_description'::regclass and p_column = 'objoid' then 'pg_temp.named(c.classoid, c.objoid, c.objsubid)'
        when p_catalog = 'pg_constraint'::regclass and p_column = 'connoinherit' then 'case when c.contype in (''c'', ''n'') then c.connoinherit::text end'
        -- An index that is gone is none.
        when p_column = 'relreplident' then
            'case when c.relreplident <> ''i'' or exists (select from pg_index as x where x.indrelid = c.oid and x.indisreplident)'
            ' then c.relreplident else ''n'' end::text'
        when f.fkcols is null and p_column ~ 'options?$|^(evttags|proconfig)$' then format('pg_temp.sorted(c.%I::text)', p_column)
        when f.fkcols is null then format('regexp_replace(c.%I::text, ''_\d{5,}'', ''_N'', ''g'')', p_column)
        when cardinality(f.fkcols) = 1 and not f.is_array then format('pg_temp.named(%s, c.%I)', f.pktable::oid, p_column)
        when cardinality(f.fkcols) = 1 then format(
            'array(select pg_temp.named(%s, x.id) from unnest(c.%I::oid[]) with ordinality as x (id, place) order by place)::text',
            f.pktable::oid, p_column)
        when not f.is_array then format('pg_temp.named(1259, c.%I, c.%I)', f.fkcols[1], p_column)
        else format(
            'array(select case when x.number > 0 then pg_temp.named(1259, c.%I, x.number) else x.number::text end'
            ' from unnest(c.%I::int2[]) with ordinality as x (number, place) order by place)::text', f.fkcols[1], p_column)
    end
    from (select) as one
    left join lateral (
        select k.*
        from pg_get_catalog_foreign_keys() as k
        where k.fktable = p_catalog and k.fkcols[cardinality(k.fkcols)] = p_column
        order by cardinality(k.fkcols) desc
        limit 1
    ) as f on true;
end;

create function pg_temp.catalog_rows()
    returns setof text
    language plpgsql
    stable
as $function$
declare
    catalog record;
begin
    for catalog in
        select c.oid::regclass as name,
            string_agg(format('%L, %s', a.attname, t.told), ', ' order by a.attname) filter (where t.told is not null) as told,
            (array_agg(a.attname order by a.attnum) filter (where a.atttypid in ('oid'::regtype, 'regproc'::regtype)))[1] as identity
        from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        cross join lateral pg_temp.told(c.oid, a.attname, a.atttypid) as t (told)
        where c.relnamespace = 'pg_catalog'::regnamespace
            and c.relkind = 'r'
            and not c.relisshared
            -- Data, statistics, and what follows from the rest.
            and c.relname !~ 'largeobject|^pg_statistic(_ext_data)?$|^pg_(depend|init_privs)$'
        group by c.oid
    loop
        return query execute format(
            'select concat_ws('' '', %L, r.told) from (select jsonb_strip_nulls(jsonb_build_object(%s))::text as told'
            ' from %s as c where c.%I::oid >= 16384 %s) as r'
            -- A range that was renamed has constructors under its first name: pggit.coverage() says so.
            ' where r.told !~ ''pg_toast|pg_temp|"prosrc": "range_constructor''',
            catalog.name, catalog.told, catalog.name, catalog.identity,
            case when catalog.name = 'pg_attribute'::regclass then 'and c.attnum > 0 and not c.attisdropped' else '' end);
    end loop;
end
$function$;
