-- A host platform's own audit function is told of every operation that is tracked by a call, with
-- the rights of the caller. It is adopted when pgtrail is installed or upgraded, and only from an
-- owner whom every caller has to trust anyway: code of anyone else must not run in other sessions.
do $host_audit$
declare
    host_function constant regprocedure :=
        pg_catalog.to_regprocedure('util.log_audit_event(text,text,text,text,jsonb)');
    trusted boolean;
    body text;
begin
    select o.rolsuper or o.oid = d.datdba
    into trusted
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_roles as o on o.oid = p.proowner
    join pg_catalog.pg_database as d on d.datname = pg_catalog.current_database()
    where p.oid = host_function
        and not exists (
            select
            from pgtrail.created_outside as c
            where c.object_identity = 'util.log_audit_event(text,text,text,text,jsonb)'
        );

    if trusted then
        body := $body$
begin
    perform util.log_audit_event(
        p_event::text, 'SCRIPT_TRACKER'::text, encode(p_execution_hk, 'hex')::text,
        session_user::text, '{}'::jsonb);
    return p_execution_hk;
exception
    when others then
        raise warning using
            errcode = sqlstate,
            message = format('util.log_audit_event failed, the operation is recorded all the same: %s', sqlerrm);
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
        raise notice 'util.log_audit_event belongs to a role that is neither superuser nor owner of the database: it is not called';
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
