set local role pgtrail_owner;

-- What stands for the whole database takes the place of the built-in privileges; what stands for a schema is
-- added to them, so there is no default it could differ from.
create or replace function pgtrail.describe_default_privileges(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with added as (
        select e.oid, jsonb_object_agg(pgtrail.role_name(e.grantee), e.letters) as grants
        from (
            select
                a.oid, x.grantee,
                string_agg(
                    pgtrail.privilege_letter(x.privilege_type) || case when x.is_grantable then '*' else '' end, ''
                    order by pgtrail.privilege_letter(x.privilege_type) collate "C") as letters
            from pg_default_acl as a
            cross join lateral aclexplode(a.defaclacl) as x
            where a.oid = any (p_objects) and a.defaclnamespace <> 0
            group by a.oid, x.grantee
        ) as e
        group by e.oid
    )
    select
        'pg_default_acl'::regclass::oid, a.oid, 'DEFAULT PRIVILEGES', n.nspname::text, i.identity, i.identity,
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'role', pgtrail.role_name(a.defaclrole),
            'on', case a.defaclobjtype
                when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS'
                when 'T' then 'TYPES' when 'n' then 'SCHEMAS' when 'L' then 'LARGE OBJECTS'
            end,
            'grants', case
                when a.defaclnamespace <> 0 then g.grants
                else pgtrail.privileges(
                    a.defaclacl, case a.defaclobjtype when 'S' then 's' else a.defaclobjtype end, a.defaclrole)
            end))
    from pg_default_acl as a
    cross join lateral pg_identify_object('pg_default_acl'::regclass, a.oid, 0) as i
    left join pg_namespace as n on n.oid = a.defaclnamespace
    left join added as g on g.oid = a.oid
    where a.oid = any (p_objects);
end;
comment on function pgtrail.describe_default_privileges(oid[]) is
    'Definitions of default privileges, one for each role, schema and kind of object.';
