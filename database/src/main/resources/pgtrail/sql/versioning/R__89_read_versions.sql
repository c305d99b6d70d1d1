set local role pgtrail_owner;

create or replace function pgtrail.find_object(p_name text)
    returns pggit.objects
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    found_objects pggit.objects[];
begin
    found_objects := array(
        select o
        from pggit.objects as o
        where (
                p_name in (o.full_name, o.object_type || ' ' || o.full_name)
                or p_name = o.object_name
                or p_name = split_part(o.full_name, '(', 1) and strpos(o.full_name, '(') > 0
            )
            -- The full name before a part of it; what is there before what was there.
        order by p_name in (o.full_name, o.object_type || ' ' || o.full_name) desc, o.is_active desc, o.changed_at desc
        limit 100
    );
    if cardinality(found_objects) > 1 and (
        (found_objects[2]).is_active = (found_objects[1]).is_active
        and (p_name in ((found_objects[2]).full_name, (found_objects[2]).object_type || ' ' || (found_objects[2]).full_name))
            = (p_name in ((found_objects[1]).full_name, (found_objects[1]).object_type || ' ' || (found_objects[1]).full_name))
        and ((found_objects[1]).is_active or (found_objects[1]).full_name <> (found_objects[2]).full_name)
    ) then
        raise exception using
            errcode = 'PT001',
            message = format('more than one object is called %s', p_name),
            detail = (
                select string_agg(distinct o.object_type || ' ' || o.full_name, ', ')
                from unnest(found_objects) as o
            ),
            hint = 'Give the kind and the full name, as listed.';
    elsif cardinality(found_objects) = 0 then
        raise exception using
            errcode = 'PT012',
            message = format('no versioned object is called %s', coalesce(p_name, 'NULL')),
            hint = 'pggit.objects lists full_name of all; functions are named with their argument types.';
    end if;
    return found_objects[1];
end
$function$;
comment on function pgtrail.find_object(text) is
    'The object with this name: full_name, also with the kind before it, or its bare name where that is enough. Raises PT012 for an unknown, PT001 for an ambiguous one.';

create or replace function pggit.get_version(p_object text)
    returns text
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return (pgtrail.find_object(p_object)).version;
exception
    when sqlstate 'PT012' then
        begin
            -- There, but not versioned: pg_class, a temporary table.
            if to_regclass(p_object) is not null or to_regtype(p_object) is not null or to_regproc(p_object) is not null then
                return null;
            end if;
        exception
            when others then
                null;  -- no name at all, or one in a schema that is closed to pgtrail
        end;
        raise;
end
$function$;
comment on function pggit.get_version(text) is
    'Semantic version of an object; of a dropped one the last. NULL for what exists but is not versioned, like pg_class. Raises PT012 for an unknown name, PT001 for an ambiguous one.';

create or replace function pggit.log(
    object text default null,
    since timestamptz default null,
    until timestamptz default null,
    author text default null
)
    returns table (
        change_timestamp timestamptz,
        commit_id uuid,
        changed_by text,
        change_type text,
        change_severity text,
        object_type text,
        full_name text,
        version_before text,
        version_after text,
        script_execution_hk bytea
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    wanted constant uuid := case when log.object is not null then (pgtrail.find_object(log.object)).id end;
begin
    return query
        select
            h.change_timestamp, h.commit_id, h.changed_by, h.change_type, h.change_severity, h.object_type,
            h.full_name, h.version_before, h.version_after, h.script_execution_hk
        from pggit.history as h
        where (wanted is null or h.object_id = wanted)
            and (log.since is null or h.change_timestamp >= log.since)
            and (log.until is null or h.change_timestamp <= log.until)
            and (log.author is null or h.changed_by = log.author)
        order by h.change_timestamp desc, h.full_name;
end
$function$;
comment on function pggit.log(text, timestamptz, timestamptz, text) is
    'The changes of one object or, for NULL, of all, newest first, within a time and by one author where given.';

create or replace function pgtrail.find_commit(p_commit text)
    returns uuid
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    commits uuid[];
begin
    commits := array(
        select c.commit_id
        from pggit.commit as c
        where starts_with(c.commit_id::text, lower(p_commit))
            and length(p_commit) >= 4
        limit 2
    );
    if cardinality(commits) <> 1 then
        raise exception using
            errcode = 'PT012',
            message = format(
                case when cardinality(commits) = 0 then 'there is no commit %s' else 'more than one commit begins with %s' end,
                coalesce(p_commit, 'NULL')),
            hint = 'pggit.log() tells them; four characters or more of the identity are enough.';
    end if;
    return commits[1];
end
$function$;
comment on function pgtrail.find_commit(text) is
    'The commit whose identity begins like this. Raises PT012 unless it is exactly one.';

create or replace function pgtrail.change_word(p_path text[], p_change text, p_old jsonb, p_new jsonb)
    returns text
    language sql
    immutable
    parallel safe
return lower(p_change) || ' ' || array_to_string(p_path, '.')
    || case
        when p_change = 'CHANGED' and jsonb_typeof(p_old) = 'string' and length(p_old::text || p_new::text) < 100
            then format(': %s → %s', p_old #>> '{}', p_new #>> '{}')
        else ''
    end;
comment on function pgtrail.change_word(text[], text, jsonb, jsonb) is
    'One difference of a definition as a line.';

create or replace function pgtrail.change_words(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(pgtrail.change_word(c.path, c.change, c.old_value, c.new_value) order by c.path)
    from pgtrail.definition_changes(p_old, p_new) as c
    where p_old is not null and p_new is not null;
end;
comment on function pgtrail.change_words(jsonb, jsonb) is
    'What differs between two definitions, one line each; NULL when the object is not in both.';

create or replace function pggit.show(p_commit text)
    returns table (
        object_type text,
        full_name text,
        change_type text,
        change_severity text,
        version_before text,
        version_after text,
        changes text[],
        ddl_before text,
        ddl_after text,
        script_execution_hk bytea
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    wanted constant uuid := pgtrail.find_commit(p_commit);
begin
    return query
        select
            h.object_type, h.full_name, h.change_type, h.change_severity, h.version_before, h.version_after,
            pgtrail.change_words(h.definition_before, h.definition_after), h.ddl_before, h.ddl_after,
            h.script_execution_hk
        from pggit.history as h
        where h.commit_id = wanted
        order by pgtrail.kind_rank(h.object_type), h.full_name;
end
$function$;
comment on function pggit.show(text) is
    'Everything that one commit changed, with what differs and the DDL before and after. A commit is named by the first characters of its identity. Raises PT012 for an unknown or ambiguous one.';

create or replace function pgtrail.diff(p_from pgtrail.object_state[], p_to pgtrail.object_state[])
    returns setof pggit.difference
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with before as materialized (
        select o.* from unnest(p_from) as o
    ),
    later as materialized (
        select n.* from unnest(p_to) as n
    ),
    -- Who is who, as for a plan: by identity, the rest by kind and name.
    followed as (
        select n.id, o.id as origin
        from later as n
        join before as o on o.object_type = n.object_type and o.full_name = n.full_name
        where n.id not in (select k.id from before as k)
            and o.id not in (select k.id from later as k)
    )
    select
        coalesce(n.object_type, o.object_type), coalesce(n.full_name, o.full_name),
        case
            when o.id is null then 'CREATE'
            when n.id is null then 'DROP'
            when n.full_name <> o.full_name then 'RENAME'
            else 'ALTER'
        end,
        case when o.id is null then 'MINOR' when n.id is null then 'MAJOR' else c.severity end,
        o.version, n.version,
        c.words,
        coalesce(o.ddl, pgtrail.full_ddl(o.object_type, o.full_name, o.definition)),
        coalesce(n.ddl, pgtrail.full_ddl(n.object_type, n.full_name, n.definition))
    from before as o
    full join (
        select t.*, coalesce(f.origin, t.id) as origin
        from later as t
        left join followed as f on f.id = t.id
    ) as n on n.origin = o.id
    left join lateral (
        select
            -- MAJOR < MINOR < PATCH: as words, too.
            min(w.severity) as severity,
            array_agg(pgtrail.change_word(w.path, w.change, w.old_value, w.new_value) order by w.path) as words
        from pgtrail.weighed_changes(n.object_type, o.definition, n.definition) as w
    ) as c on o.id is not null and n.id is not null
    where o.id is null or n.id is null or c.severity is not null
    order by pgtrail.kind_rank(coalesce(n.object_type, o.object_type)), coalesce(n.full_name, o.full_name)
$function$;
comment on function pgtrail.diff(pgtrail.object_state[], pgtrail.object_state[]) is
    'What differs between two states of the schema, object by object.';

create or replace function pggit.diff(p_from timestamptz, p_to timestamptz default clock_timestamp())
    returns setof pggit.difference
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    changed uuid[];
begin
    perform pgtrail.require_known_moment(p_from);
    perform pgtrail.require_known_moment(p_to);
    -- Whatever has no change in between is the same.
    changed := array(
        select h.object_id
        from pggit.history as h
        where h.change_timestamp > least(p_from, p_to) and h.change_timestamp <= greatest(p_from, p_to)
    );
    return query
        select d.*
        from pgtrail.diff(
            array(select o from pgtrail.state_at(p_from) as o where o.id = any (changed)),
            array(select n from pgtrail.state_at(p_to) as n where n.id = any (changed))) as d;
end
$function$;
comment on function pggit.diff(timestamptz, timestamptz) is
    'What differs between the schema at two moments, object by object. Either order; raises PT013 for a moment whose state is not known, PT001 for one in the future.';

create or replace function pgtrail.parts_of(p_definition jsonb, p_part text)
    returns jsonb
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    select case p_part
        when 'COLUMN' then pgtrail.with_all_columns(p_definition) -> 'columns'
        else coalesce(p_definition #> '{inherited,constraints}', '{}') || coalesce(p_definition -> 'constraints', '{}')
    end
$function$;
comment on function pgtrail.parts_of(jsonb, text) is
    'Columns or constraints of a table, those from its parents included: COLUMN or CONSTRAINT.';

create or replace function pgtrail.changes_of(p_object uuid)
    returns table (
        changed_at timestamptz,
        commit_id uuid,
        changed_by text,
        script_execution_hk bytea,
        definition_before jsonb,
        definition_after jsonb,
        is_same boolean
    )
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with change as (
        select h.change_timestamp, h.commit_id, h.changed_by, h.script_execution_hk, h.definition_before, h.object_oid_before
        from pggit.history as h
        where h.object_id = p_object
        union all
        -- By what its parents did.
        select
            c.committed_at, q.commit_id, c.author,
            (
                select h.script_execution_hk
                from pggit.history as h
                where h.commit_id = q.commit_id
                    and h.full_name = any (pgtrail.parents(q.definition_before) || pgtrail.parents(o.definition))
                limit 1
            ),
            q.definition_before, q.object_oid_before
        from pgtrail.quiet_change as q
        join pggit.commit as c on c.commit_id = q.commit_id
        join pggit.objects as o on o.id = q.object_id
        where q.object_id = p_object
    )
    select
        c.change_timestamp, c.commit_id, c.changed_by, c.script_execution_hk, c.definition_before,
        coalesce(lead(c.definition_before) over later, o.definition),
        coalesce(c.object_oid_before = coalesce(lead(c.object_oid_before) over later, o.object_oid), false)
    from change as c
    join pggit.objects as o on o.id = p_object
    window later as (order by c.change_timestamp)
    order by c.change_timestamp desc
$function$;
comment on function pgtrail.changes_of(uuid) is
    'All changes of an object, newest first, with those of what it has from its parents. is_same: it was not dropped and created again, so the numbers of its columns tell which is which.';

create or replace function pgtrail.name_before(
    p_part text,
    p_name text,
    p_before jsonb,
    p_after jsonb,
    p_is_same boolean
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    select case
        when p_part = 'COLUMN' and p_is_same and p_after ? 'numbers' then (
            select n.key from jsonb_each(p_before -> 'numbers') as n where n.value = p_after -> 'numbers' -> p_name
        )
        when p.before ? p_name then p_name
        -- A constraint has no number.
        when p_part = 'CONSTRAINT' then (
            select b.key
            from jsonb_each(p.before) as b
            where b.value - 'comment' = (p.after -> p_name) - 'comment' and not p.after ? b.key
            order by b.key collate "C"
            limit 1
        )
    end
    from (select pgtrail.parts_of(p_before, p_part), pgtrail.parts_of(p_after, p_part)) as p (before, after)
$function$;
comment on function pgtrail.name_before(text, text, jsonb, jsonb, boolean) is
    'Name that a column or constraint had before a change of its table; NULL where it was not there.';

create or replace function pggit.blame(p_table text)
    returns table (
        part text,
        name text,
        changed_at timestamptz,
        changed_by text,
        change_type text,
        commit_id uuid,
        script_execution_hk bytea
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    object constant pggit.objects := pgtrail.find_object(p_table);
begin
    return query
        with recursive change as materialized (
            select c.*, row_number() over (order by c.changed_at desc) as place from pgtrail.changes_of(object.id) as c
        ),
        -- From the last change to the first, until one that made the part what it is.
        trace as (
            select k.part, p.key as name, p.key as name_after, p.key as name_before, 0::bigint as place, false as is_found
            from (values ('COLUMN'), ('CONSTRAINT')) as k (part)
            cross join lateral jsonb_object_keys(pgtrail.parts_of(object.definition, k.part)) as p (key)
            union all
            select
                t.part, t.name, t.name_before, b.name, c.place,
                b.name is distinct from t.name_before
                    or pgtrail.parts_of(c.definition_before, t.part) -> b.name
                        is distinct from pgtrail.parts_of(c.definition_after, t.part) -> t.name_before
            from trace as t
            join change as c on c.place = t.place + 1
            cross join lateral pgtrail.name_before(
                t.part, t.name_before, c.definition_before, c.definition_after, c.is_same) as b (name)
            where not t.is_found
        )
        select
            t.part, t.name, c.changed_at, c.changed_by,
            case
                when c.place is null then null
                when t.name_before is null then 'CREATE'
                when t.name_before <> t.name_after then 'RENAME'
                else 'ALTER'
            end,
            c.commit_id, c.script_execution_hk
        from (
            select distinct on (t.part, t.name) t.* from trace as t order by t.part, t.name, t.place desc
        ) as t
        left join change as c on c.place = t.place and t.is_found
        order by t.part, (object.definition -> 'numbers' ->> t.name)::integer, t.name;
end
$function$;
comment on function pggit.blame(text) is
    'For each column and constraint of a table, those from its parents included, who last changed it, when, and by which operation: CREATE, RENAME or ALTER; NULL for what is as it was when versioning began.';
