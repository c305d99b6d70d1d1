set local role pgtrail_owner;

-- PostgreSQL does not look into the bodies of functions; a name in there may be that of an object.
create or replace view pgtrail.mention as
    select f.id as function_id, o.id as object_id
    from pggit.objects as f
    cross join lateral (
        select distinct lower(w.found[1]) as word
        from regexp_matches(f.definition ->> 'body', '\w+', 'g') as w (found)
    ) as w
    join pggit.objects as o
        on lower(substring(o.object_name from '\w+')) = w.word
        and o.object_type in ('TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'FUNCTION', 'PROCEDURE', 'TYPE', 'DOMAIN')
        and o.id <> f.id
    where f.object_type in ('FUNCTION', 'PROCEDURE')
        and f.is_active
        -- A name that is more than a word.
        and (
            o.object_name !~ '\W'
            or f.definition ->> 'body' ~* ('\m' || regexp_replace(o.object_name, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M')
        );
comment on view pgtrail.mention is
    'Functions, and the objects whose names stand in their bodies.';

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
            and o.id in (select m.object_id from pgtrail.mention as m where m.function_id = object.id)
        order by 4, 1, 2;
end
$function$;
comment on function pggit.get_dependencies(text) is
    'What an object depends on. CERTAIN: recorded by PostgreSQL; POSSIBLE: named in the body of a function. Raises PT012 for an unknown object.';

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
    -- Objects and edges have numbers, so that each is looked at once: all edges, those that leave one object
    -- beside each other, and for each object its first and its last one.
    types text[];
    names text[];
    firsts integer[];
    lasts integer[];
    targets integer[];
    kinds text[];
    certain boolean[];
    -- Of each object, how far it is and from where it was reached, and on the way to the last one the objects.
    depths integer[];
    sources integer[];
    way integer[];
    way_names text[];
    -- Objects in the order of their distance: those that are reached by what is certain, then the others.
    queue integer[];
    others integer[] := '{}';
    next_place integer;
    next_other integer := 1;
    number integer;
    place integer;
begin
    with node as materialized (
        select o.id, o.object_type, o.full_name, row_number() over (order by o.id <> object.id, o.full_name, o.id) as number
        from pggit.objects as o
        where o.is_active or o.id = object.id
    ),
    edge as materialized (
        select s.number as source, t.number as target, e.kind, e.is_certain,
            row_number() over (order by s.number, e.is_certain desc, t.number, e.kind) as place
        from (
            select d.dependency_id, d.dependent_id, d.dependency_kind as kind, true as is_certain
            from pggit.dependencies as d
            union all
            select m.object_id, m.function_id, 'BODY', false
            from pgtrail.mention as m
        ) as e
        join node as s on s.id = e.dependency_id
        join node as t on t.id = e.dependent_id
    )
    select n.types, n.names, n.firsts, n.lasts, e.targets, e.kinds, e.certain
    into types, names, firsts, lasts, targets, kinds, certain
    from (
        select
            array_agg(n.object_type order by n.number) as types, array_agg(n.full_name order by n.number) as names,
            array_agg(coalesce(e.first, 1) order by n.number) as firsts,
            array_agg(coalesce(e.last, 0) order by n.number) as lasts
        from node as n
        left join (
            select e.source, min(e.place) as first, max(e.place) as last from edge as e group by e.source
        ) as e on e.source = n.number
    ) as n
    cross join (
        select
            array_agg(e.target order by e.place) as targets, array_agg(e.kind order by e.place) as kinds,
            array_agg(e.is_certain order by e.place) as certain
        from edge as e
    ) as e;

    depths := array_fill(null::integer, array[cardinality(names)]);
    sources := depths;
    depths[1] := 0;
    queue := array[1];
    -- Twice in breadth: first by what is certain, then from all of that by what is possible.
    foreach certainty in array array['CERTAIN', 'POSSIBLE'] loop
        next_place := 1;
        loop
            if next_place <= cardinality(queue)
                and (next_other > cardinality(others) or depths[queue[next_place]] <= depths[others[next_other]])
            then
                number := queue[next_place];
                next_place := next_place + 1;
            elsif next_other <= cardinality(others) then
                number := others[next_other];
                next_other := next_other + 1;
            else
                exit;
            end if;
            for edge in firsts[number] .. lasts[number] loop
                continue when depths[targets[edge]] is not null or certainty = 'CERTAIN' and not certain[edge];
                depth := depths[number] + 1;
                depths[targets[edge]] := depth;
                sources[targets[edge]] := number;
                if certainty = 'CERTAIN' then
                    queue := queue || targets[edge];
                else
                    others := others || targets[edge];
                end if;

                object_type := types[targets[edge]];
                full_name := names[targets[edge]];
                dependency_kind := kinds[edge];
                -- What was reached before had the same way, up to where the two part.
                place := targets[edge];
                for step in reverse depth + 1 .. 1 loop
                    exit when way[step] = place;
                    way[step] := place;
                    way_names[step] := names[place];
                    place := sources[place];
                end loop;
                path := way_names[1 : depth + 1];
                return next;
            end loop;
        end loop;
    end loop;
end
$function$;
comment on function pggit.impact(text) is
    'Everything that a change of an object may touch, with its distance and the shortest way there. CERTAIN: every step of the way is recorded by PostgreSQL; POSSIBLE: one is a name in the body of a function. Raises PT012 for an unknown object.';
