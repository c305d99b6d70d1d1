set local role pgtrail_owner;

create or replace function pgtrail.written_objects(p_class oid)
    returns oid[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    return case p_class
        when 'pg_class'::regclass then array(
            select c.oid
            from pg_class as c
            where age(c.xmin) <= 0
                or exists (select from pg_attribute as a where a.attrelid = c.oid and age(a.xmin) <= 0)
        )
        when 'pg_proc'::regclass then array(select f.oid from pg_proc as f where age(f.xmin) <= 0)
        when 'pg_type'::regclass then array(select t.oid from pg_type as t where age(t.xmin) <= 0)
        -- Few, and some of them change by what is written elsewhere.
        else array(
            select v.object_id
            from pgtrail.versioned_object as v
            where v.class_id = p_class
            union
            select o.object_oid
            from pggit.objects as o
            where o.class_oid = p_class and o.is_active
        )
    end;
end
$function$;
comment on function pgtrail.written_objects(oid) is
    'Of a catalog at least those objects that this transaction wrote, for statements whose events name none.';

-- Runs at every commit of DDL: only the queries that the kinds of parts at hand need.
create or replace function pgtrail.owners_of_parts(p_class_oids oid[], p_object_oids oid[])
    returns table (class_oid oid, object_oid oid, part_oid oid)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    class oid;
    parts oid[];
begin
    for class, parts in
        select p.class_oid, array_agg(p.object_oid)
        from unnest(p_class_oids, p_object_oids) as p (class_oid, object_oid)
        group by p.class_oid
    loop
        case class
            when 'pg_class'::regclass then
                return query select class, o.object_oid, o.part_oid from pgtrail.owners_of_relations(parts) as o;
                return query select o.class_oid, o.object_oid, o.part_oid from pgtrail.owners_of_composites(parts) as o;
            when 'pg_type'::regclass then
                return query
                    select class, r.rngtypid, r.rngmultitypid
                    from pg_range as r
                    where r.rngmultitypid = any (parts)
                    union all
                    -- Tables of a type have its columns.
                    select d.classid, d.objid, d.refobjid
                    from pg_depend as d
                    join pg_class as t on t.oid = d.objid and t.reloftype = d.refobjid
                    where d.refclassid = class and d.refobjid = any (parts) and d.classid = 'pg_class'::regclass;
            when 'pg_constraint'::regclass then
                return query
                    select
                        case when k.conrelid <> 0 then 'pg_class'::regclass::oid else 'pg_type'::regclass::oid end,
                        case when k.conrelid <> 0 then k.conrelid else k.contypid end,
                        k.oid
                    from pg_constraint as k
                    where k.oid = any (parts);
            when 'pg_rewrite'::regclass then
                -- Before PostgreSQL 16 this rule makes a view of a table.
                return query
                    select 'pg_class'::regclass::oid, r.ev_class, r.oid
                    from pg_rewrite as r
                    where r.oid = any (parts) and r.rulename = '_RETURN';
            when 'pg_operator'::regclass then
                -- Operators name each other: as commutator, as negator.
                return query
                    select class, w.object_oid, parts[1]
                    from unnest(pgtrail.written_objects(class)) as w (object_oid);
            when 'pg_extension'::regclass then
                -- What became a member of an extension, and what is none any more.
                return query
                    select d.classid, d.objid, d.refobjid
                    from pg_depend as d
                    where d.refclassid = class and d.refobjid = any (parts) and d.deptype = 'e'
                    union all
                    select v.class_id, v.object_id, parts[1]
                    from pgtrail.versioned_object as v
                    where not exists (
                        select
                        from pggit.objects as o
                        where o.is_active and o.class_oid = v.class_id and o.object_oid = v.object_id
                    );
            else
                -- The second catalog is new in PostgreSQL 15.
                if class in ('pg_publication_rel'::regclass, to_regclass('pg_catalog.pg_publication_namespace')) then
                    return query select 'pg_publication'::regclass::oid, v.oid, parts[1] from pg_publication as v;
                end if;
        end case;
    end loop;
end
$function$;
comment on function pgtrail.owners_of_parts(oid[], oid[]) is
    'The objects that constraints, indexes, members of publications and the like belong to, and those that change with a type, an operator or an extension.';

create or replace function pgtrail.owners_of_relations(p_relations oid[])
    returns table (object_oid oid, part_oid oid)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    -- The table of an index, of an identity column's sequence.
    return query
        select i.indrelid, i.indexrelid
        from pg_index as i
        where i.indexrelid = any (p_relations)
        union all
        select d.refobjid, d.objid
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = any (p_relations)
            and d.refclassid = 'pg_class'::regclass
            and d.deptype = 'i';
    -- The same where the index is gone.
    if (select count(*) from pg_class as c where c.oid = any (p_relations)) < cardinality(p_relations) then
        return query
            select t.object_oid, t.part_oid
            from unnest(p_relations) as p (id)
            -- OFFSET keeps the recorded objects from being read by anything but their identity: fewer rows, and
            -- serializable transactions that change different objects get along.
            cross join lateral (
                select t.object_oid, p.id as part_oid
                from pggit.objects as o
                join pggit.dependencies as d on d.dependent_id = o.id and d.dependency_kind = 'AUTO'
                join pggit.objects as t on t.id = d.dependency_id
                where o.class_oid = 'pg_class'::regclass
                    and o.object_oid = p.id
                    and o.is_active
                    and o.object_type = 'INDEX'
                offset 0
            ) as t;
    end if;
end
$function$;
comment on function pgtrail.owners_of_relations(oid[]) is
    'The tables that indexes and sequences of identity columns belong to.';

create or replace function pgtrail.owners_of_composites(p_relations oid[])
    returns table (class_oid oid, object_oid oid, part_oid oid)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    composites constant oid[] := array(
        select c.oid from pg_class as c where c.oid = any (p_relations) and c.relkind = 'c');
begin
    if composites <> '{}' then
        return query
            select o.class_oid, o.object_oid, c.oid
            from pg_class as c
            cross join lateral (
                select 'pg_type'::regclass::oid as class_oid, c.reltype as object_oid
                union all
                -- Tables of a type have its columns.
                select 'pg_class'::regclass, d.objid
                from pg_depend as d
                join pg_class as t on t.oid = d.objid and t.reloftype = d.refobjid
                where d.refclassid = 'pg_type'::regclass and d.refobjid = c.reltype and d.classid = 'pg_class'::regclass
            ) as o
            where c.oid = any (composites);
    end if;
end
$function$;
comment on function pgtrail.owners_of_composites(oid[]) is
    'The composite types that relations stand for, and the tables of those types.';

create or replace function pgtrail.parts_of_tables(p_tables oid[])
    returns table (class_oid oid, object_oid oid, table_oid oid)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    -- A partition has the triggers of the table above it.
    if exists (select from pg_class as c where c.oid = any (p_tables) and c.relispartition) then
        return query
            select 'pg_trigger'::regclass::oid, t.oid, p.id
            from unnest(p_tables) as p (id)
            cross join lateral pg_partition_ancestors(p.id) as a
            join pg_trigger as t on t.tgrelid = a.relid and not t.tgisinternal and t.tgparentid = 0;
    end if;
    return query
        -- Partitions and children, for a change of a table is one of these; sequences of its columns; indexes and
        -- statistics, which changing a column makes anew, under other identities; triggers and rules, which ALTER
        -- TABLE enables and disables.
        select d.classid, d.objid, d.refobjid
        from pg_depend as d
        where d.refclassid = 'pg_class'::regclass
            and d.refobjid = any (p_tables)
            and (
                d.classid = 'pg_class'::regclass
                or d.classid in ('pg_statistic_ext'::regclass, 'pg_trigger'::regclass, 'pg_rewrite'::regclass) and d.deptype = 'a'
            )
        union all
        -- And those that it had.
        select o.class_oid, o.object_oid, p.id
        from unnest(p_tables) as p (id)
        -- OFFSET as above: from one object to the next, by their identities.
        cross join lateral (
            select t.id
            from pggit.objects as t
            where t.class_oid = 'pg_class'::regclass and t.object_oid = p.id and t.is_active
            offset 0
        ) as t
        cross join lateral (
            select d.dependent_id
            from pggit.dependencies as d
            where d.dependency_id = t.id and d.dependency_kind <> 'FOREIGN KEY'
            offset 0
        ) as d
        join pggit.objects as o on o.id = d.dependent_id
        where o.object_type in ('INDEX', 'STATISTICS', 'SEQUENCE', 'TABLE', 'FOREIGN TABLE');
end
$function$;
comment on function pgtrail.parts_of_tables(oid[]) is
    'Whatever changes, or gets another identity, when tables are altered.';

create or replace function pgtrail.candidates(
    inout class_oids oid[],
    inout object_oids oid[],
    inout operations bytea[]
)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    parts record;
    tables oid[];
    has_owners boolean;
begin
    -- Where no event named the objects.
    if 0 = any (object_oids) then
        select array_agg(n.class_oid), array_agg(w.object_oid), array_agg(n.operation)
        into class_oids, object_oids, operations
        from unnest(class_oids, object_oids, operations) as n (class_oid, object_oid, operation)
        cross join lateral unnest(case
            when n.object_oid = 0 then pgtrail.written_objects(n.class_oid)
            else array[n.object_oid]
        end) as w (object_oid);
    end if;

    select
        array_agg(n.object_oid) filter (
            where n.class_oid = 'pg_class'::regclass and coalesce(c.relkind not in ('i', 'I', 't'), true)),
        -- Not for what most statements touch: tables, with their indexes or without.
        bool_or(case
            when n.class_oid = 'pg_type'::regclass then exists (
                select from pg_type as t where t.oid = n.object_oid and t.typtype in ('c', 'm')
            )
            when n.class_oid <> 'pg_class'::regclass then
                n.class_oid not in ('pg_proc'::regclass, 'pg_namespace'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass)
            when c.relkind in ('r', 'p', 'f', 'v', 'm') then false
            when c.relkind in ('i', 'I') then (
                select x.indrelid from pg_index as x where x.indexrelid = c.oid
            ) <> all (object_oids)
            when c.oid is null then exists (
                select
                from pggit.objects as o
                where o.class_oid = n.class_oid
                    and o.object_oid = n.object_oid
                    and o.is_active
                    and o.object_type = 'INDEX'
            )
            else true
        end)
    into tables, has_owners
    from unnest(class_oids, object_oids) as n (class_oid, object_oid)
    left join pg_class as c on n.class_oid = 'pg_class'::regclass and c.oid = n.object_oid;
    if has_owners then
        select
            array_agg(p.class_oid) as class_oids,
            array_agg(p.object_oid) as object_oids,
            array_agg(operations[array_position(object_oids, p.part_oid)]) as operations,
            array_agg(p.object_oid) filter (where p.class_oid = 'pg_class'::regclass) as tables
        into parts
        from pgtrail.owners_of_parts(class_oids, object_oids) as p;
        class_oids := class_oids || parts.class_oids;
        object_oids := object_oids || parts.object_oids;
        operations := operations || parts.operations;
        tables := tables || parts.tables;
    end if;

    while tables <> '{}' loop
        select
            array_agg(p.class_oid) as class_oids,
            array_agg(p.object_oid) as object_oids,
            array_agg(operations[array_position(object_oids, p.table_oid)]) as operations,
            array_agg(p.object_oid) filter (
                where p.class_oid = 'pg_class'::regclass
                    and coalesce((
                        select c.relkind not in ('i', 'I', 't') from pg_class as c where c.oid = p.object_oid
                    ), true)
            ) as tables
        into parts
        from (
            select p.class_oid, p.object_oid, min(p.table_oid) as table_oid
            from pgtrail.parts_of_tables(tables) as p
            where (p.class_oid, p.object_oid) not in (
                select n.class_oid, n.object_oid from unnest(class_oids, object_oids) as n (class_oid, object_oid))
            group by p.class_oid, p.object_oid
        ) as p;
        class_oids := class_oids || parts.class_oids;
        object_oids := object_oids || parts.object_oids;
        operations := operations || parts.operations;
        tables := parts.tables;
    end loop;
end
$function$;
comment on function pgtrail.candidates(oid[], oid[], bytea[]) is
    'All objects that statements may have changed, from those that their events named.';

create or replace function pgtrail.noted_objects(
    p_notes pgtrail.touched[],
    out class_oids oid[],
    out object_oids oid[],
    out operations bytea[]
)
    language plpgsql
    stable
as $function$
begin
    if cardinality(p_notes) = 1 then
        class_oids := p_notes[1].class_oids;
        object_oids := p_notes[1].object_oids;
        operations := array_fill(p_notes[1].script_execution_hk, array[cardinality(object_oids)]);
        return;
    end if;
    select array_agg(n.class_oid), array_agg(n.object_oid), array_agg(n.script_execution_hk)
    into class_oids, object_oids, operations
    from (
        -- The statement that touched it last.
        select distinct on (o.class_oid, o.object_oid)
            o.class_oid, o.object_oid,
            -- What a statement drops is noted before its operation is written.
            coalesce(t.script_execution_hk, (
                select n.script_execution_hk
                from unnest(p_notes) as n
                where n.noted_at > t.noted_at and n.script_execution_hk is not null
                order by n.noted_at
                limit 1
            )) as script_execution_hk
        from unnest(p_notes) as t
        cross join lateral unnest(t.class_oids, t.object_oids) as o (class_oid, object_oid)
        order by o.class_oid, o.object_oid, t.noted_at desc
    ) as n;
end
$function$;
comment on function pgtrail.noted_objects(pgtrail.touched[]) is
    'What the events of a transaction named, each with the operation that touched it last.';

create or replace function pgtrail.describe_noted(p_notes pgtrail.touched[], p_lock_all boolean)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted record;
begin
    perform pgtrail.tie_to_catalogs();
    noted := pgtrail.noted_objects(p_notes);
    noted := pgtrail.candidates(noted.class_oids, noted.object_oids, noted.operations);
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
comment on function pgtrail.describe_noted(pgtrail.touched[], boolean) is
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
    set enable_material = off
    set enable_memoize = off
    set jit = off
as $function$
declare
    notes pgtrail.touched[];
    lock_all boolean := false;
    state text;
    problem text;
begin
    -- The first call of a transaction does the work of all.
    notes := array(
        select t from pgtrail.touched as t where t.recorded_xid = pg_current_xact_id() order by t.noted_at
    );
    if cardinality(notes) = 0 then
        return null;
    end if;
    -- Made read-only after its DDL: that would let changes pass undescribed.
    perform pgtrail.refuse_read_only();
    delete from pgtrail.touched as t where t.recorded_xid = pg_current_xact_id();
    if (select v.schemas = '{}' from pgtrail.versioning as v) then
        return null;
    end if;
    loop
        begin
            perform pgtrail.describe_noted(notes, lock_all);
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
    if (
        select v.objects_oid = here and v.cluster = (pg_control_system()).system_identifier
        from pgtrail.versioning as v
    ) then
        return;
    end if;
    -- Identities mean nothing in a restored database: there the names of a dump are what holds.
    update pggit.objects as o set object_oid = null where o.is_active;
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
    language plpgsql
    stable
as $function$
declare
    took_parts boolean;
    parts record;
begin
    select
        array_agg(d.classid) filter (where n.is_noted),
        array_agg(d.objid) filter (where n.is_noted),
        bool_or(
            -- Parts that go with their table are neither.
            (d.original or d.normal) and d.object_type in ('table constraint', 'default value', 'domain constraint', 'index')
            or d.object_type like 'publication %')
    into class_oids, object_oids, took_parts
    from pg_event_trigger_dropped_objects() as d
    cross join lateral (
        select not d.is_temporary
            and d.classid not in ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_publication_rel'::regclass)
            -- Row types of tables, array types.
            and (d.classid <> 'pg_type'::regclass or d.original or d.normal)
            and d.schema_name is distinct from 'pg_toast' as is_noted
    ) as n;
    if took_parts then
        select array_agg(t.class_oid) as class_oids, array_agg(t.object_oid) as object_oids
        into parts
        from (
            -- Parts of objects that stay.
            select 'pg_class'::regclass::oid as class_oid, c.oid as object_oid
            from pg_event_trigger_dropped_objects() as d
            join pg_namespace as n on n.nspname = d.address_names[1]
            join pg_class as c on c.relnamespace = n.oid and c.relname = d.address_names[2]
            where d.classid in ('pg_constraint'::regclass, 'pg_attrdef'::regclass)
            union
            -- Before PostgreSQL 17 no event tells that REINDEX CONCURRENTLY gave an index another identity.
            select o.class_oid, o.object_oid
            from pg_event_trigger_dropped_objects() as d
            cross join lateral (
                select o.class_oid, o.object_oid
                from pggit.objects as o
                where o.full_name = d.object_identity and o.object_type = 'INDEX' and o.is_active
                offset 0
            ) as o
            where d.object_type = 'index'
            union
            select 'pg_type'::regclass, 0
            from pg_event_trigger_dropped_objects() as d
            where d.object_type = 'domain constraint'
            union
            select 'pg_publication'::regclass, 0
            from pg_event_trigger_dropped_objects() as d
            where d.object_type like 'publication %'
        ) as t;
        class_oids := class_oids || parts.class_oids;
        object_oids := object_oids || parts.object_oids;
    end if;
end
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

-- CREATE OR REPLACE knows no constraint triggers. An upgrade is DDL itself, and a table with pending events
-- cannot be altered: so only where there is something to mend, and after those events.
do $trigger$
declare
    state "char" := (
        select t.tgenabled
        from pg_catalog.pg_trigger as t
        where t.tgrelid = 'pgtrail.touched'::pg_catalog.regclass and t.tgname = 'describe_touched'
    );
begin
    if state is null then
        create constraint trigger describe_touched
            after insert on pgtrail.touched
            deferrable initially deferred
            for each row execute function pgtrail.describe_touched();
        comment on trigger describe_touched on pgtrail.touched is
            'A transaction that changed the schema describes what it changed when it commits.';
    end if;
    if state is distinct from 'A' then
        set constraints pgtrail.describe_touched immediate;
        alter table pgtrail.touched enable always trigger describe_touched;
    end if;
end
$trigger$;
