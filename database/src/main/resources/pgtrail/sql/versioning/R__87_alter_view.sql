set local role pgtrail_owner;

create or replace function pgtrail.renamed_view_columns(p_old jsonb, p_new jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(jsonb_object_agg(o.key, n.key), '{}')
    from jsonb_each(p_old -> 'numbers') as o
    join jsonb_each(p_new -> 'numbers') as n on n.value = o.value
    where not p_new -> 'columns' ? o.key
        and not p_old -> 'columns' ? n.key
        and p_old -> 'columns' -> o.key -> 'type' = p_new -> 'columns' -> n.key -> 'type';
end;
comment on function pgtrail.renamed_view_columns(jsonb, jsonb) is
    'Columns that stay where they are under another name: old names with the new ones.';

create or replace function pgtrail.with_renamed_columns(p_definition jsonb, p_renamed jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select p_definition || coalesce(jsonb_object_agg(part.key, (
        select jsonb_object_agg(coalesce(p_renamed ->> c.key, c.key), c.value)
        from jsonb_each(part.value) as c
    )), '{}')
    from jsonb_each(p_definition) as part
    where part.key in ('columns', 'numbers');
end;
comment on function pgtrail.with_renamed_columns(jsonb, jsonb) is
    'A definition with other names of its columns.';

create or replace function pgtrail.keeps_view_columns(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
begin atomic
    select not exists (
        select
        from jsonb_each(p_old -> 'columns') as o
        left join jsonb_each(p_new -> 'columns') as n on n.key = o.key
        where o.value -> 'type' is distinct from n.value -> 'type'
            or o.value -> 'collation' is distinct from n.value -> 'collation'
            or (p_old -> 'numbers' -> o.key = p_new -> 'numbers' -> o.key) is not true
    );
end;
comment on function pgtrail.keeps_view_columns(jsonb, jsonb) is
    'Whether a view has all columns of another in the same places with the same types, and perhaps more behind them: then CREATE OR REPLACE VIEW leads there.';

create or replace function pgtrail.alter_view(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    materialized constant boolean := p_type = 'MATERIALIZED VIEW';
    renamed constant jsonb := case when materialized then '{}' else pgtrail.renamed_view_columns(p_old, p_new) end;
    old constant jsonb := pgtrail.with_renamed_columns(p_old, renamed);
    same_query constant boolean := old -> 'query' = p_new -> 'query';
    alter_view constant text := format('ALTER %s %s ', p_type, p_full_name);
begin
    if not pgtrail.keeps_view_columns(old, p_new)
        or materialized and (not same_query or old -> 'access_method' is distinct from p_new -> 'access_method')
    then
        return next ('REBUILD', null, case when materialized then 'REWRITE' else 'SAFE' end,
            case
                when pgtrail.keeps_view_columns(old, p_new) then 'a materialized view with another query is computed anew'
                else 'columns are removed, retyped or moved'
            end, null)::pgtrail.step;
        return;
    end if;
    return query
        select 'DETACH', format('%sALTER COLUMN %I DROP DEFAULT', alter_view, c.key), 'SAFE', 'default', null
        from jsonb_each(p_old -> 'columns') as c
        where c.value -> 'default' <> coalesce(
            p_new -> 'columns' -> coalesce(renamed ->> c.key, c.key) -> 'default', 'null')
        union all
        select 'ALTER', format('%sRENAME COLUMN %I TO %I', alter_view, r.old_name, r.new_name), 'SAFE', 'a column is renamed', null
        from jsonb_each_text(renamed) as r (old_name, new_name)
        union all
        -- Under its new name a column gets what it shall have, like one that is new.
        select 'ALTER', format('REVOKE ALL (%I) ON TABLE %s FROM %s', r.new_name, p_full_name, pgtrail.quoted_role(g.grantee)),
            'SAFE', 'privileges', null
        from jsonb_each_text(renamed) as r (old_name, new_name)
        cross join jsonb_object_keys(p_old -> 'columns' -> r.old_name -> 'privileges') as g (grantee);
    if not same_query or renamed <> '{}' then
        return next ('ALTER', 'CREATE OR REPLACE ' || pgtrail.create_view_statement(p_type, p_new),
            'SAFE', 'query', null)::pgtrail.step;
    else
        return query
            select 'ALTER', alter_view || o.change, 'SAFE', 'options', null
            from unnest(pgtrail.option_changes(p_old -> 'options', p_new -> 'options')) as o (change);
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'columns', null
        from unnest(pgtrail.view_column_statements(p_type, p_full_name, old, p_new)) with ordinality as s (statement, place)
        order by s.place;
    if p_old -> 'tablespace' is distinct from p_new -> 'tablespace' then
        return next ('ALTER',
            format('%sSET TABLESPACE %I', alter_view, coalesce(p_new ->> 'tablespace', 'pg_default')),
            'REWRITE', 'tablespace', null)::pgtrail.step;
    end if;
    if p_old -> 'unpopulated' is distinct from p_new -> 'unpopulated' then
        return next ('ALTER',
            format('REFRESH %s %s', p_type, p_full_name) || case when p_new ? 'unpopulated' then ' WITH NO DATA' else '' end,
            'REWRITE', 'its rows are computed anew or emptied', null)::pgtrail.step;
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'extensions', null
        from unnest(pgtrail.extension_statements(
            p_type || ' ' || p_full_name, p_old -> 'extensions', p_new -> 'extensions')) as s (statement);
end
$function$;
comment on function pgtrail.alter_view(text, text, jsonb, jsonb) is
    'What leads from one definition of a view or materialized view to another.';
