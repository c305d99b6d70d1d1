set local role pgtrail_owner;

create or replace function pgtrail.policy_roles(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(string_agg(pgtrail.quoted_role(r.role), ', ' order by r.role collate "C"), 'PUBLIC')
    from jsonb_object_keys(p_definition -> 'roles') as r (role);
end;
comment on function pgtrail.policy_roles(jsonb) is
    'Whom a policy concerns, as TO lists them.';

create or replace function pgtrail.create_policy(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat(
    format('CREATE POLICY %I ON %s', p_definition ->> 'name', p_definition ->> 'table'),
    case when p_definition ? 'restrictive' then E'\n AS RESTRICTIVE' end,
    E'\n FOR ' || (p_definition ->> 'command'),
    E'\n TO ' || pgtrail.policy_roles(p_definition),
    E'\n USING (' || (p_definition ->> 'using') || ')',
    E'\n WITH CHECK (' || (p_definition ->> 'check') || ')')];
comment on function pgtrail.create_policy(jsonb) is
    'The statement that creates a policy.';
