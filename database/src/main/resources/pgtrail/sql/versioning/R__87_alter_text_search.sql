set local role pgtrail_owner;

-- Parser and template cannot be altered.
create or replace function pgtrail.alter_text_search(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alterable constant text[] := array['schema', 'name', 'owner', 'comment', 'options', 'mappings'];
    old_mappings constant jsonb := coalesce(p_old -> 'mappings', '{}');
    new_mappings constant jsonb := coalesce(p_new -> 'mappings', '{}');
begin
    if p_old - alterable <> p_new - alterable then
        return next ('REBUILD', null, 'SAFE', 'cannot be altered', null)::pgtrail.step;
        return;
    end if;
    return query
        select
            'DETACH',
            format('ALTER TEXT SEARCH CONFIGURATION %s DROP MAPPING FOR %s',
                p_full_name, string_agg(quote_ident(o.key), ', ' order by o.key collate "C")),
            'SAFE', 'removed mapping', null
        from jsonb_each_text(old_mappings) as o
        where not new_mappings ? o.key
        having count(*) > 0;
    return query
        select 'ALTER', s.statement, 'SAFE', 'mapping', null
        from unnest(
            pgtrail.text_search_mappings(p_full_name, 'ALTER', (
                select jsonb_object_agg(n.key, n.value)
                from jsonb_each(new_mappings) as n
                where old_mappings ? n.key and old_mappings -> n.key <> n.value
            ))
            || pgtrail.text_search_mappings(p_full_name, 'ADD', (
                select jsonb_object_agg(n.key, n.value)
                from jsonb_each(new_mappings) as n
                where not old_mappings ? n.key
            ))
        ) with ordinality as s (statement, place)
        order by s.place;
    return query
        select
            'ALTER',
            format('ALTER TEXT SEARCH DICTIONARY %s (%s)', p_full_name,
                string_agg(quote_ident(c.name) || coalesce(' = ' || c.new_value, ''), ', ' order by c.name collate "C")),
            'SAFE', 'options', null
        from (
            select coalesce(o.key, n.key), o.value, n.value
            from jsonb_each_text(coalesce(p_old -> 'options', '{}')) as o
            full join jsonb_each_text(coalesce(p_new -> 'options', '{}')) as n on n.key = o.key
        ) as c (name, old_value, new_value)
        where c.old_value is distinct from c.new_value
        having count(*) > 0;
end
$function$;
comment on function pgtrail.alter_text_search(text, text, jsonb, jsonb) is
    'Steps between two definitions of a text search object.';
