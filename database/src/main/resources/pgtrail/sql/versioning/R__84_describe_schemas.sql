set local role pgtrail_owner;

create or replace function pgtrail.describe_schemas(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_namespace'::regclass::oid, n.oid, 'SCHEMA', n.nspname::text, n.nspname::text, quote_ident(n.nspname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', n.nspname,
            'owner', pgtrail.role_name(n.nspowner),
            'comment', d.description,
            'privileges', pgtrail.privileges(n.nspacl, 'n', n.nspowner)))
    from pg_namespace as n
    left join pg_description as d
        on d.objoid = n.oid and d.classoid = 'pg_namespace'::regclass and d.objsubid = 0
    where n.oid = any (p_objects);
end;
comment on function pgtrail.describe_schemas(oid[]) is
    'Definitions of schemas.';

-- The owner is left out: no statement changes it. What the extension consists of is its own affair.
create or replace function pgtrail.describe_extensions(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_extension'::regclass::oid, e.oid, 'EXTENSION', null::text, e.extname::text, quote_ident(e.extname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', e.extname,
            'into', n.nspname,
            'relocatable', nullif(e.extrelocatable, false),
            'version', e.extversion,
            'comment', d.description))
    from pg_extension as e
    join pg_namespace as n on n.oid = e.extnamespace
    left join pg_description as d
        on d.objoid = e.oid and d.classoid = 'pg_extension'::regclass and d.objsubid = 0
    where e.oid = any (p_objects);
end;
comment on function pgtrail.describe_extensions(oid[]) is
    'Definitions of extensions: name, version, and "into", the schema of their objects.';
