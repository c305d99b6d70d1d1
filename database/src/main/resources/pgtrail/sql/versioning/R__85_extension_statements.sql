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
