set local role pgtrail_owner;

create or replace function pgtrail.alter_index(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    parts constant text[] := array['table', 'unique', 'method', 'keys', 'nulls_not_distinct', 'where', 'partitioned'];
    alter_index constant text := 'ALTER INDEX ' || p_full_name;
    alter_table constant text := 'ALTER TABLE ' || (p_new ->> 'table');
    part text;
begin
    foreach part in array parts loop
        if p_old -> part is distinct from p_new -> part then
            return next ('REBUILD', null, 'LOCK', format('another index: %s differs', part), null)::pgtrail.step;
            return;
        end if;
    end loop;
    if p_new ? 'partitioned' and p_old -> 'options' is distinct from p_new -> 'options' then
        return next ('REBUILD', null, 'LOCK', 'storage parameters of a partitioned index', null)::pgtrail.step;
        return;
    end if;
    -- Nobody needs an invalid one.
    if p_old ? 'invalid' and not p_new ? 'invalid' then
        return next ('REBUILD', null, 'LOCK', 'the index is invalid', null)::pgtrail.step;
        return;
    end if;

    -- Taken away first: another index may get it.
    if p_old ? 'clustered' and not p_new ? 'clustered' then
        return next ('DETACH', alter_table || ' SET WITHOUT CLUSTER', 'SAFE', 'not clustered on it', null)::pgtrail.step;
    end if;
    if p_old ? 'replica_identity' and not p_new ? 'replica_identity' then
        return next ('DETACH', alter_table || ' REPLICA IDENTITY DEFAULT', 'SAFE', 'not the replica identity', null)::pgtrail.step;
    end if;

    return query
        select 'ALTER', format('%s %s', alter_index, o.change), 'SAFE', 'storage parameters', null
        from unnest(pgtrail.option_changes(p_old -> 'options', p_new -> 'options')) as o (change);
    if p_old -> 'tablespace' is distinct from p_new -> 'tablespace' then
        return next ('ALTER', format('%s SET TABLESPACE %I', alter_index, coalesce(p_new ->> 'tablespace', 'pg_default')),
            'REWRITE', 'another tablespace', null)::pgtrail.step;
    end if;
    return query
        select 'ALTER', format('%s %s', alter_index, s.change), 'SAFE', 'statistics target', null
        from unnest(pgtrail.statistics_changes(p_old -> 'statistics', p_new -> 'statistics')) as s (change);
    if p_new ? 'clustered' and not p_old ? 'clustered' then
        return next ('ALTER', format('%s CLUSTER ON %I', alter_table, p_new ->> 'name'), 'SAFE', 'clustered on it', null)::pgtrail.step;
    end if;
    if p_new ? 'replica_identity' and not p_old ? 'replica_identity' then
        return next ('ALTER', format('%s REPLICA IDENTITY USING INDEX %I', alter_table, p_new ->> 'name'),
            'SAFE', 'replica identity', null)::pgtrail.step;
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'extensions', null
        from unnest(pgtrail.extension_statements(
            'INDEX ' || p_full_name, p_old -> 'extensions', p_new -> 'extensions')) as s (statement);
end
$function$;
comment on function pgtrail.alter_index(text, jsonb, jsonb) is
    'Steps from one definition of an index to another.';
