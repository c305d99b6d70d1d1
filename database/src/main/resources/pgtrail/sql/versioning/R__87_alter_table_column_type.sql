set local role pgtrail_owner;

create or replace function pgtrail.binary_coercible(p_old text, p_new text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pattern constant text := '^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( without time zone| with time zone)?$';
    old_part constant text[] := regexp_match(p_old, pattern);
    new_part constant text[] := regexp_match(p_new, pattern);
    longer constant boolean := new_part[2] is null or old_part[2]::integer <= new_part[2]::integer;
begin
    return coalesce(case
        when p_new in ('text', 'character varying') then old_part[1] in ('text', 'character varying')
        when p_new = 'inet' then p_old = 'cidr'
        when old_part[1] <> new_part[1] or old_part[4] is distinct from new_part[4] then false
        when new_part[1] in ('character varying', 'bit varying', 'timestamp', 'time') then longer
        when new_part[1] = 'numeric' then
            longer and (new_part[2] is null or coalesce(old_part[3], '0') = coalesce(new_part[3], '0'))
    end, false);
end
$function$;
comment on function pgtrail.binary_coercible(text, text) is
    'Whether every value of a type is one of another as it is stored, so that no table is written anew, as far as that is certain.';

create or replace function pgtrail.counted(p_column text)
    returns text
    language sql
    immutable
    parallel safe
return E'\x01' || p_column || E'\x01';
comment on function pgtrail.counted(text) is
    'A column in a query that counts rows: the plan gives it the name that it has before anything is renamed.';

create or replace function pgtrail.type_below(p_type text, p_types jsonb)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    type text := p_type;
begin
    while p_types -> type ? 'type' loop
        type := p_types -> type ->> 'type';
    end loop;
    return type;
end
$function$;
comment on function pgtrail.type_below(text, jsonb) is
    'The type that the values of a type are stored as: that below a domain. p_types: see made_of(), by the names of types.';

create or replace function pgtrail.keeps_values(p_old text, p_new text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return coalesce(
        p_old = p_new
            or p_new in ('text', 'character varying')
            or pgtrail.binary_coercible(p_old, p_new)
            or pgtrail.widens(p_old, p_new)
            or p_old = 'date' and p_new ~ '^timestamp'
            or p_old = 'jsonb' and p_new = 'json'
            -- Through their text they stay the same, or it fails. What a limit does to them nobody knows.
            or strpos(p_new, '.') > 0 and p_new !~ '\([-\d,]+\)$',
        false);
end
$function$;
comment on function pgtrail.keeps_values(text, text) is
    'Whether every value of a type stays what it is as one of another, as far as that is certain.';

-- Casts that fail for some value would fail in the count, too: there every value counts.
create or replace function pgtrail.changed_by_type(
    p_value text,
    p_old text,
    p_new text,
    p_old_types jsonb,
    p_new_types jsonb,
    p_depth integer
)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_type constant text := pgtrail.type_below(p_old, p_old_types);
    new_type constant text := pgtrail.type_below(p_new, p_new_types);
    old_parts constant jsonb := p_old_types -> old_type -> 'attributes';
    new_parts constant jsonb := p_new_types -> new_type -> 'attributes';
    -- Not IS NOT NULL, which asks for every attribute of a row.
    every_value constant text := p_value || ' is distinct from null';
    numbers constant text := '^(smallint|integer|bigint|numeric|real|double precision)(\(|$)';
    length_limit constant text := (regexp_match(new_type, '^(?:character varying|character)\((\d+)\)$'))[1];
    numeric_limit constant integer[] := regexp_match(new_type, '^numeric\((\d+),(-?\d+)\)$');
    element constant text := 'e' || p_depth;
    inner_condition text;
begin
    if old_type ~ '\[\]$' and new_type ~ '\[\]$' then
        inner_condition := pgtrail.changed_by_type(
            element, left(old_type, -2), left(new_type, -2), p_old_types, p_new_types, p_depth + 1);
        return 'exists (select from unnest(' || p_value || ') as ' || element || ' where ' || inner_condition || ')';
    elsif new_parts is not null then
        if jsonb_array_length(old_parts) = jsonb_array_length(new_parts) then
            return (
                select string_agg(c.condition, ' or ' order by o.place)
                from jsonb_array_elements(old_parts) with ordinality as o (part, place)
                cross join lateral pgtrail.changed_by_type(
                    format('(%s).%I', p_value, o.part ->> 0), o.part ->> 1, new_parts -> (o.place - 1)::integer ->> 1,
                    p_old_types, p_new_types, p_depth + 1) as c (condition)
            );
        end if;
        return every_value;
    elsif pgtrail.keeps_values(old_type, new_type) then
        return null;
    elsif old_type ~ numbers and new_type in ('smallint', 'integer', 'bigint') then
        return format('(%1$s not between %2$s and %3$s or %1$s <> trunc(%1$s::numeric))',
            p_value, pgtrail.sequence_limit(new_type, false), pgtrail.sequence_limit(new_type, true));
    elsif old_type ~ numbers and numeric_limit is not null then
        return format('(abs(round(%1$s::numeric, %2$s)) >= 10::numeric ^ %3$s or round(%1$s::numeric, %2$s) <> %1$s)',
            p_value, numeric_limit[2], numeric_limit[1] - numeric_limit[2]);
    elsif length_limit is not null then
        return format('char_length(%s::text) > %s', p_value, length_limit);
    elsif (old_type, new_type) in (('double precision', 'real'), ('json', 'jsonb'))
        or old_type ~ '^(timestamp|date)' and new_type ~ '^(timestamp|date)'
        or old_type ~ '^time[ (]' and new_type ~ '^time[ (]'
    then
        return format('%1$s::%3$s::%2$s::text <> %1$s::text', p_value, old_type, new_type);
    end if;
    return every_value;
end
$function$;
comment on function pgtrail.changed_by_type(text, text, text, jsonb, jsonb, integer) is
    'The condition under which a value of a type is not the same, or refused, as one of another; NULL where it always is the same. p_old_types, p_new_types: see made_of(), by the names of types.';

create or replace function pgtrail.value_held(
    p_value text,
    p_type text,
    p_wanted text[],
    p_part text,
    p_types jsonb,
    p_depth integer
)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    type constant text := pgtrail.type_below(p_type, p_types);
    element constant text := 'e' || p_depth;
begin
    if type ~ '\[\]$' then
        return 'exists (select from unnest(' || p_value || ') as ' || element || ' where '
            || pgtrail.value_held(element, left(type, -2), p_wanted, p_part, p_types, p_depth + 1) || ')';
    elsif type = any (p_wanted) then
        return case
            when p_part is null then p_value || ' is distinct from null'
            else format('(%s).%I is distinct from null', p_value, p_part)
        end;
    end if;
    return (
        select string_agg(c.condition, ' or ' order by a.place)
        from jsonb_array_elements(p_types -> type -> 'attributes') with ordinality as a (part, place)
        cross join lateral pgtrail.value_held(
            format('(%s).%I', p_value, a.part ->> 0), a.part ->> 1, p_wanted, p_part, p_types, p_depth + 1) as c (condition)
    );
end
$function$;
comment on function pgtrail.value_held(text, text, text[], text, jsonb, integer) is
    'The condition under which a value of a type is, or has somewhere in it, one of the wanted composite types or, with a part, one whose attribute of that name is not NULL; NULL where it cannot. p_types: see made_of(), by the names of types.';

create or replace function pgtrail.casts(p_old text, p_new text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_new ~ '^(text|character)' or exists (
        select
        from unnest(array[
            '^(smallint|integer|bigint|numeric|real|double precision)(\(|$)', '^(date|time)', '^jsonb?$', '^bit', '^(inet|cidr)$'
        ]) as t (family)
        where p_old ~ t.family and p_new ~ t.family
    );
comment on function pgtrail.casts(text, text) is
    'Whether PostgreSQL has a cast between two of its types that is better than the one by their text.';

create or replace function pgtrail.type_step(
    p_table text,
    p_full_name text,
    p_column text,
    p_old jsonb,
    p_new jsonb,
    p_old_types jsonb,
    p_new_types jsonb
)
    returns pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_type constant text := p_old ->> 'type';
    new_type constant text := p_new ->> 'type';
    -- The data of a foreign table is elsewhere.
    coercible constant boolean := p_table ~ '^FOREIGN' or old_type = new_type or pgtrail.binary_coercible(old_type, new_type);
    -- Between types of users there is no other way that always works; it keeps the text of each value or fails.
    by_text constant boolean := strpos(old_type || new_type, '.') > 0 or not pgtrail.casts(old_type, new_type);
    changed constant text := case when p_table !~ '^FOREIGN' then
        pgtrail.changed_by_type(pgtrail.counted(p_column), old_type, new_type, p_old_types, p_new_types, 1) end;
begin
    return (
        'ALTER',
        format('ALTER %s ALTER COLUMN %I TYPE %s', p_table, p_column, new_type)
            || coalesce(' COLLATE ' || (p_new ->> 'collation'), '')
            || case
                when coercible then ''
                when by_text then format(' USING %I::text::%s', p_column, new_type)
                else format(' USING %I::%s', p_column, new_type)
            end,
        case
            when changed is not null then 'DATA_LOSS'
            when not coercible then 'REWRITE'
            -- Its indexes are built anew.
            when p_old -> 'collation' is distinct from p_new -> 'collation' then 'LOCK'
            else 'SAFE'
        end,
        format('column %s: %s becomes %s', p_column,
            concat_ws(' COLLATE ', old_type, p_old ->> 'collation'), concat_ws(' COLLATE ', new_type, p_new ->> 'collation')),
        format('select count(*) from %s where ', p_full_name) || changed
    )::pgtrail.step;
end
$function$;
comment on function pgtrail.type_step(text, text, text, jsonb, jsonb, jsonb, jsonb) is
    'ALTER COLUMN … TYPE, and what it does to the data. p_old_types, p_new_types: see made_of(), by the names of types.';
