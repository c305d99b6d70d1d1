set local role pgtrail_owner;

create or replace function pgtrail.identity_clause(p_schema text, p_identity jsonb)
    returns text
    language sql
    immutable
    parallel safe
return format('GENERATED %s AS IDENTITY (%s)',
    case when (p_identity -> 'always')::boolean then 'ALWAYS' else 'BY DEFAULT' end,
    array_to_string(
        array[format('SEQUENCE NAME %I.%I', p_schema, p_identity ->> 'sequence')]
            || pgtrail.sequence_clauses(p_identity), ' '));
comment on function pgtrail.identity_clause(text, jsonb) is
    'GENERATED … AS IDENTITY of a column, NULL without.';

create or replace function pgtrail.not_null_constraint(p_name text, p_column jsonb)
    returns text
    language sql
    immutable
    parallel safe
return coalesce('CONSTRAINT ' || quote_ident(p_column ->> 'not_null_name') || ' ', '')
    || format('NOT NULL %I', p_name)
    || case when p_column ? 'not_null_no_inherit' then ' NO INHERIT' else '' end
    || case when p_column ? 'not_null_not_valid' then ' NOT VALID' else '' end;
comment on function pgtrail.not_null_constraint(text, jsonb) is
    'NOT NULL of a column as a constraint of the table, for PostgreSQL 18 and later.';

create or replace function pgtrail.not_null_comment(p_full_name text, p_old jsonb, p_new jsonb)
    returns text
    language sql
    immutable
    parallel safe
return case when p_old -> 'not_null_comment' is distinct from p_new -> 'not_null_comment' then
    format('COMMENT ON CONSTRAINT %I ON %s IS %s', coalesce(p_new ->> 'not_null_name', p_old ->> 'not_null_name'), p_full_name,
        quote_nullable(p_new ->> 'not_null_comment'))
end;
comment on function pgtrail.not_null_comment(text, jsonb, jsonb) is
    'Comment of a NOT NULL that has the name it shall have; NULL where it is as it should be. Its name is known where it has or had one.';

-- WITH OPTIONS: the column is there already, by a parent or a type.
create or replace function pgtrail.column_clause(p_schema text, p_name text, p_column jsonb)
    returns text
    language sql
    stable  -- as array_to_string() is: so PostgreSQL puts it in its place
    parallel safe
return array_to_string(array[
    quote_ident(p_name),
    coalesce(p_column ->> 'type', 'WITH OPTIONS'),
    'COLLATE ' || (p_column ->> 'collation'),
    'DEFAULT ' || (p_column ->> 'default'),
    'GENERATED ALWAYS AS (' || (p_column ->> 'generated') || ') '
        || case when p_column ? 'virtual' then 'VIRTUAL' else 'STORED' end,
    case when p_column ? 'identity' then pgtrail.identity_clause(p_schema, p_column -> 'identity') end,
    -- What is not valid yet must be added later: in a new table all is valid.
    case when p_column ? 'not_null' and not p_column ? 'not_null_not_valid' then
        coalesce('CONSTRAINT ' || quote_ident(p_column ->> 'not_null_name') || ' ', '')
            || 'NOT NULL'
            || case when p_column ? 'not_null_no_inherit' then ' NO INHERIT' else '' end
    end
], ' ');
comment on function pgtrail.column_clause(text, text, jsonb) is
    'A column as CREATE TABLE and ADD COLUMN word it.';

create or replace function pgtrail.constraint_clause(p_name text, p_constraint jsonb)
    returns text
    language sql
    stable  -- as array_to_string() is: so PostgreSQL puts it in its place
    parallel safe
return array_to_string(array[
    'CONSTRAINT', quote_ident(p_name),
    p_constraint ->> 'definition',
    case when p_constraint ? 'no_inherit' then 'NO INHERIT' end,
    'WITH (' || pgtrail.option_list(p_constraint -> 'options') || ')',
    'USING INDEX TABLESPACE ' || quote_ident(p_constraint ->> 'tablespace'),
    'WHERE ' || (p_constraint ->> 'where'),
    case when p_constraint ? 'deferrable' then 'DEFERRABLE' end,
    case when p_constraint ? 'deferred' then 'INITIALLY DEFERRED' end,
    case when p_constraint ? 'not_enforced' then 'NOT ENFORCED' end,
    case when p_constraint ? 'not_valid' then 'NOT VALID' end
], ' ');
comment on function pgtrail.constraint_clause(text, jsonb) is
    'A constraint as CREATE TABLE and ADD CONSTRAINT word it.';

create or replace function pgtrail.constraint_settings(p_table jsonb, p_name text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(array[
        case when p_new ? 'clustered' and coalesce(p_old, '{}') ? 'clustered' is not true then
            format('ALTER TABLE %s CLUSTER ON %I', t.full_name, p_name) end,
        case when p_new ? 'replica_identity' and coalesce(p_old, '{}') ? 'replica_identity' is not true then
            format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', t.full_name, p_name) end,
        case when p_old -> 'comment' is distinct from p_new -> 'comment' then
            format('COMMENT ON CONSTRAINT %I ON %s IS %s', p_name, t.full_name, quote_nullable(p_new ->> 'comment')) end,
        case when p_old -> 'index_comment' is distinct from p_new -> 'index_comment' then
            format('COMMENT ON INDEX %I.%I IS %s', p_table ->> 'schema', p_name, quote_nullable(p_new ->> 'index_comment')) end
    ], null)
    from (select pgtrail.qualified_name(p_table)) as t (full_name);
end;
comment on function pgtrail.constraint_settings(jsonb, text, jsonb, jsonb) is
    'Statements for what ADD CONSTRAINT cannot say of a constraint.';

create or replace function pgtrail.comma_separated(p_names jsonb)
    returns text
    language sql
    immutable
    strict
    parallel safe
begin atomic
    select string_agg(n.name, ', ' order by n.place)
    from jsonb_array_elements_text(p_names) with ordinality as n (name, place);
end;
comment on function pgtrail.comma_separated(jsonb) is
    'The elements of an array of texts as a list.';

create or replace function pgtrail.create_table(p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    kind constant text := case when p_definition ? 'server' then 'FOREIGN TABLE' else 'TABLE' end;
    full_name constant text := pgtrail.qualified_name(p_definition);
    schema_name constant text := p_definition ->> 'schema';
    parental constant jsonb := coalesce(p_definition #> '{inherited,columns}', '{}');
    kept constant jsonb := coalesce(p_definition #> '{inherited,kept,columns}', '{}');
    columns jsonb := coalesce(p_definition -> 'columns', '{}');
    constraints constant jsonb := coalesce(p_definition -> 'constraints', '{}');
    -- Only CREATE TABLE … INHERITS has no place for what is different about an inherited column.
    with_options constant boolean := p_definition ?| array['partition_of', 'of_type'];
    -- Before 17 a partition may have an identity of its own, but only get it later.
    is_partition constant boolean := p_definition ? 'partition_of';
    alone jsonb;
    stands_alone boolean := p_definition #> '{inherited,own_order}' is not null;
    pieces text[];
    parts text;
    statements text[];
begin
    -- What it has of its own beside its parents is what it had before it joined them, in its own order.
    if p_definition ? 'inherits' and parental <> '{}' and not stands_alone then
        stands_alone := not exists (
            select from jsonb_each(parental) as c where not coalesce(kept -> c.key ? 'column', false)
        );
    end if;
    if stands_alone then
        alone := pgtrail.standing_alone(p_definition, '{}');
        return pgtrail.create_table(alone) || array(
            select s.ddl
            from pgtrail.parent_steps(kind, full_name, alone, p_definition) as s
            where s.phase = 'ALTER'
        );
    end if;
    if parental <> '{}' then
        columns := columns || coalesce((
            select jsonb_object_agg(c.key, c.value - 'not_null' || coalesce(columns -> c.key, '{}'))
            from jsonb_each(parental) as c
            -- How a column is computed can be told once.
            where kept -> c.key ? 'column' and not c.value ? 'generated'
        ), '{}');
    end if;
    pieces :=
        array(
            select pgtrail.column_clause(schema_name, c.key, case when is_partition then c.value - 'identity' else c.value end)
            from jsonb_each(columns) as c
            where c.value ? 'type'
                or with_options and c.value ?| array['default', 'generated', 'not_null']
                or with_options and not is_partition and c.value ? 'identity'
            order by (p_definition -> 'numbers' -> c.key)::integer, c.key collate "C"
        )
        || array(
            select pgtrail.constraint_clause(k.key, k.value)
            from jsonb_each(constraints) as k
            where k.value ->> 'type' <> 'FOREIGN KEY' and not k.value ? 'not_valid'
            order by array_position(array['PRIMARY KEY', 'UNIQUE', 'EXCLUDE', 'CHECK'], k.value ->> 'type'), k.key collate "C"
        );
    if p_definition #> '{inherited,kept}' is not null then
        -- What it has both from its parents and of its own.
        pieces := pieces
            || array(
                select pgtrail.constraint_clause(k.key, k.value - 'not_valid')
                from jsonb_each(p_definition #> '{inherited,constraints}') as k
                where k.value ->> 'type' = 'CHECK' and p_definition #> '{inherited,kept,constraints}' ? k.key
                order by k.key collate "C"
            )
            || array(
                select pgtrail.not_null_constraint(k.key, jsonb_build_object('not_null_name', nullif(k.value -> 'not_null', 'true')))
                from jsonb_each(kept) as k
                where k.value ? 'not_null'
                order by k.key collate "C"
            );
    end if;
    parts := array_to_string(pieces, E',\n    ');
    parts := case when parts <> '' then format(E'(\n    %s\n)', parts) when not with_options then '()' end;
    statements := array[array_to_string(array[
        case when p_definition ->> 'persistence' = 'UNLOGGED' then 'CREATE UNLOGGED ' else 'CREATE ' end || kind,
        full_name,
        'OF ' || (p_definition ->> 'of_type'),
        'PARTITION OF ' || (p_definition #>> '{partition_of,table}'),
        parts,
        'INHERITS (' || pgtrail.comma_separated(p_definition -> 'inherits') || ')',
        p_definition #>> '{partition_of,bound}',
        'PARTITION BY ' || (p_definition ->> 'partition_by'),
        'USING ' || quote_ident(p_definition ->> 'access_method'),
        'WITH (' || pgtrail.option_list(p_definition -> 'options') || ')',
        'TABLESPACE ' || quote_ident(p_definition ->> 'tablespace'),
        'SERVER ' || quote_ident(p_definition ->> 'server'),
        'OPTIONS (' || pgtrail.foreign_option_list(p_definition -> 'foreign_options') || ')'
    ], ' ')];
    -- Most columns and constraints have no more to say.
    if jsonb_path_exists(columns, '$.* ? (!exists(@.type)
        || exists(@.keyvalue() ? (@.key != "type" && @.key != "default" && @.key != "not_null")))')
    then
        statements := statements || array(
            select s.statement
            from jsonb_each(columns) as c
            cross join lateral unnest(
                case when not c.value ? 'type' and not with_options then array[
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT ', full_name, c.key) || (c.value ->> 'default'),
                    case
                        when c.value ?| array['not_null_name', 'not_null_no_inherit'] then
                            format('ALTER TABLE %s ADD %s', full_name,
                                pgtrail.not_null_constraint(c.key, c.value - 'not_null_not_valid'))
                        when c.value ? 'not_null' then format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', full_name, c.key)
                    end
                ] else '{}' end
                || case when c.value ? 'identity' and (is_partition or not c.value ? 'type' and not with_options) then
                    format('ALTER TABLE %s ALTER COLUMN %I ADD %s',
                        full_name, c.key, pgtrail.identity_clause(schema_name, c.value -> 'identity')) end
                || case when c.value ? 'not_null_not_valid' then
                    format('ALTER TABLE %s ADD %s', full_name, pgtrail.not_null_constraint(c.key, c.value)) end
                || pgtrail.not_null_comment(full_name, null, c.value)
                || pgtrail.column_settings(kind, p_definition, c.key, null, c.value)
            ) with ordinality as s (statement, place)
            where s.statement is not null
            order by (p_definition -> 'numbers' -> c.key)::integer, c.key collate "C", s.place
        );
    end if;
    if jsonb_path_exists(constraints, '$.*.keyvalue() ? (@.key != "type" && @.key != "definition")') then
        statements := statements || array(
            select s.statement
            from jsonb_each(constraints) as k
            cross join lateral unnest(
                array[case when k.value ? 'not_valid' then
                    format('ALTER TABLE %s ADD %s', full_name, pgtrail.constraint_clause(k.key, k.value)) end]
                || pgtrail.constraint_settings(p_definition, k.key, null, k.value)
            ) with ordinality as s (statement, place)
            where k.value ->> 'type' <> 'FOREIGN KEY'
                and s.statement is not null
            order by k.key collate "C", s.place
        );
    end if;
    if p_definition ?| array['replica_identity', 'row_security', 'force_row_security'] then
        statements := statements
            || pgtrail.table_settings(kind, full_name, '{}', p_definition - array['options', 'foreign_options']);
    end if;
    return statements;
end
$function$;
comment on function pgtrail.create_table(jsonb) is
    'CREATE TABLE with all that belongs to the table but foreign keys, which wait for the tables they refer to: attach_statements().';

create or replace function pgtrail.attached_index_ddl(p_table text, p_parent text, p_pattern text)
    returns text
    language sql
    immutable
    parallel safe
return format('DO %L', format(
    'begin execute coalesce((select format(%L, c.oid::pg_catalog.regclass, c.relname) '
    'from pg_catalog.pg_inherits as i '
    'join pg_catalog.pg_index as x on x.indexrelid = i.inhrelid '
    'join pg_catalog.pg_class as c on c.oid = i.inhrelid '
    'where i.inhparent = pg_catalog.to_regclass(%L) and x.indrelid = %L::pg_catalog.regclass), ''SELECT''); end',
    p_pattern, p_parent, p_table));
comment on function pgtrail.attached_index_ddl(text, text, text) is
    'A statement about the index of a partition that is attached to an index of the partitioned table, whatever its name: in the pattern %1$s is its name with schema, %2$I without. Does nothing where there is none.';

create or replace function pgtrail.attached_index_statements(p_full_name text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(pgtrail.attached_index_ddl(p_full_name, k.parent, p.pattern) order by k.parent collate "C", p.place)
    from (select jsonb_object_keys(coalesce(p_old, '{}') || coalesce(p_new, '{}'))) as k (parent)
    cross join lateral (
        select coalesce(p_old -> k.parent, '{}') as old, coalesce(p_new -> k.parent, '{}') as new
    ) as v
    cross join lateral unnest(
        array(
            select 'ALTER INDEX %1$s ' || replace(o.change, '%', '%%')
            from unnest(pgtrail.option_changes(v.old -> 'options', v.new -> 'options')
                || pgtrail.statistics_changes(v.old -> 'statistics', v.new -> 'statistics')) as o (change)
        )
        || array[
            case when v.old -> 'tablespace' is distinct from v.new -> 'tablespace' then
                'ALTER INDEX %1$s SET TABLESPACE ' || replace(quote_ident(coalesce(v.new ->> 'tablespace', 'pg_default')), '%', '%%') end,
            case when v.new ? 'clustered' and not v.old ? 'clustered' then
                format('ALTER TABLE %s CLUSTER ON ', replace(p_full_name, '%', '%%')) || '%2$I' end,
            case when v.new ? 'replica_identity' and not v.old ? 'replica_identity' then
                format('ALTER TABLE %s REPLICA IDENTITY USING INDEX ', replace(p_full_name, '%', '%%')) || '%2$I' end,
            case when v.old -> 'comment' is distinct from v.new -> 'comment' then
                'COMMENT ON INDEX %1$s IS ' || replace(quote_nullable(v.new ->> 'comment'), '%', '%%') end
        ]
    ) with ordinality as p (pattern, place)
    where p.pattern is not null;
end;
comment on function pgtrail.attached_index_statements(text, jsonb, jsonb) is
    'Statements that lead from what is different about the attached indexes of a partition to something else.';

create or replace function pgtrail.table_foreign_keys(p_type text, p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array(
        select s.statement
        from jsonb_each(p_definition -> 'constraints') as k
        cross join lateral unnest(
            array[format('ALTER %s %s ADD %s',
                p_type, pgtrail.qualified_name(p_definition), pgtrail.constraint_clause(k.key, k.value))]
            || pgtrail.constraint_settings(p_definition, k.key, null, k.value)
        ) with ordinality as s (statement, place)
        where k.value ->> 'type' = 'FOREIGN KEY'
        order by k.key collate "C", s.place
    ) || pgtrail.attached_index_statements(
        pgtrail.qualified_name(p_definition), null, p_definition -> 'attached_indexes');
end;
comment on function pgtrail.table_foreign_keys(text, jsonb) is
    'Statements about a table that need others to exist: its foreign keys, and what is different about indexes that come with those of the partitioned table.';
