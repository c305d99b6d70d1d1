set local role pgtrail_owner;

-- The feed reads by recorded_xid; errors, running operations and their count look for one status.
create index idx_script_execution_s_feed
    on script_tracking.script_execution_s (recorded_xid);
comment on index script_tracking.idx_script_execution_s_feed is
    'The feed: current versions in the order they were recorded.';
create index idx_script_execution_s_history_feed
    on script_tracking.script_execution_s_history (recorded_xid);
comment on index script_tracking.idx_script_execution_s_history_feed is
    'The feed: superseded versions in the order they were recorded.';
create index idx_script_execution_s_failed
    on script_tracking.script_execution_s (execution_timestamp desc)
    where execution_status = 'FAILED';
comment on index script_tracking.idx_script_execution_s_failed is
    'Recent errors, newest first.';
create index idx_script_execution_s_running
    on script_tracking.script_execution_s (execution_timestamp)
    where execution_status = 'RUNNING';
comment on index script_tracking.idx_script_execution_s_running is
    'What runs, oldest first.';

comment on column script_tracking.script_execution_s.recorded_xid is
    'Place of this version in the feed: the transaction that wrote it, but never before the version it follows, counted on from the cluster the trail was restored from.';
comment on column script_tracking.script_execution_s_history.recorded_xid is
    'Place of this version in the feed: the transaction that wrote it, but never before the version it follows, counted on from the cluster the trail was restored from.';

create type pgtrail.feed_cursor as (
    recorded_xid xid8,
    script_execution_hk bytea,
    version_number bigint
);
comment on type pgtrail.feed_cursor is
    'Place in the feed of versions: everything up to and with this version has been read. NULL is the beginning.';

-- No key: whoever writes at the same time as the first after a restore stores the same base again, where a
-- key would make it wait for that transaction.
create table pgtrail.feed_origin (
    cluster bigint not null,
    trail oid not null,
    base bigint not null check (base >= 0)
);
-- Without a key, and a publication of all tables would make its rows immutable.
alter table pgtrail.feed_origin replica identity full;
comment on table pgtrail.feed_origin is
    'What is added to the transaction ids of a cluster. A restored trail is another relation, so it gets a row of its own, beyond all it brought along.';
comment on column pgtrail.feed_origin.cluster is
    'System identifier of the cluster: one that was made in the same way may give the same identity to its relation.';
comment on column pgtrail.feed_origin.trail is
    'Identity of script_execution_s. A plain number in a dump, so it does not follow the table into another cluster.';

create table pgtrail.feed_consumer (
    consumer text primary key,
    "position" pgtrail.feed_cursor,
    advanced_at timestamptz not null default clock_timestamp()
);
comment on table pgtrail.feed_consumer is
    'How far each consumer has read the feed; a NULL position is the beginning.';
comment on column pgtrail.feed_consumer.advanced_at is
    'When the consumer last looked, whether there was anything new or not.';
insert into pgtrail.feed_consumer (consumer) values ('rollups');

create table pgtrail.operation_rollup (
    hour timestamptz not null,
    tenant_hk bytea,
    script_type varchar(50) not null,
    db_session_user varchar(100) not null,
    execution_status varchar(20) not null,
    operations bigint not null,
    timed_operations bigint not null,
    duration_sum_ms bigint not null,
    duration_min_ms integer,
    duration_max_ms integer,
    buckets integer[] not null,
    bucket_operations bigint[] not null
);
create unique index operation_rollup_key on pgtrail.operation_rollup
    (hour, script_type, db_session_user, execution_status, (coalesce(tenant_hk, '\x')));
-- Its key may hold NULL, and a publication of all tables would make rows without identity immutable.
alter table pgtrail.operation_rollup replica identity full;
comment on table pgtrail.operation_rollup is
    'The current versions of the trail as far as the consumer rollups has read the feed, added up per hour (UTC), tenant, type, actor and status.';
comment on column pgtrail.operation_rollup.hour is
    'Hour in which the operations began, in UTC.';
comment on column pgtrail.operation_rollup.timed_operations is
    'Operations that have a duration.';
comment on column pgtrail.operation_rollup.buckets is
    'Buckets of pgtrail.duration_bucket() in use, ascending; bucket_operations says how many operations are in each.';

-- Sums for the reports, with as few rows as they can do with.
create table pgtrail.total_rollup (
    scope bytea not null,
    minutes integer not null,
    begins timestamptz not null,
    script_type varchar(50) not null,
    execution_status varchar(20) not null,
    operations bigint not null,
    timed_operations bigint not null,
    duration_sum_ms bigint not null,
    primary key (scope, minutes, begins, script_type, execution_status)
);
comment on table pgtrail.total_rollup is
    'pgtrail.operation_rollup added up over actors: of each tenant per hour; of all tenants per hour and per five minutes.';
comment on column pgtrail.total_rollup.scope is
    'A tenant_hk; empty for the system; \xff for all tenants and the system together.';
comment on column pgtrail.total_rollup.minutes is
    'Length of the time that is added up: 60, or 5.';
comment on column pgtrail.total_rollup.begins is
    'When that time begins, in UTC.';
comment on column pgtrail.total_rollup.timed_operations is
    'Operations that have a duration.';

create table pgtrail.duration_rollup (
    scope bytea not null,
    minutes integer not null,
    begins timestamptz not null,
    buckets integer[] not null,
    bucket_operations bigint[] not null,
    primary key (scope, minutes, begins)
);
comment on table pgtrail.duration_rollup is
    'The durations that pgtrail.total_rollup has for the same scope and time, all types and statuses in one histogram.';
comment on column pgtrail.duration_rollup.scope is
    'As in pgtrail.total_rollup.';
comment on column pgtrail.duration_rollup.buckets is
    'Buckets of pgtrail.duration_bucket() in use, ascending; bucket_operations says how many operations are in each.';

create table pgtrail.actor_rollup (
    tenant_hk bytea,
    db_session_user varchar(100) not null,
    last_began timestamptz not null
);
create unique index actor_rollup_key on pgtrail.actor_rollup
    (db_session_user, (coalesce(tenant_hk, '\x')));
alter table pgtrail.actor_rollup replica identity full;
comment on table pgtrail.actor_rollup is
    'When the latest operation in pgtrail.operation_rollup of each actor in each tenant began: so who was active of late is known without reading them.';

alter table pgtrail.operation_rollup enable row level security;
alter table pgtrail.total_rollup enable row level security;
alter table pgtrail.duration_rollup enable row level security;
alter table pgtrail.actor_rollup enable row level security;

create type pgtrail.rollup_change as (
    began timestamptz,
    last_began timestamptz,
    tenant_hk bytea,
    script_type varchar(50),
    db_session_user varchar(100),
    execution_status varchar(20),
    bucket integer,
    operations bigint,
    duration_sum_ms bigint,
    duration_min_ms integer,
    duration_max_ms integer
);
comment on type pgtrail.rollup_change is
    'So many operations more, or less, of one key and one bucket of durations that began within five minutes: from began on, the latest at last_began. The bucket is NULL without a duration.';
