set local role pgtrail_owner;

-- PostgreSQL records dependencies between parts: the default of a column, a constraint, the rule behind a
-- view, the row type of a table. Here they are those of the objects that the parts belong to.
create or replace function pgtrail.dependency_edges(p_class oid, p_objects oid[])
    returns table (
        class_oid oid,
        object_oid oid,
        dependency_class_oid oid,
        dependency_oid oid,
        dependency_kind text
    )
    language sql
    stable
begin atomic
    with part as (
        select p_class as class_oid, o.id as object_oid, p_class as part_class, o.id as part_oid, false as foreign_key
        from unnest(p_objects) as o (id)
        union all
        select p_class, a.adrelid, 'pg_attrdef'::regclass, a.oid, false
        from pg_attrdef as a
        where p_class = 'pg_class'::regclass and a.adrelid = any (p_objects)
        union all
        select p_class, k.conrelid, 'pg_constraint'::regclass, k.oid, k.contype = 'f'
        from pg_constraint as k
        -- Constraint triggers are objects themselves.
        where p_class = 'pg_class'::regclass and k.conrelid = any (p_objects) and k.contype <> 't'
        union all
        select p_class, r.ev_class, 'pg_rewrite'::regclass, r.oid, false
        from pg_rewrite as r
        where p_class = 'pg_class'::regclass and r.ev_class = any (p_objects) and r.rulename = '_RETURN'
        union all
        select p_class, k.contypid, 'pg_constraint'::regclass, k.oid, false
        from pg_constraint as k
        where p_class = 'pg_type'::regclass and k.contypid = any (p_objects)
        union all
        select p_class, t.oid, 'pg_class'::regclass, t.typrelid, false
        from pg_type as t
        where p_class = 'pg_type'::regclass and t.oid = any (p_objects) and t.typrelid <> 0
        union all
        select p_class, r.prpubid, 'pg_publication_rel'::regclass, r.oid, false
        from pg_publication_rel as r
        where p_class = 'pg_publication'::regclass and r.prpubid = any (p_objects)
    ),
    edge as (
        select
            p.class_oid, p.object_oid, w.class_oid as dependency_class_oid, w.object_oid as dependency_oid,
            case
                when p.foreign_key and w.class_oid = 'pg_class'::regclass then 'FOREIGN KEY'
                when d.deptype = 'a' then 'AUTO'
                else 'NORMAL'
            end as dependency_kind
        from part as p
        join pg_depend as d on d.classid = p.part_class and d.objid = p.part_oid
        cross join lateral (
            select d.refclassid as class_oid, d.refobjid as object_oid
            where d.refclassid not in (
                'pg_type'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_rewrite'::regclass, 'pg_class'::regclass)
            union all
            select
                case when o.owner is null then d.refclassid else 'pg_type'::regclass end,
                coalesce(o.owner, d.refobjid)
            from (
                -- The relation behind a composite type is that type.
                select (
                    select c.reltype from pg_class as c where c.oid = d.refobjid and c.relkind = 'c'
                ) as owner
            ) as o
            where d.refclassid = 'pg_class'::regclass
            union all
            select
                case when t.typrelid <> 0 and c.relkind <> 'c' then 'pg_class'::regclass else 'pg_type'::regclass end,
                case when t.typrelid <> 0 and c.relkind <> 'c' then t.typrelid else t.oid end
            from pg_type as named
            cross join lateral (
                select case when named.typelem <> 0 and named.typlen = -1 then named.typelem else named.oid end as id
            ) as e
            -- A multirange comes with its range.
            left join pg_range as m on m.rngmultitypid = e.id
            join pg_type as t on t.oid = coalesce(m.rngtypid, e.id)
            left join pg_class as c on c.oid = t.typrelid
            where d.refclassid = 'pg_type'::regclass and named.oid = d.refobjid
            union all
            select
                case when k.conrelid <> 0 then 'pg_class'::regclass else 'pg_type'::regclass end,
                case when k.conrelid <> 0 then k.conrelid else k.contypid end
            from pg_constraint as k
            where d.refclassid = 'pg_constraint'::regclass and k.oid = d.refobjid
            union all
            -- The sequence behind an identity column.
            select x.refclassid, x.refobjid
            from pg_depend as x
            where d.refclassid = 'pg_class'::regclass
                and x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'i'
                and x.refclassid = 'pg_class'::regclass and x.refobjsubid <> 0
            union all
            -- The range or multirange behind a constructor.
            select x.refclassid, coalesce(m.rngtypid, x.refobjid)
            from pg_depend as x
            left join pg_range as m on m.rngmultitypid = x.refobjid
            where d.refclassid = 'pg_proc'::regclass
                and x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'i'
                and x.refclassid = 'pg_type'::regclass
            union all
            -- Whatever an extension brought comes with it.
            select x.refclassid, x.refobjid
            from pg_depend as x
            where x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'e'
            union all
            select 'pg_class'::regclass, a.adrelid
            from pg_attrdef as a
            where d.refclassid = 'pg_attrdef'::regclass and a.oid = d.refobjid
            union all
            select 'pg_class'::regclass, r.ev_class
            from pg_rewrite as r
            where d.refclassid = 'pg_rewrite'::regclass and r.oid = d.refobjid
        ) as w
        where d.refobjid >= 16384 or d.refclassid = 'pg_namespace'::regclass
    )
    select e.class_oid, e.object_oid, e.dependency_class_oid, e.dependency_oid, e.dependency_kind
    from edge as e
    where (e.class_oid, e.object_oid) <> (e.dependency_class_oid, e.dependency_oid)
    group by e.class_oid, e.object_oid, e.dependency_class_oid, e.dependency_oid, e.dependency_kind;
end;
comment on function pgtrail.dependency_edges(oid, oid[]) is
    'What objects of one catalog depend on, by catalog and identity.';
