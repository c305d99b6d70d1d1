set local role pgtrail_owner;

create or replace function pgtrail.view_column_statements(
    p_type text,
    p_full_name text,
    p_old jsonb,
    p_new jsonb
)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(s.statement order by (p_new -> 'numbers' ->> c.name)::integer, c.name collate "C", s.place, s.part)
    from (
        select n.key as name, coalesce(p_old -> 'columns' -> n.key, '{}') as old, n.value as new
        from jsonb_each(p_new -> 'columns') as n
    ) as c
    cross join lateral (
        select format('ALTER %s %s ALTER COLUMN %I ', p_type, p_full_name, c.name) as alter_column
    ) as a
    cross join lateral (
        select v.place, 1 as part, v.statement
        from (
            values
                (1, 'default', a.alter_column || 'SET DEFAULT ' || (c.new ->> 'default')),
                (2, 'statistics', a.alter_column || 'SET STATISTICS ' || coalesce(c.new ->> 'statistics', '-1')),
                (3, 'storage', a.alter_column || 'SET STORAGE '
                    || coalesce(c.new ->> 'storage', c.old ->> 'storage_default')),
                (4, 'compression', a.alter_column || 'SET COMPRESSION ' || coalesce(c.new ->> 'compression', 'default')),
                (6, 'comment', format('COMMENT ON COLUMN %s.%I IS %s',
                    p_full_name, c.name, quote_nullable(c.new ->> 'comment')))
        ) as v (place, key, statement)
        where c.old -> v.key is distinct from c.new -> v.key
        union all
        select 5, o.part::integer, a.alter_column || o.change
        from unnest(pgtrail.option_changes(c.old -> 'options', c.new -> 'options')) with ordinality as o (change, part)
        where c.old -> 'options' is distinct from c.new -> 'options'
    ) as s
    where s.statement is not null;
end;
comment on function pgtrail.view_column_statements(text, text, jsonb, jsonb) is
    'What leads from the columns of one definition of a view to those of another with the same names, beyond its query and the defaults that are dropped; NULL for nothing.';

create or replace function pgtrail.create_view_statement(p_type text, p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return concat(
    p_type, ' ', pgtrail.qualified_name(p_definition),
    ' USING ' || quote_ident(p_definition ->> 'access_method'),
    ' WITH (' || pgtrail.option_list(p_definition -> 'options') || ')',
    ' TABLESPACE ' || quote_ident(p_definition ->> 'tablespace'),
    E' AS\n', p_definition ->> 'query',
    -- It is filled by its owner, later: see pgtrail.attach_statements().
    case when p_type = 'MATERIALIZED VIEW' then E'\nWITH NO DATA' end);
comment on function pgtrail.create_view_statement(text, jsonb) is
    'What follows CREATE [OR REPLACE] for a view of a definition.';

create or replace function pgtrail.create_view(p_type text, p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return array['CREATE ' || pgtrail.create_view_statement(p_type, p_definition)]
        || pgtrail.view_column_statements(p_type, pgtrail.qualified_name(p_definition), null, p_definition)
        || pgtrail.extension_statements(
            p_type || ' ' || pgtrail.qualified_name(p_definition), null, p_definition -> 'extensions');
end
$function$;
comment on function pgtrail.create_view(text, jsonb) is
    'The statements that create a view or materialized view.';
