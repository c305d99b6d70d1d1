-- Users of the application, in Data Vault form: a hub, and satellites whose superseded rows are end-dated.
-- In our own schema and not in auth, which may belong to a host: nobody but our functions reads them.
create table pgtrail.user_h (
    user_hk bytea primary key,
    user_bk varchar(254) not null check (user_bk = lower(user_bk collate "C")),
    tenant_hk bytea,
    load_date timestamptz not null,
    record_source varchar(100) not null
);
alter table pgtrail.user_h owner to pgtrail_owner;
comment on table pgtrail.user_h is
    'Users who registered with auth.register_user_tracking(): one for each tenant and e-mail address.';
comment on column pgtrail.user_h.user_hk is
    'SHA-256 over tenant and address.';
comment on column pgtrail.user_h.user_bk is
    'The e-mail address in lower case.';

create table pgtrail.user_profile_s (
    user_hk bytea not null references pgtrail.user_h,
    load_date timestamptz not null,
    load_end_date timestamptz,
    hash_diff bytea not null,
    display_name varchar(255),
    first_name varchar(255),
    last_name varchar(255),
    record_source varchar(100) not null,
    primary key (user_hk, load_date)
);
alter table pgtrail.user_profile_s owner to pgtrail_owner;
create unique index user_profile_s_current on pgtrail.user_profile_s (user_hk) where load_end_date is null;
comment on table pgtrail.user_profile_s is
    'What users said of themselves when they registered.';

create table pgtrail.user_credential_s (
    user_hk bytea not null references pgtrail.user_h,
    load_date timestamptz not null,
    load_end_date timestamptz,
    hash_diff bytea not null,
    password_hash text not null check (password_hash ~ '^\$2a\$'),
    record_source varchar(100) not null,
    primary key (user_hk, load_date)
);
alter table pgtrail.user_credential_s owner to pgtrail_owner;
create unique index user_credential_s_current on pgtrail.user_credential_s (user_hk) where load_end_date is null;
comment on table pgtrail.user_credential_s is
    'bcrypt hashes of the passwords of users.';

-- A counter and no history: the attempts themselves are in the trail.
create table pgtrail.user_sign_in (
    user_hk bytea primary key references pgtrail.user_h,
    failed_sign_ins integer not null default 0 check (failed_sign_ins >= 0),
    last_failed_at timestamptz
);
alter table pgtrail.user_sign_in owner to pgtrail_owner;
comment on table pgtrail.user_sign_in is
    'Failed sign-ins of a user since the last that succeeded. From the fifth on each doubles the wait for the next.';

create table pgtrail.user_session (
    token_hash bytea primary key,
    user_hk bytea not null references pgtrail.user_h,
    script_execution_hk bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
alter table pgtrail.user_session owner to pgtrail_owner;
create index user_session_expires on pgtrail.user_session (expires_at);
comment on table pgtrail.user_session is
    'Sessions of users. Of each token, 256 random bits, only the SHA-256 is kept.';
comment on column pgtrail.user_session.script_execution_hk is
    'The sign-in that began the session, in the trail.';

create table pgtrail.migration (
    migration_version varchar(50) primary key,
    file_name varchar(255) not null,
    checksum bytea not null,
    script_execution_hk bytea not null,
    ran_at timestamptz not null,
    ran_by text not null
);
alter table pgtrail.migration owner to pgtrail_owner;
comment on table pgtrail.migration is
    'Files that script_tracking.run_migration_enterprise() has run, by version. A row is written before its file runs, in the same transaction: whoever runs the version meanwhile waits for it.';
comment on column pgtrail.migration.checksum is
    'SHA-256 of the file.';
