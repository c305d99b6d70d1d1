set local role pgtrail_owner;

create or replace function pgtrail.extension_statements(p_object text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(
        format('ALTER %s %sDEPENDS ON EXTENSION %I', p_object, case when p_new ? e.name then '' else 'NO ' end, e.name)
        order by e.name collate "C")
    from (
        select jsonb_object_keys(p_old)
        union
        select jsonb_object_keys(p_new)
    ) as e (name)
    where (p_old ? e.name) is distinct from (p_new ? e.name);
end;
comment on function pgtrail.extension_statements(text, jsonb, jsonb) is
    'Statements that change with which extensions an object is dropped; NULL when there is nothing to change.';

create or replace function pgtrail.option_statements(p_alter text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(format('%s %s', p_alter, c.change) order by c.place)
    from (
        select 1 as place, 'SET (' || pgtrail.option_list(jsonb_object_agg(n.key, n.value)) || ')' as change
        from jsonb_each(p_new) as n
        where n.value is distinct from p_old -> n.key
        union all
        select 2, 'RESET (' || string_agg(
            case when o.key ~ '^[a-z_]+\.[a-z_]+$' then o.key else quote_ident(o.key) end, ', ' order by o.key collate "C") || ')'
        from jsonb_object_keys(p_old) as o (key)
        where (p_new ? o.key) is not true
    ) as c
    where c.change is not null;
end;
comment on function pgtrail.option_statements(text, jsonb, jsonb) is
    'ALTER … SET (…) and RESET (…) that lead from some options to others; NULL when there is nothing to change.';
