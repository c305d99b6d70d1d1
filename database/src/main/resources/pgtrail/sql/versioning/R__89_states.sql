set local role pgtrail_owner;

create or replace function pgtrail.require_known_moment(p_at timestamptz)
    returns void
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    known_since constant timestamptz := (select v.known_since from pgtrail.versioning as v);
begin
    if p_at is null then
        raise exception using errcode = 'PT001', message = 'NULL is no moment';
    elsif p_at > clock_timestamp() then
        raise exception using
            errcode = 'PT001',
            message = format('%s is in the future', p_at),
            hint = 'Give a moment of the past.';
    elsif known_since is null or p_at < known_since then
        raise exception using
            errcode = 'PT013',
            message = format('the state of the schema at %s is not known', p_at),
            detail = format('It is known since %s.', coalesce(known_since::text, 'never')),
            hint = 'Versioning began then, or older history was removed.';
    end if;
end
$function$;
comment on function pgtrail.require_known_moment(timestamptz) is
    'Raises PT001 for NULL or a moment in the future, PT013 for one whose state is not known.';

create or replace function pgtrail.schema_of(p_type text, p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_type = 'SCHEMA' then p_definition ->> 'name'
    when p_type in ('TRIGGER', 'RULE', 'POLICY') then (parse_ident(p_definition ->> 'table'))[1]
    else p_definition ->> 'schema'
end;
comment on function pgtrail.schema_of(text, jsonb) is
    'The schema that an object counts as part of when schemas are chosen: of a schema itself, of a trigger that of its table. NULL where there is none.';

create or replace function pgtrail.state_at(p_at timestamptz)
    returns setof pgtrail.object_state
    language sql
    stable
begin atomic
    select
        o.id,
        o.object_type,
        case when h.id is null then o.full_name else h.full_name_before end,
        case when h.id is null then o.version else h.version_before end,
        case
            when q.is_first then q.definition_before
            when h.id is null then o.definition
            else h.definition_before
        end,
        coalesce(case when h.id is null then d.depends_on else h.depends_on_before end, '{}'),
        case when h.id is null then o.ddl else h.ddl_before end,
        case
            when q.is_first then q.object_oid_before
            when h.id is null then o.object_oid
            else h.object_oid_before
        end
    from pggit.objects as o
    left join lateral (
        select
            h.id, h.full_name_before, h.version_before, h.definition_before, h.ddl_before, h.depends_on_before,
            h.object_oid_before, h.change_timestamp
        from pggit.history as h
        where h.object_id = o.id and h.change_timestamp > p_at
        order by h.change_timestamp
        limit 1
    ) as h on true
    left join lateral (
        select q.definition_before, q.object_oid_before, (c.committed_at < h.change_timestamp) is not false as is_first
        from pgtrail.quiet_change as q
        join pggit.commit as c on c.commit_id = q.commit_id
        where q.object_id = o.id and c.committed_at > p_at
        order by c.committed_at
        limit 1
    ) as q on true
    left join (
        select d.dependent_id, array_agg(distinct d.dependency_id) as depends_on
        from pggit.dependencies as d
        join pggit.objects as o on o.id = d.dependent_id
        -- Foreign keys, and that a sequence belongs to a column, are added when everything exists.
        where d.dependency_kind <> 'FOREIGN KEY'
            and not (o.object_type = 'SEQUENCE' and d.dependency_kind = 'AUTO')
        group by d.dependent_id
    ) as d on d.dependent_id = o.id
    where (case when h.id is null then o.is_active else h.definition_before is not null end)
        and (
            (select v.schemas is null from pgtrail.versioning as v)
            or pgtrail.is_versioned_schema(
                pgtrail.schema_of(
                    o.object_type, case when h.id is null then o.definition else h.definition_before end),
                (select v.schemas from pgtrail.versioning as v))
        );
end;
comment on function pgtrail.state_at(timestamptz) is
    'The recorded state of the schema at a moment: the present, less the changes since.';

create or replace function pgtrail.live_objects()
    returns pgtrail.described[]
    language sql
    stable
    -- Not everybody may read what objects are made of, and what a mapping of users hides is hidden anyhow.
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select coalesce(array_agg(d), '{}')
    from (
        select array_agg(v.class_id) as classes, array_agg(v.object_id) as objects
        from pgtrail.versioned_object as v
    ) as v
    cross join lateral pgtrail.describe_objects(v.classes, v.objects) as d
$function$;
comment on function pgtrail.live_objects() is
    'All versioned objects as the catalogs have them at this moment.';

create or replace function pgtrail.live_edges(p_objects pgtrail.described[])
    returns table (
        class_id oid,
        object_id oid,
        dependency_class_id oid,
        dependency_object_id oid,
        dependency_kind text
    )
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select e.*
    from (
        select d.class_id, array_agg(d.object_id) as objects from unnest(p_objects) as d group by d.class_id
    ) as c
    cross join lateral pgtrail.dependency_edges(c.class_id, c.objects) as e
$function$;
comment on function pgtrail.live_edges(pgtrail.described[]) is
    'What some objects depend on, as PostgreSQL records it at this moment.';

create or replace function pgtrail.live_state()
    returns setof pgtrail.object_state
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    described constant pgtrail.described[] := pgtrail.live_objects();
begin
    return query
        with live as materialized (
            select
                coalesce(o.id, gen_random_uuid()) as id, d.class_id, d.object_id, d.object_type, d.full_name,
                o.version, d.definition
            from unnest(described) as d
            left join pggit.objects as o
                on o.class_oid = d.class_id and o.object_oid = d.object_id and o.is_active
        ),
        edge as (
            select l.id, array_agg(distinct n.id) as depends_on
            from pgtrail.live_edges(described) as e
            join live as l on l.class_id = e.class_id and l.object_id = e.object_id
            join live as n on n.class_id = e.dependency_class_id and n.object_id = e.dependency_object_id
            where e.dependency_kind <> 'FOREIGN KEY'
                and not (l.object_type = 'SEQUENCE' and e.dependency_kind = 'AUTO')
            group by l.id
        )
        select l.id, l.object_type, l.full_name, l.version, l.definition, coalesce(e.depends_on, '{}'), null::text, l.object_id
        from live as l
        left join edge as e on e.id = l.id;
end
$function$;
comment on function pgtrail.live_state() is
    'The state of the schema as the catalogs have it at this moment, whatever was recorded.';
