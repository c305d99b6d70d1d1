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

-- Casts that fail for some value would fail in the count, too: there every value counts.
create or replace function pgtrail.lost_in_type(p_full_name text, p_column text, p_old text, p_new text)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    numbers constant text := '^(smallint|integer|bigint|numeric|real|double precision)(\(|$)';
    length_limit constant text := (regexp_match(p_new, '^(?:character varying|character)\((\d+)\)$'))[1];
    numeric_limit constant integer[] := regexp_match(p_new, '^numeric\((\d+),(-?\d+)\)$');
    condition text;
begin
    if p_old ~ numbers and p_new in ('smallint', 'integer', 'bigint') then
        condition := format('%1$I not between %2$s and %3$s or %1$I <> trunc(%1$I::numeric)',
            p_column, pgtrail.sequence_limit(p_new, false), pgtrail.sequence_limit(p_new, true));
    elsif p_old ~ numbers and numeric_limit is not null then
        condition := format('abs(round(%1$I::numeric, %2$s)) >= 10::numeric ^ %3$s or round(%1$I::numeric, %2$s) <> %1$I',
            p_column, numeric_limit[2], numeric_limit[1] - numeric_limit[2]);
    elsif length_limit is not null then
        condition := format('char_length(%I::text) > %s', p_column, length_limit);
    elsif (p_old, p_new) in (('double precision', 'real'), ('json', 'jsonb'))
        or p_old ~ '^(timestamp|date)' and p_new ~ '^(timestamp|date)'
        or p_old ~ '^time[ (]' and p_new ~ '^time[ (]'
    then
        condition := format('%1$I::%3$s::%2$s::text <> %1$I::text', p_column, p_old, p_new);
    else
        return format('select count(%I) from %s', p_column, p_full_name);
    end if;
    return format('select count(*) from %s where %s', p_full_name, condition);
end
$function$;
comment on function pgtrail.lost_in_type(text, text, text, text) is
    'A query that counts the rows whose value in a column a change of its type would change or refuse.';

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
    p_new jsonb
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
    lossless constant boolean := coercible or strpos(new_type, '.') > 0 or new_type in ('text', 'character varying')
        or pgtrail.widens(old_type, new_type)
        or new_type ~ '\[\]$' and pgtrail.widens(rtrim(old_type, '[]'), rtrim(new_type, '[]'))
        or old_type = 'date' and new_type ~ '^timestamp'
        or old_type = 'jsonb' and new_type = 'json';
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
            when not lossless then 'DATA_LOSS'
            when not coercible then 'REWRITE'
            -- Its indexes are built anew.
            when p_old -> 'collation' is distinct from p_new -> 'collation' then 'LOCK'
            else 'SAFE'
        end,
        format('column %s: %s becomes %s', p_column,
            concat_ws(' COLLATE ', old_type, p_old ->> 'collation'), concat_ws(' COLLATE ', new_type, p_new ->> 'collation')),
        case when not lossless then pgtrail.lost_in_type(p_full_name, p_column, old_type, new_type) end
    )::pgtrail.step;
end
$function$;
comment on function pgtrail.type_step(text, text, text, jsonb, jsonb) is
    'ALTER COLUMN … TYPE, and what it does to the data.';
