set local role pgtrail_owner;

create table pgtrail.task (
    task text primary key,
    place integer not null unique,
    every interval check (every > interval '0'),
    started_at timestamptz,
    finished_at timestamptz,
    outcome text check (outcome in ('DONE', 'FAILED')),
    detail text,
    run_lock bigint,
    run_by name
);
comment on table pgtrail.task is
    'What the servers of pgtrail do here from time to time: each task one server at a time.';
comment on column pgtrail.task.every is
    'Pause from begin to begin, as configured in the server that ran it last.';
comment on column pgtrail.task.outcome is
    'How the run ended that finished_at belongs to; one may have started since.';
comment on column pgtrail.task.detail is
    'What that run did, or why it failed.';
comment on column pgtrail.task.run_lock is
    'Key of the advisory lock that the session of the last run holds as long as it is at it; another one each time.';
comment on column pgtrail.task.run_by is
    'The role that this session logged in as: whoever else holds that lock does not run the task.';
insert into pgtrail.task (place, task)
values (1, 'alerts'), (2, 'webhooks'), (3, 'rollups'), (4, 'abandoned'), (5, 'retention');

create table pgtrail.alert_rule (
    rule_name text primary key check (rule_name ~ '^[[:graph:]]+( [[:graph:]]+)*$' and length(rule_name) <= 100),
    kind text not null,
    severity text not null check (severity in ('INFO', 'WARNING', 'CRITICAL')),
    parameters jsonb not null,
    enabled boolean not null,
    since timestamptz not null default clock_timestamp(),
    evaluated_at timestamptz
);
comment on table pgtrail.alert_rule is
    'What to be told of. Changed by script_tracking.set_alert_rule() and its siblings.';
comment on column pgtrail.alert_rule.kind is
    'As in pgtrail.alert_kinds().';
comment on column pgtrail.alert_rule.since is
    'When it was enabled: of what happened before it tells nothing.';
comment on column pgtrail.alert_rule.evaluated_at is
    'When it was last looked at whether it holds; NULL for rules about single operations.';
insert into pgtrail.alert_rule (rule_name, kind, severity, parameters, enabled)
values
    ('DDL is not recorded', 'CAPTURE_OFF', 'CRITICAL', '{}', true),
    ('Health is critical', 'HEALTH', 'CRITICAL',
        '{"status": "CRITICAL", "categories":
            ["INTEGRITY", "OPERATIONS", "FEED", "ROLLUPS", "STORAGE", "RETENTION", "SECURITY"]}', true),
    ('Many operations fail', 'FAILURE_RATE', 'WARNING', '{"percent": 20, "minutes": 60, "at_least": 10}', true);

-- Its name is all that an alert has of its rule: the history outlives the rule.
create table pgtrail.alert (
    alert_id uuid primary key default gen_random_uuid(),
    rule_name text not null,
    kind text not null,
    severity text not null,
    subject text not null,
    detail text not null,
    fired_at timestamptz not null,
    resolved_at timestamptz,
    event_key text,
    script_execution_hk bytea,
    check (event_key is null or resolved_at is not null)
);
-- Of the subject a hash: it may be longer than an index takes, and whoever names objects chooses it.
create unique index alert_open on pgtrail.alert (rule_name, md5(subject)) where resolved_at is null;
create unique index alert_event on pgtrail.alert (rule_name, md5(subject), event_key) where event_key is not null;
create index alert_fired on pgtrail.alert (fired_at desc, alert_id desc);
comment on table pgtrail.alert is
    'What rules have told. Of what lasts, one is open for each rule and subject; what happened once is no longer open from the beginning.';
comment on column pgtrail.alert.event_key is
    'What happened once: the operation, or the transaction of DDL; so nothing is told twice. NULL for what lasts.';
comment on column pgtrail.alert.script_execution_hk is
    'The operation it is about; NULL for none in particular.';

create table pgtrail.webhook (
    webhook_name text primary key check (webhook_name ~ '^[[:graph:]]+( [[:graph:]]+)*$' and length(webhook_name) <= 100),
    url text not null check (length(url) <= 2000),
    template text not null check (template in ('GENERIC', 'SLACK')),
    secret text not null,
    least_severity text not null check (least_severity in ('INFO', 'WARNING', 'CRITICAL')),
    enabled boolean not null default true,
    created_at timestamptz not null default clock_timestamp(),
    last_place bigint not null default 0
);
comment on table pgtrail.webhook is
    'Whom the server of pgtrail tells of alerts. Address and secret are for the server alone.';
comment on column pgtrail.webhook.secret is
    'With which its messages are signed. It must be known as it is, so it cannot be kept as a hash.';
comment on column pgtrail.webhook.last_place is
    'Place of its last delivery.';

create table pgtrail.delivery (
    delivery_id uuid primary key default gen_random_uuid(),
    webhook_name text not null references pgtrail.webhook on delete cascade,
    place bigint not null,
    alert_id uuid references pgtrail.alert on delete cascade,
    event text not null check (event in ('FIRED', 'RESOLVED', 'TEST')),
    content jsonb not null,
    status text not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'DEAD')),
    attempts integer not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    next_attempt_at timestamptz not null default clock_timestamp(),
    last_attempt_at timestamptz,
    http_status integer,
    error text,
    unique (webhook_name, place)
);
create index delivery_pending on pgtrail.delivery (webhook_name, place) where status = 'PENDING';
create index delivery_alert on pgtrail.delivery (alert_id);
create index delivery_created on pgtrail.delivery (created_at desc);
comment on table pgtrail.delivery is
    'What each webhook was told or is to be told, in the order of its places.';
comment on column pgtrail.delivery.content is
    'The alert as it was then.';
comment on column pgtrail.delivery.status is
    'PENDING: the next attempt is at next_attempt_at, and those with later places wait. DEAD: given up.';
comment on column pgtrail.delivery.http_status is
    'Answer to the last attempt; NULL where there was none.';

insert into pgtrail.feed_consumer (consumer) values ('alerts');

create type pgtrail.watched_version as (
    recorded_xid xid8,
    script_execution_hk bytea,
    version_number bigint,
    load_date timestamptz,
    script_name text,
    script_type text,
    execution_status text,
    execution_timestamp timestamptz,
    execution_duration_ms integer,
    db_session_user text,
    application_user text,
    affected_objects text[],
    command_tag text
);
comment on type pgtrail.watched_version is
    'What rules about single operations look at of a version: not its statement, which may be long.';

create type pgtrail.finding as (
    rule_name text,
    subject text,
    detail text,
    happened_at timestamptz,
    event_key text,
    script_execution_hk bytea
);
comment on type pgtrail.finding is
    'What a rule has to tell: that something is so, or, with an event_key, that something has happened.';
