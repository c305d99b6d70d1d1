set local role pgtrail_owner;

-- What CREATE TABLE cannot say of a column, and what needs no care when it changes. Only: each child says for
-- itself what it has.
create or replace function pgtrail.column_settings(
    p_type text,
    p_table jsonb,
    p_name text,
    p_old jsonb,
    p_new jsonb
)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(
        array[
            case when o.old -> 'storage' is distinct from n.new -> 'storage' then
                t.alter_column || 'SET STORAGE ' || coalesce(n.new ->> 'storage', o.old ->> 'storage_default') end,
            case when o.old -> 'compression' is distinct from n.new -> 'compression' then
                t.alter_column || 'SET COMPRESSION ' || coalesce(n.new ->> 'compression', 'default') end,
            case when o.old -> 'statistics' is distinct from n.new -> 'statistics' then
                t.alter_column || 'SET STATISTICS ' || coalesce(n.new ->> 'statistics', '-1') end
        ]
        || array(
            select t.alter_column || c.change
            from unnest(pgtrail.option_changes(o.old -> 'options', n.new -> 'options')) as c (change)
        )
        || array[
            t.alter_column || 'OPTIONS ('
                || pgtrail.foreign_option_changes(o.old -> 'foreign_options', n.new -> 'foreign_options') || ')',
            case when o.old -> 'comment' is distinct from n.new -> 'comment' then
                format('COMMENT ON COLUMN %s.%I IS %s', t.full_name, p_name, quote_nullable(n.new ->> 'comment')) end,
            case when n.new #> '{identity}' ? 'type' and not o.old ? 'identity' then
                format('ALTER SEQUENCE %s AS %s', t.sequence, n.new #>> '{identity,type}') end,
            case when o.old #> '{identity,comment}' is distinct from n.new #> '{identity,comment}' and n.new ? 'identity' then
                format('COMMENT ON SEQUENCE %s IS %s', t.sequence, quote_nullable(n.new #>> '{identity,comment}')) end
        ]
        || case when n.new ? 'identity' then
            pgtrail.privilege_statements(
                'SEQUENCE ' || t.sequence, p_table ->> 'owner', '',
                o.old #> '{identity,privileges}', n.new #> '{identity,privileges}')
        end,
        null)
    from (select coalesce(p_old, '{}')) as o (old)
    cross join (select coalesce(p_new, '{}')) as n (new)
    cross join lateral (
        select
            format('ALTER %s ONLY %s ALTER COLUMN %I ', p_type, pgtrail.qualified_name(p_table), p_name) as alter_column,
            pgtrail.qualified_name(p_table) as full_name,
            format('%I.%I', p_table ->> 'schema', n.new #>> '{identity,sequence}') as sequence
    ) as t;
end;
comment on function pgtrail.column_settings(text, jsonb, text, jsonb, jsonb) is
    'Statements that lead from storage, compression, statistics, options and comment of a column to others.';

create or replace function pgtrail.identity_steps(
    p_table text,
    p_schema text,
    p_full_name text,
    p_column text,
    p_old jsonb,
    p_new jsonb
)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old constant jsonb := p_old -> 'identity';
    new constant jsonb := p_new -> 'identity';
    old_type constant text := coalesce(old ->> 'type', p_old ->> 'type');
    new_type constant text := coalesce(new ->> 'type', p_new ->> 'type');
    alter_column constant text := format('ALTER %s ALTER COLUMN %I ', p_table, p_column);
    clauses text[];
begin
    if new is null then
        if old is not null then
            return next ('REMOVE', alter_column || 'DROP IDENTITY', 'SAFE',
                format('column %s: no identity', p_column), null)::pgtrail.step;
        end if;
    elsif old is null then
        return next ('ALTER', alter_column || 'ADD ' || pgtrail.identity_clause(p_schema, new), 'SAFE',
            format('column %s: identity', p_column), null)::pgtrail.step;
        return next ('ALTER',
            pgtrail.go_on_statement(format('%I.%I', p_schema, new ->> 'sequence'), new, p_full_name, p_column),
            'SAFE', format('column %s: goes on after the values that are there', p_column), null)::pgtrail.step;
    else
        if old -> 'sequence' <> new -> 'sequence' then
            return next ('ALTER', format('ALTER SEQUENCE %I.%I RENAME TO %I', p_schema, old ->> 'sequence', new ->> 'sequence'),
                'SAFE', format('column %s: name of its sequence', p_column), null)::pgtrail.step;
        end if;
        clauses := pgtrail.sequence_changes(old_type, old, new_type, new);
        if p_old -> 'type' <> p_new -> 'type' or old_type <> new_type then
            return next ('ALTER', array_to_string(
                format('ALTER SEQUENCE %I.%I AS %s', p_schema, new ->> 'sequence', new_type)
                    || pgtrail.sequence_clauses(pgtrail.sequence_settings(new_type, new)), ' '),
                'SAFE', format('column %s: type of its sequence', p_column), null)::pgtrail.step;
            clauses := '{}';
        end if;
        if old -> 'always' <> new -> 'always' then
            clauses := clauses
                || ('GENERATED ' || case when (new -> 'always')::boolean then 'ALWAYS' else 'BY DEFAULT' end);
        end if;
        if clauses <> '{}' then
            return next ('ALTER', alter_column || 'SET ' || array_to_string(clauses, ' SET '),
                'SAFE', format('column %s: identity', p_column), null)::pgtrail.step;
        end if;
    end if;
end
$function$;
comment on function pgtrail.identity_steps(text, text, text, text, jsonb, jsonb) is
    'Steps that lead from the identity of a column to another, or none.';

-- The type of a column is that of its sequence, too: what does not fit that, PostgreSQL refuses.
create or replace function pgtrail.narrow_identity_steps(p_table text, p_column text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language sql
    immutable
    parallel safe
begin atomic
    select 'ALTER', format('ALTER %s ALTER COLUMN %I SET %s', p_table, p_column, array_to_string(
            pgtrail.sequence_clauses(jsonb_build_object(
                'min', greatest((s.settings ->> 'min')::bigint, s.lower),
                'max', least((s.settings ->> 'max')::bigint, s.upper),
                'start', least(greatest((s.settings ->> 'start')::bigint, s.lower), s.upper))), ' SET ')),
        'SAFE', format('column %s: limits of its sequence', p_column), null
    from (
        select
            pgtrail.sequence_settings(coalesce(p_new #>> '{identity,type}', p_new ->> 'type'), p_new -> 'identity') as settings,
            pgtrail.sequence_limit(t.type, false) as lower, pgtrail.sequence_limit(t.type, true) as upper
        from (
            values (coalesce(p_old #>> '{identity,type}', p_old ->> 'type')), (p_new ->> 'type')
        ) as t (type)
        order by upper
        limit 1
    ) as s;
end;
comment on function pgtrail.narrow_identity_steps(text, text, jsonb, jsonb) is
    'A step that makes the limits of the sequence of an identity column fit the type that the column has and the one it gets.';

create or replace function pgtrail.not_null_default_name(p_full_name text, p_column text)
    returns text
    language sql
    immutable
    parallel safe
-- Short enough whatever the letters are.
return left((parse_ident(p_full_name))[2], 6) || '_' || left(p_column, 6) || '_not_null';
comment on function pgtrail.not_null_default_name(text, text) is
    'A name like those that PostgreSQL gives to NOT NULL.';

create or replace function pgtrail.not_null_steps(
    p_table text,
    p_full_name text,
    p_column text,
    p_old jsonb,
    p_new jsonb
)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alter_table constant text := format('ALTER %s ', p_table);
    what constant text := format('column %s: NOT NULL', p_column);
    named constant boolean := p_new ?| array['not_null_name', 'not_null_no_inherit', 'not_null_not_valid'];
    new_name constant text := coalesce(p_new ->> 'not_null_name', pgtrail.not_null_default_name(p_full_name, p_column));
    is_new boolean := not p_old ? 'not_null';
begin
    if p_old ? 'not_null' and not p_new ? 'not_null' then
        return next ('REMOVE', format('%sALTER COLUMN %I DROP NOT NULL', alter_table, p_column), 'SAFE', what, null)::pgtrail.step;
    end if;
    if not p_new ? 'not_null' then
        return;
    end if;
    if not is_new and (
        p_old -> 'not_null_no_inherit' is distinct from p_new -> 'not_null_no_inherit'
        or p_new ? 'not_null_not_valid' and not p_old ? 'not_null_not_valid'
    ) then
        return next ('REMOVE', format('%sALTER COLUMN %I DROP NOT NULL', alter_table, p_column), 'SAFE', what, null)::pgtrail.step;
        is_new := true;
    end if;
    if is_new then
        return next ('ALTER', alter_table || case
                when named then 'ADD ' || pgtrail.not_null_constraint(p_column, p_new)
                else format('ALTER COLUMN %I SET NOT NULL', p_column)
            end,
            case when p_new ? 'not_null_not_valid' then 'SAFE' else 'LOCK' end, what, null)::pgtrail.step;
        if p_new ? 'not_null_comment' then
            return next ('ALTER', pgtrail.not_null_comment(p_full_name, null, p_new), 'SAFE', what, null)::pgtrail.step;
        end if;
        return;
    end if;
    -- From 18 on. The name is looked up, for definitions leave out one that PostgreSQL gave.
    if p_old -> 'not_null_name' is distinct from p_new -> 'not_null_name'
        -- It was told only for its comment.
        and not (not p_new ? 'not_null_name' and p_old ->> 'not_null_name' ~ '_not_null\d*$')
    then
        return next ('ALTER', format(
            'DO %L',
            format(
                'begin execute coalesce((select format(%L, k.conname) from pg_catalog.pg_constraint as k '
                'join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) '
                'where k.contype = ''n'' and k.conrelid = %L::pg_catalog.regclass and a.attname = %L and k.conname <> %L), '
                '''SELECT''); end',
                format('%sRENAME CONSTRAINT %%I TO %s', replace(alter_table, '%', '%%'), replace(quote_ident(new_name), '%', '%%')),
                p_full_name, p_column, new_name)),
            'SAFE', what || ' renamed', null)::pgtrail.step;
    end if;
    if p_old ? 'not_null_not_valid' and not p_new ? 'not_null_not_valid' then
        return next ('ALTER', format('%sALTER COLUMN %I SET NOT NULL', alter_table, p_column), 'LOCK', what, null)::pgtrail.step;
    end if;
    if p_old -> 'not_null_comment' is distinct from p_new -> 'not_null_comment' then
        return next ('ALTER', pgtrail.not_null_comment(p_full_name, p_old, p_new), 'SAFE', what, null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.not_null_steps(text, text, text, jsonb, jsonb) is
    'Steps that lead from NOT NULL, or its absence, of a column to another.';

create or replace function pgtrail.dropped_column_steps(
    p_type text,
    p_full_name text,
    p_old jsonb,
    p_new jsonb,
    p_replaced text[]
)
    returns setof pgtrail.step
    language sql
    immutable
    parallel safe
begin atomic
    select s.phase, s.ddl, s.risk, s.reason, s.lost_rows
    from (
        -- The function or sequence behind a default may be dropped before the column is.
        select
            0 as rank, 'DETACH' as phase, format('ALTER %s ONLY %s ALTER COLUMN %I DROP DEFAULT', p_type, p_full_name, c.key) as ddl,
            'SAFE' as risk, format('column %s', c.key) as reason, null as lost_rows
        from jsonb_each(p_old -> 'columns') as c
        where c.value ? 'type'
            and c.value ->> 'default' ~ '\('
            and not p_new -> 'numbers' ? c.key
        union all
        select
            -- Those that are computed from others first.
            case when o.old ? 'generated' then 1 else 2 end,
            'REMOVE', format('ALTER %s %s DROP COLUMN %I', p_type, p_full_name, k.name),
            case when p.has_data then 'DATA_LOSS' else 'SAFE' end,
            format(case when k.name = any (p_replaced) then 'column %s is computed another way' else 'column %s' end, k.name),
            case when p.has_data then format('select count(%s) from %s', pgtrail.counted(k.name), p_full_name) end
        from jsonb_object_keys(p_old -> 'numbers') as k (name)
        cross join lateral (select coalesce(p_old -> 'columns' -> k.name, '{}') as old) as o
        cross join lateral (select p_type = 'TABLE' and not o.old ? 'generated' as has_data) as p
        where k.name = any (p_replaced)
            or not p_new -> 'numbers' ? k.name
                -- One of a parent goes with the parent's.
                and o.old ? 'type'
    ) as s
    order by s.rank, s.ddl collate "C";
end;
comment on function pgtrail.dropped_column_steps(text, text, jsonb, jsonb, text[]) is
    'Steps that drop the columns that another definition of a table lacks, or computes another way.';

create or replace function pgtrail.column_steps(
    p_type text,
    p_full_name text,
    p_old jsonb,
    p_new jsonb,
    p_replaced text[]
)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    table_name constant text := p_type || ' ' || p_full_name;
    alter_table constant text := 'ALTER ' || table_name;
    only_table constant text := format('ALTER %s ONLY %s', p_type, p_full_name);
    schema_name constant text := p_new ->> 'schema';
    pair record;
    old jsonb;
    retyped boolean;
begin
    for pair in
        select
            k.name,
            p_old -> 'columns' -> k.name as old,
            coalesce(p_new -> 'columns' -> k.name, '{}') as new,
            p_old -> 'numbers' ? k.name as was_there
        from jsonb_each_text(p_new -> 'numbers') as k (name, number)
        -- Others may be computed from any.
        order by p_new -> 'columns' -> k.name ? 'generated' is true, k.number::integer
    loop
        old := coalesce(pair.old, '{}');
        if pair.new ? 'type' and (not pair.was_there or pair.name = any (p_replaced)
            -- It was a parent's, which has dropped it.
            or not old ? 'type')
        then
            return next ('ALTER',
                format('%s ADD COLUMN %s%s', alter_table,
                    case when pair.was_there and not pair.name = any (p_replaced) then 'IF NOT EXISTS ' else '' end,
                    pgtrail.column_clause(schema_name, pair.name, pair.new)),
                case
                    when pair.new ?| array['identity', 'generated'] and not pair.new ? 'virtual'
                        or pair.new ->> 'default' ~ '\(' and pair.new ->> 'default' <> 'now()' then 'REWRITE'
                    when pair.new ? 'not_null' and not pair.new ? 'default' then 'LOCK'
                    else 'SAFE'
                end,
                format('column %s', pair.name) || case
                    when pair.new ? 'not_null' and not pair.new ?| array['default', 'identity', 'generated']
                        then ': NOT NULL without a default, works only while the table is empty'
                    else ''
                end,
                null)::pgtrail.step;
            if pair.new ? 'not_null_not_valid' then
                return query select * from pgtrail.not_null_steps(table_name, p_full_name, pair.name, '{}', pair.new);
            elsif pair.new ? 'not_null_comment' then
                return next ('ALTER', pgtrail.not_null_comment(p_full_name, null, pair.new),
                    'SAFE', format('column %s: NOT NULL', pair.name), null)::pgtrail.step;
            end if;
            old := '{}';
        else
            retyped := old ? 'type' and pair.new ? 'type' and (
                old -> 'type' <> pair.new -> 'type' or old -> 'collation' is distinct from pair.new -> 'collation');
            return query select * from pgtrail.identity_steps(table_name, schema_name, p_full_name, pair.name, old, pair.new) as s
                where s.phase = 'REMOVE';
            -- Converting it is not always possible.
            if old ? 'default' and (
                retyped
                or not pair.new ? 'default'
                -- Its parent's column may be.
                or not old ? 'type' and old -> 'default' <> pair.new -> 'default'
            ) then
                return next ('DETACH', format('%s ALTER COLUMN %I DROP DEFAULT', only_table, pair.name),
                    'SAFE', format('column %s: default', pair.name), null)::pgtrail.step;
            end if;
            if old ? 'generated' and pair.new ? 'type' and not pair.new ? 'generated' then
                return next ('DETACH', format('%s ALTER COLUMN %I DROP EXPRESSION', alter_table, pair.name),
                    'SAFE', format('column %s: no longer computed', pair.name), null)::pgtrail.step;
            end if;
            if retyped then
                if old ? 'identity' and pair.new ? 'identity' then
                    return query select * from pgtrail.narrow_identity_steps(table_name, pair.name, old, pair.new);
                end if;
                return query select s.*
                    from pgtrail.type_step(
                        table_name, p_full_name, pair.name, old, pair.new, p_old -> 'types', p_new -> 'types') as s;
                -- Another type brings its own storage.
                if old -> 'type' <> pair.new -> 'type' then
                    old := old - 'storage';
                end if;
            end if;
            if old ? 'generated' and old -> 'generated' <> pair.new -> 'generated' then
                return next ('ALTER', format('%s ALTER COLUMN %I SET EXPRESSION AS (%s)', alter_table, pair.name, pair.new ->> 'generated'),
                    'REWRITE', format('column %s is computed another way', pair.name), null)::pgtrail.step;
            end if;
            return query select * from pgtrail.not_null_steps(table_name, p_full_name, pair.name, old, pair.new);
            if pair.new ? 'default' and (retyped or old -> 'default' is distinct from pair.new -> 'default') then
                return next ('ALTER', format('%s ALTER COLUMN %I SET DEFAULT %s', only_table, pair.name, pair.new ->> 'default'),
                    'SAFE', format('column %s: default', pair.name), null)::pgtrail.step;
            end if;
            return query select * from pgtrail.identity_steps(table_name, schema_name, p_full_name, pair.name, old, pair.new) as s
                where s.phase = 'ALTER';
        end if;
        return query
            -- Nothing of it may be left when the parent drops the column.
            select case when pair.new = '{}' then 'DETACH' else 'ALTER' end, s.statement, 'SAFE', format('column %s', pair.name), null
            from unnest(pgtrail.column_settings(p_type, p_new, pair.name, old, pair.new)) with ordinality as s (statement, place)
            order by s.place;
    end loop;
end
$function$;
comment on function pgtrail.column_steps(text, text, jsonb, jsonb, text[]) is
    'Steps that lead from the columns of one definition of a table to those of another, those that are dropped left out.';
