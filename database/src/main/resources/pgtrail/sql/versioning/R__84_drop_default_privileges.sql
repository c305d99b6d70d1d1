set local role pgtrail_owner;

create or replace function pgtrail.change_default_privileges(p_definition jsonb, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(
        concat_ws(' ',
            format('ALTER DEFAULT PRIVILEGES FOR ROLE %s', pgtrail.quoted_role(p_definition ->> 'role')),
            'IN SCHEMA ' || quote_ident(p_definition ->> 'schema'),
            s.statement)
        order by s.place)
    from unnest(pgtrail.privilege_statements(
        p_definition ->> 'on',
        -- What stands for a schema is added to the built-in privileges: none of them is the default there.
        case when not p_definition ? 'schema' then p_definition ->> 'role' end,
        case
            when p_definition ? 'schema' then ''
            when p_definition ->> 'on' = 'FUNCTIONS' then 'X'
            when p_definition ->> 'on' = 'TYPES' then 'U'
            else ''
        end,
        p_old, p_new)) with ordinality as s (statement, place);
end;
comment on function pgtrail.change_default_privileges(jsonb, jsonb, jsonb) is
    'Statements that lead default privileges from some grants to others; NULL when they are equal.';

create or replace function pgtrail.drop_default_privileges(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return array_to_string(pgtrail.change_default_privileges(p_definition, p_definition -> 'grants', null), E';\n');
comment on function pgtrail.drop_default_privileges(jsonb) is
    'Statements that set default privileges back to those built in, with a semicolon between them.';
