set local role pgtrail_owner;

create table pgtrail.log_file (
    file text primary key,
    "position" bigint not null check ("position" >= 0),
    head_bytes integer not null,
    head bytea not null,
    is_damaged boolean not null default false,
    read_at timestamptz not null default clock_timestamp()
);
comment on table pgtrail.log_file is
    'How far each file of the server''s log has been read. Written in the transaction that records what was read.';
comment on column pgtrail.log_file."position" is
    'Bytes that were read: a record begins there.';
comment on column pgtrail.log_file.head is
    'SHA-256 of the first head_bytes: another one, and the file was written anew under its old name.';
comment on column pgtrail.log_file.is_damaged is
    'What follows cannot be told from the text of a statement, so nothing more of this file is read.';

create table pgtrail.log_statement (
    session_id text not null,
    line_number bigint not null,
    number integer not null,
    script_execution_hk bytea not null,
    business_key text not null,
    vxid text not null,
    xid bigint not null,
    at timestamptz not null,
    login text not null,
    client inet,
    application text,
    pid integer not null,
    tag text not null,
    is_hidden boolean not null,
    is_alone boolean not null,
    line_hash bytea not null,
    statement text not null,
    outcome text check (outcome in ('FAILED', 'ROLLED_BACK')),
    ended_at timestamptz,
    failed_at_line bigint,
    error_code text,
    error_message text,
    noted_at timestamptz not null default clock_timestamp(),
    primary key (session_id, line_number, number)
);
comment on table pgtrail.log_statement is
    'DDL that the log told of lately, until its transaction is over: a later line may say that it failed or was rolled back.';
comment on column pgtrail.log_statement.number is
    'Which statement of the line, counted from 1.';
comment on column pgtrail.log_statement.script_execution_hk is
    'Key of its operation, where it has one: DDL that event triggers do not see, or that was rolled back.';
comment on column pgtrail.log_statement.xid is
    'Transaction as the log writes it: 0 before it has written anything.';
comment on column pgtrail.log_statement.is_hidden is
    'Event triggers do not see it.';
comment on column pgtrail.log_statement.is_alone is
    'The line has no other statement.';
comment on column pgtrail.log_statement.line_hash is
    'SHA-256 of all that the client sent; an error names the same text.';
comment on column pgtrail.log_statement.statement is
    'The statement, secrets redacted.';
comment on column pgtrail.log_statement.noted_at is
    'After an hour it is forgotten.';

create type pgtrail.log_entry as (
    at timestamptz,
    at_text text,
    login text,
    database text,
    pid integer,
    client inet,
    client_name text,
    session_id text,
    line_number bigint,
    command text,
    vxid text,
    xid bigint,
    severity text,
    state text,
    message text,
    context text,
    statement text,
    application text,
    backend_type text
);
comment on type pgtrail.log_entry is
    'A record of the server''s log, as csvlog and jsonlog have it.';

insert into pgtrail.task (place, task) values (6, 'logs');

create type pgtrail.log_operation as (
    business_key text,
    name text,
    type text,
    status text,
    at timestamptz,
    duration_ms numeric,
    login text,
    client inet,
    application text,
    pid integer,
    statement text,
    error text,
    metadata jsonb
);
comment on type pgtrail.log_operation is
    'An operation that the server''s log tells of, redacted.';
