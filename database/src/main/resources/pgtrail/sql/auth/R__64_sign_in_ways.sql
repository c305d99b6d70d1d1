set local role pgtrail_owner;

create or replace function pgtrail.host_function(p_name text, out identity text, out problem text)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    candidate record;
begin
    for candidate in
        select
            p.oid::regprocedure::text as identity,
            p.prokind = 'f'
                and not p.proretset
                and p.prorettype in ('json'::regtype, 'jsonb'::regtype)
                and oidvectortypes(p.proargtypes) ~ case p_name
                    when 'login_user' then '^(character varying|text), (character varying|text), bytea$'
                    else '^jsonb?$'
                end as fits,
            o.rolsuper as trusted
        from pg_proc as p
        join pg_roles as o on o.oid = p.proowner
        where p.pronamespace = to_regnamespace('auth')
            and p.proname = p_name
        order by fits desc, trusted desc, identity
        limit 1
    loop
        if not candidate.fits then
            problem := format('%s is not called: it takes or returns something else', candidate.identity);
        elsif not candidate.trusted then
            problem := format('%s is not called: its owner is no superuser', candidate.identity);
        else
            identity := candidate.identity;
        end if;
    end loop;
end
$function$;
comment on function pgtrail.host_function(text) is
    'The function auth.login_user or auth.register_user of a host, as a signature, or why it is not called; NULLs where there is none. It is called only where it takes (email, password, tenant) or one JSON, returns JSON, and a superuser owns it.';

create or replace function pgtrail.sign_in_ways(out way text, out problem text)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    owner record;
    creators text;
begin
    select n.oid as schema_id, n.nspacl, n.nspowner, o.rolname, o.rolsuper, o.rolname = 'pgtrail_owner' as ours
    into owner
    from pg_namespace as n
    join pg_roles as o on o.oid = n.nspowner
    where n.nspname = 'auth';
    way := 'built-in';
    if owner.schema_id is null then
        return;
    end if;
    -- Whoever may create there could put a function beside ours that PostgreSQL prefers, and see passwords.
    select string_agg(case when a.grantee = 0 then 'PUBLIC' else quote_ident(r.rolname) end, ', ' order by a.grantee)
    into creators
    from aclexplode(coalesce(owner.nspacl, acldefault('n', owner.nspowner))) as a
    left join pg_roles as r on r.oid = a.grantee
    where a.privilege_type = 'CREATE'
        and a.grantee <> owner.nspowner
        and r.rolsuper is not true;
    if not owner.ours and not owner.rolsuper then
        problem := format('the schema auth belongs to %I, which is no superuser', owner.rolname);
    elsif creators is not null then
        problem := format('roles that are no superusers may create in the schema auth: %s', creators);
    else
        select string_agg(h.problem, '; '), case when count(h.identity) > 0 then 'host' else 'built-in' end
        into problem, way
        from unnest(array['login_user', 'register_user']) as name, pgtrail.host_function(name) as h;
    end if;
    if problem is not null then
        way := null;
    end if;
end
$function$;
comment on function pgtrail.sign_in_ways() is
    'How sign-ins are tracked: built-in, by our own users; host, by the functions of a host that has any; NULL where neither is safe, and why.';

create or replace function pgtrail.sign_ins_are_current()
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select coalesce(bool_and(
        (p.oid is not null) = (w.way is not null and (w.way = 'built-in' or h.identity is not null))
        and (p.oid is null or p.prosecdef = (w.way = 'built-in'))), true)
    from pgtrail.sign_in_ways() as w
    cross join (values
        ('auth.login_user_tracking(character varying,character varying,bytea)', 'login_user'),
        ('auth.register_user_tracking(jsonb)', 'register_user')
    ) as f (signature, host_name)
    cross join lateral pgtrail.host_function(f.host_name) as h
    left join pg_proc as p on p.oid = to_regprocedure(f.signature)
    where pgtrail.may_make(f.signature)
        and has_schema_privilege(to_regnamespace('auth'), 'create')
$function$;
comment on function pgtrail.sign_ins_are_current() is
    'Whether the functions that sign in and register users are there, as far as the caller could make them, and go the way they should.';
