set local role pgtrail_owner;

create or replace function pgtrail.create_default_privileges(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return pgtrail.change_default_privileges(p_definition, null, p_definition -> 'grants');
comment on function pgtrail.create_default_privileges(jsonb) is
    'Statements that set default privileges.';
