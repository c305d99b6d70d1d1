create schema pggit authorization pgtrail_owner;
comment on schema pggit is
    'pgtrail, public: the objects of the database, their versions, and the way from one state to another.';

set local role pgtrail_owner;

create type pgtrail.described as (
    class_id oid,
    object_id oid,
    object_type text,
    schema_name text,
    object_name text,
    full_name text,
    definition jsonb
);
comment on type pgtrail.described is
    'One object as the catalogs have it at this moment. full_name is its identity as PostgreSQL words it: public.users, public.f(integer), t on public.users.';

create type pgtrail.step as (
    phase text,
    ddl text,
    risk text,
    reason text,
    lost_rows text
);
comment on type pgtrail.step is
    'One DDL statement of a plan for one object. phase: REBUILD (no ddl: the object must be dropped and created), LEAVE (a table its parents, before anything else), DETACH (before anything is dropped), REMOVE (before what it depends on is dropped, after its dependents are), SHED (when the parents of a table have dropped theirs), RENAME (when all that is dropped has gone), ALTER, ATTACH (after everything exists). risk: SAFE, REWRITE, LOCK, DATA_LOSS, IRREVERSIBLE. lost_rows: a query that counts the rows whose data the statement destroys.';

create type pgtrail.object_state as (
    id uuid,
    object_type text,
    full_name text,
    version text,
    definition jsonb,
    depends_on uuid[],
    ddl text,
    object_oid oid
);
comment on type pgtrail.object_state is
    'One object in a state of the schema; a state is an array of them. ddl is NULL where it was not recorded. object_oid: its identity in the catalogs then; where it is another one, it was dropped and created again.';

create type pgtrail.object_pair as (
    id uuid,
    object_type text,
    old_name text,
    old_definition jsonb,
    old_dependencies uuid[],
    old_level integer,
    new_name text,
    new_definition jsonb,
    new_dependencies uuid[],
    new_level integer,
    is_same boolean,
    temporary_name text,
    name_now text,
    reworded jsonb,
    between_definition jsonb,
    is_rebuilt boolean
);
comment on type pgtrail.object_pair is
    'One object in two states of the schema, NULL where it is not there, and what a plan does with it. Levels: how deep it stands in the dependencies of each state. is_same: not dropped and created again between them. temporary_name: gives way to another under this name. name_now, reworded: its full name and its old definition once all renames are done. between_definition: what it is while others are dropped and made anew. is_rebuilt: dropped and made anew itself.';

create type pgtrail.planned_step as (
    place numeric[],
    action text,
    object_type text,
    full_name text,
    ddl text,
    risk text,
    reason text,
    lost_rows text
);
comment on type pgtrail.planned_step is
    'One statement of a plan; place orders them. lost_rows: a query that counts the rows whose data it destroys.';

create type pggit.difference as (
    object_type text,
    full_name text,
    change_type text,
    change_severity text,
    version_before text,
    version_after text,
    changes text[],
    ddl_before text,
    ddl_after text
);
comment on type pggit.difference is
    'One object that is not the same in two states of the schema.';

create type pggit.rollback_step as (
    step integer,
    action text,
    object_type text,
    full_name text,
    ddl text,
    risk text,
    reason text,
    lost_rows bigint
);
comment on type pggit.rollback_step is
    'One statement of a rollback, and how many rows it destroys or would destroy; NULL where there are none to count or the caller may not.';

-- No check constraints, foreign keys or generated columns: PostgreSQL reads and plans them anew in every
-- statement that writes a single row. Only functions of pgtrail write here.
create table pggit.commit (
    commit_id uuid primary key default gen_random_uuid(),
    committed_at timestamptz not null,
    kind text not null default 'DDL',
    author text,
    application_user text,
    recorded_xid xid8 not null,
    unique (recorded_xid, kind)
);
comment on table pggit.commit is
    'All changes of one transaction; what it found to be there already is one of its own.';
comment on column pggit.commit.committed_at is
    'When its changes were described: at the end of the transaction, just before it committed.';
comment on column pggit.commit.kind is
    'DDL: captured. BASELINE: what existed when versioning began. DRIFT: found later, see adopt_drift().';
comment on column pggit.commit.author is
    'Role that logged in; NULL where nobody knows who changed it.';
comment on column pggit.commit.application_user is
    'User of the application behind a pool, as the session claims. Not verified.';
comment on column pggit.commit.recorded_xid is
    'Place of the transaction in the feed of the trail.';

create table pggit.objects (
    id uuid primary key default gen_random_uuid(),
    object_type text not null,
    schema_name text,
    object_name text not null,
    full_name text not null,
    is_active boolean not null default true,
    version_major integer not null default 1,
    version_minor integer not null default 0,
    version_patch integer not null default 0,
    version text not null default '1.0.0',
    content_hash bytea not null,
    definition jsonb not null,
    ddl text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    class_oid oid not null,
    object_oid oid
);
create unique index objects_identity on pggit.objects (class_oid, object_oid) where is_active;
create index objects_name on pggit.objects (full_name);
comment on table pggit.objects is
    'Every object under version control as it was last described, also those that are dropped. Written by pgtrail alone.';
comment on column pggit.objects.id is
    'Stays the same through every change, renames and restores included.';
comment on column pggit.objects.object_type is
    'The kind as DROP names it: TABLE, MATERIALIZED VIEW, FUNCTION …';
comment on column pggit.objects.full_name is
    'Identity as PostgreSQL words it, quoted where needed: public.users, public.f(integer), t on public.users.';
comment on column pggit.objects.is_active is
    'Whether it exists; a dropped object keeps its last definition.';
comment on column pggit.objects.version is
    'Semantic version: 1.0.0 at first, then raised by the severity of each change.';
comment on column pggit.objects.content_hash is
    'SHA-256 of the part of the definition that is compared.';
comment on column pggit.objects.definition is
    'Canonical description. What has its default is left out.';
comment on column pggit.objects.ddl is
    'Statements that create the object as defined.';
comment on column pggit.objects.changed_at is
    'When it last changed, or was first seen.';
comment on column pggit.objects.class_oid is
    'Catalog that holds it.';
comment on column pggit.objects.object_oid is
    'Its identity in that catalog: so a rename is a rename. NULL in a restored database that lacks it.';

create table pggit.history (
    id uuid primary key default gen_random_uuid(),
    object_id uuid not null,
    change_timestamp timestamptz not null,
    change_type text not null,
    change_severity text not null,
    changed_by text,
    object_type text not null,
    full_name text not null,
    full_name_before text,
    version_before text,
    version_after text,
    definition_before jsonb,
    definition_after jsonb,
    ddl_before text,
    ddl_after text,
    depends_on_before uuid[],
    object_oid_before oid,
    commit_id uuid not null,
    script_execution_hk bytea
);
create index history_object on pggit.history (object_id, change_timestamp);
create index history_timestamp on pggit.history (change_timestamp);
create unique index history_commit on pggit.history (commit_id, object_id);
comment on table pggit.history is
    'One row per object and transaction that changed it. A state of the past is the present less the changes since: so old rows may be deleted without harm to later moments.';
comment on column pggit.history.change_timestamp is
    'That of its commit: when its changes were described, just before the transaction committed. Rising for each object.';
comment on column pggit.history.change_type is
    'CREATE, ALTER, RENAME, DROP. RENAME: its name or schema changed, perhaps more.';
comment on column pggit.history.change_severity is
    'MAJOR breaks users of the object, MINOR adds to it, PATCH does not concern them.';
comment on column pggit.history.changed_by is
    'Role that logged in; NULL where nobody knows, see adopt_drift().';
comment on column pggit.history.full_name is
    'Its name after the change; of a dropped object the last one.';
comment on column pggit.history.definition_before is
    'NULL for an object that was created.';
comment on column pggit.history.definition_after is
    'NULL for an object that was dropped.';
comment on column pggit.history.depends_on_before is
    'Objects that it depended on before the change.';
comment on column pggit.history.object_oid_before is
    'Its identity in the catalogs before the change: another one after it says that it was dropped and created again.';
comment on column pggit.history.script_execution_hk is
    'The operation of the trail that caused the change; NULL where none did.';

create table pgtrail.quiet_change (
    object_id uuid,
    commit_id uuid,
    definition_before jsonb not null,
    object_oid_before oid,
    primary key (object_id, commit_id)
);
comment on table pgtrail.quiet_change is
    'What a transaction changed of an object beyond the part of its definition that is compared: which column is which, what it has from its parents, its identity in the catalogs. It makes no version, but a state of the past needs it.';
comment on column pgtrail.quiet_change.definition_before is
    'The whole definition before the change.';

create table pggit.dependencies (
    dependent_id uuid not null,
    dependency_id uuid not null,
    dependency_kind text not null,
    dependent_object text not null,
    dependency_object text not null,
    primary key (dependent_id, dependency_id, dependency_kind)
);
create index dependencies_dependency on pggit.dependencies (dependency_id);
comment on table pggit.dependencies is
    'What active objects depend on, as PostgreSQL records it, kept current.';
comment on column pggit.dependencies.dependency_kind is
    'NORMAL: cannot be dropped without the dependent. AUTO: takes the dependent with it. FOREIGN KEY: a table that refers to another.';
comment on column pggit.dependencies.dependent_object is
    'Full name of what depends.';
comment on column pggit.dependencies.dependency_object is
    'Full name of what it depends on.';

-- Unlogged: what a transaction noted is of no use after a crash, and no publication of all tables takes it.
create unlogged table pgtrail.touched (
    recorded_xid xid8 not null default pg_current_xact_id(),
    noted_at timestamptz not null default clock_timestamp(),
    script_execution_hk bytea,
    class_oids oid[] not null,
    object_oids oid[] not null
);
create index touched_xid on pgtrail.touched (recorded_xid);
comment on table pgtrail.touched is
    'Objects that the DDL of a transaction touched, one row per statement, until the transaction describes them at its end.';
comment on column pgtrail.touched.script_execution_hk is
    'The operation that touched them; NULL where it was not yet written: the next one of the transaction.';
comment on column pgtrail.touched.object_oids is
    'Beside each catalog the identity; 0: whatever this transaction wrote in that catalog.';

create table pgtrail.versioning (
    only_row boolean primary key default true check (only_row),
    known_since timestamptz,
    schemas name[],
    cluster bigint,
    objects_oid oid
);
comment on table pgtrail.versioning is
    'One row: what is versioned, and since when.';
comment on column pgtrail.versioning.known_since is
    'The earliest moment whose state is known; NULL before the baseline.';
comment on column pgtrail.versioning.schemas is
    'The schemas that are versioned; NULL for all.';
comment on column pgtrail.versioning.objects_oid is
    'With the cluster, the identity of pggit.objects when its rows were last tied to the catalogs: in a restored database it is another one, and they are tied anew, by name.';
insert into pgtrail.versioning default values;

create table pgtrail.severity_rule (
    rule_group text not null,
    object_type text not null,
    path text not null,
    change text not null check (change in ('ADDED', 'REMOVED', 'CHANGED')),
    severity text not null check (severity in ('MAJOR', 'MINOR', 'PATCH', 'TYPE', 'RIGHTS')),
    meaning text not null,
    keys text[] not null generated always as (string_to_array(path, '.')) stored,
    first_key text not null generated always as (split_part(path, '.', 1)) stored,
    primary key (object_type, path, change)
);
create index severity_rule_place on pgtrail.severity_rule (first_key, object_type, change);
comment on table pgtrail.severity_rule is
    'How grave each change of a definition is. * in the path stands for one key. TYPE: MINOR where the new type holds every value of the old one, else MAJOR. RIGHTS: MAJOR where a grantee loses a privilege, else MINOR.';
