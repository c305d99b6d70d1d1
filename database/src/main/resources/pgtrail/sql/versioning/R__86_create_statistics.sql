set local role pgtrail_owner;

create or replace function pgtrail.create_statistics(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array[format('CREATE STATISTICS %s%s ON %s FROM %s',
            pgtrail.qualified_name(p_definition),
            ' (' || (p_definition ->> 'kinds') || ')',
            concat_ws(', ', p_definition ->> 'on', string_agg('(' || e.expression || ')', ', ' order by e.place)),
            p_definition ->> 'table')]
        || case when p_definition ? 'target' then array[format('ALTER STATISTICS %s SET STATISTICS %s',
            pgtrail.qualified_name(p_definition), p_definition ->> 'target')] end
    from jsonb_array_elements_text(p_definition -> 'expressions') with ordinality as e (expression, place);
end;
comment on function pgtrail.create_statistics(jsonb) is
    'Statements that create extended statistics.';
