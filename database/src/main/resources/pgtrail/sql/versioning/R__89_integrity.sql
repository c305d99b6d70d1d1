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

create or replace function pggit.verify_database_integrity()
    returns table (object_type text, full_name text, status text, changes text[])
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_known_moment(clock_timestamp());
    return query
        select d.*
        from pgtrail.state_differences(
            array(select s from pgtrail.state_at(clock_timestamp()) as s),
            array(select s from pgtrail.live_state() as s)) as d
        union all
        select o.object_type, o.full_name, 'ORPHANED DEPENDENCY', array[d.dependency_object]
        from pggit.dependencies as d
        join pggit.objects as o on o.id = d.dependent_id
        join pggit.objects as n on n.id = d.dependency_id
        where o.is_active and not n.is_active;
end
$function$;
comment on function pggit.verify_database_integrity() is
    'Compares what is recorded with the catalogs, object by object: MISSING (recorded, but gone), EXTRA (there, but not recorded), DIFFERENT, ORPHANED DEPENDENCY. No row: all is as recorded. pggit.adopt_drift() records what is there.';

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
    return pgtrail.record_objects('DRIFT', every.classes, every.objects, null) + pgtrail.record_missing();
end
$function$;
comment on function pggit.adopt_drift() is
    'Records what the catalogs have and the versions lack, as changes of now by an unknown author; returns how many. For pgtrail_admin.';
