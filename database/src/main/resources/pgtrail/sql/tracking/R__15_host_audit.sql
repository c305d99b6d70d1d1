-- A host platform's own audit function is told of every operation that is tracked by a call, with
-- the rights of the caller. It is adopted when pgtrail is installed or upgraded, and only from
-- a superuser: code of anyone else must not run in the sessions of others, a superuser's among them.
-- The owner of the schema counts too, as it may replace what is in there.
do $host_audit$
declare
    host_function constant regprocedure :=
        pg_catalog.to_regprocedure('util.log_audit_event(text,text,text,text,jsonb)');
    trusted boolean;
    body text;
begin
    select bool_and(o.rolsuper)
    into trusted
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    join pg_catalog.pg_roles as o on o.oid in (p.proowner, n.nspowner)
    where p.oid = host_function
        and p.prokind = 'f'
        and not exists (
            select
            from pgtrail.created_outside as c
            where c.object_identity = 'util.log_audit_event(text,text,text,text,jsonb)'
        );

    if trusted then
        -- The host's function keeps the search_path of the session, so every name here is qualified.
        body := $body$
begin
    perform util.log_audit_event(
        p_event, 'SCRIPT_TRACKER'::text, pg_catalog.encode(p_execution_hk, 'hex'),
        session_user::text, '{}'::jsonb);
    return p_execution_hk;
exception
    when others or assert_failure then
        raise warning using
            errcode = sqlstate,
            message = pg_catalog.format('util.log_audit_event failed, the operation is recorded all the same: %s', sqlerrm);
        return p_execution_hk;
end
$body$;
    else
        body := $body$
begin
    return p_execution_hk;
end
$body$;
    end if;
    if host_function is not null and not coalesce(trusted, true) then
        raise notice 'util.log_audit_event or its schema belongs to a role that is no superuser: it is not called';
    end if;

    execute pg_catalog.format(
        'create or replace function pgtrail.tell_host(p_event text, p_execution_hk bytea)
            returns bytea
            language plpgsql
        as %L', body);
    alter function pgtrail.tell_host(text, bytea) owner to pgtrail_owner;
    comment on function pgtrail.tell_host(text, bytea) is
        'Calls the host''s util.log_audit_event, where there was one at the last install or upgrade. Its failure is a warning. Returns the key.';
end
$host_audit$;
