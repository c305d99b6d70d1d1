set local role pgtrail_owner;

create table script_tracking.script_execution_h (
    script_execution_hk bytea primary key,
    script_execution_bk varchar(255) not null,
    tenant_hk bytea,
    load_date timestamptz not null,
    record_source varchar(100) not null
);
comment on table script_tracking.script_execution_h is
    'Hub: one row per operation.';
comment on column script_tracking.script_execution_h.script_execution_hk is
    'SHA-256 of the business key.';
comment on column script_tracking.script_execution_h.script_execution_bk is
    'Business key: name, time and a random suffix; of record_operations() name and id; of a line of the server''s log session, line and time.';
comment on column script_tracking.script_execution_h.tenant_hk is
    'Tenant the operation belongs to; NULL is the system.';
comment on column script_tracking.script_execution_h.load_date is
    'When the operation was first recorded.';
comment on column script_tracking.script_execution_h.record_source is
    'What recorded it: SCRIPT_TRACKER for calls, CLIENT for record_operations(), EVENT_TRIGGER for DDL, SERVER_LOG for what the server''s log tells.';

-- No check constraints: PostgreSQL reads each from its text anew for every row that is written alone,
-- a fifth of what tracking an operation costs. Only the functions of this schema write here, and they
-- check. No foreign key to the hub, either: hub and satellite are written in one statement by the functions of
-- this schema alone, and the check would cost every operation a second index probe and row lock.
create table script_tracking.script_execution_s (
    script_execution_hk bytea not null,
    load_date timestamptz not null,
    load_end_date timestamptz,
    hash_diff bytea not null,
    version_number bigint not null default 1,
    script_name varchar(255) not null,
    script_type varchar(50) not null default 'MANUAL',
    execution_status varchar(20) not null default 'RUNNING',
    execution_timestamp timestamptz not null default current_timestamp,
    execution_duration_ms integer,
    db_session_user varchar(100) not null default session_user,
    client_ip inet default inet_client_addr(),
    affected_objects text[],
    sql_command text,
    error_message text,
    metadata jsonb,
    record_source varchar(100) not null,
    tenant_hk bytea,
    effective_role varchar(100) not null default current_user,
    application_name text,
    application_user varchar(255),
    backend_pid integer not null default pg_backend_pid(),
    recorded_xid xid8 not null default pg_current_xact_id(),

    constraint script_execution_s_pkey primary key (script_execution_hk)
);
comment on table script_tracking.script_execution_s is
    'Satellite: exactly the current version of each operation. Superseded versions are in script_execution_s_history.';
comment on column script_tracking.script_execution_s.script_execution_hk is
    'The operation.';
comment on column script_tracking.script_execution_s.load_date is
    'When this version began.';
comment on column script_tracking.script_execution_s.load_end_date is
    'When this version was superseded: always NULL here, never NULL in the history.';
comment on column script_tracking.script_execution_s.hash_diff is
    'SHA-256 over the descriptive attributes; an update that leaves it as it was makes no version.';
comment on column script_tracking.script_execution_s.version_number is
    'Counts the versions of this operation from 1.';
comment on column script_tracking.script_execution_s.script_name is
    'What was done, as the caller named it; AUTO_DDL_ with the command tag for DDL.';
comment on column script_tracking.script_execution_s.script_type is
    'MANUAL, MAINTENANCE, MIGRATION, BACKUP, REPORTING or any other word of the caller; what pgtrail records by itself is DDL_AUTO, SIGN_IN, ACCOUNT, REFUSAL, CONFIGURATION or FAILED_STATEMENT, and nothing else may be.';
comment on column script_tracking.script_execution_s.execution_status is
    'RUNNING, COMPLETED or FAILED.';
comment on column script_tracking.script_execution_s.execution_timestamp is
    'When the operation began, by the clock.';
comment on column script_tracking.script_execution_s.execution_duration_ms is
    'Milliseconds from begin to end, rounded; NULL while it runs, and where the server''s log does not tell. The exact value is duration_ms in metadata.';
comment on column script_tracking.script_execution_s.db_session_user is
    'Role that logged in.';
comment on column script_tracking.script_execution_s.client_ip is
    'Address of the client; NULL over a Unix socket.';
comment on column script_tracking.script_execution_s.affected_objects is
    'Objects the operation touched, as schema.name.';
comment on column script_tracking.script_execution_s.sql_command is
    'The statement, secrets redacted.';
comment on column script_tracking.script_execution_s.error_message is
    'Why it failed, secrets redacted.';
comment on column script_tracking.script_execution_s.metadata is
    'Whatever else is known, a JSON object.';
comment on column script_tracking.script_execution_s.record_source is
    'What recorded it: SCRIPT_TRACKER for calls, CLIENT for record_operations(), EVENT_TRIGGER for DDL, SERVER_LOG for what the server''s log tells.';
comment on column script_tracking.script_execution_s.tenant_hk is
    'Tenant the operation belongs to; NULL is the system.';
comment on column script_tracking.script_execution_s.effective_role is
    'Role it acted as: after SET ROLE, and for DDL inside a security definer function its owner.';
comment on column script_tracking.script_execution_s.application_name is
    'The session''s application_name.';
comment on column script_tracking.script_execution_s.application_user is
    'User of the application behind a pool, as the session claims in script_tracking.app_user. Not verified.';
comment on column script_tracking.script_execution_s.backend_pid is
    'Server process that began the operation.';
comment on column script_tracking.script_execution_s.recorded_xid is
    'Transaction that wrote this version.';

create table script_tracking.script_execution_s_history (
    like script_tracking.script_execution_s including comments,

    constraint script_execution_s_history_pkey primary key (script_execution_hk, version_number)
);
alter table script_tracking.script_execution_s_history alter column load_end_date set not null;
comment on table script_tracking.script_execution_s_history is
    'Superseded versions of operations, end-dated. Written by a trigger, never changed.';

create type pgtrail.reported_operation as (
    script_execution_hk bytea,
    business_key text,
    name text,
    type text,
    content text,
    status text,
    age_ms numeric,
    duration_ms numeric,
    error text,
    objects text[],
    metadata jsonb,
    tenant text,
    application_user text
);
comment on type pgtrail.reported_operation is
    'What script_tracking.record_operations() is told of an operation, checked and redacted.';

-- The history page, recent errors and retention all walk the trail by time.
create index idx_script_execution_s_timestamp
    on script_tracking.script_execution_s (execution_timestamp desc);
comment on index script_tracking.idx_script_execution_s_timestamp is
    'Newest first: the history page, recent errors, retention.';

-- A key is a hash, so each operation is on another page of its index; what began at the same time lies
-- together, also in the two other tables.
create index idx_script_execution_h_load_date
    on script_tracking.script_execution_h (load_date);
comment on index script_tracking.idx_script_execution_h_load_date is
    'Retention: the hubs of operations that began at about the same time.';
create index idx_script_execution_s_history_timestamp
    on script_tracking.script_execution_s_history (execution_timestamp);
comment on index script_tracking.idx_script_execution_s_history_timestamp is
    'Retention: the superseded versions of operations that began at about the same time.';

alter table script_tracking.script_execution_h enable row level security;
alter table script_tracking.script_execution_s enable row level security;
alter table script_tracking.script_execution_s_history enable row level security;
