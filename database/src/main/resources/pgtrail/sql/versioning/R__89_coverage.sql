set local role pgtrail_owner;

create or replace function pgtrail.parameters_with_privileges()
    returns bigint
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    parameters bigint := 0;
begin
    -- There is none before PostgreSQL 15.
    if to_regclass('pg_catalog.pg_parameter_acl') is not null then
        execute 'select count(*) from pg_catalog.pg_parameter_acl' into parameters;
    end if;
    return parameters;
end
$function$;
comment on function pgtrail.parameters_with_privileges() is
    'How many parameters of the server somebody was granted a privilege on.';

-- Large objects, subscriptions and the like are counted where everyone may read their catalog.
create or replace function pgtrail.unversioned_objects()
    returns table (object_type text, objects bigint)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
begin atomic
    with part as (
        select d.classid, d.objid from pg_depend as d where d.deptype = 'e'
    ),
    found as (
        select 'pg_opclass'::regclass::oid as class_id, o.oid as object_id, 'OPERATOR CLASS' as object_type
        from pg_opclass as o
        union all
        -- One of the same name comes with an operator class that names none.
        select 'pg_opfamily'::regclass, o.oid, 'OPERATOR FAMILY' from pg_opfamily as o
        union all
        select 'pg_language'::regclass, l.oid, 'LANGUAGE' from pg_language as l
        union all
        select 'pg_transform'::regclass, t.oid, 'TRANSFORM' from pg_transform as t
        union all
        select 'pg_conversion'::regclass, c.oid, 'CONVERSION' from pg_conversion as c
        union all
        select 'pg_am'::regclass, a.oid, 'ACCESS METHOD' from pg_am as a
        union all
        select 'pg_type'::regclass, t.oid, 'BASE TYPE'
        from pg_type as t
        where t.typtype = 'p' or t.typtype = 'b' and t.typcategory <> 'A'
        union all
        select 'pg_subscription'::regclass, s.oid, 'SUBSCRIPTION'
        from pg_subscription as s
        where s.subdbid = (select d.oid from pg_database as d where d.datname = current_database())
        union all
        select 'pg_largeobject_metadata'::regclass, l.oid, 'LARGE OBJECT' from pg_largeobject_metadata as l
        -- What comes with another object, and can be changed by itself all the same.
        union all
        select 'pg_type'::regclass, t.oid, 'ROW TYPE'
        from pg_type as t
        join pgtrail.versioned_relation as r on r.object_id = t.typrelid
        union all
        select 'pg_type'::regclass, e.oid, 'ARRAY TYPE'
        from pg_type as e
        where e.typarray <> 0 and pgtrail.is_ours(e.typnamespace) is not true
        union all
        select 'pg_type'::regclass, d.refobjid, 'CONSTRUCTOR OF A RANGE'
        from pg_depend as d
        where d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_type'::regclass and d.deptype = 'i'
        union all
        select 'pg_trigger'::regclass, t.oid, 'TRIGGER OF A CONSTRAINT'
        from pg_trigger as t
        join pg_constraint as k on k.oid = t.tgconstraint and k.contype <> 't'
        join pgtrail.versioned_relation as r on r.object_id = t.tgrelid
    )
    select f.object_type, count(*)
    from found as f
    where f.object_id >= 16384
        and not exists (select from part as p where p.classid = f.class_id and p.objid = f.object_id)
    group by f.object_type
    union all
    select 'MEMBER OF AN EXTENSION', count(*) from part
    union all
    select 'TEMPORARY OBJECT', count(*) from pg_class as c where c.relpersistence = 't' and c.relkind in ('r', 'p', 'v', 'S', 'i', 'I')
    union all
    select 'SECURITY LABEL', (select count(*) from pg_seclabel) + (select count(*) from pg_shseclabel)
    union all
    select 'MEMBERSHIP OF A ROLE', count(*)
    from pg_auth_members as m
    join pg_roles as r on r.oid = m.member
    where r.rolname !~ '^(pg_|pgtrail_)'
    union all
    select 'PRIVILEGE ON A PARAMETER', pgtrail.parameters_with_privileges()
    union all
    select 'REPLICATION ORIGIN', count(*) from pg_replication_origin
    union all
    select 'DATABASE', count(*) from pg_database as d where not d.datistemplate
    union all
    select 'TABLESPACE', count(*) from pg_tablespace as t where t.oid >= 16384
    union all
    select 'ROLE', count(*) from pg_roles as r where r.rolname !~ '^(pg_|pgtrail_)'
    union all
    select 'SETTING OF A ROLE OR DATABASE', count(*)
    from pg_db_role_setting as s
    where s.setdatabase in (0, (select d.oid from pg_database as d where d.datname = current_database()));
end;
comment on function pgtrail.unversioned_objects() is
    'How many objects there are of each kind that is not versioned; kinds without any may be missing.';

create or replace function pgtrail.versioned_objects()
    returns table (object_type text, objects bigint)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
begin atomic
    with versioned as (
        select
            case v.class_id
                when 'pg_class'::regclass then case c.relkind
                    when 'r' then 'TABLE' when 'p' then 'TABLE' when 'f' then 'FOREIGN TABLE' when 'v' then 'VIEW'
                    when 'm' then 'MATERIALIZED VIEW' when 'S' then 'SEQUENCE' else 'INDEX'
                end
                when 'pg_proc'::regclass then case f.prokind
                    when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION'
                end
                when 'pg_type'::regclass then case t.typtype when 'd' then 'DOMAIN' else 'TYPE' end
                when 'pg_trigger'::regclass then 'TRIGGER'
                when 'pg_event_trigger'::regclass then 'EVENT TRIGGER'
                when 'pg_rewrite'::regclass then 'RULE'
                when 'pg_policy'::regclass then 'POLICY'
                when 'pg_namespace'::regclass then 'SCHEMA'
                when 'pg_extension'::regclass then 'EXTENSION'
                when 'pg_collation'::regclass then 'COLLATION'
                when 'pg_statistic_ext'::regclass then 'STATISTICS'
                when 'pg_operator'::regclass then 'OPERATOR'
                when 'pg_cast'::regclass then 'CAST'
                when 'pg_ts_dict'::regclass then 'TEXT SEARCH DICTIONARY'
                when 'pg_ts_config'::regclass then 'TEXT SEARCH CONFIGURATION'
                when 'pg_ts_parser'::regclass then 'TEXT SEARCH PARSER'
                when 'pg_ts_template'::regclass then 'TEXT SEARCH TEMPLATE'
                when 'pg_publication'::regclass then 'PUBLICATION'
                when 'pg_foreign_data_wrapper'::regclass then 'FOREIGN DATA WRAPPER'
                when 'pg_foreign_server'::regclass then 'SERVER'
                when 'pg_user_mapping'::regclass then 'USER MAPPING'
                when 'pg_default_acl'::regclass then 'DEFAULT PRIVILEGES'
            end as object_type,
            c.oid as relation,
            t.oid as type_id
        from pgtrail.versioned_object as v
        left join pg_class as c on v.class_id = 'pg_class'::regclass and c.oid = v.object_id
        left join pg_proc as f on v.class_id = 'pg_proc'::regclass and f.oid = v.object_id
        left join pg_type as t on v.class_id = 'pg_type'::regclass and t.oid = v.object_id
    )
    select v.object_type, count(*) from versioned as v group by v.object_type
    union all
    select 'COLUMN', count(*)
    from versioned as v
    join pg_attribute as a on a.attrelid = v.relation and a.attnum > 0 and not a.attisdropped
    where v.object_type in ('TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW')
    union all
    select 'CONSTRAINT', count(*)
    from pg_constraint as k
    where k.contype <> 't'
        and (k.conrelid in (select v.relation from versioned as v)
            or k.contypid in (select v.type_id from versioned as v));
end;
comment on function pgtrail.versioned_objects() is
    'How many objects there are of each kind that is versioned; kinds without any may be missing.';

create or replace function pggit.coverage()
    returns table (object_type text, versioned boolean, objects bigint, remark text)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select k.object_type, k.versioned, coalesce(n.objects, 0), k.remark
    from (
        values
            ('TABLE', true, 'with its columns, constraints, options and privileges; partitioned tables and partitions too'),
            ('FOREIGN TABLE', true, 'with its columns, constraints, options and privileges; secrets are not kept'),
            ('COLUMN', true, 'as part of its table or view; neither privileges on system columns and comments on them nor, before PostgreSQL 18, that a table did away with the NOT NULL of its parent'),
            ('CONSTRAINT', true, 'as part of its table or domain; those from a parent without comments, and those of a partition without names'),
            ('INDEX', true, 'those of constraints as part of their table, those of partitions as part of the one they are attached to, without names; both without the extensions they go with'),
            ('SEQUENCE', true, 'without its current value; those of identity columns as part of their table'),
            ('VIEW', true, 'without a comment on its rule _RETURN'),
            ('MATERIALIZED VIEW', true, 'without its rows, its replica identity, and a comment on its rule _RETURN'),
            ('FUNCTION', true, null),
            ('PROCEDURE', true, null),
            ('AGGREGATE', true, null),
            ('TRIGGER', true, 'those of partitions as part of that of the partitioned table, without the extensions they go with'),
            ('EVENT TRIGGER', true, 'without those of pgtrail'),
            ('RULE', true, null),
            ('POLICY', true, null),
            ('TYPE', true, 'enumerations, composite types and ranges; of a multirange, its name and comment'),
            ('DOMAIN', true, null),
            ('SCHEMA', true, null),
            ('EXTENSION', true, 'name, version and schema; not its members, nor what its tables hold'),
            ('COLLATION', true, 'without the version of the library that sorts'),
            ('STATISTICS', true, 'without what ANALYZE gathers'),
            ('OPERATOR', true, 'not one that is only named as the commutator or negator of another'),
            ('CAST', true, null),
            ('TEXT SEARCH PARSER', true, null),
            ('TEXT SEARCH TEMPLATE', true, null),
            ('TEXT SEARCH DICTIONARY', true, null),
            ('TEXT SEARCH CONFIGURATION', true, null),
            ('PUBLICATION', true, null),
            ('FOREIGN DATA WRAPPER', true, null),
            ('SERVER', true, 'secrets in its options are not kept'),
            ('USER MAPPING', true, 'secrets in its options are not kept'),
            ('DEFAULT PRIVILEGES', true, 'of each role, schema and kind'),
            ('OPERATOR CLASS', false, null),
            ('OPERATOR FAMILY', false, null),
            ('LANGUAGE', false, 'usually part of an extension, which is versioned'),
            ('TRANSFORM', false, 'usually part of an extension, which is versioned'),
            ('CONVERSION', false, null),
            ('ACCESS METHOD', false, 'usually part of an extension, which is versioned'),
            ('BASE TYPE', false, 'needs functions in C; usually part of an extension, which is versioned'),
            ('ROW TYPE', false, 'comes with its table or view; a comment and privileges of its own are not versioned'),
            ('ARRAY TYPE', false, 'comes with the type of its elements; a comment of its own is not versioned'),
            ('CONSTRUCTOR OF A RANGE', false, 'comes with the range, named like it; what is done to the function is not versioned'),
            ('TRIGGER OF A CONSTRAINT', false, 'comes with the constraint; whether it is disabled is not versioned'),
            ('SUBSCRIPTION', false, 'belongs to the replication of this cluster, and holds a password'),
            ('SECURITY LABEL', false, 'means something to its label provider only'),
            ('LARGE OBJECT', false, 'is data'),
            ('ROLE', false, 'belongs to the cluster; its name is kept as owner and in privileges'),
            ('MEMBERSHIP OF A ROLE', false, 'belongs to the cluster'),
            ('SETTING OF A ROLE OR DATABASE', false, 'belongs to the cluster'),
            ('PRIVILEGE ON A PARAMETER', false, 'belongs to the cluster'),
            ('REPLICATION ORIGIN', false, 'belongs to the replication of this cluster'),
            ('DATABASE', false, 'belongs to the cluster, with its privileges and comment'),
            ('TABLESPACE', false, 'belongs to the cluster; its name is kept by what lies in it'),
            ('MEMBER OF AN EXTENSION', false, 'comes with the extension, which is versioned'),
            ('TEMPORARY OBJECT', false, 'ends with its session')
    ) as k (object_type, versioned, remark)
    left join (
        select * from pgtrail.versioned_objects()
        union all
        select * from pgtrail.unversioned_objects()
    ) as n on n.object_type = k.object_type
    order by not k.versioned, k.object_type collate "C";
end;
comment on function pggit.coverage() is
    'Every kind of object that PostgreSQL knows: whether pgtrail versions it, how many there are in this database, and a remark.';
