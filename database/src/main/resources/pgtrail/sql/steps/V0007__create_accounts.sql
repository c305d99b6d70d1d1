create table pgtrail.account (
    account_name text primary key check (account_name ~ '^[[:graph:]]+( [[:graph:]]+)*$' and length(account_name) <= 100),
    acts_as regrole not null,
    password_hash text,
    external_subject text unique,
    created_at timestamptz not null default clock_timestamp(),
    failed_sign_ins integer not null default 0 check (failed_sign_ins >= 0),
    last_failed_at timestamptz
);
alter table pgtrail.account owner to pgtrail_owner;
comment on table pgtrail.account is
    'Who may sign in to the server of pgtrail. Whatever it shows and does for an account it does as a role of the database, which draws the line.';
comment on column pgtrail.account.acts_as is
    'Role whose rights the account has.';
comment on column pgtrail.account.password_hash is
    'Slow, salted hash that the server made; NULL: signs in by token or by another system only.';
comment on column pgtrail.account.external_subject is
    'What a provider of OpenID Connect calls whoever signs in through it; NULL: nobody does.';
comment on column pgtrail.account.failed_sign_ins is
    'Failed sign-ins since the last that succeeded. From the fifth on each doubles the wait for the next.';

create table pgtrail.api_token (
    token_id uuid primary key default gen_random_uuid(),
    account_name text not null references pgtrail.account on delete cascade,
    label text not null check (label <> ''),
    token_hash text not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz
);
alter table pgtrail.api_token owner to pgtrail_owner;
create index api_token_account on pgtrail.api_token (account_name);
comment on table pgtrail.api_token is
    'Tokens with which programs act for an account. Only a slow, salted hash of each is kept.';
comment on column pgtrail.api_token.expires_at is
    'From then on it is not accepted; NULL: never.';

-- In each database that is written to, as the answer is kept in the transaction that writes.
create table pgtrail.kept_answer (
    session_role text not null,
    acting_role text not null,
    account_name text not null,
    request_key text not null,
    digest bytea not null,
    answer text,
    created_at timestamptz not null default clock_timestamp(),
    primary key (session_role, acting_role, account_name, request_key)
);
alter table pgtrail.kept_answer owner to pgtrail_owner;
create index kept_answer_age on pgtrail.kept_answer (created_at);
comment on table pgtrail.kept_answer is
    'What writes by REST were answered, for a day: whoever sends one again with its key gets the answer again, and nothing is written twice.';
comment on column pgtrail.kept_answer.digest is
    'SHA-256 of the request: the key of one must not be that of another.';
