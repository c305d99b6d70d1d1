set local role pgtrail_owner;

-- What a rollback reads it reads as the owner of the versions; what it does it does as its caller.

create or replace function pgtrail.with_followers(p_states pgtrail.object_state[], p_old jsonb, p_new jsonb)
    returns pgtrail.object_state[]
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    states pgtrail.object_state[] := '{}';
    state pgtrail.object_state;
    old_table constant text := pgtrail.name_in(p_old ->> 'schema', p_old ->> 'name');
    -- Columns that go: neither name nor number is there any more.
    gone constant text[] := array(
        select o.key
        from jsonb_each(p_old -> 'numbers') as o
        where not p_new -> 'numbers' ? o.key
            and not exists (select from jsonb_each(p_new -> 'numbers') as n where n.value = o.value)
    );
    descendants constant text[] := array(
        with recursive child (name) as (
            select s.full_name from unnest(p_states) as s where old_table = any (pgtrail.parents(s.definition))
            union
            select s.full_name from child as c join unnest(p_states) as s on c.name = any (pgtrail.parents(s.definition))
        )
        select c.name from child as c
    );
begin
    foreach state in array p_states loop
        if not p_old ? 'schema' then
            if state.definition -> 'schema' = p_old -> 'name' then
                state.definition := state.definition || jsonb_build_object('schema', p_new -> 'name');
            end if;
        elsif state.definition #>> '{owned_by,table}' = old_table or state.object_type = 'INDEX' and state.definition ->> 'table' = old_table then
            continue when state.definition #>> '{owned_by,column}' = any (gone);
            state.definition := state.definition || jsonb_build_object('schema', p_new -> 'schema');
        elsif gone <> '{}' and state.full_name = any (descendants) then
            state.definition := jsonb_strip_nulls(state.definition || jsonb_build_object(
                'columns', (
                    select jsonb_object_agg(c.key, c.value)
                    from jsonb_each(state.definition -> 'columns') as c
                    where c.key <> all (gone) or c.value ? 'type'
                ),
                'numbers', (state.definition -> 'numbers') - gone));
        end if;
        states := states || state;
    end loop;
    return states;
end
$function$;
comment on function pgtrail.with_followers(pgtrail.object_state[], jsonb, jsonb) is
    'States of objects as they follow one that goes from one definition to another: indexes and sequences of a table are in its schema, sequences go with their columns, children lose what they have from it, and whatever is in a schema has its new name.';

create or replace function pgtrail.reworded_states(p_from pgtrail.object_state[], p_to pgtrail.object_state[])
    returns setof pgtrail.object_state
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pairs pgtrail.object_pair[] := pgtrail.matched_pairs(p_from, p_to);
begin
    pairs := pgtrail.with_renames(pairs, pgtrail.schema_renames(pairs));
    return query
        select t.id, t.object_type, p.name_now, t.version, p.reworded, t.depends_on, t.ddl, t.object_oid
        from unnest(pairs) as p
        join unnest(p_to) as t on t.id = p.id
        where p.old_definition is not null;
end
$function$;
comment on function pgtrail.reworded_states(pgtrail.object_state[], pgtrail.object_state[]) is
    'What is in both states, worded as it will be when all renames are done that lead from the first to the second.';

create or replace function pgtrail.state_with_version(p_version pgtrail.object_state, p_moment timestamptz)
    returns setof pgtrail.object_state
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    version pgtrail.object_state := p_version;
    live constant pgtrail.object_state[] := array(select s from pgtrail.live_state() as s);
    others pgtrail.object_state[] := array(select s from unnest(live) as s where s.id <> p_version.id);
    present constant jsonb := (select s.definition from unnest(live) as s where s.id = p_version.id);
    -- Those in whose definition its name may stand.
    named uuid[];
    renamed pgtrail.object_state[];
begin
    if present is not null then
        others := pgtrail.with_followers(others, present, version.definition);
    end if;
    -- PostgreSQL words anew what depends on it.
    if pgtrail.renames_parts(present, version.definition) then
        named := array(
            select o.id
            from unnest(others) as o
            where version.id = any (o.depends_on)
                or strpos(o.full_name || o.definition::text, present ->> 'name') > 0
        );
        others := array(
            select r
            from pgtrail.reworded_states(
                array(select s from unnest(live) as s where s.id = version.id or s.id = any (named)),
                array(select o from unnest(others) as o where o.id = any (named)) || version) as r
            where r.id <> version.id
            union all
            select o from unnest(others) as o where o.id <> all (named)
        );
    end if;
    -- What it names may be called otherwise since.
    if p_moment <> 'infinity' then
        renamed := array(
            select s
            from pgtrail.state_at(p_moment - interval '1 microsecond') as s
            join unnest(others) as o on o.id = s.id
            where s.full_name <> o.full_name or pgtrail.renames_parts(s.definition, o.definition)
        );
    end if;
    if renamed <> '{}' then
        version := (
            select r
            from pgtrail.reworded_states(
                renamed || p_version,
                array(select o from unnest(others) as o where o.id in (select s.id from unnest(renamed) as s)) || p_version) as r
            where r.id = p_version.id
        );
    end if;
    return query
        select o.* from unnest(others) as o
        union all
        select version.*;
end
$function$;
comment on function pgtrail.state_with_version(pgtrail.object_state, timestamptz) is
    'The present with an earlier version of one object, which it had until a moment: what depends on it is worded as PostgreSQL will word it then, and it has the present names of what it depends on.';

create or replace function pgtrail.target_state(p_to timestamptz, p_object uuid, p_version text)
    returns setof pgtrail.object_state
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    version pgtrail.object_state;
    known_until timestamptz;
begin
    if p_object is null then
        perform pgtrail.require_known_moment(p_to);
        return query select s.* from pgtrail.state_at(p_to) as s;
        return;
    end if;
    -- The newest state of that version: a rollback may have brought it back.
    select s.id, s.object_type, s.full_name, s.version, s.definition, s.depends_on, s.ddl, s.object_oid, s.moment
    into version.id, version.object_type, version.full_name, version.version, version.definition, version.depends_on,
        version.ddl, version.object_oid, known_until
    from (
        select o.id, o.object_type, o.full_name, o.version, o.definition, null::uuid[] as depends_on,
            o.ddl, o.object_oid, 'infinity'::timestamptz as moment
        from pggit.objects as o
        where o.id = p_object and o.version = p_version and o.is_active
        union all
        select h.object_id, h.object_type, h.full_name_before, h.version_before, h.definition_before,
            h.depends_on_before, h.ddl_before, h.object_oid_before, h.change_timestamp
        from pggit.history as h
        where h.object_id = p_object and h.version_before = p_version
    ) as s
    order by s.moment desc
    limit 1;
    if version.id is null then
        raise exception using
            errcode = 'PT012',
            message = format('%s has no version %s', (select o.full_name from pggit.objects as o where o.id = p_object),
                coalesce(p_version, 'NULL')),
            hint = 'pggit.log(object) lists its versions.';
    end if;
    version.depends_on := coalesce(version.depends_on, (
        select s.depends_on from pgtrail.live_state() as s where s.id = p_object
    ), '{}');
    return query select s.* from pgtrail.state_with_version(version, known_until) as s;
end
$function$;
comment on function pgtrail.target_state(timestamptz, uuid, text) is
    'Where a rollback leads: the state of a moment or, with an object, the present with that version of it.';

create or replace function pgtrail.plan_rollback(p_to timestamptz, p_object uuid, p_version text)
    returns setof pgtrail.planned_step
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select p.*
    from pgtrail.plan(
        array(select s from pgtrail.live_state() as s),
        array(select s from pgtrail.target_state(p_to, p_object, p_version) as s)) as p
$function$;
comment on function pgtrail.plan_rollback(timestamptz, uuid, text) is
    'The statements that lead from the present to the target of a rollback.';

create or replace function pgtrail.without_wording(p_type text, p_definition jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select case
        when p_type in ('VIEW', 'MATERIALIZED VIEW') then p_definition - 'query' || jsonb_build_object('columns', (
            select jsonb_object_agg(c.key, c.value - array['type', 'collation'])
            from jsonb_each(p_definition -> 'columns') as c
        ))
        when p_type in ('INDEX', 'STATISTICS', 'RULE', 'POLICY', 'TRIGGER') then
            p_definition - array['keys', 'where', 'expressions', 'body', 'using', 'check', 'condition']
        when p_type in ('FUNCTION', 'PROCEDURE') then p_definition - 'sql_body'
        else p_definition
    end;
end;
comment on function pgtrail.without_wording(text, jsonb) is
    'A definition without what PostgreSQL words by the types of what the object depends on, and without the types that it takes from there.';

create or replace function pgtrail.rollback_differences(p_target pgtrail.object_state[], p_object uuid)
    returns text
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    with recursive edge as materialized (
        select s.id, d.id as dependency_id
        from unnest(p_target) as s
        cross join lateral unnest(s.depends_on) as d (id)
        where p_object is not null
    ),
    dependent as (
        select e.id from edge as e where e.dependency_id = p_object
        union
        select e.id
        from dependent as d
        join edge as e on e.dependency_id = d.id
    ),
    loose as materialized (
        select s.object_type, s.full_name from unnest(p_target) as s join dependent as d on d.id = s.id where s.id <> p_object
    ),
    compared as (
        select
            k.is_expected, s.id, s.object_type, s.full_name, s.version,
            case when l.full_name is null then s.definition else pgtrail.without_wording(s.object_type, s.definition) end as definition,
            s.depends_on, s.ddl, s.object_oid
        from (
            select true as is_expected, s as state from unnest(p_target) as s
            union all
            select false, s from pgtrail.live_state() as s
        ) as k
        cross join lateral (select (k.state).*) as s
        left join loose as l on l.object_type = s.object_type and l.full_name = s.full_name
        -- Indexes of a partition are no objects of their own while it is attached.
        where not (p_object is not null and s.object_type = 'INDEX' and case
            when k.is_expected then exists (select from pg_class as c where c.oid = s.object_oid and c.relispartition)
            else s.definition ->> 'table' = (select t.full_name from unnest(p_target) as t where t.id = p_object)
                and not exists (
                    select from unnest(p_target) as t where t.object_type = 'INDEX' and t.full_name = s.full_name)
        end)
    )
    select string_agg(format('%s %s: %s', d.object_type, d.full_name,
        coalesce(lower(d.status) || ' ' || array_to_string(d.changes, ', '), lower(d.status))), E'\n')
    from pgtrail.state_differences(
        array(
            select (c.id, c.object_type, c.full_name, c.version, c.definition, c.depends_on, c.ddl, c.object_oid)::pgtrail.object_state
            from compared as c
            where c.is_expected
        ),
        array(
            select (c.id, c.object_type, c.full_name, c.version, c.definition, c.depends_on, c.ddl, c.object_oid)::pgtrail.object_state
            from compared as c
            where not c.is_expected
        )) as d
$function$;
comment on function pgtrail.rollback_differences(pgtrail.object_state[], uuid) is
    'What is not as the target of a rollback promises; NULL when all is. Of what depends on the one object that was rolled back the wording is no promise, for PostgreSQL makes that of the types that it finds.';

create or replace function pgtrail.rows_of_extension(p_extension name)
    returns bigint
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set row_security = off
as $function$
declare
    member regclass;
    found_rows bigint;
    all_rows bigint := 0;
begin
    for member in
        select c.oid
        from pg_extension as e
        join pg_depend as d
            on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
            and d.classid = 'pg_class'::regclass
        join pg_class as c on c.oid = d.objid and c.relkind = 'r'
        where e.extname = p_extension
    loop
        execute format('select count(*) from only %s', member) into found_rows;
        all_rows := all_rows + found_rows;
    end loop;
    return all_rows;
end
$function$;
comment on function pgtrail.rows_of_extension(name) is
    'How many rows are in the tables that came with an extension, and go with it.';

create or replace function pgtrail.note_event_triggers(p_operation bytea)
    returns void
    language sql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    insert into pgtrail.touched (script_execution_hk, class_oids, object_oids)
    select p_operation, array['pg_event_trigger'::regclass]::oid[], array[0]::oid[]
    from script_tracking.script_execution_s as s
    where s.script_execution_hk = p_operation
        and s.script_type = 'ROLLBACK'
        and s.execution_status = 'RUNNING'
        and s.backend_pid = pg_backend_pid()
$function$;
comment on function pgtrail.note_event_triggers(bytea) is
    'Notes for the end of the transaction that a rollback of this session may have changed event triggers: PostgreSQL fires no event for these.';

create or replace function pgtrail.versions_were_made()
    returns boolean
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select exists (select from pggit.commit as c where c.recorded_xid = pgtrail.current_place() and c.kind = 'DDL')
$function$;
comment on function pgtrail.versions_were_made() is
    'Whether this transaction has described changes of the schema.';

create or replace function pgtrail.count_lost_rows(p_query text)
    returns bigint
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    -- What a policy hides is lost, too: then nobody knows how many.
    set row_security = off
    set extra_float_digits = 1
as $function$
declare
    rows bigint;
begin
    execute p_query into rows;
    return rows;
exception
    when insufficient_privilege or data_exception then
        return null;
end
$function$;
comment on function pgtrail.count_lost_rows(text) is
    'How many rows a step of a plan destroys, as far as the caller may count them and every value can be converted to be compared, else NULL.';

create or replace function pgtrail.preview(p_to timestamptz, p_object uuid, p_version text)
    returns setof pggit.rollback_step
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return query
        select
            (row_number() over (order by p.place))::integer, p.action, p.object_type, p.full_name, p.ddl, p.risk,
            p.reason, case when p.lost_rows is not null then pgtrail.count_lost_rows(p.lost_rows) end
        from pgtrail.plan_rollback(p_to, p_object, p_version) as p
        order by p.place;
end
$function$;
comment on function pgtrail.preview(timestamptz, uuid, text) is
    'A plan as people read it.';

create or replace function pggit.preview_rollback(p_to timestamptz)
    returns setof pggit.rollback_step
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return query select p.* from pgtrail.preview(p_to, null, null) as p;
end
$function$;
comment on function pggit.preview_rollback(timestamptz) is
    'Every statement of pggit.rollback_to_timestamp(), with its risk and how many rows it would destroy, counted now; NULL where it destroys none, where the caller may not count, or where a value cannot be converted, so that the step would fail. Changes nothing. No row: the schema is as it was then.';

create or replace function pggit.preview_rollback_object(p_object text, p_version text)
    returns setof pggit.rollback_step
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return query select p.* from pgtrail.preview(null, pgtrail.object_id(p_object), p_version) as p;
end
$function$;
comment on function pggit.preview_rollback_object(text, text) is
    'As preview_rollback(), of pggit.rollback_object(). Raises PT012 for an unknown object or version.';

create or replace function pgtrail.refuse_step(
    p_step integer,
    p_planned pgtrail.planned_step,
    p_state text,
    p_problem text
)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    raise exception using
        errcode = 'PT014',
        message = format('the rollback is refused at step %s: %s', p_step, p_problem),
        detail = concat_ws(E'\n', p_planned.ddl, 'SQLSTATE ' || p_state, 'Nothing was changed.'),
        hint = case
            when p_state = '55P03' then 'Another session uses the object. Try again, or set lock_timeout to wait longer.'
            else 'pggit.preview_rollback() shows every step.'
        end;
end
$function$;
comment on function pgtrail.refuse_step(integer, pgtrail.planned_step, text, text) is
    'Raises PT014 with the step that cannot be carried out.';

create or replace function pgtrail.lost_rows(p_steps pgtrail.planned_step[], p_allow_data_loss boolean)
    returns bigint[]
    language plpgsql
    set search_path = pg_catalog, pg_temp
    -- A policy that hides rows from their owner makes this an error.
    set row_security = off
as $function$
declare
    to_lock text;
    lost bigint[] := array_fill(null::bigint, array[cardinality(p_steps)]);
    found_rows bigint;
    state text;
    problem text;
begin
    for i in 1 .. cardinality(p_steps) loop
        if (p_steps[i]).risk = 'IRREVERSIBLE' then
            perform pgtrail.refuse_step(i, p_steps[i], null, (p_steps[i]).reason);
        end if;
        continue when (p_steps[i]).lost_rows is null;
        begin
            -- Locked before they are counted, as the statement would do itself. Sequences cannot be.
            to_lock := pgtrail.lock_statement((p_steps[i]).lost_rows);
            if (p_steps[i]).object_type <> 'SEQUENCE' and to_lock is not null then
                execute to_lock;
            end if;
            execute (p_steps[i]).lost_rows into found_rows;
            lost[i] := found_rows;
        exception
            when lock_not_available or insufficient_privilege or undefined_table or undefined_column or data_exception then
                get stacked diagnostics state = returned_sqlstate, problem = message_text;
                perform pgtrail.refuse_step(i, p_steps[i], state, problem);
        end;
        if lost[i] > 0 and p_allow_data_loss is not true then
            raise exception using
                errcode = 'PT014',
                message = format('the rollback is refused at step %s: it would destroy data in %s %s', i, lost[i],
                    case lost[i] when 1 then 'row' else 'rows' end),
                detail = (p_steps[i]).ddl || E'\nNothing was changed.',
                hint = 'allow_data_loss => true does it all the same; pggit.preview_rollback() shows every step.';
        end if;
    end loop;
    return lost;
end
$function$;
comment on function pgtrail.lost_rows(pgtrail.planned_step[], boolean) is
    'How many rows each step of a plan would rob of data, counted under the locks that it needs, NULL for none to count. Raises PT014 for a step that loses data without leave, or that cannot be carried out.';

create or replace function pgtrail.carry_out(p_steps pgtrail.planned_step[], p_first integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    state text;
    problem text;
begin
    for i in p_first .. cardinality(p_steps) loop
        begin
            execute (p_steps[i]).ddl;
        exception
            when others then
                get stacked diagnostics state = returned_sqlstate, problem = message_text;
                if state in ('40001', '40P01') then
                    raise;
                end if;
                perform pgtrail.refuse_step(i, p_steps[i], state, problem);
        end;
    end loop;
end
$function$;
comment on function pgtrail.carry_out(pgtrail.planned_step[], integer) is
    'Executes the steps of a plan from one of them on. Raises PT014 with the step that PostgreSQL rejects.';

create or replace function pgtrail.roll_back(
    p_title text,
    p_to timestamptz,
    p_object uuid,
    p_version text,
    p_allow_data_loss boolean
)
    returns setof pggit.rollback_step
    language plpgsql
    set search_path = pg_catalog, pg_temp
    -- Bodies of functions are as they were; nothing of the session's goes into what is made anew.
    set check_function_bodies = off
    set default_tablespace = ''
    set default_table_access_method = 'heap'
    -- DDL is made to be read so, and some values change their type through their text.
    set standard_conforming_strings = on
    set transform_null_equals = off
    set datestyle = 'ISO, YMD'
    set intervalstyle = 'postgres'
    set extra_float_digits = 1
    set lc_monetary = 'C'
as $function$
declare
    operation bytea;
    steps pgtrail.planned_step[];
    renames pgtrail.planned_step[];
    lost bigint[];
    differences text;
    target pgtrail.object_state[];
    waits constant text := current_setting('lock_timeout');
begin
    perform pgtrail.refuse_read_only();
    if waits = '0' then
        perform set_config('lock_timeout', '5s', true);
    end if;
    operation := script_tracking.track_operation(left(p_title, 255), 'ROLLBACK');
    steps := array(select p from pgtrail.plan_rollback(p_to, p_object, p_version) as p order by p.place);
    lost := pgtrail.lost_rows(steps, p_allow_data_loss);
    renames := array(select s from unnest(steps) as s where p_object is not null and s.place[1] = 5 order by s.place);
    -- What depends on one object stays what it is now, so PostgreSQL words it before the rest is planned.
    if renames <> '{}' then
        perform pgtrail.carry_out(renames, 1);
        steps := renames || array(select p from pgtrail.plan_rollback(p_to, p_object, p_version) as p order by p.place);
        lost := pgtrail.lost_rows(steps, p_allow_data_loss);
    end if;
    target := array(select s from pgtrail.target_state(p_to, p_object, p_version) as s);
    perform pgtrail.carry_out(steps, cardinality(renames) + 1);

    differences := pgtrail.rollback_differences(target, p_object);
    if differences is not null then
        raise exception using
            errcode = 'PT014',
            message = 'the rollback is refused: it did not lead to the promised schema',
            detail = differences || E'\nNothing was changed.',
            hint = 'pggit.generate_migration() gives the statements, to be mended by hand.';
    end if;
    if exists (select from unnest(steps) as s where s.object_type = 'EVENT TRIGGER') then
        perform pgtrail.note_event_triggers(operation);
    end if;
    -- Described now, so that whoever looks in this transaction sees the new versions.
    set constraints pgtrail.describe_touched immediate;
    set constraints pgtrail.describe_touched deferred;
    if steps <> '{}' and not pgtrail.versions_were_made() then
        raise exception using
            errcode = 'PT014',
            message = 'the rollback is refused: it could not be recorded',
            detail = 'Nothing was changed.',
            hint = 'Its event triggers must fire: see session_replication_role, pgtrail doctor, and the warning before this error.';
    end if;
    perform set_config('lock_timeout', waits, true);
    perform script_tracking.complete_operation(operation, true);
    return query
        select s.place::integer, s.action, s.object_type, s.full_name, s.ddl, s.risk, s.reason, lost[s.place]
        from unnest(steps) with ordinality
            as s (order_key, action, object_type, full_name, ddl, risk, reason, lost_rows, place)
        order by s.place;
end
$function$;
comment on function pgtrail.roll_back(text, timestamptz, uuid, text, boolean) is
    'Carries out a rollback with the rights of the caller: all of it, checked at its end, or nothing.';

create or replace function pgtrail.lock_statement(p_count text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select 'lock table ' || string_agg(distinct t.name[1], ', ') || ' in access exclusive mode'
    from regexp_matches(
        p_count, '\) from (?:only )?((?:"(?:[^"]|"")*"|[^\s".()])+(?:\.(?:"(?:[^"]|"")*"|[^\s".()])+)?)', 'gi') as t (name);
end;
comment on function pgtrail.lock_statement(text) is
    'Locks the tables that a query of a plan counts.';

create or replace function pggit.rollback_to_timestamp(p_to timestamptz, allow_data_loss boolean default false)
    returns setof pggit.rollback_step
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return query
        select r.*
        from pgtrail.roll_back(format('Rollback to %s', p_to), p_to, null, null, allow_data_loss) as r;
end
$function$;
comment on function pggit.rollback_to_timestamp(timestamptz, boolean) is
    'Brings the schema back to what it was at a moment and returns the statements it carried out. Keeps the rows of every table that existed then and exists now. Refused as a whole with PT014 when a step would destroy rows that are there and allow_data_loss is not true, when PostgreSQL rejects a step, or when the outcome is not exactly the promised schema. Runs in the transaction and with the rights of the caller; it makes new versions and is itself in the trail.';

create or replace function pggit.rollback_object(
    p_object text,
    p_version text,
    allow_data_loss boolean default false
)
    returns setof pggit.rollback_step
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return query
        select r.*
        from pgtrail.roll_back(
            format('Rollback of %s to %s', p_object, p_version), null, pgtrail.object_id(p_object), p_version,
            allow_data_loss) as r;
end
$function$;
comment on function pggit.rollback_object(text, text, boolean) is
    'As rollback_to_timestamp(), for one object and one of its versions, also of a dropped one; what depends on it is made anew where that is needed. Raises PT012 for an unknown object or version.';

create or replace function pgtrail.object_id(p_object text)
    returns uuid
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select (pgtrail.find_object(p_object)).id
$function$;
comment on function pgtrail.object_id(text) is
    'Identity of an object by its name.';
