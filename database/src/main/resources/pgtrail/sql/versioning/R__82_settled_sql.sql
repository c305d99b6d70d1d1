set local role pgtrail_owner;

create or replace function pgtrail.implied_name(p_type text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(
        quote_ident(case
            when t.type = 'character varying' then 'varchar'
            when t.type = 'character' then 'bpchar'
            when t.type = 'bit varying' then 'varbit'
            when t.type = 'boolean' then 'bool'
            when t.type = 'smallint' then 'int2'
            when t.type = 'integer' then 'int4'
            when t.type = 'bigint' then 'int8'
            when t.type = 'real' then 'float4'
            when t.type = 'double precision' then 'float8'
            when t.type = 'time without time zone' then 'time'
            when t.type = 'time with time zone' then 'timetz'
            when t.type = 'timestamp without time zone' then 'timestamp'
            when t.type = 'timestamp with time zone' then 'timestamptz'
            when t.type ~ '^interval ' then 'interval'
            when t.type ~ '^[a-z_0-9]+$' then t.type
        end),
        substring(t.type from '^(?:(?:"(?:[^"]|"")*"|[[:alnum:]_$]+)\.)?("(?:[^"]|"")*"|[[:alnum:]_$]+)$'))
    from (select regexp_replace(p_type, '\(\d+(?:,-?\d+)?\)|\[\]$', '', 'g')) as t (type);
end;
comment on function pgtrail.implied_name(text) is
    'Name, quoted where needed, that a column has when it is a constant of a type and none is given; NULL where that is not certain.';

-- A constant without a name, as in SELECT 1 UNION SELECT NULL, gets its type spelled out, and when that is
-- read again the type gives it a name, which is spelled out, too. So names that go without saying are left
-- out. And (VALUES … gets a blank.
create or replace function pgtrail.settled(p_sql text)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    name constant text := $re$(?:"(?:[^"]|"")*"|[[:alnum:]_$]+)$re$;
    type constant text := name || '(?:\.' || name || ')?(?:\(\d+(?:,-?\d+)?\))?(?: [a-z]+)*(?:\(\d+\))?(?:\[\])?';
    named constant text := '::(' || type || ') AS (' || name || ')';
    -- Whatever is in quotes is passed over.
    token constant text := $re$('(?:[^']|'')*'(?:$re$ || named || $re$)?|"(?:[^"]|"")*"|\mNULL$re$ || named || $re$|\(VALUES \()$re$;
begin
    if p_sql !~ $re$(?:'|\mNULL)::[^']* AS |\(VALUES \($re$ then
        return p_sql;
    end if;
    return (
        select string_agg(b.bare || case
            when t.found[1] = '(VALUES (' then '( VALUES ('
            when coalesce(t.found[3], t.found[5]) = pgtrail.implied_name(coalesce(t.found[2], t.found[4]))
                then left(t.found[1], -length(' AS ' || coalesce(t.found[3], t.found[5])))
            else coalesce(t.found[1], '')
        end, '' order by b.place)
        from regexp_split_to_table(p_sql, token) with ordinality as b (bare, place)
        left join regexp_matches(p_sql, token, 'g') with ordinality as t (found, place) on t.place = b.place
    );
end
$function$;
comment on function pgtrail.settled(text) is
    'SQL as PostgreSQL words it, the same before and after PostgreSQL has read its own wording.';
