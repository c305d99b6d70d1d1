set local role pgtrail_owner;

create or replace function pgtrail.operator_name(p_operator oid)
    returns text
    language sql
    stable
    parallel safe
begin atomic
    select format('OPERATOR(%I.%s)', n.nspname, o.oprname)
    from pg_operator as o
    join pg_namespace as n on n.oid = o.oprnamespace
    where o.oid = p_operator;
end;
comment on function pgtrail.operator_name(oid) is
    'Operator as an expression names it with its schema; NULL for none.';

-- An operator without a function was only named as the commutator or negator of another: it is not there yet.
create or replace function pgtrail.describe_operators(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_operator'::regclass::oid, o.oid, 'OPERATOR', n.nspname::text, o.oprname::text, pgtrail.short_identity(i.identity),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', o.oprname,
            'owner', pgtrail.role_name(o.oprowner),
            'comment', d.description,
            'left', case when o.oprleft <> 0 then format_type(o.oprleft, null) end,
            'right', case when o.oprright <> 0 then format_type(o.oprright, null) end,
            'function', o.oprcode::text,
            'commutator', pgtrail.operator_name(o.oprcom),
            'negator', pgtrail.operator_name(o.oprnegate),
            'restrict', case when o.oprrest <> 0 then o.oprrest::text end,
            'join', case when o.oprjoin <> 0 then o.oprjoin::text end,
            'hashes', nullif(o.oprcanhash, false),
            'merges', nullif(o.oprcanmerge, false)))
    from pg_operator as o
    cross join lateral pg_identify_object('pg_operator'::regclass, o.oid, 0) as i
    join pg_namespace as n on n.oid = o.oprnamespace
    left join pg_description as d
        on d.objoid = o.oid and d.classoid = 'pg_operator'::regclass and d.objsubid = 0
    where o.oid = any (p_objects) and o.oprcode <> 0;
end;
comment on function pgtrail.describe_operators(oid[]) is
    'Definitions of operators.';

create or replace function pgtrail.describe_casts(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_cast'::regclass::oid, c.oid, 'CAST', null::text, pgtrail.short_identity(i.identity), pgtrail.short_identity(i.identity),
        jsonb_strip_nulls(jsonb_build_object(
            'source', format_type(c.castsource, null),
            'target', format_type(c.casttarget, null),
            'function', case when c.castfunc <> 0 then c.castfunc::regprocedure::text end,
            'method', case c.castmethod when 'i' then 'INOUT' when 'b' then 'BINARY' end,
            'context', case c.castcontext when 'a' then 'ASSIGNMENT' when 'i' then 'IMPLICIT' end,
            'comment', d.description))
    from pg_cast as c
    cross join lateral pg_identify_object('pg_cast'::regclass, c.oid, 0) as i
    left join pg_description as d
        on d.objoid = c.oid and d.classoid = 'pg_cast'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        -- That of a range to its multirange comes with the range.
        and not exists (
            select
            from pg_depend as x
            where x.classid = 'pg_cast'::regclass and x.objid = c.oid and x.deptype = 'i'
        );
end;
comment on function pgtrail.describe_casts(oid[]) is
    'Definitions of casts.';
