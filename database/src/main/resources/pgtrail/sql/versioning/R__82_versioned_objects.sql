set local role pgtrail_owner;

create or replace function pgtrail.is_own_schema(p_name name)
    returns boolean
    language sql
    immutable
    parallel safe
return p_name ~ '^pg_' or p_name in ('information_schema', 'script_tracking', 'pggit', 'pgtrail');
comment on function pgtrail.is_own_schema(name) is
    'Whether a schema of this name belongs to PostgreSQL or to pgtrail.';

create or replace function pgtrail.is_ours(p_schema oid)
    returns boolean
    language sql
    stable
    parallel safe
begin atomic
    select pgtrail.is_own_schema(n.nspname)
    from pg_namespace as n
    where n.oid = p_schema;
end;
comment on function pgtrail.is_ours(oid) is
    'Whether a schema belongs to PostgreSQL or to pgtrail: what is in there is not versioned.';

-- 16384 is the first identity that PostgreSQL gives to objects of users.

-- Apart, because every commit of DDL asks for some of these.
create or replace view pgtrail.versioned_relation as
    select 'pg_class'::regclass::oid as class_id, c.oid as object_id, c.relnamespace as schema_id
    from pg_class as c
    -- Indexes of constraints, sequences of identity columns are parts of their table; an index of a partition
    -- is part of the index of the partitioned table that it is attached to.
    where c.oid >= 16384
        and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
        and c.relpersistence <> 't'
        and not exists (
            select from pg_namespace as n where n.oid = c.relnamespace and pgtrail.is_own_schema(n.nspname)
        )
        and not (
            c.relkind in ('i', 'I')
            and (
                c.relispartition
                or exists (
                    select from pg_constraint as k where k.conindid = c.oid and k.contype in ('p', 'u', 'x')
                )
            )
        )
        and not exists (
            select
            from pg_depend as d
            where d.classid = 'pg_class'::regclass
                and d.objid = c.oid
                and (d.deptype = 'e' or d.deptype = 'i' and c.relkind = 'S')
        );
comment on view pgtrail.versioned_relation is
    'Of pgtrail.versioned_object those in pg_class.';

create or replace view pgtrail.versioned_object as
    with parts as (
        select d.classid, d.objid
        from pg_depend as d
        where d.deptype = 'e'
            -- Constructors and casts of a range type come with it.
            or d.deptype = 'i' and d.classid in ('pg_proc'::regclass, 'pg_cast'::regclass)
    )
    select o.class_id, o.object_id, o.schema_id
    from (
        -- Of one type, oid, in each branch: so PostgreSQL looks at identities first, not at each schema.
        select 'pg_namespace'::regclass::oid as class_id, n.oid as object_id, n.oid as schema_id
        from pg_namespace as n
        where n.nspowner <> (select r.oid from pg_roles as r where r.rolname = 'pgtrail_owner')
        union all
        select r.class_id, r.object_id, r.schema_id
        from pgtrail.versioned_relation as r
        union all
        select 'pg_proc'::regclass::oid, f.oid, f.pronamespace
        from pg_proc as f
        -- What pgtrail made in schemas of others.
        where f.proowner <> (select r.oid from pg_roles as r where r.rolname = 'pgtrail_owner')
        union all
        select 'pg_trigger'::regclass::oid, t.oid, c.relnamespace
        from pg_trigger as t
        join pg_class as c on c.oid = t.tgrelid
        -- The copies on partitions come with the trigger of the partitioned table.
        where not t.tgisinternal and t.tgparentid = 0 and c.relpersistence <> 't'
        union all
        select 'pg_rewrite'::regclass::oid, r.oid, c.relnamespace
        from pg_rewrite as r
        join pg_class as c on c.oid = r.ev_class
        where r.rulename <> '_RETURN' and c.relpersistence <> 't'
        union all
        select 'pg_policy'::regclass::oid, p.oid, c.relnamespace
        from pg_policy as p
        join pg_class as c on c.oid = p.polrelid
        where c.relpersistence <> 't'
        union all
        select 'pg_type'::regclass::oid, t.oid, t.typnamespace
        from pg_type as t
        left join pg_class as c on c.oid = t.typrelid
        where t.typtype in ('e', 'd', 'r')
            or t.typtype = 'c' and c.relkind = 'c'
        union all
        select 'pg_collation'::regclass::oid, c.oid, c.collnamespace
        from pg_collation as c
        union all
        select 'pg_statistic_ext'::regclass::oid, s.oid, s.stxnamespace
        from pg_statistic_ext as s
        union all
        select 'pg_operator'::regclass::oid, o.oid, o.oprnamespace
        from pg_operator as o
        union all
        select 'pg_ts_dict'::regclass::oid, d.oid, d.dictnamespace
        from pg_ts_dict as d
        union all
        select 'pg_ts_config'::regclass::oid, c.oid, c.cfgnamespace
        from pg_ts_config as c
        union all
        select 'pg_ts_parser'::regclass::oid, p.oid, p.prsnamespace
        from pg_ts_parser as p
        union all
        select 'pg_ts_template'::regclass::oid, t.oid, t.tmplnamespace
        from pg_ts_template as t
        union all
        select 'pg_extension'::regclass::oid, e.oid, null
        from pg_extension as e
        union all
        select 'pg_event_trigger'::regclass::oid, e.oid, null
        from pg_event_trigger as e
        where e.evtname not in ('et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end')
        union all
        select 'pg_publication'::regclass::oid, p.oid, null
        from pg_publication as p
        union all
        select 'pg_foreign_data_wrapper'::regclass::oid, w.oid, null
        from pg_foreign_data_wrapper as w
        union all
        select 'pg_foreign_server'::regclass::oid, s.oid, null
        from pg_foreign_server as s
        union all
        -- The catalog itself is closed to all but superusers.
        select 'pg_user_mapping'::regclass::oid, m.umid, null
        from pg_user_mappings as m
        union all
        select 'pg_cast'::regclass::oid, c.oid, null
        from pg_cast as c
        union all
        select 'pg_default_acl'::regclass::oid, a.oid, nullif(a.defaclnamespace, 0)
        from pg_default_acl as a
    ) as o
    where (o.object_id >= 16384 or o.class_id = 'pg_namespace'::regclass)
        and pgtrail.is_ours(o.schema_id) is not true
        and not exists (
            select from parts as p where p.classid = o.class_id and p.objid = o.object_id
        );
comment on view pgtrail.versioned_object is
    'Every object of the database that pgtrail versions, by catalog and identity: not those of PostgreSQL, of pgtrail, of extensions, of sessions, nor those that are parts of another object.';
