set local role pgtrail_owner;

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
