set local role pgtrail_owner;

create or replace function pgtrail.create_trigger_statement(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return concat(
    case when p_definition ? 'constraint' then 'CONSTRAINT ' end,
    format('TRIGGER %I %s ', p_definition ->> 'name', p_definition ->> 'timing'),
    (
        select string_agg(
            e.event || case when e.event = 'UPDATE' then coalesce(' OF ' || (
                select string_agg(quote_ident(c.name), ', ' order by c.name collate "C")
                from jsonb_object_keys(p_definition -> 'columns') as c (name)
            ), '') else '' end,
            ' OR ' order by e.event)
        from jsonb_object_keys(p_definition -> 'events') as e (event)
    ),
    E'\n ON ', p_definition ->> 'table',
    E'\n FROM ' || (p_definition ->> 'referenced_table'),
    case when p_definition ? 'deferrable' then E'\n DEFERRABLE' end,
    case when p_definition ? 'initially_deferred' then ' INITIALLY DEFERRED' end,
    case when p_definition ?| array['old_table', 'new_table'] then E'\n REFERENCING' end,
    ' OLD TABLE AS ' || quote_ident(p_definition ->> 'old_table'),
    ' NEW TABLE AS ' || quote_ident(p_definition ->> 'new_table'),
    E'\n FOR EACH ', p_definition ->> 'level',
    E'\n WHEN (' || (p_definition ->> 'condition') || ')',
    format(E'\n EXECUTE FUNCTION %s(%s)', p_definition ->> 'function', (
        select string_agg(quote_literal(a.argument), ', ' order by a.place)
        from jsonb_array_elements_text(p_definition -> 'arguments') with ordinality as a (argument, place)
    )));
comment on function pgtrail.create_trigger_statement(jsonb) is
    'What follows CREATE [OR REPLACE] for a trigger of a definition.';

create or replace function pgtrail.trigger_states(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    -- On a partitioned table the first one reaches every partition.
    select array_agg(format(
        'ALTER TABLE %s%s %s TRIGGER %I', s.reach, s.relation, s.state, p_definition ->> 'name') order by s.reach, s.relation)
    from (
        select
            case p_definition ->> 'level' when 'ROW' then '' else 'ONLY ' end as reach,
            p_definition ->> 'table' as relation,
            coalesce(p_definition ->> 'enabled', 'ENABLE') as state
        union all
        select 'ONLY ', p.key, p.value ->> 'enabled'
        from jsonb_each(p_definition -> 'partitions') as p
        where p.value ? 'enabled'
    ) as s;
end;
comment on function pgtrail.trigger_states(jsonb) is
    'Statements that set when a trigger and its copies on partitions fire.';

create or replace function pgtrail.trigger_comments(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(
        format('COMMENT ON %s %I ON %s IS %s', c.kind, p_new ->> 'name', c.relation, quote_nullable(c.new))
        order by c.kind, c.relation)
    from (
        select
            'CONSTRAINT' as kind, p_new ->> 'table' as relation,
            p_old ->> 'constraint_comment' as old, p_new ->> 'constraint_comment' as new
        union all
        select
            'TRIGGER', p.relation,
            p_old -> 'partitions' -> p.relation ->> 'comment', p_new -> 'partitions' -> p.relation ->> 'comment'
        from (
            select jsonb_object_keys(p_old -> 'partitions')
            union
            select jsonb_object_keys(p_new -> 'partitions')
        ) as p (relation)
    ) as c
    where c.old is distinct from c.new;
end;
comment on function pgtrail.trigger_comments(jsonb, jsonb) is
    'Statements that change the comments of the parts of a trigger: its constraint, its copies on partitions; NULL for nothing.';

create or replace function pgtrail.create_trigger(p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return array['CREATE ' || pgtrail.create_trigger_statement(p_definition)]
        -- What is said of the copies on partitions needs those: see pgtrail.attach_statements().
        || case when p_definition ? 'enabled' and not p_definition ? 'partitions' then pgtrail.trigger_states(p_definition) end
        || pgtrail.trigger_comments(null, p_definition - 'partitions')
        || pgtrail.extension_statements(
            format('TRIGGER %I ON %s', p_definition ->> 'name', p_definition ->> 'table'), null, p_definition -> 'extensions');
end
$function$;
comment on function pgtrail.create_trigger(jsonb) is
    'The statements that create a trigger.';

create or replace function pgtrail.create_rule(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[
        format('CREATE RULE %I AS ON %s TO %s %s',
            p_definition ->> 'name', p_definition ->> 'event', p_definition ->> 'table', p_definition ->> 'body')
    ]
    || case when p_definition ? 'enabled' then array[
        format('ALTER TABLE %s %s RULE %I',
            p_definition ->> 'table', p_definition ->> 'enabled', p_definition ->> 'name')
    ] end;
comment on function pgtrail.create_rule(jsonb) is
    'The statements that create a rule.';

create or replace function pgtrail.create_event_trigger(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat(
        format('CREATE EVENT TRIGGER %I ON %I', p_definition ->> 'name', p_definition ->> 'event'),
        (
            select E'\n WHEN TAG IN (' || string_agg(quote_literal(t.tag), ', ' order by t.tag collate "C") || ')'
            from jsonb_object_keys(p_definition -> 'tags') as t (tag)
        ),
        format(E'\n EXECUTE FUNCTION %s()', p_definition ->> 'function')
    )]
    || case when p_definition ? 'enabled' then array[
        format('ALTER EVENT TRIGGER %I %s', p_definition ->> 'name', p_definition ->> 'enabled')
    ] end;
comment on function pgtrail.create_event_trigger(jsonb) is
    'The statements that create an event trigger.';
