set local role pgtrail_owner;

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
            select format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
                pgtrail.qualified_name(p_definition), s.key, s.value)
            from jsonb_each_text(p_definition -> 'statistics') as s
            order by s.key::integer
        ),
        null);
end;
comment on function pgtrail.create_index(jsonb) is
    'CREATE INDEX and what can only be said of an index that exists. One that was invalid is created valid.';
