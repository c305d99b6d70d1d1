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

create or replace function pgtrail.table_settings(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(
        array(
            select t.alter_table || c.change
            from unnest(pgtrail.option_changes(p_old -> 'options', p_new -> 'options')) as c (change)
        )
        || array[
            t.alter_table || 'OPTIONS ('
                || pgtrail.foreign_option_changes(p_old -> 'foreign_options', p_new -> 'foreign_options') || ')',
            -- INDEX: the index says so itself.
            case when p_old -> 'replica_identity' is distinct from p_new -> 'replica_identity'
                and p_new ->> 'replica_identity' <> 'INDEX'
                then t.alter_table || 'REPLICA IDENTITY ' || (p_new ->> 'replica_identity') end,
            case when p_old -> 'row_security' is distinct from p_new -> 'row_security' then
                t.alter_table || case when p_new ? 'row_security' then 'ENABLE' else 'DISABLE' end || ' ROW LEVEL SECURITY' end,
            case when p_old -> 'force_row_security' is distinct from p_new -> 'force_row_security' then
                t.alter_table || case when p_new ? 'force_row_security' then '' else 'NO ' end || 'FORCE ROW LEVEL SECURITY' end
        ],
        null)
    from (select format('ALTER %s %s ', p_type, p_full_name)) as t (alter_table);
end;
comment on function pgtrail.table_settings(text, text, jsonb, jsonb) is
    'Statements that lead from options, replica identity and row security of a table to others.';

create or replace function pgtrail.binary_coercible(p_old text, p_new text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pattern constant text := '^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( without time zone| with time zone)?$';
    old_part constant text[] := regexp_match(p_old, pattern);
    new_part constant text[] := regexp_match(p_new, pattern);
    longer constant boolean := new_part[2] is null or old_part[2]::integer <= new_part[2]::integer;
begin
    return coalesce(case
        when p_new in ('text', 'character varying') then old_part[1] in ('text', 'character varying')
        when p_new = 'inet' then p_old = 'cidr'
        when old_part[1] <> new_part[1] or old_part[4] is distinct from new_part[4] then false
        when new_part[1] in ('character varying', 'bit varying', 'timestamp', 'time') then longer
        when new_part[1] = 'numeric' then
            longer and (new_part[2] is null or coalesce(old_part[3], '0') = coalesce(new_part[3], '0'))
    end, false);
end
$function$;
comment on function pgtrail.binary_coercible(text, text) is
    'Whether every value of a type is one of another as it is stored, so that no table is written anew, as far as that is certain.';

-- Casts that fail for some value would fail in the count, too: there every value counts.
create or replace function pgtrail.lost_in_type(p_full_name text, p_column text, p_old text, p_new text)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    numbers constant text := '^(smallint|integer|bigint|numeric|real|double precision)(\(|$)';
    length_limit constant text := (regexp_match(p_new, '^(?:character varying|character)\((\d+)\)$'))[1];
    numeric_limit constant integer[] := regexp_match(p_new, '^numeric\((\d+),(-?\d+)\)$');
    condition text;
begin
    if p_old ~ numbers and p_new in ('smallint', 'integer', 'bigint') then
        condition := format('%1$I not between %2$s and %3$s or %1$I <> trunc(%1$I::numeric)',
            p_column, pgtrail.sequence_limit(p_new, false), pgtrail.sequence_limit(p_new, true));
    elsif p_old ~ numbers and numeric_limit is not null then
        condition := format('abs(round(%1$I::numeric, %2$s)) >= 10::numeric ^ %3$s or round(%1$I::numeric, %2$s) <> %1$I',
            p_column, numeric_limit[2], numeric_limit[1] - numeric_limit[2]);
    elsif length_limit is not null then
        condition := format('char_length(%I::text) > %s', p_column, length_limit);
    elsif (p_old, p_new) in (('double precision', 'real'), ('json', 'jsonb'))
        or p_old ~ '^(timestamp|date)' and p_new ~ '^(timestamp|date)'
        or p_old ~ '^time[ (]' and p_new ~ '^time[ (]'
    then
        condition := format('%1$I::%3$s::%2$s::text <> %1$I::text', p_column, p_old, p_new);
    else
        return format('select count(%I) from %s', p_column, p_full_name);
    end if;
    return format('select count(*) from %s where %s', p_full_name, condition);
end
$function$;
comment on function pgtrail.lost_in_type(text, text, text, text) is
    'A query that counts the rows whose value in a column a change of its type would change or refuse.';

create or replace function pgtrail.casts(p_old text, p_new text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_new ~ '^(text|character)' or exists (
        select
        from unnest(array[
            '^(smallint|integer|bigint|numeric|real|double precision)(\(|$)', '^(date|time)', '^jsonb?$', '^bit', '^(inet|cidr)$'
        ]) as t (family)
        where p_old ~ t.family and p_new ~ t.family
    );
comment on function pgtrail.casts(text, text) is
    'Whether PostgreSQL has a cast between two of its types that is better than the one by their text.';

create or replace function pgtrail.type_step(
    p_table text,
    p_full_name text,
    p_column text,
    p_old jsonb,
    p_new jsonb
)
    returns pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    old_type constant text := p_old ->> 'type';
    new_type constant text := p_new ->> 'type';
    -- The data of a foreign table is elsewhere.
    coercible constant boolean := p_table ~ '^FOREIGN' or old_type = new_type or pgtrail.binary_coercible(old_type, new_type);
    -- Between types of users there is no other way that always works; it keeps the text of each value or fails.
    by_text constant boolean := strpos(old_type || new_type, '.') > 0 or not pgtrail.casts(old_type, new_type);
    lossless constant boolean := coercible or strpos(new_type, '.') > 0 or new_type in ('text', 'character varying')
        or pgtrail.widens(old_type, new_type)
        or new_type ~ '\[\]$' and pgtrail.widens(rtrim(old_type, '[]'), rtrim(new_type, '[]'))
        or old_type = 'date' and new_type ~ '^timestamp'
        or old_type = 'jsonb' and new_type = 'json';
begin
    return (
        'ALTER',
        format('ALTER %s ALTER COLUMN %I TYPE %s', p_table, p_column, new_type)
            || coalesce(' COLLATE ' || (p_new ->> 'collation'), '')
            || case
                when coercible then ''
                when by_text then format(' USING %I::text::%s', p_column, new_type)
                else format(' USING %I::%s', p_column, new_type)
            end,
        case
            when not lossless then 'DATA_LOSS'
            when not coercible then 'REWRITE'
            -- Its indexes are built anew.
            when p_old -> 'collation' is distinct from p_new -> 'collation' then 'LOCK'
            else 'SAFE'
        end,
        format('column %s: %s becomes %s', p_column,
            concat_ws(' COLLATE ', old_type, p_old ->> 'collation'), concat_ws(' COLLATE ', new_type, p_new ->> 'collation')),
        case when not lossless then pgtrail.lost_in_type(p_full_name, p_column, old_type, new_type) end
    )::pgtrail.step;
end
$function$;
comment on function pgtrail.type_step(text, text, text, jsonb, jsonb) is
    'ALTER COLUMN … TYPE, and what it does to the data.';

create or replace function pgtrail.mentions_column(p_sql text, p_column text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_sql ~ ('(?<![[:alnum:]_$"])'
    || regexp_replace(quote_ident(p_column), '([][\\.^$*+?(){}|])', '\\\1', 'g') || '(?![[:alnum:]_$"])');
comment on function pgtrail.mentions_column(text, text) is
    'Whether a name may be that of a column in an expression; never false where it is.';

-- A generated column cannot outlive a change of what it is computed from.
create or replace function pgtrail.replaced_columns(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    stable
    parallel safe
begin atomic
    with pair as (
        select
            n.key as name, o.value as old, n.value as new,
            o.value -> 'type' is distinct from n.value -> 'type'
                or o.value -> 'collation' is distinct from n.value -> 'collation' as retyped
        from jsonb_each(p_new -> 'columns') as n
        join jsonb_each(p_old -> 'columns') as o on o.key = n.key
        where o.value ? 'type' and n.value ? 'type'
    )
    select coalesce(array_agg(p.name), '{}')
    from pair as p
    where p.new ? 'generated' and not p.old ? 'generated'
        or p.old -> 'virtual' is distinct from p.new -> 'virtual'
        or p.old ? 'generated' and p.new ? 'generated' and (
            p.retyped
            or p.old -> 'generated' <> p.new -> 'generated' and current_setting('server_version_num')::integer < 170000
            or exists (
                select
                from pair as r
                where r.retyped and pgtrail.mentions_column(p.old ->> 'generated', r.name)
            )
            or exists (
                select
                from jsonb_object_keys(p_old -> 'numbers') as n (name)
                where not p_new -> 'numbers' ? n.name and pgtrail.mentions_column(p.old ->> 'generated', n.name)
            )
        );
end;
comment on function pgtrail.replaced_columns(jsonb, jsonb) is
    'Columns of a table that can only be dropped and added: generated ones, where this server has no other way.';

create or replace function pgtrail.rebuild_reason(p_old jsonb, p_new jsonb)
    returns text
    language sql
    stable
    parallel safe
return case
    when p_old -> 'partition_by' is distinct from p_new -> 'partition_by' then 'another partition key'
    when p_old -> 'server' is distinct from p_new -> 'server' then 'another server'
    when p_old -> 'access_method' is distinct from p_new -> 'access_method'
        and current_setting('server_version_num')::integer < 150000 then 'another access method'
    when exists (
        select
        from jsonb_each(p_old -> 'columns') as c
        where c.value ? 'type'
            and p_new -> 'columns' ? c.key
            and (c.value -> 'type' is distinct from p_new -> 'columns' -> c.key -> 'type'
                or c.value -> 'collation' is distinct from p_new -> 'columns' -> c.key -> 'collation')
            and pgtrail.mentions_column(p_old ->> 'partition_by', c.key)
    ) then 'another type in the partition key'
end;
comment on function pgtrail.rebuild_reason(jsonb, jsonb) is
    'Why a table cannot be altered from one definition to another; NULL when it can.';

create or replace function pgtrail.parents(p_table jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array(select jsonb_array_elements_text(p_table -> 'inherits'))
    || array_remove(array[p_table #>> '{partition_of,table}', p_table ->> 'of_type'], null);
comment on function pgtrail.parents(jsonb) is
    'What a table has columns and constraints from.';

-- A table that leaves its parents keeps as its own what it had from them, and only a table that has what it will
-- have from them can join them: keys and foreign keys it may lack, they come when it joins.
create or replace function pgtrail.standing_alone(p_definition jsonb, p_joining jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select p_definition || jsonb_strip_nulls(jsonb_build_object(
        'columns', (
            select jsonb_object_agg(c.key, c.value || coalesce(p_definition -> 'columns' -> c.key, '{}'))
            from jsonb_each(coalesce(p_definition -> 'columns', '{}') || coalesce(p_definition #> '{inherited,columns}', '{}')) as c
        ),
        'constraints', (
            select jsonb_object_agg(k.key, k.value)
            from (
                select k.key, k.value
                from jsonb_each(p_definition -> 'constraints') as k
                union all
                select coalesce(o.key, k.key), coalesce(o.value, k.value)
                from jsonb_each(p_definition #> '{inherited,constraints}') as k
                left join lateral (
                    select j.key, j.value
                    from jsonb_each(p_joining -> 'constraints') as j
                    where k.value ->> 'type' <> 'CHECK'
                        and j.value -> 'type' = k.value -> 'type'
                        and j.value -> 'definition' = k.value -> 'definition'
                        and not coalesce(p_definition -> 'constraints', '{}') ? j.key
                    order by j.key <> k.key, j.key collate "C"
                    limit 1
                ) as o on true
                where p_joining is null or k.value ->> 'type' = 'CHECK' or o.key is not null
            ) as k
        )))
        - array['partition_of', 'inherits', 'of_type', 'inherited'];
end;
comment on function pgtrail.standing_alone(jsonb, jsonb) is
    'A table as it is without its parents or type: after it left them or, with what is there then, before it joins them.';

-- Constraints by the name they have in the new definition. A constraint that says the same under another
-- name is renamed.
create or replace function pgtrail.constraint_pairs(p_old jsonb, p_new jsonb)
    returns table (old_name text, new_name text, old_constraint jsonb, new_constraint jsonb)
    language sql
    immutable
    parallel safe
begin atomic
    with gone as (
        select
            o.key, o.value,
            row_number() over (partition by o.value - array['comment', 'index_comment'] order by o.key collate "C") as place
        from jsonb_each(p_old -> 'constraints') as o
        where p_new -> 'constraints' -> o.key is null
    ),
    come as (
        select
            n.key, n.value,
            row_number() over (partition by n.value - array['comment', 'index_comment'] order by n.key collate "C") as place
        from jsonb_each(p_new -> 'constraints') as n
        where p_old -> 'constraints' -> n.key is null
    )
    select o.key, n.key, o.value, n.value
    from jsonb_each(p_old -> 'constraints') as o
    join jsonb_each(p_new -> 'constraints') as n on n.key = o.key
    union all
    select g.key, c.key, g.value, c.value
    from gone as g
    full join come as c
        on c.value - array['comment', 'index_comment'] = g.value - array['comment', 'index_comment']
        and c.place = g.place;
end;
comment on function pgtrail.constraint_pairs(jsonb, jsonb) is
    'Constraints of two definitions of a table, side by side.';

create or replace function pgtrail.replaces_constraint(p_old jsonb, p_new jsonb, p_columns text[])
    returns boolean
    language sql
    immutable
    parallel safe
begin atomic
    select bool_or(
            p_old -> k.key is distinct from p_new -> k.key
            -- When a foreign key is checked can be altered.
            and not (k.key in ('deferrable', 'deferred') and p_new ->> 'type' = 'FOREIGN KEY')
        )
        or p_new ? 'not_valid' and not p_old ? 'not_valid'
        or exists (
            select
            from unnest(p_columns) as c (name)
            where pgtrail.mentions_column(concat_ws(' ', p_old ->> 'definition', p_old ->> 'where'), c.name)
        )
    from unnest(array['type', 'definition', 'where', 'no_inherit', 'not_enforced', 'deferrable', 'deferred']) as k (key);
end;
comment on function pgtrail.replaces_constraint(jsonb, jsonb, text[]) is
    'Whether a constraint must be dropped and added to become another. p_columns: columns of its table that are.';

create or replace function pgtrail.loses_key(p_old jsonb, p_new jsonb)
    returns boolean
    language sql
    stable
    parallel safe
begin atomic
    select exists (
        select
        from pgtrail.constraint_pairs(p_old, p_new) as p
        where p.old_constraint ->> 'type' in ('PRIMARY KEY', 'UNIQUE')
            and (
                p.new_name is null
                or pgtrail.replaces_constraint(
                    p.old_constraint, p.new_constraint, pgtrail.replaced_columns(p_old, p_new))
            )
    );
end;
comment on function pgtrail.loses_key(jsonb, jsonb) is
    'Whether a key of a table is dropped or made anew: meanwhile no foreign key may refer to the table.';

create or replace function pgtrail.constraint_steps(
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
    alter_table constant text := format('ALTER %s %s ', p_type, p_full_name);
    pair record;
    is_key boolean;
    is_new boolean;
begin
    for pair in
        select p.*
        from pgtrail.constraint_pairs(p_old, p_new) as p
        -- A foreign key goes before the key of the same table that it refers to.
        order by
            array_position(
                array['FOREIGN KEY', 'PRIMARY KEY', 'UNIQUE', 'EXCLUDE', 'CHECK'],
                coalesce(p.new_constraint, p.old_constraint) ->> 'type'),
            p.new_name collate "C", p.old_name collate "C"
    loop
        is_key := coalesce(pair.new_constraint, pair.old_constraint) ->> 'type' = 'FOREIGN KEY';
        is_new := pair.old_name is null
            or pair.new_name is not null
                and pgtrail.replaces_constraint(pair.old_constraint, pair.new_constraint, p_replaced)
            or is_key
                and strpos(pair.new_constraint ->> 'definition', ' REFERENCES ' || p_full_name || '(') > 0
                and pgtrail.loses_key(p_old, p_new);
        if pair.old_name is not null and (is_new or pair.new_name is null) then
            -- A view that groups by a key depends on it.
            return next (
                case when pair.old_constraint ->> 'type' in ('PRIMARY KEY', 'UNIQUE') then 'REMOVE' else 'DETACH' end,
                format('%sDROP CONSTRAINT %I', alter_table, pair.old_name),
                'SAFE', format('constraint %s', pair.old_name), null)::pgtrail.step;
        elsif pair.old_constraint ? 'clustered' and not pair.new_constraint ? 'clustered' then
            return next ('DETACH', alter_table || 'SET WITHOUT CLUSTER', 'SAFE', 'not clustered on it', null)::pgtrail.step;
        end if;
        if pair.new_name is null then
            continue;
        end if;
        if is_new then
            return next (
                case when is_key then 'ATTACH' else 'ALTER' end,
                format('%sADD %s', alter_table, pgtrail.constraint_clause(pair.new_name, pair.new_constraint)),
                case when pair.new_constraint ?| array['not_valid', 'not_enforced'] then 'SAFE' else 'LOCK' end,
                format('constraint %s', pair.new_name), null)::pgtrail.step;
            pair.old_constraint := null;
        else
            if pair.old_constraint -> 'deferrable' is distinct from pair.new_constraint -> 'deferrable'
                or pair.old_constraint -> 'deferred' is distinct from pair.new_constraint -> 'deferred'
            then
                return next ('ALTER', format('%sALTER CONSTRAINT %I %s', alter_table, pair.new_name, case
                    when pair.new_constraint ? 'deferred' then 'DEFERRABLE INITIALLY DEFERRED'
                    when pair.new_constraint ? 'deferrable' then 'DEFERRABLE INITIALLY IMMEDIATE'
                    else 'NOT DEFERRABLE'
                end), 'SAFE', format('constraint %s', pair.new_name), null)::pgtrail.step;
            end if;
            if pair.old_constraint ? 'not_valid' and not pair.new_constraint ? 'not_valid' then
                return next (case when is_key then 'ATTACH' else 'ALTER' end,
                    format('%sVALIDATE CONSTRAINT %I', alter_table, pair.new_name),
                    'LOCK', format('constraint %s', pair.new_name), null)::pgtrail.step;
            end if;
            return query
                select 'ALTER', format('ALTER INDEX %I.%I %s', p_new ->> 'schema', pair.new_name, o.change),
                    'SAFE', format('constraint %s: storage parameters', pair.new_name), null
                from unnest(pgtrail.option_changes(pair.old_constraint -> 'options', pair.new_constraint -> 'options')) as o (change);
            if pair.old_constraint -> 'tablespace' is distinct from pair.new_constraint -> 'tablespace' then
                return next ('ALTER', format('ALTER INDEX %I.%I SET TABLESPACE %I', p_new ->> 'schema', pair.new_name,
                    coalesce(pair.new_constraint ->> 'tablespace', 'pg_default')),
                    'REWRITE', format('constraint %s: another tablespace', pair.new_name), null)::pgtrail.step;
            end if;
        end if;
        return query
            select case when is_key then 'ATTACH' else 'ALTER' end, s.statement, 'SAFE', format('constraint %s', pair.new_name), null
            from unnest(pgtrail.constraint_settings(p_new, pair.new_name, pair.old_constraint, pair.new_constraint)) as s (statement);
    end loop;
end
$function$;
comment on function pgtrail.constraint_steps(text, text, jsonb, jsonb, text[]) is
    'Steps that lead from the constraints of one definition of a table to those of another. p_replaced: columns that take their constraints with them.';

-- When those that are dropped have gone, and before new ones need the names.
create or replace function pgtrail.constraint_rename_steps(
    p_type text,
    p_full_name text,
    p_old jsonb,
    p_new jsonb,
    p_replaced text[]
)
    returns setof pgtrail.step
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    with renamed as (
        select p.old_name, p.new_name
        from pgtrail.constraint_pairs(p_old, p_new) as p
        where p.old_name <> p.new_name
            and not pgtrail.replaces_constraint(p.old_constraint, p.new_constraint, p_replaced)
    )
    select
        'RENAME', format('ALTER %s %s RENAME CONSTRAINT %I TO %I', p_type, p_full_name, s.from_name, s.to_name),
        'SAFE', 'constraint renamed', null
    from renamed as r
    cross join lateral (
        select case
            when exists (select from renamed as o where o.new_name = r.old_name) then pgtrail.temporary_name(r.old_name)
        end as name
    ) as t
    cross join lateral (
        values (1, r.old_name, t.name), (2, coalesce(t.name, r.old_name), r.new_name)
    ) as s (stage, from_name, to_name)
    where s.to_name is not null
    order by s.stage, r.old_name collate "C"
$function$;
comment on function pgtrail.constraint_rename_steps(text, text, jsonb, jsonb, text[]) is
    'Steps that give constraints of a table their new names.';

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
            format('SELECT pg_catalog.setval(%L, (SELECT %s(%I) FROM %s))', format('%I.%I', p_schema, new ->> 'sequence'),
                case when (new ->> 'increment')::bigint < 0 then 'min' else 'max' end, p_column, p_full_name),
            'SAFE', format('column %s: goes on after the values that are there', p_column), null)::pgtrail.step;
    else
        if old -> 'sequence' <> new -> 'sequence' then
            return next ('ALTER', format('ALTER SEQUENCE %I.%I RENAME TO %I', p_schema, old ->> 'sequence', new ->> 'sequence'),
                'SAFE', format('column %s: name of its sequence', p_column), null)::pgtrail.step;
        end if;
        clauses := pgtrail.sequence_changes(old_type, old, new_type, new);
        if old_type <> new_type then
            return next ('ALTER', array_to_string(
                format('ALTER SEQUENCE %I.%I AS %s', p_schema, new ->> 'sequence', new_type) || clauses, ' '),
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
        return;
    end if;
    -- From 18 on. The name is looked up, for definitions leave out one that PostgreSQL gave.
    if p_old -> 'not_null_name' is distinct from p_new -> 'not_null_name' then
        return next ('ALTER', format(
            'DO %L',
            format(
                'begin execute (select format(%L, k.conname) from pg_catalog.pg_constraint as k '
                'join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) '
                'where k.contype = ''n'' and k.conrelid = %L::pg_catalog.regclass and a.attname = %L); end',
                format('%sRENAME CONSTRAINT %%I TO %s', replace(alter_table, '%', '%%'), replace(quote_ident(coalesce(
                    p_new ->> 'not_null_name', pgtrail.not_null_default_name(p_full_name, p_column))), '%', '%%')),
                p_full_name, p_column)),
            'SAFE', what || ' renamed', null)::pgtrail.step;
    end if;
    if p_old ? 'not_null_not_valid' and not p_new ? 'not_null_not_valid' then
        return next ('ALTER', format('%sALTER COLUMN %I SET NOT NULL', alter_table, p_column), 'LOCK', what, null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.not_null_steps(text, text, text, jsonb, jsonb) is
    'Steps that lead from NOT NULL, or its absence, of a column to another.';

create or replace function pgtrail.not_null_default_name(p_full_name text, p_column text)
    returns text
    language sql
    immutable
    parallel safe
-- Short enough whatever the letters are.
return left((parse_ident(p_full_name))[2], 6) || '_' || left(p_column, 6) || '_not_null';
comment on function pgtrail.not_null_default_name(text, text) is
    'A name like those that PostgreSQL gives to NOT NULL.';

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
            case when p.has_data then format('select count(%I) from %s', k.name, p_full_name) end
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
                return query select s.* from pgtrail.type_step(table_name, p_full_name, pair.name, old, pair.new) as s;
                -- Another type brings its own storage.
                if old -> 'type' <> pair.new -> 'type' then
                    old := old - 'storage';
                end if;
            end if;
            if old ? 'generated' and old -> 'generated' <> pair.new -> 'generated' then
                return next ('ALTER', format('%s ALTER COLUMN %I SET EXPRESSION AS (%s)', alter_table, pair.name, pair.new ->> 'generated'),
                    case when pair.new ? 'virtual' then 'SAFE' else 'REWRITE' end,
                    format('column %s is computed another way', pair.name), null)::pgtrail.step;
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

create or replace function pgtrail.parent_steps(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alter_table constant text := format('ALTER %s %s ', p_type, p_full_name);
    old_parents constant text[] := array(select jsonb_array_elements_text(p_old -> 'inherits'));
    new_parents constant text[] := array(select jsonb_array_elements_text(p_new -> 'inherits'));
    -- Those after the first difference come anew: their order tells the order of columns.
    same integer := 0;
begin
    if p_old -> 'partition_of' is distinct from p_new -> 'partition_of' then
        if p_old ? 'partition_of' then
            return next ('LEAVE', format('ALTER TABLE %s DETACH PARTITION %s', p_old #>> '{partition_of,table}', p_full_name),
                'SAFE', 'partition', null)::pgtrail.step;
        end if;
        if p_new ? 'partition_of' then
            return next ('ALTER', format('ALTER TABLE %s ATTACH PARTITION %s %s',
                p_new #>> '{partition_of,table}', p_full_name, p_new #>> '{partition_of,bound}'),
                'LOCK', 'partition', null)::pgtrail.step;
        end if;
    end if;
    while old_parents[same + 1] = new_parents[same + 1] loop
        same := same + 1;
    end loop;
    return query
        select 'LEAVE', alter_table || 'NO INHERIT ' || p.name, 'SAFE', 'parent', null
        from unnest(old_parents[same + 1:]) as p (name);
    return query
        select 'ALTER', alter_table || 'INHERIT ' || p.name, 'SAFE', 'parent', null
        from unnest(new_parents[same + 1:]) with ordinality as p (name, place)
        order by p.place;
    if p_old -> 'of_type' is distinct from p_new -> 'of_type' then
        if p_old ? 'of_type' then
            return next ('LEAVE', alter_table || 'NOT OF', 'SAFE', 'type of the table', null)::pgtrail.step;
        end if;
        if p_new ? 'of_type' then
            return next ('ALTER', alter_table || 'OF ' || (p_new ->> 'of_type'), 'SAFE', 'type of the table', null)::pgtrail.step;
        end if;
    end if;
end
$function$;
comment on function pgtrail.parent_steps(text, text, jsonb, jsonb) is
    'Steps that detach a table from the parents or type of one definition and attach it to those of another.';

create or replace function pgtrail.alter_table(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alter_table constant text := format('ALTER %s %s ', p_type, p_full_name);
    reason constant text := pgtrail.rebuild_reason(p_old, p_new);
    moves constant boolean := pgtrail.parents(p_old) <> pgtrail.parents(p_new);
    old constant jsonb := case when moves then pgtrail.standing_alone(p_old, null) else p_old end;
    new constant jsonb := case when moves then pgtrail.standing_alone(p_new, old) else p_new end;
    replaced constant text[] := pgtrail.replaced_columns(old, new);
begin
    if reason is not null then
        return next ('REBUILD', null,
            case when p_type = 'FOREIGN TABLE' then 'SAFE' else 'DATA_LOSS' end, reason,
            case when p_type <> 'FOREIGN TABLE' then 'select count(*) from ' || p_full_name end)::pgtrail.step;
        return;
    end if;
    return query select * from pgtrail.parent_steps(p_type, p_full_name, p_old, p_new) as s where s.phase = 'LEAVE';
    return query select * from pgtrail.constraint_steps(p_type, p_full_name, old, new, replaced) as s where s.phase in ('DETACH', 'REMOVE');
    return query select * from pgtrail.constraint_rename_steps(p_type, p_full_name, old, new, replaced);
    if p_new ? 'partition_of' and exists (
        select
        from jsonb_each(p_old -> 'attached_indexes') as o
        where o.value ? 'clustered'
            and p_new -> 'attached_indexes' -> o.key -> 'clustered' is null
    ) then
        return next ('DETACH', alter_table || 'SET WITHOUT CLUSTER', 'SAFE', 'index of a partition', null)::pgtrail.step;
    end if;
    if p_old ->> 'replica_identity' is not null and not p_new ? 'replica_identity' then
        return next ('DETACH', alter_table || 'REPLICA IDENTITY DEFAULT', 'SAFE', 'replica identity', null)::pgtrail.step;
    end if;
    return query select * from pgtrail.dropped_column_steps(p_type, p_full_name, old, new, replaced);
    return query select * from pgtrail.column_steps(p_type, p_full_name, old, new, replaced);
    if p_old -> 'persistence' is distinct from p_new -> 'persistence' then
        return next ('ALTER', alter_table || 'SET ' || coalesce(p_new ->> 'persistence', 'LOGGED'),
            'REWRITE', 'persistence', null)::pgtrail.step;
    end if;
    if p_old -> 'access_method' is distinct from p_new -> 'access_method' then
        return next ('ALTER',
            alter_table || 'SET ACCESS METHOD ' || coalesce(quote_ident(p_new ->> 'access_method'),
                case when p_new ? 'partition_by' then 'DEFAULT' else 'heap' end),
            case when p_new ? 'partition_by' then 'SAFE' else 'REWRITE' end, 'another access method', null)::pgtrail.step;
    end if;
    if p_old -> 'tablespace' is distinct from p_new -> 'tablespace' then
        return next ('ALTER', format('%sSET TABLESPACE %I', alter_table, coalesce(p_new ->> 'tablespace', 'pg_default')),
            case when p_new ? 'partition_by' then 'SAFE' else 'REWRITE' end, 'another tablespace', null)::pgtrail.step;
    end if;
    return query select * from pgtrail.constraint_steps(p_type, p_full_name, old, new, replaced) as s where s.phase = 'ALTER';
    return query select * from pgtrail.parent_steps(p_type, p_full_name, p_old, p_new) as s where s.phase = 'ALTER';
    return query
        select 'ALTER', s.statement, 'SAFE', 'settings of the table', null
        from unnest(pgtrail.table_settings(p_type, p_full_name, p_old, p_new)) with ordinality as s (statement, place)
        order by s.place;
    return query select * from pgtrail.constraint_steps(p_type, p_full_name, old, new, replaced) as s where s.phase = 'ATTACH';
    return query
        select 'ATTACH', s.statement, 'SAFE', 'index of a partition', null
        from unnest(pgtrail.attached_index_statements(
            p_full_name,
            -- Attached anew, it has new ones.
            case when p_old -> 'partition_of' = p_new -> 'partition_of' then p_old -> 'attached_indexes' end,
            p_new -> 'attached_indexes')) with ordinality as s (statement, place)
        order by s.place;
end
$function$;
comment on function pgtrail.alter_table(text, text, jsonb, jsonb) is
    'Steps from one definition of a table to another.';
