set local role pgtrail_owner;

-- Columns came and went: read through JSON, a column that a major version lacks is NULL. The version of the
-- library that sorts is left out: it changes with the operating system, not by a statement.
create or replace function pgtrail.describe_collations(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_collation'::regclass::oid, c.oid, 'COLLATION', n.nspname::text, c.collname::text,
        quote_ident(n.nspname) || '.' || quote_ident(c.collname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.collname,
            'owner', pgtrail.role_name(c.collowner),
            'comment', d.description,
            'provider', case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' end,
            'locale', case
                when c.collprovider <> 'c' then coalesce(j.part ->> 'colllocale', j.part ->> 'colliculocale', j.part ->> 'collcollate')
                when j.part ->> 'collcollate' = j.part ->> 'collctype' then j.part ->> 'collcollate'
            end,
            'collate', case
                when c.collprovider = 'c' and j.part ->> 'collcollate' <> j.part ->> 'collctype' then j.part ->> 'collcollate'
            end,
            'ctype', case
                when c.collprovider = 'c' and j.part ->> 'collcollate' <> j.part ->> 'collctype' then j.part ->> 'collctype'
            end,
            'nondeterministic', nullif(not c.collisdeterministic, false),
            'rules', j.part ->> 'collicurules'))
    from pg_collation as c
    cross join lateral (select to_jsonb(c) as part) as j
    join pg_namespace as n on n.oid = c.collnamespace
    left join pg_description as d
        on d.objoid = c.oid and d.classoid = 'pg_collation'::regclass and d.objsubid = 0
    where c.oid = any (p_objects);
end;
comment on function pgtrail.describe_collations(oid[]) is
    'Definitions of collations of every provider.';
