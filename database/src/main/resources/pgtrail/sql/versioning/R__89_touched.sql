set local role pgtrail_owner;

create or replace function pgtrail.candidates(
    inout class_oids oid[],
    inout object_oids oid[],
    inout operations bytea[]
)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    -- OFFSET keeps the recorded objects from being read by anything but their identity: fewer rows, and
    -- serializable transactions that change different objects get along.
    with recursive asked as (
        select t.class_oid, t.object_oid, t.operation
        from unnest(class_oids, object_oids, operations) as t (class_oid, object_oid, operation)
    ),
    named as (
        select a.class_oid, a.object_oid, a.operation from asked as a where a.object_oid <> 0
        union all
        -- Where no event named the objects: what this transaction wrote in that catalog.
        select n.class_oid, w.object_oid, n.operation
        from (
            select a.class_oid, a.operation from asked as a where a.object_oid = 0
            union
            select
                case when a.class_oid = 'pg_operator'::regclass then a.class_oid else 'pg_publication'::regclass end,
                a.operation
            from asked as a
            where a.class_oid in (
                -- Operators name each other: as commutator, as negator.
                'pg_operator'::regclass,
                -- The second catalog is new in PostgreSQL 15.
                'pg_publication_rel'::regclass, to_regclass('pg_publication_namespace'))
        ) as n
        cross join lateral (
            select c.oid as object_oid
            from pg_class as c
            where n.class_oid = 'pg_class'::regclass
                and (
                    age(c.xmin) <= 0
                    or exists (select from pg_attribute as a where a.attrelid = c.oid and age(a.xmin) <= 0)
                )
            union all
            select f.oid from pg_proc as f where n.class_oid = 'pg_proc'::regclass and age(f.xmin) <= 0
            union all
            select t.oid from pg_type as t where n.class_oid = 'pg_type'::regclass and age(t.xmin) <= 0
            union all
            select v.object_id
            from pgtrail.versioned_object as v
            where v.class_id = n.class_oid
                and n.class_oid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
            union all
            select o.object_oid
            from pggit.objects as o
            where o.class_oid = n.class_oid
                and o.is_active
                and n.class_oid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
        ) as w
        union all
        -- What became a member of an extension, and what is none any more.
        select m.class_oid, m.object_oid, n.operation
        from (
            select a.object_oid, a.operation from asked as a where a.class_oid = 'pg_extension'::regclass
        ) as n
        cross join lateral (
            select d.classid as class_oid, d.objid as object_oid
            from pg_depend as d
            where d.refclassid = 'pg_extension'::regclass and d.refobjid = n.object_oid and d.deptype = 'e'
            union all
            select v.class_id, v.object_id
            from pgtrail.versioned_object as v
            where not exists (
                select
                from pggit.objects as o
                where o.is_active and o.object_oid <> 0 and o.class_oid = v.class_id and o.object_oid = v.object_id
            )
        ) as m
    ),
    -- Parts stand for what they belong to.
    noted as (
        select n.class_oid, n.object_oid, n.operation from named as n
        union all
        select
            case when k.conrelid <> 0 then 'pg_class'::regclass else 'pg_type'::regclass end,
            case when k.conrelid <> 0 then k.conrelid else k.contypid end,
            n.operation
        from named as n
        join pg_constraint as k on k.oid = n.object_oid
        where n.class_oid = 'pg_constraint'::regclass
        union all
        select n.class_oid, r.rngtypid, n.operation
        from named as n
        join pg_range as r on r.rngmultitypid = n.object_oid
        where n.class_oid = 'pg_type'::regclass
        union all
        select 'pg_type'::regclass, c.reltype, n.operation
        from named as n
        join pg_class as c on c.oid = n.object_oid and c.relkind = 'c'
        where n.class_oid = 'pg_class'::regclass
        union all
        -- The table of an index, of an identity column's sequence.
        select n.class_oid, i.indrelid, n.operation
        from named as n
        join pg_index as i on i.indexrelid = n.object_oid
        where n.class_oid = 'pg_class'::regclass
        union all
        select n.class_oid, d.refobjid, n.operation
        from named as n
        join pg_depend as d
            on d.classid = 'pg_class'::regclass and d.objid = n.object_oid
            and d.refclassid = 'pg_class'::regclass and d.deptype = 'i'
        where n.class_oid = 'pg_class'::regclass
        union all
        -- The same where the index is gone.
        select t.class_oid, t.object_oid, n.operation
        from named as n
        cross join lateral (
            select t.class_oid, t.object_oid
            from pggit.objects as o
            join pggit.dependencies as d on d.dependent_id = o.id and d.dependency_kind = 'AUTO'
            join pggit.objects as t on t.id = d.dependency_id
            where o.class_oid = n.class_oid and o.object_oid = n.object_oid and o.is_active and o.object_type = 'INDEX'
            offset 0
        ) as t
    ),
    -- A change of a table is one of its partitions and children, those that it had and those it has; that of a
    -- type one of the tables of this type.
    family as (
        select n.class_oid, n.object_oid, n.operation from noted as n
        union
        select 'pg_class'::regclass, c.object_oid, f.operation
        from family as f
        cross join lateral (
            select i.inhrelid as object_oid
            from pg_inherits as i
            where f.class_oid = 'pg_class'::regclass and i.inhparent = f.object_oid
            union all
            (
                select o.object_oid
                from pggit.objects as t
                join pggit.dependencies as d on d.dependency_id = t.id and d.dependency_kind <> 'FOREIGN KEY'
                join pggit.objects as o on o.id = d.dependent_id and o.object_type in ('TABLE', 'FOREIGN TABLE')
                where t.class_oid = f.class_oid and t.object_oid = f.object_oid and t.is_active
                    and f.class_oid = 'pg_class'::regclass
                offset 0
            )
            union all
            select d.objid
            from pg_depend as d
            join pg_class as c on c.oid = d.objid and c.reloftype = d.refobjid
            where d.refclassid = f.class_oid and d.refobjid = f.object_oid
                and f.class_oid = 'pg_type'::regclass
                and d.classid = 'pg_class'::regclass
        ) as c
    ),
    -- Changing a column makes its indexes and statistics anew, under other identities.
    parts as (
        select f.class_oid, i.indexrelid as object_oid, f.operation
        from family as f
        join pg_index as i on i.indrelid = f.object_oid
        where f.class_oid = 'pg_class'::regclass
        union all
        -- ALTER TABLE enables and disables them, also those that a partition has of the table above it.
        select 'pg_trigger'::regclass, t.oid, f.operation
        from family as f
        cross join lateral (
            select f.object_oid as table_oid
            union all
            select a.relid from pg_partition_ancestors(f.object_oid) as a
        ) as u
        join pg_trigger as t on t.tgrelid = u.table_oid and not t.tgisinternal
        where f.class_oid = 'pg_class'::regclass
        union all
        select 'pg_rewrite'::regclass, r.oid, f.operation
        from family as f
        join pg_rewrite as r on r.ev_class = f.object_oid and r.rulename <> '_RETURN'
        where f.class_oid = 'pg_class'::regclass
        union all
        select 'pg_statistic_ext'::regclass, s.oid, f.operation
        from family as f
        join pg_statistic_ext as s on s.stxrelid = f.object_oid
        where f.class_oid = 'pg_class'::regclass
        union all
        select f.class_oid, d.objid, f.operation
        from family as f
        join pg_depend as d
            on d.refclassid = 'pg_class'::regclass and d.refobjid = f.object_oid
            and d.classid = 'pg_class'::regclass and d.deptype = 'a'
        where f.class_oid = 'pg_class'::regclass
        union all
        select o.class_oid, o.object_oid, f.operation
        from family as f
        cross join lateral (
            select o.class_oid, o.object_oid
            from pggit.objects as t
            join pggit.dependencies as d on d.dependency_id = t.id
            join pggit.objects as o on o.id = d.dependent_id and o.object_type in ('INDEX', 'STATISTICS', 'SEQUENCE')
            where t.class_oid = f.class_oid and t.object_oid = f.object_oid and t.is_active
            offset 0
        ) as o
        where f.class_oid = 'pg_class'::regclass
    ),
    every as (
        select * from family
        union all
        select * from parts
    )
    select array_agg(e.class_oid), array_agg(e.object_oid), array_agg(e.operation)
    from (
        select e.class_oid, e.object_oid, (array_agg(e.operation))[1] as operation
        from every as e
        group by e.class_oid, e.object_oid
    ) as e
$function$;
comment on function pgtrail.candidates(oid[], oid[], bytea[]) is
    'All objects that statements may have changed, from those that their events named.';

create or replace function pgtrail.noted_objects(
    out class_oids oid[],
    out object_oids oid[],
    out operations bytea[]
)
    language sql
    stable
begin atomic
    with noted as (
        select t.* from pgtrail.touched as t where t.recorded_xid = pg_current_xact_id()
    )
    select array_agg(n.class_oid), array_agg(n.object_oid), array_agg(n.script_execution_hk)
    from (
        -- The statement that touched it last.
        select distinct on (o.class_oid, o.object_oid)
            o.class_oid, o.object_oid,
            -- What a statement drops is noted before its operation is written.
            coalesce(t.script_execution_hk, (
                select n.script_execution_hk
                from noted as n
                where n.noted_at > t.noted_at and n.script_execution_hk is not null
                order by n.noted_at
                limit 1
            )) as script_execution_hk
        from noted as t
        cross join lateral unnest(t.class_oids, t.object_oids) as o (class_oid, object_oid)
        order by o.class_oid, o.object_oid, t.noted_at desc
    ) as n;
end;
comment on function pgtrail.noted_objects() is
    'What the events of this transaction named, each with the operation that touched it last.';

create or replace function pgtrail.describe_noted(p_lock_all boolean)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted record;
begin
    perform pgtrail.tie_to_catalogs();
    select c.*
    into noted
    from pgtrail.noted_objects() as n
    cross join lateral pgtrail.candidates(n.class_oids, n.object_oids, n.operations) as c;
    if p_lock_all then
        perform
        from pggit.objects as o
        where o.id = any (pgtrail.with_dependents(array(
            select k.id
            from pggit.objects as k
            join unnest(noted.class_oids, noted.object_oids) as c (class_oid, object_oid)
                on c.class_oid = k.class_oid and c.object_oid = k.object_oid
            where k.is_active
        )))
        order by o.id
        for no key update;
    end if;
    perform pgtrail.record_objects('DDL', noted.class_oids, noted.object_oids, noted.operations);
end
$function$;
comment on function pgtrail.describe_noted(boolean) is
    'Records the changes of what the events of this transaction named; first locks the rows of all that depends on it, if asked to.';

create or replace function pgtrail.describe_touched()
    returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
    -- A commit of DDL touches few objects. The first plan of a session serves them all, and reads the
    -- catalogs by their indexes.
    set plan_cache_mode = force_generic_plan
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_seqscan = off
    set jit = off
as $function$
declare
    lock_all boolean := false;
    state text;
    problem text;
begin
    -- The first call of a transaction does the work of all.
    if not exists (select from pgtrail.touched as t where t.recorded_xid = pg_current_xact_id()) then
        return null;
    end if;
    -- Made read-only after its DDL: that would let changes pass undescribed.
    perform pgtrail.refuse_read_only();
    loop
        begin
            perform pgtrail.describe_noted(lock_all);
            exit;
        exception
            -- Another session holds what depends on this. Whoever has let go of its own rows may wait for it.
            when sqlstate 'PT008' then
                lock_all := true;
            when others then
                get stacked diagnostics state = returned_sqlstate, problem = message_text;
                if state in ('40001', '40P01') then
                    raise;
                elsif (select s.on_capture_failure from pgtrail.settings as s) = 'abort' then
                    raise exception using
                        errcode = 'PT008',
                        message = format(
                            'this transaction is refused, because its changes could not be described: %s', problem),
                        detail = format('SQLSTATE %s', state),
                        hint = 'The setting on_capture_failure is abort; warn lets DDL go on without versions.';
                end if;
                -- If this fails, too, so does the transaction: a session could bring that about.
                insert into pgtrail.capture_failure
                values (clock_timestamp(), 'COMMIT', state, problem, session_user);
                raise warning using
                    errcode = 'PT008',
                    message = format('pgtrail could not describe the changes of this transaction: %s', problem),
                    detail = format('SQLSTATE %s', state),
                    hint = 'They are in the trail, but not in the versions: pggit.verify_database_integrity() shows what is missing.';
                exit;
        end;
    end loop;
    delete from pgtrail.touched as t where t.recorded_xid = pg_current_xact_id();
    return null;
end
$function$;
comment on function pgtrail.describe_touched() is
    'Deferred constraint trigger: at the end of a transaction that changed the schema, describes what it touched and records the changes. A failure is a warning and counted, or PT008 under on_capture_failure = abort; raises PT007 in a transaction that was made read-only.';

create or replace function pgtrail.tie_to_catalogs()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    here constant oid := 'pggit.objects'::regclass;
begin
    if exists (
        select
        from pgtrail.versioning as v
        join pg_control_system() as c on v.cluster = c.system_identifier
        where v.objects_oid = here
    ) then
        return;
    end if;
    -- Identities mean nothing in a restored database: there the names of a dump are what holds.
    update pggit.objects as o set object_oid = 0 where o.is_active;
    update pggit.objects as o
    set object_oid = d.object_id
    from (
        select v.class_id, array_agg(v.object_id) as objects
        from pgtrail.versioned_object as v
        group by v.class_id
    ) as c
    cross join lateral pgtrail.describe(c.class_id, c.objects) as d
    where o.is_active
        and o.class_oid = d.class_id
        and o.object_type = d.object_type
        and o.full_name = d.full_name;
    update pgtrail.versioning as v
    set cluster = c.system_identifier, objects_oid = here
    from pg_control_system() as c;
end
$function$;
comment on function pgtrail.tie_to_catalogs() is
    'In a restored or upgraded cluster ties the recorded objects to the catalogs anew, by name. At any other time does nothing.';

create or replace function pgtrail.dropped_objects(out class_oids oid[], out object_oids oid[])
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select array_agg(t.class_oid), array_agg(t.object_oid)
    from (
        select d.classid as class_oid, d.objid as object_oid
        from pg_event_trigger_dropped_objects() as d
        where d.classid not in ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_publication_rel'::regclass)
            and not d.is_temporary
        union
        -- Parts of objects that stay.
        select 'pg_class'::regclass, c.oid
        from pg_event_trigger_dropped_objects() as d
        join pg_namespace as n on n.nspname = d.address_names[1]
        join pg_class as c on c.relnamespace = n.oid and c.relname = d.address_names[2]
        where d.classid in ('pg_constraint'::regclass, 'pg_attrdef'::regclass)
        union
        select 'pg_type'::regclass, 0
        from pg_event_trigger_dropped_objects() as d
        where d.object_type = 'domain constraint'
        union
        select 'pg_publication'::regclass, 0
        from pg_event_trigger_dropped_objects() as d
        where d.object_type like 'publication %'
    ) as t
$function$;
comment on function pgtrail.dropped_objects() is
    'In sql_drop: what the statement dropped, and what it took parts of.';

create or replace function pgtrail.granted_class(p_object_type text)
    returns oid
    language sql
    immutable
    parallel safe
return case
    when p_object_type in ('TABLE', 'SEQUENCE') then 'pg_class'::regclass
    when p_object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE') then 'pg_proc'::regclass
    when p_object_type in ('TYPE', 'DOMAIN') then 'pg_type'::regclass
    when p_object_type = 'SCHEMA' then 'pg_namespace'::regclass
    when p_object_type = 'FOREIGN DATA WRAPPER' then 'pg_foreign_data_wrapper'::regclass
    when p_object_type = 'FOREIGN SERVER' then 'pg_foreign_server'::regclass
end;
comment on function pgtrail.granted_class(text) is
    'Catalog of what a GRANT names, for which PostgreSQL reports no identity; NULL for what is not versioned.';

-- CREATE OR REPLACE knows no constraint triggers.
do $trigger$
begin
    if not exists (
        select
        from pg_catalog.pg_trigger as t
        where t.tgrelid = 'pgtrail.touched'::regclass and t.tgname = 'describe_touched'
    ) then
        create constraint trigger describe_touched
            after insert on pgtrail.touched
            deferrable initially deferred
            for each row execute function pgtrail.describe_touched();
        comment on trigger describe_touched on pgtrail.touched is
            'A transaction that changed the schema describes what it changed when it commits.';
        -- Not in an upgrade: its own changes are waiting there.
        alter table pgtrail.touched enable always trigger describe_touched;
    end if;
end
$trigger$;
