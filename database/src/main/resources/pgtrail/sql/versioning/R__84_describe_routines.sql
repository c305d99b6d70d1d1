set local role pgtrail_owner;

create or replace function pgtrail.finalfunc_modify(p_letter "char", p_kind "char")
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_letter = case p_kind when 'n' then 'r' else 'w' end then null
    when p_letter = 'r' then 'READ_ONLY'
    when p_letter = 's' then 'SHAREABLE'
    else 'READ_WRITE'
end;
comment on function pgtrail.finalfunc_modify("char", "char") is
    'How the final function of an aggregate treats the state, as CREATE AGGREGATE words it; NULL for what is usual of its kind.';

create or replace function pgtrail.describe_aggregates(p_objects oid[])
    returns table (routine oid, kind text, direct_arguments integer, aggregate jsonb)
    language sql
    stable
begin atomic
    with functions as (
        select
            a.aggfnoid,
            jsonb_object_agg(u.option, quote_ident(n.nspname) || '.' || quote_ident(f.proname)) as functions
        from pg_aggregate as a
        cross join lateral (
            values
                ('sfunc', a.aggtransfn::oid), ('finalfunc', a.aggfinalfn::oid), ('combinefunc', a.aggcombinefn::oid),
                ('serialfunc', a.aggserialfn::oid), ('deserialfunc', a.aggdeserialfn::oid),
                ('msfunc', a.aggmtransfn::oid), ('minvfunc', a.aggminvtransfn::oid), ('mfinalfunc', a.aggmfinalfn::oid)
        ) as u (option, function)
        join pg_proc as f on f.oid = u.function
        join pg_namespace as n on n.oid = f.pronamespace
        where a.aggfnoid::oid = any (p_objects)
        group by a.aggfnoid
    )
    select
        a.aggfnoid::oid,
        case a.aggkind when 'o' then 'ORDERED SET' when 'h' then 'HYPOTHETICAL' end,
        case when a.aggkind <> 'n' then a.aggnumdirectargs::integer end,
        f.functions || jsonb_build_object(
            'stype', format_type(a.aggtranstype, null),
            'sspace', nullif(a.aggtransspace, 0),
            'initcond', a.agginitval,
            'finalfunc_extra', nullif(a.aggfinalextra, false),
            'finalfunc_modify', pgtrail.finalfunc_modify(a.aggfinalmodify, a.aggkind),
            'mstype', case when a.aggmtranstype <> 0 then format_type(a.aggmtranstype, null) end,
            'msspace', nullif(a.aggmtransspace, 0),
            'minitcond', a.aggminitval,
            'mfinalfunc_extra', nullif(a.aggmfinalextra, false),
            'mfinalfunc_modify', pgtrail.finalfunc_modify(a.aggmfinalmodify, a.aggkind),
            'sortop', quote_ident(n.nspname) || '.' || o.oprname
        )
    from functions as f
    join pg_aggregate as a on a.aggfnoid = f.aggfnoid
    left join pg_operator as o on o.oid = a.aggsortop
    left join pg_namespace as n on n.oid = o.oprnamespace;
end;
comment on function pgtrail.describe_aggregates(oid[]) is
    'What the aggregates among the routines have beyond other routines, their options by the names that CREATE AGGREGATE has for them.';

create or replace function pgtrail.describe_routines(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with wanted as (
        select
            f.oid, f.proname, f.pronamespace, f.proowner, f.prolang, f.procost, f.prorows, f.prosupport, f.prokind,
            f.prosecdef, f.proleakproof, f.proisstrict, f.proretset, f.provolatile, f.proparallel, f.prosrc, f.probin,
            f.proconfig, f.proacl, f.proargnames, f.protrftypes,
            coalesce(f.proallargtypes, f.proargtypes::oid[]) as types,
            f.proargmodes as modes
        from pg_proc as f
        where f.oid = any (p_objects)
    ),
    -- The columns of RETURNS TABLE are its result.
    arguments as (
        select
            w.oid,
            jsonb_object_agg(a.place, jsonb_build_object(
                'name', nullif(w.proargnames[a.place], ''),
                'mode', case w.modes[a.place] when 'o' then 'OUT' when 'b' then 'INOUT' when 'v' then 'VARIADIC' end,
                'type', format_type(a.type, null),
                'default', pg_get_function_arg_default(w.oid, a.place::integer)
            )) as arguments
        from wanted as w
        cross join unnest(w.types) with ordinality as a (type, place)
        where w.modes[a.place] is distinct from 't'
        group by w.oid
    ),
    transforms as (
        select w.oid, jsonb_object_agg(format_type(t.type, null), true) as transforms
        from wanted as w
        cross join unnest(w.protrftypes) as t (type)
        group by w.oid
    ),
    extensions as (
        select d.objid, jsonb_object_agg(e.extname, true) as extensions
        from wanted as w
        join pg_depend as d on d.classid = 'pg_proc'::regclass and d.objid = w.oid
        join pg_extension as e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
        where d.deptype = 'x'
        group by d.objid
    )
    select
        'pg_proc'::regclass::oid, w.oid,
        case w.prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end,
        n.nspname::text, w.proname::text, pgtrail.short_identity(i.identity),
        jsonb_strip_nulls(
            jsonb_build_object(
                'schema', n.nspname,
                'name', w.proname,
                'owner', pgtrail.role_name(w.proowner),
                'comment', m.description,
                'privileges', case when w.proacl is not null then pgtrail.privileges(w.proacl, 'f', w.proowner) end,
                'arguments', a.arguments,
                'result', pg_get_function_result(w.oid),
                'parallel', case w.proparallel when 's' then 'SAFE' when 'r' then 'RESTRICTED' end,
                'extensions', x.extensions
            )
            || case
                when w.prokind = 'a' then jsonb_build_object(
                    'kind', g.kind,
                    'direct_arguments', g.direct_arguments,
                    'aggregate', g.aggregate
                )
                else jsonb_build_object(
                    'kind', case when w.prokind = 'w' then 'WINDOW' end,
                    'language', l.lanname,
                    'body', case when b.body is null then w.prosrc end,
                    'sql_body', case when b.body is not null then pgtrail.settled(b.body) end,
                    'library', w.probin,
                    'volatility', case w.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' end,
                    'strict', nullif(w.proisstrict, false),
                    'security_definer', nullif(w.prosecdef, false),
                    'leakproof', nullif(w.proleakproof, false),
                    'cost', nullif(w.procost, case when l.lanname in ('internal', 'c') then 1 else 100 end),
                    'rows', nullif(w.prorows, case when w.proretset then 1000 else 0 end),
                    'support', quote_ident(sn.nspname) || '.' || quote_ident(s.proname),
                    'settings', case when w.proconfig is not null then pgtrail.options(w.proconfig) end,
                    'transforms', t.transforms
                )
            end)
    from wanted as w
    cross join pg_identify_object('pg_proc'::regclass, w.oid, 0) as i
    cross join pg_get_function_sqlbody(w.oid) as b (body)
    join pg_namespace as n on n.oid = w.pronamespace
    join pg_language as l on l.oid = w.prolang
    left join arguments as a on a.oid = w.oid
    left join transforms as t on t.oid = w.oid
    left join extensions as x on x.objid = w.oid
    left join pgtrail.describe_aggregates(p_objects) as g on g.routine = w.oid
    left join pg_proc as s on s.oid = w.prosupport
    left join pg_namespace as sn on sn.oid = s.pronamespace
    left join pg_description as m on m.classoid = 'pg_proc'::regclass and m.objoid = w.oid and m.objsubid = 0;
end;
comment on function pgtrail.describe_routines(oid[]) is
    'The routines: functions, procedures, aggregates, window functions.';
