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
    'One DDL statement of a plan for one object. phase: REBUILD (no ddl: the object must be dropped and created), DETACH (before anything is dropped), ALTER, ATTACH (after everything exists). risk: SAFE, REWRITE, LOCK, DATA_LOSS, IRREVERSIBLE. lost_rows: a query that counts the rows whose data the statement destroys.';
