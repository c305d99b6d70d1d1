set local role pgtrail_owner;

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
            -- PostgreSQL 18 refuses SET EXPRESSION of a virtual one where there are checks, also of a child, or a publication.
            or p.old -> 'generated' <> p.new -> 'generated'
                and (p.new ? 'virtual' or current_setting('server_version_num')::integer < 170000)
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
    old constant jsonb := case when moves then pgtrail.standing_alone(p_old, null) else pgtrail.with_kept_parts(p_old, p_new) end;
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
    if not moves then
        return query select * from pgtrail.shed_steps(p_type, p_full_name, p_old, p_new);
    end if;
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
