set local role pgtrail_owner;

-- A table whose columns or rows change leaves and comes back: within one transaction no subscriber sees it.
create or replace function pgtrail.alter_publication(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_tables constant jsonb := coalesce(p_old -> 'tables', '{}');
    new_tables constant jsonb := coalesce(p_new -> 'tables', '{}');
    old_schemas constant jsonb := coalesce(p_old -> 'schemas', '{}');
    new_schemas constant jsonb := coalesce(p_new -> 'schemas', '{}');
    old_part constant text := pgtrail.published_objects(jsonb_build_object(
        'tables', (
            select coalesce(jsonb_object_agg(t.key, '{}'::jsonb), '{}')
            from jsonb_each(old_tables) as t
            where new_tables -> t.key is distinct from t.value
        ),
        'schemas', old_schemas - array(select jsonb_object_keys(new_schemas))));
    new_part constant text := pgtrail.published_objects(jsonb_build_object(
        'tables', (
            select coalesce(jsonb_object_agg(t.key, t.value), '{}')
            from jsonb_each(new_tables) as t
            where old_tables -> t.key is distinct from t.value
        ),
        'schemas', new_schemas - array(select jsonb_object_keys(old_schemas))));
    settings constant text := concat_ws(', ',
        case when p_old -> 'operations' is distinct from p_new -> 'operations'
            then 'publish = ' || quote_literal(coalesce(p_new ->> 'operations', 'insert, update, delete, truncate')) end,
        case when p_old -> 'via_root' is distinct from p_new -> 'via_root'
            then 'publish_via_partition_root = ' || (p_new ? 'via_root')::text end,
        case when p_old -> 'generated_columns' is distinct from p_new -> 'generated_columns'
            then 'publish_generated_columns = ' || coalesce(p_new ->> 'generated_columns', 'none') end);
begin
    if p_old -> 'all_tables' is distinct from p_new -> 'all_tables' then
        return next ('REBUILD', null, 'SAFE', 'all tables, or some', null)::pgtrail.step;
        return;
    end if;
    if old_part is not null then
        return next ('DETACH', format('ALTER PUBLICATION %s DROP %s', p_full_name, old_part),
            'SAFE', 'no longer published, or otherwise', null)::pgtrail.step;
    end if;
    if settings <> '' then
        return next ('ALTER', format('ALTER PUBLICATION %s SET (%s)', p_full_name, settings),
            'SAFE', 'what is published', null)::pgtrail.step;
    end if;
    if new_part is not null then
        return next ('ATTACH', format('ALTER PUBLICATION %s ADD %s', p_full_name, new_part),
            'SAFE', 'published', null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_publication(text, jsonb, jsonb) is
    'Steps between two definitions of a publication.';
