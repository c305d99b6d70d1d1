set local role pgtrail_owner;

-- "numbers" tells which label or attribute is which, so that a renamed one is known: an attribute by its
-- place, a label by its identity in pg_enum.
create or replace function pgtrail.describe_enums(p_objects oid[])
    returns table (type_id oid, definition jsonb)
    language sql
    stable
begin atomic
    select
        t.oid,
        jsonb_build_object(
            'kind', 'enum',
            'labels', coalesce(jsonb_agg(e.enumlabel order by e.enumsortorder) filter (where e.oid is not null), '[]'),
            'numbers', coalesce(jsonb_object_agg(e.enumlabel, e.oid::bigint) filter (where e.oid is not null), '{}'))
    from pg_type as t
    left join pg_enum as e on e.enumtypid = t.oid
    where t.oid = any (p_objects) and t.typtype = 'e'
    group by t.oid;
end;
comment on function pgtrail.describe_enums(oid[]) is
    'What is special in the definitions of enumerations: their labels in order.';

create or replace function pgtrail.describe_composites(p_objects oid[])
    returns table (type_id oid, definition jsonb)
    language sql
    stable
begin atomic
    select
        t.oid,
        jsonb_build_object(
            'kind', 'composite',
            'attributes', coalesce(
                jsonb_object_agg(
                    a.attname,
                    jsonb_strip_nulls(jsonb_build_object(
                        'type', format_type(a.atttypid, a.atttypmod),
                        'collation', case
                            when a.attcollation <> y.typcollation then a.attcollation::regcollation::text
                        end,
                        'comment', d.description)))
                    filter (where a.attnum is not null),
                '{}'),
            'numbers', coalesce(jsonb_object_agg(a.attname, a.attnum) filter (where a.attnum is not null), '{}'))
    from pg_type as t
    join pg_class as c on c.oid = t.typrelid and c.relkind = 'c'
    left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_type as y on y.oid = a.atttypid
    left join pg_description as d
        on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
    where t.oid = any (p_objects) and t.typtype = 'c'
    group by t.oid;
end;
comment on function pgtrail.describe_composites(oid[]) is
    'What is special in the definitions of composite types: their attributes.';

create or replace function pgtrail.default_multirange_name(p_range text)
    returns text
    language sql
    immutable
    parallel safe
return case
    when strpos(p_range, 'range') > 0
        then left(p_range, strpos(p_range, 'range') - 1) || 'multi' || substr(p_range, strpos(p_range, 'range'))
    else p_range || '_multirange'
end;
comment on function pgtrail.default_multirange_name(text) is
    'Name that PostgreSQL gives to the multirange type of a range type, if it is not too long.';

create or replace function pgtrail.describe_ranges(p_objects oid[])
    returns table (type_id oid, definition jsonb)
    language sql
    stable
begin atomic
    select
        t.oid,
        jsonb_build_object(
            'kind', 'range',
            'subtype', format_type(r.rngsubtype, null),
            'operator_class', case
                when not o.opcdefault then quote_ident(s.nspname) || '.' || quote_ident(o.opcname)
            end,
            'collation', case
                when r.rngcollation <> y.typcollation then r.rngcollation::regcollation::text
            end,
            'canonical', case when r.rngcanonical <> 0 then r.rngcanonical::text end,
            'difference', case when r.rngsubdiff <> 0 then r.rngsubdiff::text end,
            'multirange', case
                when m.typname <> pgtrail.default_multirange_name(t.typname) then m.typname
            end,
            'multirange_schema', case when m.typnamespace <> t.typnamespace then n.nspname end,
            'multirange_comment', d.description)
    from pg_range as r
    join pg_type as t on t.oid = r.rngtypid
    join pg_type as y on y.oid = r.rngsubtype
    join pg_opclass as o on o.oid = r.rngsubopc
    join pg_namespace as s on s.oid = o.opcnamespace
    join pg_type as m on m.oid = r.rngmultitypid
    join pg_namespace as n on n.oid = m.typnamespace
    left join pg_description as d on d.objoid = m.oid and d.classoid = 'pg_type'::regclass
    where r.rngtypid = any (p_objects);
end;
comment on function pgtrail.describe_ranges(oid[]) is
    'What is special in the definitions of range types.';

create or replace function pgtrail.default_not_null_name(p_domain text)
    returns text
    language sql
    immutable
    parallel safe
return left(p_domain, 54) || '_not_null';
comment on function pgtrail.default_not_null_name(text) is
    'Name that PostgreSQL 17 gives to the NOT NULL of a domain.';

-- Since 17 NOT NULL has a name; it is a constraint here only where that is not the default, or it has a comment.
create or replace function pgtrail.describe_domains(p_objects oid[])
    returns table (type_id oid, definition jsonb)
    language sql
    stable
begin atomic
    with named as (
        select
            k.contypid,
            jsonb_object_agg(
                k.conname,
                jsonb_strip_nulls(jsonb_build_object(
                    'definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
                    'not_valid', nullif(not k.convalidated, false),
                    'comment', d.description))) as constraints
        from pg_constraint as k
        join pg_type as t on t.oid = k.contypid
        left join pg_description as d
            on d.objoid = k.oid and d.classoid = 'pg_constraint'::regclass and d.objsubid = 0
        where k.contypid = any (p_objects)
            and (k.contype = 'c'
                or k.conname <> pgtrail.default_not_null_name(t.typname)
                or d.description is not null)
        group by k.contypid
    )
    select
        t.oid,
        jsonb_build_object(
            'type', format_type(t.typbasetype, t.typtypmod),
            'collation', case
                when t.typcollation <> y.typcollation then t.typcollation::regcollation::text
            end,
            'default', pg_get_expr(t.typdefaultbin, 0),
            'not_null', nullif(t.typnotnull, false),
            'constraints', k.constraints)
    from pg_type as t
    join pg_type as y on y.oid = t.typbasetype
    left join named as k on k.contypid = t.oid
    where t.oid = any (p_objects) and t.typtype = 'd';
end;
comment on function pgtrail.describe_domains(oid[]) is
    'What is special in the definitions of domains.';

create or replace function pgtrail.describe_types(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_type'::regclass::oid, t.oid, case when t.typtype = 'd' then 'DOMAIN' else 'TYPE' end,
        n.nspname::text, t.typname::text, quote_ident(n.nspname) || '.' || quote_ident(t.typname),
        jsonb_strip_nulls(k.definition || jsonb_build_object(
            'schema', n.nspname,
            'name', t.typname,
            'owner', pgtrail.role_name(t.typowner),
            'comment', d.description,
            'privileges', pgtrail.privileges(t.typacl, 'T', t.typowner)))
    from (
        select * from pgtrail.describe_enums(p_objects)
        union all
        select * from pgtrail.describe_composites(p_objects)
        union all
        select * from pgtrail.describe_ranges(p_objects)
        union all
        select * from pgtrail.describe_domains(p_objects)
    ) as k
    join pg_type as t on t.oid = k.type_id
    join pg_namespace as n on n.oid = t.typnamespace
    left join pg_description as d
        on d.objoid = t.oid and d.classoid = 'pg_type'::regclass and d.objsubid = 0;
end;
comment on function pgtrail.describe_types(oid[]) is
    'Definitions of enumerations, composite types, ranges and domains.';
