set local role pgtrail_owner;

create or replace function pgtrail.renamed_parts(p_old jsonb, p_new jsonb)
    returns table (old_name text, new_name text)
    language sql
    immutable
    parallel safe
begin atomic
    select o.key, n.key
    from jsonb_each(p_old -> 'numbers') as o
    join jsonb_each(p_new -> 'numbers') as n on n.value = o.value
    where not p_new -> 'numbers' ? o.key
        and not p_old -> 'numbers' ? n.key;
end;
comment on function pgtrail.renamed_parts(jsonb, jsonb) is
    'Labels of an enumeration, or attributes, that are the same by their number and have another name.';

-- A value cannot be taken away, nor moved.
create or replace function pgtrail.alter_enum(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    labels constant text[] := array(
        select coalesce(r.new_name, l.label)
        from jsonb_array_elements_text(p_old -> 'labels') with ordinality as l (label, place)
        left join pgtrail.renamed_parts(p_old, p_new) as r on r.old_name = l.label
        order by l.place);
    wanted constant text[] := array(select jsonb_array_elements_text(p_new -> 'labels'));
    removed constant text[] := array(select l from unnest(labels) as l where l <> all (wanted));
begin
    if removed <> '{}' then
        return next ('REBUILD', null, 'DATA_LOSS', 'removed values: ' || array_to_string(removed, ', '), null)::pgtrail.step;
        return;
    elsif labels <> array(
        select w.label
        from unnest(wanted) with ordinality as w (label, place)
        where w.label = any (labels)
        order by w.place)
    then
        return next ('REBUILD', null, 'REWRITE', 'values in another order', null)::pgtrail.step;
        return;
    end if;
    return query
        select
            'ALTER', format('ALTER TYPE %s RENAME VALUE %L TO %L', p_full_name, r.old_name, r.new_name),
            'SAFE', 'renamed value', null
        from pgtrail.renamed_parts(p_old, p_new) as r
        order by r.old_name collate "C";
    return query
        select
            'ALTER',
            format('ALTER TYPE %s ADD VALUE %L', p_full_name, w.label) || case
                when w.place > 1 then format(' AFTER %L', wanted[w.place - 1])
                when labels <> '{}' then format(' BEFORE %L', labels[1])
                else ''
            end,
            'SAFE', 'added value', null
        from unnest(wanted) with ordinality as w (label, place)
        where w.label <> all (labels)
        order by w.place;
end
$function$;
comment on function pgtrail.alter_enum(text, jsonb, jsonb) is
    'Steps between two definitions of an enumeration.';

-- CASCADE reaches the tables that are made of the type; what else it would take was dropped before.
create or replace function pgtrail.alter_composite(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    renamed constant jsonb := coalesce((
        select jsonb_object_agg(r.old_name, r.new_name)
        from pgtrail.renamed_parts(p_old, p_new) as r
        where p_old #> array['attributes', r.old_name, 'type'] = p_new #> array['attributes', r.new_name, 'type']
    ), '{}');
    old_attributes constant jsonb := coalesce((
        select jsonb_object_agg(coalesce(renamed ->> a.key, a.key), a.value)
        from jsonb_each(p_old -> 'attributes') as a
    ), '{}');
begin
    return query
        select
            'REMOVE', format('ALTER TYPE %s DROP ATTRIBUTE %I CASCADE', p_full_name, a.key),
            'DATA_LOSS', 'removed attribute, also from the values that columns hold', null
        from jsonb_each(old_attributes) as a
        where not p_new -> 'attributes' ? a.key
        order by a.key collate "C";
    return query
        select
            'ALTER', format('ALTER TYPE %s RENAME ATTRIBUTE %I TO %I CASCADE', p_full_name, r.key, r.value),
            'SAFE', 'renamed attribute', null
        from jsonb_each_text(renamed) as r
        order by r.key collate "C";
    return query
        select
            'ALTER',
            case
                when a.old_value is null then format('ALTER TYPE %s ADD ATTRIBUTE %s CASCADE',
                    p_full_name, pgtrail.composite_attribute(a.name, a.new_value))
                else format('ALTER TYPE %s ALTER ATTRIBUTE %I TYPE %s%s CASCADE',
                    p_full_name, a.name, a.new_value ->> 'type', ' COLLATE ' || (a.new_value ->> 'collation'))
            end,
            -- PostgreSQL refuses it while a column holds values of the type, but for tables of the type.
            case
                when a.old_value is null or pgtrail.widens(a.old_value ->> 'type', a.new_value ->> 'type') then 'SAFE'
                else 'DATA_LOSS'
            end,
            case when a.old_value is null then 'added attribute' else 'other type of an attribute' end,
            null
        from (
            select n.key, old_attributes -> n.key, n.value, (p_new -> 'numbers' ->> n.key)::integer
            from jsonb_each(p_new -> 'attributes') as n
        ) as a (name, old_value, new_value, place)
        where a.old_value - 'comment' is distinct from a.new_value - 'comment'
        order by a.old_value is null, a.place, a.name collate "C";
    return query
        select
            'ALTER',
            format('COMMENT ON COLUMN %s.%I IS %s', p_full_name, n.key, quote_nullable(n.value ->> 'comment')),
            'SAFE', 'comment of an attribute', null
        from jsonb_each(p_new -> 'attributes') as n
        where old_attributes -> n.key -> 'comment' is distinct from n.value -> 'comment'
        order by n.key collate "C";
end
$function$;
comment on function pgtrail.alter_composite(text, jsonb, jsonb) is
    'Steps between two definitions of a composite type.';

create or replace function pgtrail.alter_range(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    by_name constant text[] := array['schema', 'name', 'multirange', 'multirange_schema', 'multirange_comment', 'owner', 'comment', 'privileges'];
    -- As it was when the range had its old name: what the definition leaves out follows the name it has now.
    old_name constant text := pgtrail.multirange_name(p_old);
    new_schema constant text := coalesce(p_new ->> 'multirange_schema', p_new ->> 'schema');
begin
    if p_old - by_name <> p_new - by_name then
        return next ('REBUILD', null, 'REWRITE', 'a range type cannot be altered', null)::pgtrail.step;
        return;
    end if;
    if old_name <> pgtrail.multirange_name(p_new) then
        if p_old -> 'multirange_schema' is distinct from p_new -> 'multirange_schema' then
            return next ('ALTER', format('ALTER TYPE %s SET SCHEMA %I', old_name, new_schema),
                'SAFE', 'multirange type in another schema', null)::pgtrail.step;
        end if;
        if p_old -> 'multirange' is distinct from p_new -> 'multirange' then
            return next ('ALTER',
                format('ALTER TYPE %I.%I RENAME TO %I', new_schema,
                    coalesce(p_old ->> 'multirange', pgtrail.default_multirange_name(p_old ->> 'name')),
                    coalesce(p_new ->> 'multirange', pgtrail.default_multirange_name(p_new ->> 'name'))),
                'SAFE', 'renamed multirange type', null)::pgtrail.step;
        end if;
    end if;
    if p_old -> 'multirange_comment' is distinct from p_new -> 'multirange_comment' then
        return next ('ALTER',
            format('COMMENT ON TYPE %s IS %s', pgtrail.multirange_name(p_new), quote_nullable(p_new ->> 'multirange_comment')),
            'SAFE', 'comment of the multirange type', null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_range(text, jsonb, jsonb) is
    'Steps between two definitions of a range type.';

create or replace function pgtrail.alter_domain_constraints(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- A NOT NULL that has the default name is not among the constraints.
    unnamed constant text := pgtrail.default_not_null_name(p_new ->> 'name');
    old_constraints jsonb := coalesce(p_old -> 'constraints', '{}');
    new_constraints jsonb := coalesce(p_new -> 'constraints', '{}');
    renamed jsonb;
begin
    if p_old ? 'not_null' and p_new ? 'not_null' then
        if pgtrail.named_not_null(p_old) is null and pgtrail.named_not_null(p_new) is not null then
            old_constraints := old_constraints || jsonb_build_object(unnamed, '{"definition": "NOT NULL"}'::jsonb);
        elsif pgtrail.named_not_null(p_new) is null and pgtrail.named_not_null(p_old) is not null then
            new_constraints := new_constraints || jsonb_build_object(unnamed, '{"definition": "NOT NULL"}'::jsonb);
        end if;
    end if;
    -- Equal ones are told apart by the order of their names.
    renamed := coalesce((
        select jsonb_object_agg(o.key, n.key)
        from (
            select k.key, k.value - 'comment' as content,
                row_number() over (partition by k.value - 'comment' order by k.key collate "C") as place
            from jsonb_each(old_constraints) as k
            where not new_constraints ? k.key
        ) as o
        join (
            select k.key, k.value - 'comment' as content,
                row_number() over (partition by k.value - 'comment' order by k.key collate "C") as place
            from jsonb_each(new_constraints) as k
            where not old_constraints ? k.key
        ) as n on n.content = o.content and n.place = o.place
    ), '{}');
    old_constraints := coalesce((
        select jsonb_object_agg(coalesce(renamed ->> k.key, k.key), k.value)
        from jsonb_each(old_constraints) as k
    ), '{}');

    return query
        select
            'DETACH', format('ALTER DOMAIN %s DROP CONSTRAINT %I', p_full_name, o.key),
            'SAFE', 'removed constraint', null
        from jsonb_each(old_constraints) as o
        where new_constraints -> o.key -> 'definition' is distinct from o.value -> 'definition'
            or (new_constraints -> o.key ? 'not_valid' and not o.value ? 'not_valid')
        order by o.key collate "C";
    return query
        select
            'ALTER', format('ALTER DOMAIN %s RENAME CONSTRAINT %I TO %I', p_full_name, r.key, r.value),
            'SAFE', 'renamed constraint', null
        from jsonb_each_text(renamed) as r
        order by r.key collate "C";
    return query
        select
            'ALTER',
            case
                when o.value -> 'definition' = n.value -> 'definition' and not n.value ? 'not_valid'
                    then format('ALTER DOMAIN %s VALIDATE CONSTRAINT %I', p_full_name, n.key)
                else format('ALTER DOMAIN %s ADD %s', p_full_name, pgtrail.domain_constraint(n.key, n.value))
            end,
            case when n.value ? 'not_valid' then 'SAFE' else 'LOCK' end,
            case when n.value ? 'not_valid' then 'added constraint' else 'every column of the domain is checked' end,
            null
        from jsonb_each(new_constraints) as n
        left join jsonb_each(old_constraints) as o on o.key = n.key
        where o.value - 'comment' is distinct from n.value - 'comment'
        order by n.key collate "C";
    return query
        select
            'ALTER',
            format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %s', n.key, p_full_name, quote_nullable(n.value ->> 'comment')),
            'SAFE', 'comment of a constraint', null
        from jsonb_each(new_constraints) as n
        left join jsonb_each(old_constraints) as o on o.key = n.key
        where case
                -- Anew without a comment.
                when o.value - 'comment' - 'not_valid' is distinct from n.value - 'comment' - 'not_valid'
                    or n.value ? 'not_valid' and not o.value ? 'not_valid' then n.value ? 'comment'
                else o.value -> 'comment' is distinct from n.value -> 'comment'
            end
        order by n.key collate "C";
end
$function$;
comment on function pgtrail.alter_domain_constraints(text, jsonb, jsonb) is
    'Steps between the constraints of two definitions of a domain.';

create or replace function pgtrail.alter_domain(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if p_old -> 'type' <> p_new -> 'type' or p_old -> 'collation' is distinct from p_new -> 'collation' then
        return next ('REBUILD', null, 'REWRITE', 'the type under a domain cannot be altered', null)::pgtrail.step;
        return;
    end if;
    -- Early, because what it calls may be dropped.
    if p_old ? 'default' and p_old -> 'default' is distinct from p_new -> 'default' then
        return next ('DETACH', format('ALTER DOMAIN %s DROP DEFAULT', p_full_name), 'SAFE', 'default', null)::pgtrail.step;
    end if;
    if p_new ? 'default' and p_old -> 'default' is distinct from p_new -> 'default' then
        return next ('ALTER', format('ALTER DOMAIN %s SET DEFAULT %s', p_full_name, p_new ->> 'default'),
            'SAFE', 'default', null)::pgtrail.step;
    end if;
    if p_old ? 'not_null' and not p_new ? 'not_null' and pgtrail.named_not_null(p_old) is null then
        return next ('ALTER', format('ALTER DOMAIN %s DROP NOT NULL', p_full_name),
            'SAFE', 'NULL is allowed', null)::pgtrail.step;
    elsif p_new ? 'not_null' and not p_old ? 'not_null' and pgtrail.named_not_null(p_new) is null then
        return next ('ALTER', format('ALTER DOMAIN %s SET NOT NULL', p_full_name),
            'LOCK', 'every column of the domain is checked', null)::pgtrail.step;
    end if;
    return query select * from pgtrail.alter_domain_constraints(p_full_name, p_old, p_new);
end
$function$;
comment on function pgtrail.alter_domain(text, jsonb, jsonb) is
    'Steps between two definitions of a domain.';

create or replace function pgtrail.alter_type(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if p_old -> 'kind' is distinct from p_new -> 'kind' then
        return next ('REBUILD', null, 'DATA_LOSS', 'another kind of type', null)::pgtrail.step;
    elsif p_type = 'DOMAIN' then
        return query select * from pgtrail.alter_domain(p_full_name, p_old, p_new);
    elsif p_new ->> 'kind' = 'enum' then
        return query select * from pgtrail.alter_enum(p_full_name, p_old, p_new);
    elsif p_new ->> 'kind' = 'composite' then
        return query select * from pgtrail.alter_composite(p_full_name, p_old, p_new);
    elsif p_new ->> 'kind' = 'range' then
        return query select * from pgtrail.alter_range(p_full_name, p_old, p_new);
    end if;
end
$function$;
comment on function pgtrail.alter_type(text, text, jsonb, jsonb) is
    'Steps between two definitions of a type or domain.';
