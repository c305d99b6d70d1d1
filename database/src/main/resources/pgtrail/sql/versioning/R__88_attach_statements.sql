set local role pgtrail_owner;

create or replace function pgtrail.attach_statements(p_type text, p_full_name text, p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    case p_type
        when 'TABLE', 'FOREIGN TABLE' then
            return case
                when p_definition ? 'attached_indexes'
                    or jsonb_path_exists(p_definition, '$.constraints.* ? (@.type == "FOREIGN KEY")')
                    then pgtrail.table_foreign_keys(p_type, p_definition)
            end;
        when 'SEQUENCE' then
            return case when p_definition ? 'owned_by' then array[format(
                'ALTER SEQUENCE %s OWNED BY %s.%I', p_full_name,
                p_definition #>> '{owned_by,table}', p_definition #>> '{owned_by,column}')] end;
        when 'MATERIALIZED VIEW' then
            -- Filled by its owner: whoever restores it must not run what is in it with his own rights.
            return case when not p_definition ? 'unpopulated' then array['REFRESH MATERIALIZED VIEW ' || p_full_name] end;
        when 'TRIGGER' then
            return case when p_definition ? 'partitions' then
                pgtrail.trigger_states(p_definition)
                    || pgtrail.trigger_comments(p_definition - 'partitions', p_definition) end;
        else
            return null;
    end case;
end
$function$;
comment on function pgtrail.attach_statements(text, text, jsonb) is
    'The statements of an object that need others to exist, and that others do not wait for: foreign keys, the column a sequence belongs to, the rows of a materialized view.';
