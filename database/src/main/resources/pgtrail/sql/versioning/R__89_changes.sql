set local role pgtrail_owner;

create or replace function pgtrail.definition_changes(p_old jsonb, p_new jsonb)
    returns table (path text[], change text, old_value jsonb, new_value jsonb)
    language sql
    immutable
    parallel safe
begin atomic
    with recursive part as (
        select
            array[]::text[] as path,
            pgtrail.canonical(p_old) as old_value,
            pgtrail.canonical(p_new) as new_value
        union all
        select p.path || k.key, p.old_value -> k.key, p.new_value -> k.key
        from part as p
        cross join lateral (
            select jsonb_object_keys(case when jsonb_typeof(p.old_value) = 'object' then p.old_value else '{}' end)
            union
            select jsonb_object_keys(case when jsonb_typeof(p.new_value) = 'object' then p.new_value else '{}' end)
        ) as k (key)
        where jsonb_typeof(p.old_value) = 'object'
            and jsonb_typeof(p.new_value) = 'object'
            and p.old_value -> k.key is distinct from p.new_value -> k.key
    )
    select
        p.path,
        case when p.old_value is null then 'ADDED' when p.new_value is null then 'REMOVED' else 'CHANGED' end,
        p.old_value,
        p.new_value
    from part as p
    where p.old_value is distinct from p.new_value
        and (jsonb_typeof(p.old_value) = 'object' and jsonb_typeof(p.new_value) = 'object') is not true;
end;
comment on function pgtrail.definition_changes(jsonb, jsonb) is
    'What differs between two definitions of an object, each difference at the highest place where one of them has something the other lacks.';

create or replace function pgtrail.widens(p_old text, p_new text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_part constant text[] := regexp_match(p_old, '^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( without time zone| with time zone)?$');
    new_part constant text[] := regexp_match(p_new, '^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( without time zone| with time zone)?$');
    old_length constant integer := old_part[2];
    new_length constant integer := new_part[2];
begin
    if p_old = p_new then
        return true;
    elsif old_part[1] = new_part[1] and old_part[4] is not distinct from new_part[4] then
        return case
            when new_part[1] = 'numeric' then
                new_length is null
                or old_length is not null
                    and coalesce(new_part[3]::integer, 0) >= coalesce(old_part[3]::integer, 0)
                    and new_length - coalesce(new_part[3]::integer, 0) >= old_length - coalesce(old_part[3]::integer, 0)
            when new_part[1] in ('character varying', 'bit varying', 'timestamp', 'time', 'interval') then
                new_length is null or old_length is not null and new_length >= old_length
            else false
        end;
    end if;
    return (old_part[1], p_new) in (
        ('character varying', 'text'), ('smallint', 'integer'), ('smallint', 'bigint'), ('integer', 'bigint'),
        ('real', 'double precision'), ('smallint', 'numeric'), ('integer', 'numeric'), ('bigint', 'numeric'));
end
$function$;
comment on function pgtrail.widens(text, text) is
    'Whether a type, as format_type() words it, holds every value of another unchanged, as far as that is certain.';

create or replace function pgtrail.takes_privileges(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(bool_or(
        case
            -- Without an entry a grantee has what it has by default.
            when g.old_letters is null then g.new_letters = ''
            when g.new_letters is null then g.old_letters <> ''
            else translate(g.old_letters, g.new_letters, '') <> ''
        end), false)
    from (
        select p_old #>> '{}', p_new #>> '{}'
        where 'object' <> all (array[coalesce(jsonb_typeof(p_old), ''), coalesce(jsonb_typeof(p_new), '')])
        union all
        select o.value, n.value
        from jsonb_each_text(case when jsonb_typeof(p_old) = 'object' then p_old else '{}' end) as o
        full join jsonb_each_text(case when jsonb_typeof(p_new) = 'object' then p_new else '{}' end) as n
            on n.key = o.key
    ) as g (old_letters, new_letters);
end;
comment on function pgtrail.takes_privileges(jsonb, jsonb) is
    'Whether a grantee loses a privilege when privileges, of one grantee or of all, change so.';

create or replace function pgtrail.rule_for(p_type text, p_path text[], p_change text)
    returns setof pgtrail.severity_rule
    language sql
    stable
    parallel safe
begin atomic
    select r.*
    from pgtrail.severity_rule as r
    where r.object_type in (p_type, '*')
        and r.change = p_change
        and r.first_key = p_path[1]
        and cardinality(r.keys) = cardinality(p_path)
        and not exists (
            select
            from unnest(r.keys, p_path) as k (wanted, found)
            where k.wanted <> '*' and k.wanted <> k.found
        )
    order by r.object_type = '*', '*' = any (r.keys)
    limit 1;
end;
comment on function pgtrail.rule_for(text, text[], text) is
    'The most special rule for one difference; no row where none is.';

create or replace function pgtrail.severity_of(
    p_rule text,
    p_path text[],
    p_change text,
    p_old jsonb,
    p_new jsonb
)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_rule is null then 'MAJOR'
    -- The values of an enumeration.
    when p_rule = 'TYPE' and jsonb_typeof(p_new) = 'array' then
        case when p_new @> p_old then 'MINOR' else 'MAJOR' end
    when p_rule = 'TYPE' then
        case when pgtrail.widens(p_old #>> '{}', p_new #>> '{}') then 'MINOR' else 'MAJOR' end
    when p_rule = 'RIGHTS' then
        case when pgtrail.takes_privileges(p_old, p_new) then 'MAJOR' else 'MINOR' end
    -- Whoever inserts without naming the new column fails.
    when p_path[1] = 'columns' and cardinality(p_path) = 2 and p_change = 'ADDED'
        and p_new ? 'not_null' and not p_new ?| array['default', 'identity', 'generated'] then 'MAJOR'
    else p_rule
end;
comment on function pgtrail.severity_of(text, text[], text, jsonb, jsonb) is
    'MAJOR, MINOR or PATCH: how grave one difference of a definition is by the severity of its rule; MAJOR where there is no rule.';

-- Functions that PostgreSQL puts into the query in whose place they stand: thousands of objects are compared in
-- one query, and a function that is called for each would be planned for each.
create or replace function pgtrail.weighed_changes(p_type text, p_old jsonb, p_new jsonb)
    returns table (path text[], change text, old_value jsonb, new_value jsonb, severity text)
    language sql
    stable
    parallel safe
begin atomic
    select
        c.path, c.change, c.old_value, c.new_value,
        pgtrail.severity_of(r.severity, c.path, c.change, c.old_value, c.new_value)
    from pgtrail.definition_changes(p_old, p_new) as c
    left join lateral pgtrail.rule_for(p_type, c.path, c.change) as r on true;
end;
comment on function pgtrail.weighed_changes(text, jsonb, jsonb) is
    'What differs between two definitions of an object, and how grave each difference is.';

create or replace function pgtrail.change_severity(
    p_type text,
    p_old jsonb,
    p_new jsonb,
    p_only_reworded boolean default false
)
    returns text
    language plpgsql
    stable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if p_old is null then
        return 'MINOR';
    elsif p_new is null then
        return 'MAJOR';
    end if;
    return coalesce(
        (
            -- MAJOR < MINOR < PATCH: as words, too.
            select min(case
                when p_only_reworded and c.change = 'CHANGED' then 'PATCH'
                else c.severity
            end)
            from pgtrail.weighed_changes(p_type, p_old, p_new) as c
        ),
        'PATCH');
end
$function$;
comment on function pgtrail.change_severity(text, jsonb, jsonb, boolean) is
    'How grave a change of an object is: the gravest of its differences. NULL before: created; NULL after: dropped. An object that is only reworded, because something it names is called otherwise, is as good as before.';

delete from pgtrail.severity_rule where rule_group = 'common';
insert into pgtrail.severity_rule (rule_group, object_type, path, change, severity, meaning)
values
    ('common', '*', 'name', 'CHANGED', 'MAJOR', 'renamed: who uses the old name fails'),
    ('common', '*', 'schema', 'CHANGED', 'MAJOR', 'moved to another schema: who uses the old name fails'),
    ('common', '*', 'owner', 'CHANGED', 'PATCH', 'another owner'),
    ('common', '*', 'comment', 'ADDED', 'PATCH', 'comment'),
    ('common', '*', 'comment', 'REMOVED', 'PATCH', 'comment removed'),
    ('common', '*', 'comment', 'CHANGED', 'PATCH', 'another comment'),
    ('common', '*', 'privileges', 'ADDED', 'RIGHTS', 'privileges that are not the default'),
    ('common', '*', 'privileges', 'REMOVED', 'RIGHTS', 'privileges back to their defaults'),
    ('common', '*', 'privileges.*', 'ADDED', 'RIGHTS', 'privileges of one more grantee'),
    ('common', '*', 'privileges.*', 'REMOVED', 'RIGHTS', 'privileges of a grantee back to their defaults'),
    ('common', '*', 'privileges.*', 'CHANGED', 'RIGHTS', 'other privileges of a grantee');
