set local role pgtrail_owner;

create or replace function pggit.get_state(p_at timestamptz default null)
    returns table (
        id uuid,
        object_type text,
        full_name text,
        version text,
        definition jsonb,
        depends_on uuid[]
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
begin
    if p_at is null then
        return query
            select s.id, s.object_type, s.full_name, s.version, s.definition, s.depends_on
            from pgtrail.live_state() as s;
    else
        perform pgtrail.require_known_moment(p_at);
        return query
            select s.id, s.object_type, s.full_name, s.version, s.definition, s.depends_on
            from pgtrail.state_at(p_at) as s;
    end if;
end
$function$;
comment on function pggit.get_state(timestamptz) is
    'The schema as data: as the catalogs have it now or, with a moment, as it was recorded then. As a JSON array of rows it can be taken to pggit.diff_to() and pggit.plan_to() of another database. Raises PT001 for a moment in the future, PT013 for one whose state is not known.';

create or replace function pgtrail.read_state(p_state jsonb)
    returns pgtrail.object_state[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    state pgtrail.object_state[];
begin
    begin
        state := array(
            select row(
                s.id, s.object_type, s.full_name, s.version, s.definition, coalesce(s.depends_on, '{}'), null, null
            )::pgtrail.object_state
            from jsonb_to_recordset(p_state) as s (
                id uuid, object_type text, full_name text, version text, definition jsonb, depends_on uuid[])
        );
    exception
        when data_exception then
            state := null;
    end;
    if p_state is null or state is null or exists (
        select
        from unnest(state) as s
        where s.id is null
            or s.object_type is null
            or s.full_name is null
            or jsonb_typeof(s.definition) is distinct from 'object'
    ) then
        raise exception using
            errcode = 'PT001',
            message = 'this is no state of a schema',
            hint = 'Give what select jsonb_agg(to_jsonb(s)) from pggit.get_state() as s answers in the other database.';
    end if;
    return state;
end
$function$;
comment on function pgtrail.read_state(jsonb) is
    'A state of a schema from the JSON of its rows. Raises PT001 for what is none.';

create or replace function pgtrail.with_numbers_of(p_definition jsonb, p_numbers jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
return case
    when p_definition ? 'numbers' then p_definition || jsonb_build_object('numbers', (
        -- No relation has so many columns: what is new comes last, in its own order.
        select coalesce(jsonb_object_agg(n.key, coalesce(p_numbers -> n.key, to_jsonb(10000 + n.value::integer))), '{}')
        from jsonb_each_text(p_definition -> 'numbers') as n
    ))
    else p_definition
end;
comment on function pgtrail.with_numbers_of(jsonb, jsonb) is
    'A definition from another database, its columns identified by their names.';

create or replace function pgtrail.matched_state(p_here pgtrail.object_state[], p_there pgtrail.object_state[])
    returns setof pgtrail.object_state
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with pair as (
        select t as there, h as here
        from unnest(p_there) as t
        left join unnest(p_here) as h on h.object_type = t.object_type and h.full_name = t.full_name
    ),
    known as materialized (
        -- A database made from this one knows an object by the same identity, perhaps under another name.
        select
            p.there, coalesce(p.here, s) as here,
            coalesce((p.here).id, s.id, gen_random_uuid()) as id
        from pair as p
        left join unnest(p_here) as s
            on p.here is null
            and s.id = (p.there).id
            and s.object_type = (p.there).object_type
            and s.id not in (select (k.here).id from pair as k where (k.here).id is not null)
    )
    select
        k.id, (k.there).object_type, (k.there).full_name, (k.there).version,
        pgtrail.with_numbers_of((k.there).definition, (k.here).definition -> 'numbers'),
        array(
            select d.id
            from known as d
            where (d.there).id = any ((k.there).depends_on)
        ),
        null::text,
        (k.here).object_oid
    from known as k
$function$;
comment on function pgtrail.matched_state(pgtrail.object_state[], pgtrail.object_state[]) is
    'The state of another database with the identities of this one: of the object with the same kind and name or, where there is none, of the one that both databases know as the same.';

create or replace function pggit.diff_to(p_state jsonb)
    returns setof pggit.difference
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    there constant pgtrail.object_state[] := pgtrail.read_state(p_state);
    here constant pgtrail.object_state[] := array(select s from pgtrail.live_state() as s);
begin
    return query select d.* from pgtrail.diff(here, array(select m from pgtrail.matched_state(here, there) as m)) as d;
end
$function$;
comment on function pggit.diff_to(jsonb) is
    'What differs between the schema of this database, as it is now, and that of another, see pggit.get_state(): object by object, matched by kind and name. Before is here, after is there. Raises PT001 for what is no state.';

create or replace function pggit.plan_to(p_state jsonb)
    returns table (
        step integer,
        action text,
        object_type text,
        full_name text,
        ddl text,
        risk text,
        reason text
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    there constant pgtrail.object_state[] := pgtrail.read_state(p_state);
    here constant pgtrail.object_state[] := array(select s from pgtrail.live_state() as s);
begin
    return query
        select
            (row_number() over (order by p.place))::integer, p.action, p.object_type, p.full_name, p.ddl, p.risk,
            p.reason
        from pgtrail.plan(here, array(select m from pgtrail.matched_state(here, there) as m)) as p
        order by p.place;
end
$function$;
comment on function pggit.plan_to(jsonb) is
    'The DDL that makes of the schema of this database, as it is now, that of another, see pggit.get_state(), in an order that works. Executes nothing. Raises PT001 for what is no state.';
