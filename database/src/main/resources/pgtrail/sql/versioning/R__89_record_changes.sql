set local role pgtrail_owner;

create or replace function pgtrail.is_versioned_schema(p_schema text, p_versioned text[])
    returns boolean
    language sql
    immutable
    parallel safe
return p_versioned is null or p_schema = any (p_versioned) or p_schema is null and p_versioned <> '{}';
comment on function pgtrail.is_versioned_schema(text, text[]) is
    'Whether objects of a schema are versioned, NULL: objects without one, where pggit.configure_tracking() has it that these are.';

create or replace function pgtrail.describe_objects(p_class_oids oid[], p_object_oids oid[])
    returns setof pgtrail.described
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $function$
declare
    schemas constant text[] := (select v.schemas from pgtrail.versioning as v);
    asked record;
    versioned oid[];
begin
    for asked in
        select c.class_oid, array_agg(distinct c.object_oid) as objects
        from unnest(p_class_oids, p_object_oids) as c (class_oid, object_oid)
        group by c.class_oid
    loop
        if asked.class_oid = 'pg_class'::regclass then
            versioned := array(
                select v.object_id from pgtrail.versioned_relation as v where v.object_id = any (asked.objects));
        else
            versioned := array(
                select v.object_id
                from pgtrail.versioned_object as v
                where v.class_id = asked.class_oid and v.object_id = any (asked.objects));
        end if;
        continue when versioned = '{}';
        return query
            select d.*
            from pgtrail.describe(asked.class_oid, versioned) as d
            where pgtrail.is_versioned_schema(d.schema_name, schemas);
    end loop;
end
$function$;
comment on function pgtrail.describe_objects(oid[], oid[]) is
    'Those of some objects that are versioned, as they are now.';

create or replace function pgtrail.current_commit(p_kind text, out this_commit pggit.commit, out is_new boolean)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    place constant xid8 := pgtrail.current_place();
    moment constant timestamptz := clock_timestamp();
begin
    update pggit.commit as c
    set committed_at = moment
    where c.recorded_xid = place and c.kind = p_kind
    returning c.* into this_commit;
    is_new := not found;
    if is_new then
        insert into pggit.commit as c (committed_at, kind, author, application_user, recorded_xid)
        values (
            moment, p_kind,
            case when p_kind = 'DDL' then session_user end,
            case when p_kind = 'DDL' then left(nullif(current_setting('script_tracking.app_user', true), ''), 255) end,
            place)
        returning c.* into this_commit;
    else
        -- What it described earlier, because it set constraints immediate, is not committed before the rest.
        update pggit.objects as o
        set changed_at = moment
        from pggit.history as h
        where h.commit_id = this_commit.commit_id and o.id = h.object_id and o.changed_at = h.change_timestamp;
        update pggit.history as h set change_timestamp = moment where h.commit_id = this_commit.commit_id;
    end if;
end
$function$;
comment on function pgtrail.current_commit(text) is
    'The commit of this transaction at this moment, made when it is first asked for: then it is new, and has no changes.';

create or replace function pgtrail.next_version(p_major integer, p_minor integer, p_patch integer, p_severity text)
    returns integer[]
    language sql
    immutable
    parallel safe
return case p_severity
    when 'MAJOR' then array[p_major + 1, 0, 0]
    when 'MINOR' then array[p_major, p_minor + 1, 0]
    else array[p_major, p_minor, p_patch + 1]
end;
comment on function pgtrail.next_version(integer, integer, integer, text) is
    'The semantic version after a change.';

create or replace function pgtrail.full_ddl(p_type text, p_full_name text, p_definition jsonb)
    returns text
    language sql
    stable  -- as array_to_string() is: so PostgreSQL puts it in its place
    parallel safe
return case when p_definition is not null then
    array_to_string(
        pgtrail.create_statements(p_type, p_full_name, p_definition)
            || pgtrail.attach_statements(p_type, p_full_name, p_definition),
        E';\n') || ';'
end;
comment on function pgtrail.full_ddl(text, text, jsonb) is
    'All statements that create an object as defined, as one text; NULL without a definition.';

create or replace function pgtrail.record_change(
    p_commit pggit.commit,
    p_may_have_described boolean,
    p_known pggit.objects,
    p_live pgtrail.described,
    p_operation bytea,
    p_only_reworded boolean
)
    returns uuid
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
-- What a transaction described already, because it set constraints immediate, is described again as one
-- change of it: from what was before the transaction to what is now.
declare
    earlier pggit.history;
    quiet pgtrail.quiet_change;
    object pggit.objects := p_known;
    before_name text := case when p_known.is_active then p_known.full_name end;
    before_definition jsonb := case when p_known.is_active then p_known.definition end;
    before_ddl text := case when p_known.is_active then p_known.ddl end;
    before_version text := case when p_known.is_active then p_known.version end;
    before_parts integer[] := array[p_known.version_major, p_known.version_minor, p_known.version_patch];
    before_dependencies uuid[];
    before_oid oid := case when p_known.is_active then p_known.object_oid end;
    severity text;
    parts integer[];
begin
    if p_may_have_described then
        select h.*
        into earlier
        from pggit.history as h
        where h.commit_id = p_commit.commit_id and h.object_id = p_known.id;
        delete from pgtrail.quiet_change as q
        where q.commit_id = p_commit.commit_id and q.object_id = p_known.id
        returning q.* into quiet;
    end if;
    if earlier.id is not null then
        before_name := earlier.full_name_before;
        before_definition := earlier.definition_before;
        before_ddl := earlier.ddl_before;
        before_version := earlier.version_before;
        before_parts := string_to_array(earlier.version_before, '.')::integer[];
        before_dependencies := earlier.depends_on_before;
        before_oid := earlier.object_oid_before;
    elsif p_known.id is not null then
        before_dependencies := array(
            select d.dependency_id
            from pggit.dependencies as d
            where d.dependent_id = p_known.id
                and d.dependency_kind <> 'FOREIGN KEY'
                and not (p_known.object_type = 'SEQUENCE' and d.dependency_kind = 'AUTO')
            order by d.dependency_id
        );
    end if;
    if quiet.commit_id is not null then
        before_definition := quiet.definition_before;
        before_oid := quiet.object_oid_before;
    end if;

    severity := pgtrail.change_severity(
        coalesce(p_live.object_type, p_known.object_type), before_definition, p_live.definition,
        p_only_reworded and earlier.id is null);
    parts := case
        when pgtrail.canonical(before_definition) = pgtrail.canonical(p_live.definition) then before_parts
        when before_definition is not null then
            pgtrail.next_version(before_parts[1], before_parts[2], before_parts[3], severity)
        -- Created again: what it was before broke when it was dropped.
        when p_known.id is not null and earlier.id is null then array[p_known.version_major + 1, 0, 0]
        when earlier.id is not null then array[object.version_major, object.version_minor, object.version_patch]
        else array[1, 0, 0]
    end;

    object.changed_at := greatest(p_commit.committed_at, p_known.changed_at + interval '1 microsecond');
    object.is_active := p_live.object_id is not null;
    if object.is_active then
        object.id := coalesce(p_known.id, gen_random_uuid());
        object.object_type := p_live.object_type;
        object.schema_name := p_live.schema_name;
        object.object_name := p_live.object_name;
        object.full_name := p_live.full_name;
        object.content_hash := pgtrail.content_hash(p_live.definition);
        object.definition := p_live.definition;
        object.ddl := pgtrail.full_ddl(p_live.object_type, p_live.full_name, p_live.definition);
        object.created_at := case when before_definition is null then object.changed_at else p_known.created_at end;
        object.class_oid := p_live.class_id;
        object.object_oid := p_live.object_id;
        object.version_major := parts[1];
        object.version_minor := parts[2];
        object.version_patch := parts[3];
        object.version := array_to_string(parts, '.');
    end if;

    if p_known.id is null then
        insert into pggit.objects values (object.*);
    else
        update pggit.objects as o
        set
            -- A rule makes a view of a table, before PostgreSQL 16.
            object_type = object.object_type, schema_name = object.schema_name, object_name = object.object_name,
            full_name = object.full_name, is_active = object.is_active, version_major = object.version_major,
            version_minor = object.version_minor, version_patch = object.version_patch, version = object.version,
            content_hash = object.content_hash, definition = object.definition, ddl = object.ddl,
            created_at = object.created_at, changed_at = object.changed_at, class_oid = object.class_oid,
            object_oid = object.object_oid
        where o.id = object.id;
    end if;

    if earlier.id is not null then
        delete from pggit.history as h where h.id = earlier.id;
    end if;
    if pgtrail.canonical(before_definition) is distinct from pgtrail.canonical(p_live.definition) then
        insert into pggit.history (
            object_id, change_timestamp, change_type, change_severity, changed_by, object_type, full_name,
            full_name_before, version_before, version_after, definition_before, definition_after,
            ddl_before, ddl_after, depends_on_before, object_oid_before, commit_id, script_execution_hk)
        values (
            object.id, object.changed_at,
            case
                when before_definition is null then 'CREATE'
                when not object.is_active then 'DROP'
                when before_definition -> 'name' is distinct from object.definition -> 'name'
                    or before_definition -> 'schema' is distinct from object.definition -> 'schema' then 'RENAME'
                else 'ALTER'
            end,
            severity, p_commit.author, object.object_type, object.full_name, before_name, before_version,
            case when object.is_active then object.version end,
            before_definition, p_live.definition, before_ddl,
            case when object.is_active then object.ddl end,
            before_dependencies, before_oid, p_commit.commit_id, coalesce(p_operation, earlier.script_execution_hk));
    elsif (before_definition, before_oid) is distinct from (p_live.definition, p_live.object_id)
        and before_definition is not null
    then
        insert into pgtrail.quiet_change values (object.id, p_commit.commit_id, before_definition, before_oid);
    end if;
    return object.id;
end
$function$;
comment on function pgtrail.record_change(pggit.commit, boolean, pggit.objects, pgtrail.described, bytea, boolean) is
    'Brings one object to what it is now, NULL for gone, and writes the change that this transaction made of it; returns its id. p_may_have_described: whether the commit may have a change of it already.';

create or replace function pgtrail.depend_on_schemas_alone(p_objects uuid[])
    returns boolean
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return not exists (
        select
        from unnest(p_objects) as c (id)
        join pggit.objects as o on o.id = c.id and o.is_active
        cross join lateral (
            select o.class_oid, o.object_oid
            union all
            -- What pgtrail.dependency_edges() takes for a part.
            select p.classid, p.objid
            from pg_depend as p
            where p.refclassid = o.class_oid
                and p.refobjid = o.object_oid
                and (
                    p.classid in ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_rewrite'::regclass,
                        'pg_publication_rel'::regclass)
                    or p.classid = 'pg_class'::regclass and p.refclassid = 'pg_type'::regclass
                )
                and p.deptype in ('a', 'i')
        ) as p (class_oid, object_oid)
        join pg_depend as d on d.classid = p.class_oid and d.objid = p.object_oid
        where (d.refclassid, d.refobjid) <> (o.class_oid, o.object_oid)
            and (d.refclassid <> 'pg_namespace'::regclass or p.class_oid <> o.class_oid)
            and (d.refobjid >= 16384 or d.refclassid = 'pg_namespace'::regclass)
    );
end
$function$;
comment on function pgtrail.depend_on_schemas_alone(uuid[]) is
    'Whether some objects depend on nothing but the schemas they are in, as most tables do.';

create or replace function pgtrail.refresh_dependencies(p_objects uuid[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    dependents uuid[];
    dependencies uuid[];
    kinds text[];
begin
    if pgtrail.depend_on_schemas_alone(p_objects) then
        select array_agg(o.id), array_agg(n.id), array_agg(case d.deptype when 'a' then 'AUTO' else 'NORMAL' end)
        into dependents, dependencies, kinds
        from unnest(p_objects) as c (id)
        join pggit.objects as o on o.id = c.id and o.is_active
        join pg_depend as d
            on d.classid = o.class_oid and d.objid = o.object_oid and d.refclassid = 'pg_namespace'::regclass
        join pggit.objects as n on n.class_oid = d.refclassid and n.object_oid = d.refobjid and n.is_active;
    else
        select array_agg(f.dependent_id), array_agg(f.dependency_id), array_agg(f.dependency_kind)
        into dependents, dependencies, kinds
        from (
            select distinct o.id as dependent_id, n.id as dependency_id, e.dependency_kind
            from (
                select o.class_oid, array_agg(o.object_oid) as objects
                -- Joined, not compared with the array: of a whole database it would be looked through for every row.
                from unnest(p_objects) as c (id)
                join pggit.objects as o on o.id = c.id and o.is_active
                group by o.class_oid
            ) as c
            cross join lateral pgtrail.dependency_edges(c.class_oid, c.objects) as e
            join pggit.objects as o on o.class_oid = e.class_oid and o.object_oid = e.object_oid and o.is_active
            join pggit.objects as n
                on n.class_oid = e.dependency_class_oid and n.object_oid = e.dependency_oid and n.is_active
        ) as f;
    end if;

    delete from pggit.dependencies as d
    using unnest(p_objects) as c (id)
    where d.dependent_id = c.id
        and not exists (
            select
            from unnest(dependents, dependencies, kinds) as f (dependent_id, dependency_id, dependency_kind)
            where f.dependent_id = d.dependent_id
                and f.dependency_id = d.dependency_id
                and f.dependency_kind = d.dependency_kind
        );
    -- What stays is not written again.
    insert into pggit.dependencies (
        dependent_id, dependency_id, dependency_kind, dependent_object, dependency_object)
    select f.dependent_id, f.dependency_id, f.dependency_kind, o.full_name, n.full_name
    from unnest(dependents, dependencies, kinds) as f (dependent_id, dependency_id, dependency_kind)
    join pggit.objects as o on o.id = f.dependent_id
    join pggit.objects as n on n.id = f.dependency_id
    where not exists (
        select
        from pggit.dependencies as d
        where d.dependent_id = f.dependent_id
            and d.dependency_id = f.dependency_id
            and d.dependency_kind = f.dependency_kind
            and d.dependent_object = o.full_name
            and d.dependency_object = n.full_name
    )
    on conflict (dependent_id, dependency_id, dependency_kind) do update
    set dependent_object = excluded.dependent_object, dependency_object = excluded.dependency_object;
end
$function$;
comment on function pgtrail.refresh_dependencies(uuid[]) is
    'Brings the dependencies of some objects, each given once, to what PostgreSQL records now.';

create or replace function pgtrail.refresh_dependents(p_renamed uuid[], p_gone uuid[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if p_renamed <> '{}' then
        update pggit.dependencies as d
        set dependency_object = n.full_name
        from unnest(p_renamed) as c (id)
        join pggit.objects as n on n.id = c.id
        where d.dependency_id = n.id
            and d.dependency_object <> n.full_name;
    end if;
    if p_gone <> '{}' then
        delete from pggit.dependencies as d
        where d.dependent_id = any (p_gone) or d.dependency_id = any (p_gone);
    end if;
end
$function$;
comment on function pgtrail.refresh_dependents(uuid[], uuid[]) is
    'Brings the dependencies on objects that were renamed or dropped up to date.';

create or replace function pgtrail.with_dependents(inout objects uuid[])
    language sql
    stable
begin atomic
    with recursive reached as (
        select o.id from unnest(objects) as o (id)
        union
        select d.dependent_id
        from reached as r
        join pggit.dependencies as d on d.dependency_id = r.id
    )
    select array_agg(r.id) from reached as r;
end;
comment on function pgtrail.with_dependents(uuid[]) is
    'Some objects and all that depend on them, directly or not.';

create or replace function pgtrail.referring_tables(p_tables uuid[])
    returns uuid[]
    language sql
    stable
begin atomic
    select coalesce(array_agg(r.id), '{}')
    from (
        select d.dependent_id as id
        from pggit.dependencies as d
        where d.dependency_id = any (p_tables) and d.dependency_kind = 'FOREIGN KEY'
        union
        select o.id
        from pggit.objects as t
        join pg_constraint as k on k.confrelid = t.object_oid and k.contype = 'f'
        join pggit.objects as o on o.class_oid = 'pg_class'::regclass and o.object_oid = k.conrelid and o.is_active
        where t.id = any (p_tables) and t.class_oid = 'pg_class'::regclass and t.is_active
    ) as r;
end;
comment on function pgtrail.referring_tables(uuid[]) is
    'Tables that refer to one of some tables by a foreign key, as recorded or as PostgreSQL has it now.';

create or replace function pgtrail.renames_parts(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
return p_old -> 'name' <> p_new -> 'name'
    or p_old -> 'schema' <> p_new -> 'schema'
    or p_old -> 'table' <> p_new -> 'table'
    or exists (
        select
        from jsonb_each(p_old -> 'numbers') as o
        join jsonb_each(p_new -> 'numbers') as n on n.value = o.value
        where n.key <> o.key
    );
comment on function pgtrail.renames_parts(jsonb, jsonb) is
    'Whether a change of an object also changes how others that depend on it are worded.';

create or replace function pgtrail.record_objects(
    p_kind text,
    p_class_oids oid[],
    p_object_oids oid[],
    p_operations bytea[],
    p_only_reworded boolean default false
)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    schemas constant text[] := (select v.schemas from pgtrail.versioning as v);
    this record;
    changed uuid[] := '{}';
    gone uuid[] := '{}';
    reworded uuid[] := '{}';
    moved uuid[] := '{}';
    described pgtrail.described[];
    known pggit.objects[];
    lineage pggit.objects;
    item record;
    changed_id uuid;
    dependents pggit.objects[];
begin
    -- First the rows, then the catalogs: whoever waited here for another session sees what that one did.
    known := array(
        select o
        from pggit.objects as o
        where o.is_active
            and (o.class_oid, o.object_oid) in (
                select c.class_oid, c.object_oid
                from unnest(p_class_oids, p_object_oids) as c (class_oid, object_oid))
        order by o.id
        for no key update
    );

    described := array(select d from pgtrail.describe_objects(p_class_oids, p_object_oids) as d);

    for item in
        select d as live, k as known, c.operation
        from unnest(described) as d
        full join unnest(known) as k on k.class_oid = d.class_id and k.object_oid = d.object_id
        left join lateral (
            select c.operation
            from unnest(p_class_oids, p_object_oids, p_operations) as c (class_oid, object_oid, operation)
            where c.class_oid = coalesce(d.class_id, k.class_oid) and c.object_oid = coalesce(d.object_id, k.object_oid)
            limit 1
        ) as c on true
        where d.definition is distinct from k.definition
        -- What is gone comes last: it may have been made anew, under another identity.
        order by d.object_id is null
    loop
        continue when (item.known).id = any (changed)
            -- Known from when its schema was versioned.
            or (item.live).object_id is null and not pgtrail.is_versioned_schema((item.known).schema_name, schemas);
        if changed = '{}' then
            this := pgtrail.current_commit(p_kind);
        end if;
        lineage := item.known;
        if lineage.id is null then
            lineage := (
                select o
                from pggit.objects as o
                where o.full_name = (item.live).full_name
                    and o.object_type = (item.live).object_type
                    and (
                        not o.is_active
                        -- Two cannot have one name: it was made anew, as REINDEX … CONCURRENTLY does.
                        or (o.class_oid, o.object_oid) not in (
                            select d.class_id, d.object_id from unnest(described) as d)
                    )
                order by o.is_active desc, o.changed_at desc
                limit 1
            );
        end if;
        changed_id := pgtrail.record_change(
            this.this_commit, not this.is_new, lineage, item.live, item.operation, p_only_reworded);
        changed := changed || changed_id;
        if (item.live).object_id is null then
            gone := gone || changed_id;
        elsif (item.known).definition -> 'partition_of' is distinct from (item.live).definition -> 'partition_of' then
            moved := moved || changed_id;
        end if;
        if lineage.full_name <> (item.live).full_name
            or pgtrail.renames_parts(lineage.definition, (item.live).definition)
            or (item.live).object_type in ('TYPE', 'DOMAIN', 'EXTENSION')
        then
            reworded := reworded || changed_id;
        end if;
    end loop;
    if changed = '{}' then
        return 0;
    end if;

    if reworded <> '{}' then
        -- Views, foreign keys, triggers and so on name what they depend on. To wait for their rows now, in whatever
        -- order, could be a deadlock with another commit: describe_touched() begins anew with all rows it needs.
        dependents := array(
            select o
            from pggit.objects as o
            where o.is_active
                and o.id in (select d.dependent_id from pggit.dependencies as d where d.dependency_id = any (reworded))
                and o.id <> all (changed)
            for no key update skip locked
        );
        if exists (
            select
            from pggit.dependencies as d
            join pggit.objects as o on o.id = d.dependent_id and o.is_active
            where d.dependency_id = any (reworded)
                and o.id <> all (changed)
                and o.id not in (select n.id from unnest(dependents) as n)
        ) then
            raise exception using
                errcode = 'PT008',
                message = 'another session is changing what depends on the objects of this one';
        end if;
    end if;
    if cardinality(gone) < cardinality(changed) then
        -- A foreign key to a partitioned table is one to each of its partitions, too.
        perform pgtrail.refresh_dependencies(
            case
                when moved = '{}' then changed
                else array(select distinct t.id from unnest(changed || pgtrail.referring_tables(moved)) as t (id))
            end);
    end if;
    perform pgtrail.refresh_dependents(reworded, gone);
    if dependents <> '{}' then
        select array_agg(o.class_oid), array_agg(o.object_oid), array_agg(o.operation)
        into p_class_oids, p_object_oids, p_operations
        from (
            select n.class_oid, n.object_oid, (array_agg(h.script_execution_hk))[1] as operation
            from unnest(dependents) as n
            join pggit.dependencies as d on d.dependent_id = n.id and d.dependency_id = any (reworded)
            left join pggit.history as h on h.object_id = d.dependency_id and h.commit_id = (this.this_commit).commit_id
            group by n.class_oid, n.object_oid
        ) as o;
        if p_object_oids is not null then
            return cardinality(changed)
                + pgtrail.record_objects(p_kind, p_class_oids, p_object_oids, p_operations, true);
        end if;
    end if;
    return cardinality(changed);
end
$function$;
comment on function pgtrail.record_objects(text, oid[], oid[], bytea[], boolean) is
    'Describes objects and records what changed of them and of those whose wording depends on their names; returns how many. Runs at the end of a transaction, for every object once. Raises PT008 when another session holds what depends on them.';
