set local role pgtrail_owner;

-- What a rollback reads it reads as the owner of the versions; what it does it does as its caller.

create or replace function pgtrail.target_state(p_to timestamptz, p_object uuid, p_version text)
    returns setof pgtrail.object_state
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    version pgtrail.object_state;
begin
    if p_object is null then
        perform pgtrail.require_known_moment(p_to);
        return query select s.* from pgtrail.state_at(p_to) as s;
        return;
    end if;
    -- The newest state of that version: a rollback may have brought it back.
    select s.* into version
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
    return query
        select s.* from pgtrail.live_state() as s where s.id <> p_object
        union all
        select version.*;
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

create or replace function pgtrail.rollback_differences(p_target pgtrail.object_state[])
    returns text
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select string_agg(format('%s %s: %s', d.object_type, d.full_name,
        coalesce(lower(d.status) || ' ' || array_to_string(d.changes, ', '), lower(d.status))), E'\n')
    from pgtrail.state_differences(p_target, array(select s from pgtrail.live_state() as s)) as d
$function$;
comment on function pgtrail.rollback_differences(pgtrail.object_state[]) is
    'What is not as the target of a rollback promises; NULL when all is.';

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
as $function$
declare
    rows bigint;
begin
    execute p_query into rows;
    return rows;
exception
    when insufficient_privilege then
        return null;
end
$function$;
comment on function pgtrail.count_lost_rows(text) is
    'How many rows a step of a plan destroys, as far as the caller may count them, else NULL.';

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
    'Every statement of pggit.rollback_to_timestamp(), with its risk and how many rows it would destroy, counted now; NULL where it destroys none or the caller may not count. Changes nothing. No row: the schema is as it was then.';

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
            when lock_not_available or insufficient_privilege or undefined_table or undefined_column then
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
as $function$
declare
    operation bytea;
    steps pgtrail.planned_step[];
    lost bigint[];
    state text;
    problem text;
    differences text;
    target pgtrail.object_state[];
    waits constant text := current_setting('lock_timeout');
begin
    perform pgtrail.refuse_read_only();
    if waits = '0' then
        perform set_config('lock_timeout', '5s', true);
    end if;
    operation := script_tracking.track_operation(left(p_title, 255), 'ROLLBACK');
    target := array(select s from pgtrail.target_state(p_to, p_object, p_version) as s);
    steps := array(select p from pgtrail.plan_rollback(p_to, p_object, p_version) as p order by p.place);
    lost := pgtrail.lost_rows(steps, p_allow_data_loss);

    for i in 1 .. cardinality(steps) loop
        begin
            execute (steps[i]).ddl;
        exception
            when others then
                get stacked diagnostics state = returned_sqlstate, problem = message_text;
                if state in ('40001', '40P01') then
                    raise;
                end if;
                perform pgtrail.refuse_step(i, steps[i], state, problem);
        end;
    end loop;

    differences := pgtrail.rollback_differences(target);
    if differences is not null then
        raise exception using
            errcode = 'PT014',
            message = 'the rollback is refused: it did not lead to the promised schema',
            detail = differences || E'\nNothing was changed.',
            hint = 'pggit.generate_migration() gives the statements, to be mended by hand.';
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
