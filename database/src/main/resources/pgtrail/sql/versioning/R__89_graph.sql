set local role pgtrail_owner;

create or replace function pgtrail.possible_dependents(p_object uuid)
    returns table (id uuid)
    language sql
    stable
begin atomic
    -- PostgreSQL does not look into the bodies of functions; a name in there may be this one.
    select f.id
    from pggit.objects as o
    join pggit.objects as f
        on f.object_type in ('FUNCTION', 'PROCEDURE')
        and f.is_active
        and f.id <> o.id
        -- Quick to see for most that it is not there.
        and strpos(lower(f.definition ->> 'body'), lower(o.object_name)) > 0
        and f.definition ->> 'body' ~* ('\m' || regexp_replace(o.object_name, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M')
    where o.id = p_object
        and o.object_type in ('TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'FUNCTION', 'PROCEDURE', 'TYPE', 'DOMAIN');
end;
comment on function pgtrail.possible_dependents(uuid) is
    'Functions in whose body the name of an object stands.';

create or replace function pggit.get_dependencies(p_object text)
    returns table (object_type text, full_name text, dependency_kind text, certainty text)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    object constant pggit.objects := pgtrail.find_object(p_object);
begin
    return query
        select o.object_type, o.full_name, d.dependency_kind, 'CERTAIN'
        from pggit.dependencies as d
        join pggit.objects as o on o.id = d.dependency_id
        where d.dependent_id = object.id
        union all
        select o.object_type, o.full_name, 'BODY', 'POSSIBLE'
        from pggit.objects as o
        where object.object_type in ('FUNCTION', 'PROCEDURE')
            and o.is_active
            and o.id <> object.id
            and exists (select from pgtrail.possible_dependents(o.id) as p where p.id = object.id)
        order by 4, 1, 2;
end
$function$;
comment on function pggit.get_dependencies(text) is
    'What an object depends on. CERTAIN: recorded by PostgreSQL; POSSIBLE: named in the body of a function. Raises PT012 for an unknown object.';

create or replace function pgtrail.dependents(p_objects uuid[], p_certain boolean)
    returns table (dependency_id uuid, id uuid, dependency_kind text)
    language sql
    stable
begin atomic
    select d.dependency_id, d.dependent_id, d.dependency_kind
    from pggit.dependencies as d
    where d.dependency_id = any (p_objects)
    union all
    select o.id, p.id, 'BODY'
    from unnest(p_objects) as o (id)
    cross join lateral pgtrail.possible_dependents(o.id) as p
    where not p_certain;
end;
comment on function pgtrail.dependents(uuid[], boolean) is
    'What depends on some objects directly, with the mere names in bodies of functions or without.';

create or replace function pggit.impact(p_object text)
    returns table (depth integer, object_type text, full_name text, dependency_kind text, certainty text, path text[])
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    object constant pggit.objects := pgtrail.find_object(p_object);
    reached uuid[] := array[object.id];
    names text[] := array[object.full_name];
    -- The place in these lists from where each was reached, and how far it is.
    sources integer[] := array[0];
    depths integer[] := array[0];
    first_new integer;
    certain boolean;
    dependent record;
    place integer;
begin
    -- Twice in breadth: first by what is certain, then from all of that by what is possible.
    foreach certain in array array[true, false] loop
        first_new := 1;
        while first_new <= cardinality(reached) loop
            place := first_new;
            first_new := cardinality(reached) + 1;
            for dependent in
                select distinct on (d.id) d.id, d.dependency_kind, o.object_type, o.full_name,
                    array_position(reached, d.dependency_id) as source
                from pgtrail.dependents(reached[place : ], certain) as d
                join pggit.objects as o on o.id = d.id
                where d.id <> all (reached)
                order by d.id, depths[array_position(reached, d.dependency_id)]
            loop
                reached := reached || dependent.id;
                names := names || dependent.full_name;
                sources := sources || dependent.source;
                depths := depths || depths[dependent.source] + 1;

                depth := depths[cardinality(depths)];
                object_type := dependent.object_type;
                full_name := dependent.full_name;
                dependency_kind := dependent.dependency_kind;
                certainty := case when certain then 'CERTAIN' else 'POSSIBLE' end;
                path := array[full_name];
                place := dependent.source;
                while place > 0 loop
                    path := names[place] || path;
                    place := sources[place];
                end loop;
                return next;
            end loop;
        end loop;
    end loop;
end
$function$;
comment on function pggit.impact(text) is
    'Everything that a change of an object may touch, with its distance and the way there. CERTAIN: every step of the way is recorded by PostgreSQL; POSSIBLE: one is a name in the body of a function. Raises PT012 for an unknown object.';
