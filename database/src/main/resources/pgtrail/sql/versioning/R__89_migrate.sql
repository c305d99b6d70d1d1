set local role pgtrail_owner;

create or replace function pgtrail.script(p_steps pgtrail.planned_step[])
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(s.ddl || ';', E'\n' order by s.place)
    from unnest(p_steps) as s;
end;
comment on function pgtrail.script(pgtrail.planned_step[]) is
    'A plan as one text.';

create or replace function pggit.generate_migration(p_from timestamptz, p_to timestamptz default clock_timestamp())
    returns text
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    script text;
begin
    perform pgtrail.require_known_moment(p_from);
    perform pgtrail.require_known_moment(p_to);
    script := pgtrail.script(array(
        select s
        from pgtrail.plan(
            array(select o from pgtrail.state_at(p_from) as o),
            array(select n from pgtrail.state_at(p_to) as n)) as s
    ));
    -- A body may name what comes later.
    return case when script ~ '\mCREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\M' then E'set check_function_bodies = off;\n' else '' end
        || coalesce(script, '');
end
$function$;
comment on function pggit.generate_migration(timestamptz, timestamptz) is
    'The DDL that leads from the schema at one moment to that at another, in an order that works; an earlier second moment gives the way back. Empty when they are the same. Raises PT013 for a moment whose state is not known.';

create or replace function pggit.export_schema(p_at timestamptz default clock_timestamp())
    returns text
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_known_moment(p_at);
    return coalesce(
        E'set check_function_bodies = off;\nset search_path = \'\';\n'
            || pgtrail.script(array(
                select s from pgtrail.plan('{}', array(select n from pgtrail.state_at(p_at) as n)) as s
            )),
        '');
end
$function$;
comment on function pggit.export_schema(timestamptz) is
    'The DDL that makes the schema of a moment in an empty database whose cluster has the roles. Data and secrets are not in it. Raises PT013 for a moment whose state is not known.';
