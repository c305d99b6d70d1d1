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
create index operation_rollup_actors on pgtrail.operation_rollup
    (hour) include (db_session_user, tenant_hk, operations);
comment on index pgtrail.operation_rollup_actors is
    'Who was active: the actors of a day without the histograms.';
comment on table pgtrail.operation_rollup is
    'The current versions of the trail as far as the consumer rollups has read the feed, added up per hour (UTC), tenant, type, actor and status.';
comment on column pgtrail.operation_rollup.hour is
    'Hour in which the operations began, in UTC.';
comment on column pgtrail.operation_rollup.timed_operations is
    'Operations that have a duration.';
comment on column pgtrail.operation_rollup.buckets is
    'Buckets of pgtrail.duration_bucket() in use, ascending; bucket_operations says how many operations are in each.';

-- What somebody who may read every tenant sees: fewer rows by the number of tenants and actors.
create table pgtrail.total_rollup (
    like pgtrail.operation_rollup including comments
);
alter table pgtrail.total_rollup
    drop column tenant_hk,
    drop column db_session_user,
    add primary key (hour, script_type, execution_status);
comment on table pgtrail.total_rollup is
    'pgtrail.operation_rollup added up over tenants and actors.';

alter table pgtrail.operation_rollup enable row level security;
alter table pgtrail.total_rollup enable row level security;

create type pgtrail.rollup_change as (
    hour timestamptz,
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
    'So many operations more, or less, of one key and one bucket of durations; the bucket is NULL without a duration.';
