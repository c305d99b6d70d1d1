set local role pgtrail_owner;

create or replace function pgtrail.state_differences(p_expected pgtrail.object_state[], p_found pgtrail.object_state[])
    returns table (object_type text, full_name text, status text, changes text[])
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        coalesce(e.object_type, f.object_type), coalesce(e.full_name, f.full_name),
        case when f.full_name is null then 'MISSING' when e.full_name is null then 'EXTRA' else 'DIFFERENT' end,
        pgtrail.change_words(e.definition, f.definition)
    from unnest(p_expected) as e
    full join unnest(p_found) as f on f.object_type = e.object_type and f.full_name = e.full_name
    where pgtrail.canonical(e.definition) is distinct from pgtrail.canonical(f.definition)
    order by 1, 2
$function$;
comment on function pgtrail.state_differences(pgtrail.object_state[], pgtrail.object_state[]) is
    'Where two states of the schema are not the same, by name.';

create or replace function pgtrail.edge_differences(p_objects pgtrail.described[])
    returns table (object_type text, full_name text, status text, changes text[])
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with live as materialized (
        select d.class_id, d.object_id, d.object_type, d.full_name from unnest(p_objects) as d
    ),
    -- Of what is not in both the difference is told.
    known as materialized (
        select o.id, o.object_type, o.full_name, l.class_id, l.object_id
        from pggit.objects as o
        join live as l on l.object_type = o.object_type and l.full_name = o.full_name
        where o.is_active
    ),
    found as materialized (
        select o.id as dependent_id, n.id as dependency_id, e.dependency_kind
        from pgtrail.live_edges(p_objects) as e
        join known as o on o.class_id = e.class_id and o.object_id = e.object_id
        join known as n on n.class_id = e.dependency_class_id and n.object_id = e.dependency_object_id
    ),
    difference as (
        select d.dependent_id, d.dependency_id, d.dependency_kind, 'ORPHANED DEPENDENCY' as status
        from pggit.dependencies as d
        where (d.dependent_id in (select k.id from known as k) and d.dependency_id in (select k.id from known as k)
                or exists (
                    select from pggit.objects as o where o.id in (d.dependent_id, d.dependency_id) and not o.is_active
                ))
            and not exists (
                select
                from found as f
                where f.dependent_id = d.dependent_id
                    and f.dependency_id = d.dependency_id
                    and f.dependency_kind = d.dependency_kind
            )
        union all
        select f.dependent_id, f.dependency_id, f.dependency_kind, 'MISSING DEPENDENCY'
        from found as f
        where not exists (
            select
            from pggit.dependencies as d
            where d.dependent_id = f.dependent_id
                and d.dependency_id = f.dependency_id
                and d.dependency_kind = f.dependency_kind
        )
    )
    select
        o.object_type, o.full_name, d.status,
        array_agg(concat_ws(' ', n.object_type, n.full_name, '(' || lower(d.dependency_kind) || ')')
            order by n.object_type, n.full_name, d.dependency_kind)
    from difference as d
    join pggit.objects as o on o.id = d.dependent_id
    join pggit.objects as n on n.id = d.dependency_id
    group by o.object_type, o.full_name, d.status
    order by o.object_type, o.full_name, d.status
$function$;
comment on function pgtrail.edge_differences(pgtrail.described[]) is
    'Dependencies between objects that are recorded, but not in the catalogs, and those that are there, but not recorded, by name: identities mean nothing in a restored database.';

create or replace function pggit.verify_database_integrity()
    returns table (object_type text, full_name text, status text, changes text[])
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    live constant pgtrail.described[] := pgtrail.live_objects();
begin
    perform pgtrail.require_known_moment(clock_timestamp());
    return query
        select d.*
        from pgtrail.state_differences(
            array(select s from pgtrail.state_at(clock_timestamp()) as s),
            array(
                select (null, d.object_type, d.full_name, null, d.definition, null, null, d.object_id)::pgtrail.object_state
                from unnest(live) as d
            )) as d
        union all
        select d.*
        from pgtrail.edge_differences(array(
            select (d.class_id, d.object_id, d.object_type, d.schema_name, d.object_name, d.full_name, null)::pgtrail.described
            from unnest(live) as d
        )) as d;
end
$function$;
comment on function pggit.verify_database_integrity() is
    'Compares what is recorded with the catalogs, object by object: MISSING (recorded, but gone), EXTRA (there, but not recorded), DIFFERENT; and what depends on what: MISSING DEPENDENCY (PostgreSQL has it, the record does not), ORPHANED DEPENDENCY (recorded, but PostgreSQL does not have it). No row: all is as recorded. pggit.adopt_drift() records what is there.';

create or replace function pgtrail.record_missing()
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    missing pggit.objects;
    this record;
    recorded uuid[] := '{}';
begin
    for missing in
        select o.* from pggit.objects as o where o.is_active and o.object_oid is null
    loop
        if recorded = '{}' then
            this := pgtrail.current_commit('DRIFT');
        end if;
        recorded := recorded || pgtrail.record_change(
            this.this_commit, not this.is_new, missing, null, null, false);
    end loop;
    perform pgtrail.refresh_dependents('{}', recorded);
    return cardinality(recorded);
end
$function$;
comment on function pgtrail.record_missing() is
    'Records as dropped what a restored database lacks; returns how many.';

create or replace function pggit.adopt_drift()
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    every record;
    adopted bigint;
begin
    perform pgtrail.require_admin('adopt drift');
    perform pgtrail.refuse_read_only();
    -- What this transaction did itself has an author.
    set constraints pgtrail.describe_touched immediate;
    set constraints pgtrail.describe_touched deferred;
    perform pgtrail.tie_to_catalogs();
    select array_agg(o.class_oid) as classes, array_agg(o.object_oid) as objects
    into every
    from (
        select v.class_id as class_oid, v.object_id as object_oid from pgtrail.versioned_object as v
        union
        select o.class_oid, o.object_oid from pggit.objects as o where o.is_active
    ) as o;
    adopted := pgtrail.record_objects('DRIFT', every.classes, every.objects, null) + pgtrail.record_missing();
    perform pgtrail.refresh_dependencies(array(select o.id from pggit.objects as o where o.is_active));
    perform pgtrail.refresh_dependents('{}', array(select o.id from pggit.objects as o where not o.is_active));
    return adopted;
end
$function$;
comment on function pggit.adopt_drift() is
    'Records what the catalogs have and the versions lack, as changes of now by an unknown author; returns how many. For pgtrail_admin.';
