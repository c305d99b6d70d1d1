set local role pgtrail_owner;

create or replace function pgtrail.enabled_word(p_letter "char")
    returns text
    language sql
    immutable
    parallel safe
return case p_letter when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' when 'A' then 'ENABLE ALWAYS' end;
comment on function pgtrail.enabled_word("char") is
    'When a trigger or rule fires, as ALTER words it; NULL for the usual: unless replicating.';

create or replace function pgtrail.trigger_arguments(p_arguments bytea, p_count integer)
    returns text[]
    language sql
    stable
    parallel safe
begin atomic
    -- Each one ends with a zero byte.
    select array_agg(convert_from(decode(a.bytes, 'hex'), getdatabaseencoding()) order by a.place)
    from unnest(regexp_split_to_array(regexp_replace(encode(p_arguments, 'hex'), '(..)', '\1 ', 'g'), '00 '))
        with ordinality as a (bytes, place)
    where a.place <= p_count;
end;
comment on function pgtrail.trigger_arguments(bytea, integer) is
    'Arguments of a trigger from its row in the catalog.';

create or replace function pgtrail.masked(p_sql text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select coalesce(string_agg(b.bare || coalesce(repeat(chr(1), length(q.quoted[1])), ''), '' order by b.place), '')
    from regexp_split_to_table(p_sql, $re$"(?:[^"]|"")*"|'(?:[^']|'')*'$re$) with ordinality as b (bare, place)
    left join regexp_matches(p_sql, $re$"(?:[^"]|"")*"|'(?:[^']|'')*'$re$, 'g') with ordinality as q (quoted, place)
        on q.place = b.place;
end;
comment on function pgtrail.masked(text) is
    'SQL as PostgreSQL words it, with everything in quotes crossed out character by character: what is found there is no part of a name or constant.';

-- PostgreSQL words a condition on OLD and NEW only as part of the whole statement.
create or replace function pgtrail.trigger_condition(p_ddl text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select substr(p_ddl, m.start, strpos(m.masked, ') EXECUTE FUNCTION ') - m.start)
    from (
        select t.masked, strpos(t.masked, ' WHEN (') + length(' WHEN (') as start
        from (select pgtrail.masked(p_ddl)) as t (masked)
    ) as m;
end;
comment on function pgtrail.trigger_condition(text) is
    'What stands in WHEN (…) of CREATE TRIGGER as pg_get_triggerdef() words it.';

create or replace function pgtrail.rule_body(p_ddl text)
    returns text
    language sql
    immutable
    parallel safe
return rtrim(substr(p_ddl, length(substring(
    p_ddl
    from '^CREATE RULE (?:"(?:[^"]|"")*"|[^"\s])+ AS\s+ON [A-Z]+\s+TO (?:"(?:[^"]|"")*"|[^"\s])+\s+')) + 1), ';');
comment on function pgtrail.rule_body(text) is
    'What follows the table in CREATE RULE as pg_get_ruledef() words it: WHERE … DO ….';

create or replace function pgtrail.describe_triggers(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with recursive wanted as (
        select
            t.oid, t.tgrelid, t.tgname, t.tgfoid, t.tgtype::integer as type, t.tgenabled, t.tgconstrrelid,
            t.tgconstraint, t.tgdeferrable, t.tginitdeferred, t.tgnargs, t.tgattr, t.tgargs, t.tgqual,
            t.tgoldtable, t.tgnewtable
        from pg_trigger as t
        where t.oid = any (p_objects) and not t.tgisinternal and t.tgparentid = 0
    ),
    -- A trigger of a partitioned table has one on each partition, which can be disabled by itself.
    copies as (
        select w.oid as trigger_oid, t.oid, t.tgrelid, nullif(t.tgenabled, w.tgenabled) as tgenabled
        from wanted as w
        join pg_trigger as t on t.tgparentid = w.oid
        union all
        select c.trigger_oid, t.oid, t.tgrelid, nullif(t.tgenabled, w.tgenabled)
        from copies as c
        join wanted as w on w.oid = c.trigger_oid
        join pg_trigger as t on t.tgparentid = c.oid
    ),
    partitions as (
        select
            c.trigger_oid,
            jsonb_object_agg(quote_ident(n.nspname) || '.' || quote_ident(r.relname), jsonb_build_object(
                'enabled', case when c.tgenabled is not null then coalesce(pgtrail.enabled_word(c.tgenabled), 'ENABLE') end,
                'comment', m.description
            )) as partitions
        from copies as c
        join pg_class as r on r.oid = c.tgrelid
        join pg_namespace as n on n.oid = r.relnamespace
        left join pg_description as m on m.classoid = 'pg_trigger'::regclass and m.objoid = c.oid and m.objsubid = 0
        where c.tgenabled is not null or m.description is not null
        group by c.trigger_oid
    ),
    columns as (
        select w.oid, jsonb_object_agg(a.attname, true) as columns
        from wanted as w
        cross join unnest(w.tgattr::int2[]) as c (number)
        join pg_attribute as a on a.attrelid = w.tgrelid and a.attnum = c.number
        group by w.oid
    ),
    extensions as (
        select d.objid, jsonb_object_agg(e.extname, true) as extensions
        from wanted as w
        join pg_depend as d on d.classid = 'pg_trigger'::regclass and d.objid = w.oid
        join pg_extension as e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
        where d.deptype = 'x'
        group by d.objid
    )
    select
        'pg_trigger'::regclass::oid, w.oid, 'TRIGGER', n.nspname::text, w.tgname::text,
        quote_ident(w.tgname) || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(r.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', w.tgname,
            'table', quote_ident(n.nspname) || '.' || quote_ident(r.relname),
            'comment', m.description,
            'timing', case when w.type & 64 <> 0 then 'INSTEAD OF' when w.type & 2 <> 0 then 'BEFORE' else 'AFTER' end,
            'events', jsonb_build_object(
                'INSERT', nullif(w.type & 4 <> 0, false),
                'DELETE', nullif(w.type & 8 <> 0, false),
                'UPDATE', nullif(w.type & 16 <> 0, false),
                'TRUNCATE', nullif(w.type & 32 <> 0, false)
            ),
            'columns', c.columns,
            'level', case when w.type & 1 <> 0 then 'ROW' else 'STATEMENT' end,
            'condition', case when w.tgqual is not null then pgtrail.trigger_condition(pg_get_triggerdef(w.oid)) end,
            'function', quote_ident(fn.nspname) || '.' || quote_ident(f.proname),
            'arguments', case when w.tgnargs > 0 then pgtrail.trigger_arguments(w.tgargs, w.tgnargs) end,
            'old_table', w.tgoldtable,
            'new_table', w.tgnewtable,
            'constraint', nullif(w.tgconstraint <> 0, false),
            'constraint_comment', k.description,
            'deferrable', nullif(w.tgdeferrable, false),
            'initially_deferred', nullif(w.tginitdeferred, false),
            'referenced_table', quote_ident(rn.nspname) || '.' || quote_ident(o.relname),
            'enabled', pgtrail.enabled_word(w.tgenabled),
            'partitions', p.partitions,
            'extensions', x.extensions
        ))
    from wanted as w
    join pg_class as r on r.oid = w.tgrelid
    join pg_namespace as n on n.oid = r.relnamespace
    join pg_proc as f on f.oid = w.tgfoid
    join pg_namespace as fn on fn.oid = f.pronamespace
    left join pg_class as o on o.oid = w.tgconstrrelid
    left join pg_namespace as rn on rn.oid = o.relnamespace
    left join columns as c on c.oid = w.oid
    left join partitions as p on p.trigger_oid = w.oid
    left join extensions as x on x.objid = w.oid
    left join pg_description as m on m.classoid = 'pg_trigger'::regclass and m.objoid = w.oid and m.objsubid = 0
    left join pg_description as k
        on k.classoid = 'pg_constraint'::regclass and k.objoid = w.tgconstraint and k.objsubid = 0;
end;
comment on function pgtrail.describe_triggers(oid[]) is
    'The triggers but for those that PostgreSQL makes itself: of foreign keys, and the copies on partitions, whose state is part of their original.';

create or replace function pgtrail.describe_rules(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_rewrite'::regclass::oid, w.oid, 'RULE', n.nspname::text, w.rulename::text,
        quote_ident(w.rulename) || ' on ' || quote_ident(n.nspname) || '.' || quote_ident(r.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', w.rulename,
            'table', quote_ident(n.nspname) || '.' || quote_ident(r.relname),
            'comment', m.description,
            'event', case w.ev_type when '1' then 'SELECT' when '2' then 'UPDATE' when '3' then 'INSERT' when '4' then 'DELETE' end,
            'body', pgtrail.settled(pgtrail.rule_body(pg_get_ruledef(w.oid))),
            'enabled', pgtrail.enabled_word(w.ev_enabled)
        ))
    from pg_rewrite as w
    join pg_class as r on r.oid = w.ev_class
    join pg_namespace as n on n.oid = r.relnamespace
    left join pg_description as m on m.classoid = 'pg_rewrite'::regclass and m.objoid = w.oid and m.objsubid = 0
    where w.oid = any (p_objects) and w.rulename <> '_RETURN';
end;
comment on function pgtrail.describe_rules(oid[]) is
    'The rules, but for those that are the query of a view.';

create or replace function pgtrail.describe_event_triggers(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with tags as (
        select e.oid, jsonb_object_agg(t.tag, true) as tags
        from pg_event_trigger as e
        cross join unnest(e.evttags) as t (tag)
        where e.oid = any (p_objects)
        group by e.oid
    )
    select
        'pg_event_trigger'::regclass::oid, w.oid, 'EVENT TRIGGER', null, w.evtname::text, quote_ident(w.evtname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', w.evtname,
            'owner', pgtrail.role_name(w.evtowner),
            'comment', m.description,
            'event', w.evtevent,
            'tags', t.tags,
            'function', quote_ident(fn.nspname) || '.' || quote_ident(f.proname),
            'enabled', pgtrail.enabled_word(w.evtenabled)
        ))
    from pg_event_trigger as w
    join pg_proc as f on f.oid = w.evtfoid
    join pg_namespace as fn on fn.oid = f.pronamespace
    left join tags as t on t.oid = w.oid
    left join pg_description as m on m.classoid = 'pg_event_trigger'::regclass and m.objoid = w.oid and m.objsubid = 0
    where w.oid = any (p_objects);
end;
comment on function pgtrail.describe_event_triggers(oid[]) is
    'The event triggers.';
