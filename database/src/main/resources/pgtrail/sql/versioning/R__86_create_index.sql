set local role pgtrail_owner;

create or replace function pgtrail.statistics_changes(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array(
    select format('ALTER COLUMN %s SET STATISTICS %s', k.key, coalesce(p_new ->> k.key, '-1'))
    from (select jsonb_object_keys(coalesce(p_old, '{}') || coalesce(p_new, '{}'))) as k (key)
    where p_old -> k.key is distinct from p_new -> k.key
    order by k.key::integer
);
comment on function pgtrail.statistics_changes(jsonb, jsonb) is
    'What ALTER INDEX needs between some statistics targets of the columns of an index and others.';

create or replace function pgtrail.create_index(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(
        array[
            array_to_string(array[
                case when p_definition ? 'unique' then 'CREATE UNIQUE INDEX' else 'CREATE INDEX' end,
                quote_ident(p_definition ->> 'name'),
                'ON',
                p_definition ->> 'table',
                'USING',
                quote_ident(p_definition ->> 'method'),
                p_definition ->> 'keys',
                case when p_definition ? 'nulls_not_distinct' then 'NULLS NOT DISTINCT' end,
                'WITH (' || pgtrail.option_list(p_definition -> 'options') || ')',
                'TABLESPACE ' || quote_ident(p_definition ->> 'tablespace'),
                'WHERE ' || (p_definition ->> 'where')
            ], ' '),
            case when p_definition ? 'clustered' then
                format('ALTER TABLE %s CLUSTER ON %I', p_definition ->> 'table', p_definition ->> 'name') end,
            case when p_definition ? 'replica_identity' then
                format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', p_definition ->> 'table', p_definition ->> 'name') end
        ] || array(
            select format('ALTER INDEX %s %s', pgtrail.qualified_name(p_definition), s.change)
            from unnest(pgtrail.statistics_changes(null, p_definition -> 'statistics')) as s (change)
        ) || pgtrail.extension_statements(
            'INDEX ' || pgtrail.qualified_name(p_definition), null, p_definition -> 'extensions'),
        null);
end;
comment on function pgtrail.create_index(jsonb) is
    'CREATE INDEX and what can only be said of an index that exists. One that was invalid is created valid.';

create or replace function pgtrail.option_changes(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(array[
        'RESET (' || (
            select string_agg(case when o.key ~ '^toast\.' then o.key else quote_ident(o.key) end, ', ' order by o.key collate "C")
            from jsonb_each(p_old) as o
            where p_new -> o.key is null
        ) || ')',
        'SET (' || pgtrail.option_list((
            select jsonb_object_agg(n.key, n.value)
            from jsonb_each(p_new) as n
            where p_old -> n.key is distinct from n.value
        )) || ')'
    ], null);
end;
comment on function pgtrail.option_changes(jsonb, jsonb) is
    'RESET and SET that lead from some storage parameters to others; empty when they are equal.';
