set local role pgtrail_owner;

create or replace function pgtrail.take_baseline()
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    moment constant timestamptz := clock_timestamp();
    added uuid[];
begin
    perform pgtrail.tie_to_catalogs();
    with live as (
        select d.*
        from (
            select array_agg(v.class_id) as classes, array_agg(v.object_id) as objects
            from pgtrail.versioned_object as v
        ) as v
        cross join lateral pgtrail.describe_objects(v.classes, v.objects) as d
    ),
    written as (
        insert into pggit.objects (
            object_type, schema_name, object_name, full_name, content_hash, definition, ddl, created_at,
            changed_at, class_oid, object_oid)
        select
            l.object_type, l.schema_name, l.object_name, l.full_name, pgtrail.content_hash(l.definition),
            l.definition, pgtrail.full_ddl(l.object_type, l.full_name, l.definition), moment, moment,
            l.class_id, l.object_id
        from live as l
        where not exists (
            select
            from pggit.objects as o
            where o.is_active and o.class_oid = l.class_id and o.object_oid = l.object_id
        )
        returning id
    )
    select array_agg(w.id) into added from written as w;

    if added is not null then
        perform pgtrail.current_commit('BASELINE');
        perform pgtrail.refresh_dependencies(array(select o.id from pggit.objects as o where o.is_active));
    end if;
    update pgtrail.versioning as v
    set known_since = clock_timestamp()
    where v.known_since is null or added is not null;
    return coalesce(cardinality(added), 0);
end
$function$;
comment on function pgtrail.take_baseline() is
    'Puts every object that is not yet under version control there, at version 1.0.0 or the one it has; what was before is not known. Returns how many.';

create or replace function pggit.configure_tracking(
    schemas text[] default null,
    exclude_temp_tables boolean default true,
    track_system_objects boolean default false
)
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
#variable_conflict use_column
declare
    unknown text;
begin
    perform pgtrail.require_admin('configure what is versioned');
    perform pgtrail.refuse_read_only();
    unknown := (
        select string_agg(coalesce(quote_ident(s.name), 'NULL'), ', ')
        from unnest(configure_tracking.schemas) as s (name)
        where not exists (select from pg_namespace as n where n.nspname = s.name)
    );
    if unknown is not null then
        raise exception using
            errcode = 'PT001',
            message = format('there is no schema %s', unknown),
            hint = 'NULL versions every schema, new ones too.';
    elsif track_system_objects then
        raise exception using
            errcode = 'PT001',
            message = 'system objects cannot be versioned',
            detail = 'PostgreSQL allows no DDL on its own objects, and those of pgtrail come with its version.';
    end if;
    update pgtrail.versioning as v set schemas = configure_tracking.schemas;
    perform script_tracking.configure('capture_temporary', (not coalesce(exclude_temp_tables, true))::text);
    return pgtrail.take_baseline();
end
$function$;
comment on function pggit.configure_tracking(text[], boolean, boolean) is
    'Says which schemas are versioned, NULL for all; objects without a schema are, too, unless the list is empty: then nothing is. exclude_temp_tables: whether DDL on temporary objects stays out of the trail; they have no versions in any case. track_system_objects must be false: PostgreSQL allows no DDL on its own objects, and those of pgtrail come with its release. Returns how many objects came under version control. For pgtrail_admin; raises PT001 for an unknown schema.';
