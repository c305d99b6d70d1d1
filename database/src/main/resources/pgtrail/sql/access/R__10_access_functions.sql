set local role pgtrail_owner;

-- An SQL-standard body is bound when it is created, whatever search_path its caller has, and is
-- inlined, where a setting of its own would forbid that.

create or replace function pgtrail.caller()
    returns text
    language sql
    stable
    parallel safe
return coalesce(nullif(current_setting('role'), 'none'), session_user::text);
comment on function pgtrail.caller() is
    'The role a session acts as: SET ROLE, else the role that logged in. PostgreSQL checks both, so a session cannot claim another; inside a security definer function current_user would be its owner.';

create or replace function pgtrail.reads_all()
    returns boolean
    language sql
    stable
    parallel safe
return pg_has_role(current_user, 'pgtrail_auditor', 'usage');
comment on function pgtrail.reads_all() is
    'Whether the current user may read the trail of every tenant.';

create or replace function pgtrail.reads_tenant()
    returns boolean
    language sql
    stable
    parallel safe
return pg_has_role(current_user, 'pgtrail_reader', 'usage');
comment on function pgtrail.reads_tenant() is
    'Whether the current user may read what others recorded in its tenant and in the system.';

create or replace function pgtrail.claimed_tenant()
    returns text
    language sql
    stable
    parallel safe
return nullif(current_setting('script_tracking.tenant', true), '');
comment on function pgtrail.claimed_tenant() is
    'The tenant name this session asks for. A wish, not a right: see current_tenant().';

create or replace function pgtrail.may_use_tenant(p_tenant_hk bytea)
    returns boolean
    language sql
    stable
    parallel restricted
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select exists (
        select
        from pgtrail.tenant_grant as g
        where g.tenant_hk = p_tenant_hk
            and pg_has_role(pgtrail.caller(), g.grantee::oid, 'member')
    )
$function$;
comment on function pgtrail.may_use_tenant(bytea) is
    'Whether the caller, or a role it is a member of, was granted the tenant.';

-- It is in the policies: were it not declared as restricted, no reader could search in parallel.
create or replace function pgtrail.current_tenant()
    returns bytea
    language plpgsql
    stable
    parallel restricted
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    claim constant text := pgtrail.claimed_tenant();
    tenants bytea[];
begin
    if claim is not null then
        select array[t.tenant_hk]
        into tenants
        from pgtrail.tenant as t
        where t.tenant_name = claim
            and pgtrail.may_use_tenant(t.tenant_hk);
        if tenants is not null then
            return tenants[1];
        end if;
    end if;

    -- A role with exactly one tenant of its own is always in it.
    select array_agg(g.tenant_hk)
    into tenants
    from pgtrail.tenant_grant as g
    where g.grantee = to_regrole(quote_ident(pgtrail.caller()));
    return case when cardinality(tenants) = 1 then tenants[1] end;
end
$function$;
comment on function pgtrail.current_tenant() is
    'Tenant of this session: the one it chose, if it was granted that; otherwise the only one granted to its role; else NULL, the system.';

-- PostgreSQL cannot inline a function with sub-selects, and only as sub-selects are the rights of the
-- caller looked up once a statement instead of once a row. So the rule is kept as text.
create or replace function pgtrail.readers_condition(p_own text default 'db_session_user = session_user')
    returns text
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    select format($condition$
        (select pgtrail.reads_all())
        or (
            (tenant_hk is null or tenant_hk = (select pgtrail.current_tenant()))
            and ((select pgtrail.reads_tenant()) or %s)
        )
    $condition$, p_own)
$function$;
comment on function pgtrail.readers_condition(text) is
    'Who reads a row, as the text of a condition on tenant_hk and db_session_user: auditors every one, readers those of their tenant and the system, others their own there. The argument is the condition of being one''s own.';

create or replace function pgtrail.require_admin(p_action text)
    returns void
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if not pg_has_role(pgtrail.caller(), 'pgtrail_admin', 'usage') then
        raise exception using
            errcode = 'PT002',
            message = format('only pgtrail_admin may %s', p_action),
            hint = format('Ask an administrator for: grant pgtrail_admin to %I', pgtrail.caller());
    end if;
end
$function$;
comment on function pgtrail.require_admin(text) is
    'Raises PT002 unless the caller has the rights of pgtrail_admin.';

create or replace function pgtrail.require_maintainer(p_action text)
    returns void
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if not pg_has_role(pgtrail.caller(), 'pgtrail_server', 'usage') then
        perform pgtrail.require_admin(p_action);
    end if;
end
$function$;
comment on function pgtrail.require_maintainer(text) is
    'Raises PT002 unless the caller has the rights of pgtrail_admin, or is the server of pgtrail, which does such work on its schedule.';

create or replace function script_tracking.create_tenant(p_tenant_name varchar(255))
    returns bytea
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    tenant bytea;
begin
    perform pgtrail.require_admin('create a tenant');
    perform pgtrail.require_name('tenant name', p_tenant_name);
    insert into pgtrail.tenant (tenant_hk, tenant_name)
    values (sha256(convert_to(p_tenant_name, 'UTF8')), p_tenant_name)
    on conflict do nothing
    returning tenant_hk into tenant;
    if tenant is null then
        raise exception using
            errcode = 'PT005',
            message = format('tenant %L exists already', p_tenant_name);
    end if;
    return tenant;
end
$function$;
comment on function script_tracking.create_tenant(varchar) is
    'Creates a tenant and returns its key, the SHA-256 of its name. For pgtrail_admin. Raises PT005 if it exists.';

create or replace function pgtrail.tenant_named(p_tenant_name text)
    returns bytea
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    tenant bytea;
begin
    select t.tenant_hk into tenant from pgtrail.tenant as t where t.tenant_name = p_tenant_name;
    if tenant is null then
        raise exception using
            errcode = 'PT004',
            message = format('there is no tenant %L', p_tenant_name),
            hint = 'Create it with script_tracking.create_tenant().';
    end if;
    return tenant;
end
$function$;
comment on function pgtrail.tenant_named(text) is
    'Key of a tenant; raises PT004 for an unknown name.';

create or replace function script_tracking.grant_tenant(p_tenant_name varchar(255), p_role name)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    grantee constant regrole := to_regrole(quote_ident(p_role));
begin
    perform pgtrail.require_admin('grant a tenant');
    if grantee is null then
        raise exception using
            errcode = 'PT001',
            message = format('there is no role %L', p_role);
    end if;
    insert into pgtrail.tenant_grant (grantee, tenant_hk)
    values (grantee, pgtrail.tenant_named(p_tenant_name))
    on conflict do nothing;
end
$function$;
comment on function script_tracking.grant_tenant(varchar, name) is
    'Lets a role, and its members, act for a tenant. For pgtrail_admin. Granting twice is no error.';

create or replace function script_tracking.revoke_tenant(p_tenant_name varchar(255), p_role name)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('revoke a tenant');
    delete from pgtrail.tenant_grant as g
    where g.grantee = to_regrole(quote_ident(p_role))
        and g.tenant_hk = pgtrail.tenant_named(p_tenant_name);
    return found;
end
$function$;
comment on function script_tracking.revoke_tenant(varchar, name) is
    'Takes a tenant from a role; false if it did not have it. For pgtrail_admin.';

create or replace function script_tracking.set_tenant(p_tenant_name varchar(255))
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform set_config('script_tracking.tenant', coalesce(p_tenant_name, ''), false);
    if pgtrail.current_tenant() is distinct from sha256(convert_to(p_tenant_name, 'UTF8'))
        and p_tenant_name is not null
    then
        raise exception using
            errcode = 'PT004',
            message = format('tenant %L is not granted to %I', p_tenant_name, pgtrail.caller()),
            hint = 'An administrator grants it with script_tracking.grant_tenant().';
    end if;
end
$function$;
comment on function script_tracking.set_tenant(varchar) is
    'Chooses the tenant of this session among those granted to it; NULL chooses none. The same as SET script_tracking.tenant, but refuses at once (PT004) what would have no effect.';
