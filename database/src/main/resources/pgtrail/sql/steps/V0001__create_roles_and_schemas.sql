-- Roles belong to the whole cluster: another database may have created them already,
-- and may be doing so at this very moment.
do $roles$
declare
    role_name text;
begin
    foreach role_name in array array[
        'pgtrail_owner', 'pgtrail_admin', 'pgtrail_auditor', 'pgtrail_reader', 'pgtrail_writer', 'pgtrail_server'
    ] loop
        begin
            if pg_catalog.to_regrole(role_name) is null then
                execute pg_catalog.format('create role %I nologin', role_name);
            end if;
        exception
            when duplicate_object or unique_violation then
                null;  -- the other database was faster
        end;
    end loop;
end
$roles$;

-- Not again where another installation in this cluster did it: the server would remark on it.
do $memberships$
begin
    if not pg_catalog.pg_has_role('pgtrail_auditor', 'pgtrail_reader', 'member') then
        grant pgtrail_reader to pgtrail_auditor;
    end if;
    if not pg_catalog.pg_has_role('pgtrail_admin', 'pgtrail_auditor', 'member') then
        grant pgtrail_auditor to pgtrail_admin;
    end if;
    if not pg_catalog.pg_has_role('pgtrail_admin', 'pgtrail_writer', 'member') then
        grant pgtrail_writer to pgtrail_admin;
    end if;
end
$memberships$;

-- A provider's master role is no superuser: it must be able to act for the owner it creates,
-- and it administers what it has installed.
do $installer$
begin
    if not (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = current_user) then
        execute pg_catalog.format('grant pgtrail_owner, pgtrail_admin to %I', current_user);
    end if;
end
$installer$;

-- Lets close_abandoned() see when a backend of another user began. Without it the process id
-- alone must do; a provider that withholds this right does not stop the installation.
do $statistics$
begin
    if not pg_catalog.pg_has_role('pgtrail_owner', 'pg_read_all_stats', 'member') then
        grant pg_read_all_stats to pgtrail_owner;
    end if;
exception
    when insufficient_privilege then
        raise notice 'pgtrail_owner may not read all statistics: abandoned operations are told by process id alone';
end
$statistics$;

do $schemas$
begin
    execute pg_catalog.format(
        'grant create on database %I to pgtrail_owner', pg_catalog.current_database());
end
$schemas$;

create schema script_tracking authorization pgtrail_owner;
comment on schema script_tracking is
    'pgtrail, public: the trail of operations, the functions that write it and the reports that read it.';

-- The installer made the schema pgtrail before the first step, for the record of the steps itself.
alter schema pgtrail owner to pgtrail_owner;
comment on schema pgtrail is
    'pgtrail, private: settings, tenants, installed steps. No promise is made about what is in here.';

grant usage on schema script_tracking, pgtrail to public;
