set local role pgtrail_owner;

create or replace function pgtrail.composite_attribute(p_name text, p_attribute jsonb)
    returns text
    language sql
    immutable
    parallel safe
return quote_ident(p_name) || ' ' || (p_attribute ->> 'type') || coalesce(' COLLATE ' || (p_attribute ->> 'collation'), '');
comment on function pgtrail.composite_attribute(text, jsonb) is
    'An attribute of a composite type as CREATE TYPE and ALTER TYPE write it.';

-- Attributes stand in the order of their numbers; those without come last, by name.
create or replace function pgtrail.create_composite(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array[format('CREATE TYPE %s AS (%s)', pgtrail.qualified_name(p_definition),
            string_agg(pgtrail.composite_attribute(a.name, a.attribute), ', '
                order by (p_definition -> 'numbers' ->> a.name)::integer, a.name collate "C"))]
        || array_agg(
            format('COMMENT ON COLUMN %s.%I IS %L',
                pgtrail.qualified_name(p_definition), a.name, a.attribute ->> 'comment') order by a.name collate "C")
            filter (where a.attribute ? 'comment')
    from jsonb_each(p_definition -> 'attributes') as a (name, attribute);
end;
comment on function pgtrail.create_composite(jsonb) is
    'Statements that create a composite type.';

create or replace function pgtrail.create_enum(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array[format('CREATE TYPE %s AS ENUM (%s)', pgtrail.qualified_name(p_definition),
        string_agg(quote_literal(l.label), ', ' order by l.place))]
    from jsonb_array_elements_text(p_definition -> 'labels') with ordinality as l (label, place);
end;
comment on function pgtrail.create_enum(jsonb) is
    'The statement that creates an enumeration.';

create or replace function pgtrail.multirange_name(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return format('%I.%I',
    coalesce(p_definition ->> 'multirange_schema', p_definition ->> 'schema'),
    coalesce(p_definition ->> 'multirange', pgtrail.default_multirange_name(p_definition ->> 'name')));
comment on function pgtrail.multirange_name(jsonb) is
    'Name of the multirange type that belongs to a range type, quoted.';

-- The function that makes its values canonical takes the type, and so needs it before it is complete: the
-- first statement makes room for the type, between the two comes the function.
create or replace function pgtrail.create_range(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return case when p_definition ? 'canonical'
        then array['CREATE TYPE ' || pgtrail.qualified_name(p_definition)] else '{}' end
    || format('CREATE TYPE %s AS RANGE (%s)', pgtrail.qualified_name(p_definition), concat_ws(', ',
        'SUBTYPE = ' || (p_definition ->> 'subtype'),
        'SUBTYPE_OPCLASS = ' || (p_definition ->> 'operator_class'),
        'COLLATION = ' || (p_definition ->> 'collation'),
        'CANONICAL = ' || (p_definition ->> 'canonical'),
        'SUBTYPE_DIFF = ' || (p_definition ->> 'difference'),
        case when p_definition ?| array['multirange', 'multirange_schema']
            then 'MULTIRANGE_TYPE_NAME = ' || pgtrail.multirange_name(p_definition) end))
    || case when p_definition ? 'multirange_comment' then
        array[format('COMMENT ON TYPE %s IS %L', pgtrail.multirange_name(p_definition), p_definition ->> 'multirange_comment')]
    end;
comment on function pgtrail.create_range(jsonb) is
    'Statements that create a range type; of one with a canonical function two, which that function must stand between.';

create or replace function pgtrail.domain_constraint(p_name text, p_constraint jsonb)
    returns text
    language sql
    immutable
    parallel safe
return format('CONSTRAINT %I %s', p_name, p_constraint ->> 'definition')
    || case when p_constraint ? 'not_valid' then ' NOT VALID' else '' end;
comment on function pgtrail.domain_constraint(text, jsonb) is
    'A constraint of a domain as CREATE DOMAIN and ALTER DOMAIN write it.';

create or replace function pgtrail.named_not_null(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select k.name
    from jsonb_each(p_definition -> 'constraints') as k (name, content)
    where k.content ->> 'definition' = 'NOT NULL';
end;
comment on function pgtrail.named_not_null(jsonb) is
    'Name of the NOT NULL of a domain where its definition keeps it; NULL where it does not.';

create or replace function pgtrail.create_domain(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array[concat_ws(' ',
            'CREATE DOMAIN', pgtrail.qualified_name(p_definition), 'AS', p_definition ->> 'type',
            'COLLATE ' || (p_definition ->> 'collation'),
            case
                when p_definition ? 'default' then 'DEFAULT ' || (p_definition ->> 'default')
                -- Otherwise it would take over the default of the domain it is made of.
                when strpos(p_definition ->> 'type', '.') > 0 then 'DEFAULT NULL'
            end,
            case when p_definition ? 'not_null' and pgtrail.named_not_null(p_definition) is null then 'NOT NULL' end,
            string_agg(pgtrail.domain_constraint(k.name, k.content), ' ' order by k.name collate "C")
                filter (where not k.content ? 'not_valid'))]
        -- CREATE DOMAIN takes no constraint that is not valid.
        || array_agg(
            format('ALTER DOMAIN %s ADD %s',
                pgtrail.qualified_name(p_definition), pgtrail.domain_constraint(k.name, k.content))
            order by k.name collate "C")
            filter (where k.content ? 'not_valid')
        || array_agg(
            format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L',
                k.name, pgtrail.qualified_name(p_definition), k.content ->> 'comment')
            order by k.name collate "C")
            filter (where k.content ? 'comment')
    from jsonb_each(p_definition -> 'constraints') as k (name, content);
end;
comment on function pgtrail.create_domain(jsonb) is
    'Statements that create a domain with its constraints.';

create or replace function pgtrail.create_type(p_type text, p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return case
    when p_type = 'DOMAIN' then pgtrail.create_domain(p_definition)
    when p_definition ->> 'kind' = 'enum' then pgtrail.create_enum(p_definition)
    when p_definition ->> 'kind' = 'composite' then pgtrail.create_composite(p_definition)
    when p_definition ->> 'kind' = 'range' then pgtrail.create_range(p_definition)
end;
comment on function pgtrail.create_type(text, jsonb) is
    'Statements that create a type or domain.';
