create table pgtrail.settings (
    only_row boolean primary key default true check (only_row),
    installed_version text,
    on_capture_failure text not null default 'warn'
        check (on_capture_failure in ('warn', 'abort')),
    capture_always boolean not null default false,
    capture_temporary boolean not null default false,
    abandoned_after interval not null default interval '1 hour'
        check (abandoned_after >= interval '0'),
    retention_days integer check (retention_days > 0),
    session_lifetime interval not null default interval '12 hours'
        check (session_lifetime > interval '0' and session_lifetime <= interval '1 year'),
    migrations_directory text
        check (migrations_directory ~ '^(/[^/[:cntrl:]]+)+$' and migrations_directory !~ '/\.{1,2}(/|$)')
);
alter table pgtrail.settings owner to pgtrail_owner;
comment on table pgtrail.settings is
    'One row. Changed by script_tracking.configure(): no session setting can replace it.';
comment on column pgtrail.settings.installed_version is
    'Version of pgtrail whose steps were applied last.';
comment on column pgtrail.settings.on_capture_failure is
    'warn: DDL goes on when it cannot be recorded, with a warning and a row in capture_failure. abort: it is refused.';
comment on column pgtrail.settings.capture_always is
    'true: the event triggers fire also under session_replication_role = replica.';
comment on column pgtrail.settings.capture_temporary is
    'true: DDL on temporary objects is recorded too.';
comment on column pgtrail.settings.abandoned_after is
    'How old a RUNNING operation whose session is gone must be for close_abandoned() to close it.';
comment on column pgtrail.settings.retention_days is
    'After how many days the server of pgtrail removes finished operations; NULL: it keeps them forever.';
comment on column pgtrail.settings.session_lifetime is
    'How long a session that auth.login_user_tracking() begins is valid.';
comment on column pgtrail.settings.migrations_directory is
    'The directory of the server whose files run_migration_enterprise() runs; NULL: it runs none.';
insert into pgtrail.settings default values;

create table pgtrail.secret (
    only_row boolean primary key default true check (only_row),
    seal_key bytea not null default
        sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))
);
alter table pgtrail.secret owner to pgtrail_owner;
comment on table pgtrail.secret is
    'One row: the key that seals the notes a statement leaves for itself in its session, see pgtrail.read_note().';
insert into pgtrail.secret default values;

create table pgtrail.capture_failure (
    failed_at timestamptz not null,
    command_tag text not null,
    sql_state text not null,
    message text not null,
    db_session_user text not null
);
alter table pgtrail.capture_failure owner to pgtrail_owner;
-- A publication of all tables would make rows without identity immutable.
alter table pgtrail.capture_failure replica identity full;
comment on table pgtrail.capture_failure is
    'DDL that went through without a record, because recording failed.';

create table pgtrail.tenant (
    tenant_hk bytea primary key,
    tenant_name varchar(255) not null unique check (tenant_name <> ''),
    created_at timestamptz not null default clock_timestamp()
);
alter table pgtrail.tenant owner to pgtrail_owner;
comment on table pgtrail.tenant is
    'Owners of slices of the trail. tenant_hk is the SHA-256 of the name.';

create table pgtrail.tenant_grant (
    grantee regrole not null,
    tenant_hk bytea not null references pgtrail.tenant,
    primary key (grantee, tenant_hk)
);
alter table pgtrail.tenant_grant owner to pgtrail_owner;
comment on table pgtrail.tenant_grant is
    'Which role may act for which tenant. Roles are kept by identity, so a renamed role keeps its tenants.';
