set local role pgtrail_owner;

create or replace function pgtrail.alter_policy(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language sql
    immutable
    parallel safe
begin atomic
    select
        case when c.alterable then 'ALTER' else 'REBUILD' end,
        case when c.alterable then concat(
            format('ALTER POLICY %I ON %s', p_new ->> 'name', p_new ->> 'table'),
            case when p_old -> 'roles' is distinct from p_new -> 'roles' then ' TO ' || pgtrail.policy_roles(p_new) end,
            case when p_old -> 'using' is distinct from p_new -> 'using' then ' USING (' || (p_new ->> 'using') || ')' end,
            case when p_old -> 'check' is distinct from p_new -> 'check' then ' WITH CHECK (' || (p_new ->> 'check') || ')' end)
        end,
        'SAFE',
        case when c.alterable then 'roles and conditions' else 'a policy for other commands, or with a condition less, is another one' end,
        null
    from (
        select
            p_old -> 'restrictive' is not distinct from p_new -> 'restrictive'
            and p_old -> 'command' is not distinct from p_new -> 'command'
            and not (p_old ? 'using' and not p_new ? 'using')
            and not (p_old ? 'check' and not p_new ? 'check') as alterable
    ) as c
    where jsonb_build_array(p_old -> 'restrictive', p_old -> 'command', p_old -> 'roles', p_old -> 'using', p_old -> 'check')
        <> jsonb_build_array(p_new -> 'restrictive', p_new -> 'command', p_new -> 'roles', p_new -> 'using', p_new -> 'check');
end;
comment on function pgtrail.alter_policy(text, jsonb, jsonb) is
    'What leads from one definition of a policy to another.';
