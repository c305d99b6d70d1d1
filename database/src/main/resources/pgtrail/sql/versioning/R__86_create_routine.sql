set local role pgtrail_owner;

create or replace function pgtrail.dollar_quoted(p_text text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select '$' || q.tag || '$' || p_text || '$' || q.tag || '$'
    from (
        -- One x more than wherever the text has the tag itself.
        select 'function' || coalesce(repeat('x', max(length(m.found[1])) + 1), '') as tag
        from regexp_matches(p_text, '\$function(x*)', 'g') as m (found)
    ) as q;
end;
comment on function pgtrail.dollar_quoted(text) is
    'A text as a constant that keeps it readable.';

-- PostgreSQL keeps lists of names as one text; SET takes them one by one.
create or replace function pgtrail.setting_clauses(p_settings jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(format(E'\n SET %I TO %s', s.name, case
        when s.name not in ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries',
            'shared_preload_libraries', 'unix_socket_directories') then quote_literal(s.value)
        else coalesce((
            select string_agg(quote_literal(case
                when left(m.found[1], 1) = '"' then replace(substr(m.found[1], 2, length(m.found[1]) - 2), '""', '"')
                else m.found[1]
            end), ', ' order by m.place)
            from regexp_matches(s.value, '("(?:[^"]|"")*"|[^",\s]+)', 'g') with ordinality as m (found, place)
        ), quote_literal(''))
    end), '' order by s.name collate "C")
    from jsonb_each_text(p_settings) as s (name, value);
end;
comment on function pgtrail.setting_clauses(jsonb) is
    'Settings of a routine as its SET clauses; NULL without any.';

create or replace function pgtrail.argument_list(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    with argument as (
        select
            a.key::integer as place,
            concat_ws(' ',
                a.value ->> 'mode', quote_ident(a.value ->> 'name'), a.value ->> 'type', 'DEFAULT ' || (a.value ->> 'default'))
                as wording,
            -- Both lists of a hypothetical-set aggregate end with it, the catalog has it once.
            a.value ->> 'mode' = 'VARIADIC' and a.key::integer = (p_definition ->> 'direct_arguments')::integer as twice
        from jsonb_each(p_definition -> 'arguments') as a
    )
    select case
        when p_definition ? 'direct_arguments' then
            concat_ws(' ',
                string_agg(a.wording, ', ' order by a.place)
                    filter (where a.place <= (p_definition ->> 'direct_arguments')::integer),
                'ORDER BY',
                string_agg(a.wording, ', ' order by a.place)
                    filter (where a.place > (p_definition ->> 'direct_arguments')::integer or a.twice))
        when count(*) = 0 and p_definition ? 'aggregate' then '*'
        else coalesce(string_agg(a.wording, ', ' order by a.place), '')
    end
    from argument as a;
end;
comment on function pgtrail.argument_list(jsonb) is
    'Arguments of a routine as CREATE lists them.';

create or replace function pgtrail.routine_name(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select format('%s(%s)', pgtrail.qualified_name(p_definition), string_agg(a.value ->> 'type', ',' order by a.key::integer))
    from jsonb_each(p_definition -> 'arguments') as a
    where a.value ->> 'mode' is distinct from 'OUT';
end;
comment on function pgtrail.routine_name(jsonb) is
    'A routine by its name and the types of its input arguments.';

create or replace function pgtrail.aggregate_options(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(o.wording, E',\n ' order by o.place, o.wording collate "C")
    from (
        select
            -- Those that the others presuppose come first.
            case a.key when 'sfunc' then 1 when 'stype' then 2 else 3 end as place,
            case
                when a.key in ('finalfunc_extra', 'mfinalfunc_extra') then upper(a.key)
                when a.key in ('initcond', 'minitcond') then format('%s = %L', upper(a.key), a.value)
                when a.key = 'sortop' then format('SORTOP = OPERATOR(%s)', a.value)
                else format('%s = %s', upper(a.key), a.value)
            end as wording
        from jsonb_each_text(p_definition -> 'aggregate') as a
        union all
        select 4, 'PARALLEL = ' || (p_definition ->> 'parallel')
        union all
        select 5, 'HYPOTHETICAL'
        where p_definition ->> 'kind' = 'HYPOTHETICAL'
    ) as o;
end;
comment on function pgtrail.aggregate_options(jsonb) is
    'What stands in the second parentheses of CREATE AGGREGATE.';

create or replace function pgtrail.transform_clause(p_transforms jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select E'\n TRANSFORM ' || string_agg('FOR TYPE ' || t.type, ', ' order by t.type collate "C")
    from jsonb_object_keys(p_transforms) as t (type);
end;
comment on function pgtrail.transform_clause(jsonb) is
    'Transforms of a routine as its TRANSFORM clause; NULL without any.';

-- PL/pgSQL keeps the plans of what it calls; an SQL function would make them anew at every call.
create or replace function pgtrail.function_options(p_definition jsonb)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return concat(
        E'\n LANGUAGE ', quote_ident(p_definition ->> 'language'),
        pgtrail.transform_clause(p_definition -> 'transforms'),
        case when p_definition ->> 'kind' = 'WINDOW' then E'\n WINDOW' end,
        E'\n ' || (p_definition ->> 'volatility'),
        case when p_definition ? 'strict' then E'\n STRICT' end,
        case when p_definition ? 'security_definer' then E'\n SECURITY DEFINER' end,
        case when p_definition ? 'leakproof' then E'\n LEAKPROOF' end,
        E'\n PARALLEL ' || (p_definition ->> 'parallel'),
        E'\n COST ' || (p_definition ->> 'cost'),
        E'\n ROWS ' || (p_definition ->> 'rows'),
        E'\n SUPPORT ' || (p_definition ->> 'support'),
        pgtrail.setting_clauses(p_definition -> 'settings'),
        case
            when p_definition ? 'sql_body' then E'\n' || (p_definition ->> 'sql_body')
            when p_definition ? 'library' then
                format(E'\nAS %L, %L', p_definition ->> 'library', p_definition ->> 'body')
            else E'\nAS ' || pgtrail.dollar_quoted(p_definition ->> 'body')
        end);
end
$function$;
comment on function pgtrail.function_options(jsonb) is
    'What follows the result in CREATE FUNCTION, and the arguments in CREATE PROCEDURE.';

create or replace function pgtrail.create_routine_statement(p_type text, p_definition jsonb)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return format('%s %s(%s)', p_type, pgtrail.qualified_name(p_definition), pgtrail.argument_list(p_definition))
        || case p_type
            when 'AGGREGATE' then format(E' (\n %s\n)', pgtrail.aggregate_options(p_definition))
            else coalesce(E'\n RETURNS ' || (p_definition ->> 'result'), '') || pgtrail.function_options(p_definition)
        end;
end
$function$;
comment on function pgtrail.create_routine_statement(text, jsonb) is
    'What follows CREATE [OR REPLACE] for a routine of a definition.';

create or replace function pgtrail.create_routine(p_type text, p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return array['CREATE ' || pgtrail.create_routine_statement(p_type, p_definition)]
        || pgtrail.extension_statements(
            pgtrail.on_object(p_type, pgtrail.routine_name(p_definition)), null, p_definition -> 'extensions');
end
$function$;
comment on function pgtrail.create_routine(text, jsonb) is
    'The statements that create a function, procedure, aggregate or window function.';
