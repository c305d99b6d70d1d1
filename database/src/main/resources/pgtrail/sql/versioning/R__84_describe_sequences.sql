set local role pgtrail_owner;

create or replace function pgtrail.sequence_limit(p_type text, p_upper boolean)
    returns bigint
    language sql
    immutable
    parallel safe
return case p_type when 'smallint' then 32767 when 'integer' then 2147483647 else 9223372036854775807 end
    * case when p_upper then 1 else -1 end
    - case when p_upper then 0 else 1 end;
comment on function pgtrail.sequence_limit(text, boolean) is
    'Greatest or least value of an integer type.';

-- An increasing sequence begins at its least value, which is 1; a decreasing one at its greatest, which is -1.
create or replace function pgtrail.sequence_options(p_type text, p_sequence pg_sequence)
    returns jsonb
    language sql
    stable
    parallel safe
return jsonb_strip_nulls(jsonb_build_object(
    'start', nullif((p_sequence).seqstart, case
        when (p_sequence).seqincrement > 0 then (p_sequence).seqmin
        else (p_sequence).seqmax
    end),
    'increment', nullif((p_sequence).seqincrement, 1),
    'min', nullif((p_sequence).seqmin, case
        when (p_sequence).seqincrement > 0 then 1
        else pgtrail.sequence_limit(p_type, false)
    end),
    'max', nullif((p_sequence).seqmax, case
        when (p_sequence).seqincrement > 0 then pgtrail.sequence_limit(p_type, true)
        else -1
    end),
    'cache', nullif((p_sequence).seqcache, 1),
    'cycle', nullif((p_sequence).seqcycle, false)
));
comment on function pgtrail.sequence_options(text, pg_sequence) is
    'Options of a sequence of an integer type that are not the default.';

create or replace function pgtrail.describe_sequences(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_class'::regclass::oid, c.oid, 'SEQUENCE', n.nspname::text, c.relname::text, format('%I.%I', n.nspname, c.relname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.relname,
            'owner', pg_get_userbyid(c.relowner),
            'comment', d.description,
            'privileges', case when c.relacl is not null then pgtrail.privileges(c.relacl, 's', c.relowner) end,
            'persistence', case when c.relpersistence = 'u' then 'UNLOGGED' end,
            'type', nullif(format_type(s.seqtypid, null), 'bigint'),
            'owned_by', case when t.oid is not null then jsonb_build_object(
                'table', format('%I.%I', tn.nspname, t.relname), 'column', a.attname) end
        )) || pgtrail.sequence_options(format_type(s.seqtypid, null), s)
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_sequence as s on s.seqrelid = c.oid
    left join pg_depend as o
        on o.classid = 'pg_class'::regclass and o.objid = c.oid
        and o.refclassid = 'pg_class'::regclass and o.refobjsubid <> 0 and o.deptype in ('a', 'i')
    left join pg_class as t on t.oid = o.refobjid
    left join pg_namespace as tn on tn.oid = t.relnamespace
    left join pg_attribute as a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
    left join pg_description as d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
    where c.oid = any (p_objects)
        and c.relkind = 'S'
        and o.deptype is distinct from 'i';
end;
comment on function pgtrail.describe_sequences(oid[]) is
    'Sequences, but for those of identity columns, which are parts of their table. Not where they stand: that is data.';
