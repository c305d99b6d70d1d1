set local role pgtrail_owner;

create or replace function pgtrail.describe_policies(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with roles as (
        select p.oid, jsonb_object_agg(pgtrail.role_name(r.role), true) as roles
        from pg_policy as p
        cross join unnest(p.polroles) as r (role)
        where p.oid = any (p_objects) and p.polroles <> '{0}'
        group by p.oid
    )
    select
        'pg_policy'::regclass::oid, w.oid, 'POLICY', n.nspname::text, w.polname::text,
        quote_ident(w.polname) || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(t.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', w.polname,
            'table', quote_ident(n.nspname) || '.' || quote_ident(t.relname),
            'comment', m.description,
            'restrictive', nullif(not w.polpermissive, false),
            'command', case w.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' end,
            'roles', r.roles,
            'using', pgtrail.settled(pg_get_expr(w.polqual, w.polrelid)),
            'check', pgtrail.settled(pg_get_expr(w.polwithcheck, w.polrelid))
        ))
    from pg_policy as w
    join pg_class as t on t.oid = w.polrelid
    join pg_namespace as n on n.oid = t.relnamespace
    left join roles as r on r.oid = w.oid
    left join pg_description as m on m.classoid = 'pg_policy'::regclass and m.objoid = w.oid and m.objsubid = 0
    where w.oid = any (p_objects);
end;
comment on function pgtrail.describe_policies(oid[]) is
    'The policies of row-level security.';
