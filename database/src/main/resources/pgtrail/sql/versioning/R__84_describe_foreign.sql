set local role pgtrail_owner;

create or replace function pgtrail.redacted_options(p_options text[])
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select jsonb_object_agg(
        o.name,
        case when pgtrail.redact(o.assignment) = o.assignment then o.value else '<redacted>' end)
    from (
        select x.name, x.value, format('%I %L', x.name, x.value) as assignment
        from jsonb_each_text(pgtrail.options(p_options)) as x (name, value)
    ) as o;
end;
comment on function pgtrail.redacted_options(text[]) is
    'Options of a foreign data object as a JSON object; a value that is or holds a secret is replaced by <redacted>.';

create or replace function pgtrail.has_secret(p_definition jsonb)
    returns boolean
    language sql
    immutable
    parallel safe
return p_definition ? 'options_unknown'
    or jsonb_path_exists(p_definition, '$.options.* ? (@ == "<redacted>")')
    or jsonb_path_exists(p_definition, '$.foreign_options.* ? (@ == "<redacted>")')
    or jsonb_path_exists(p_definition, '$.columns.*.foreign_options.* ? (@ == "<redacted>")');
comment on function pgtrail.has_secret(jsonb) is
    'Whether a definition lacks a secret of its object: dropped, it cannot be brought back by pgtrail.';

-- The owner of the view is whoever installed pgtrail. Where that is no superuser, no one may read it.
create or replace function pgtrail.known_mapping_options(p_objects oid[])
    returns table (user_mapping oid, options jsonb)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if has_table_privilege(
        (select c.relowner from pg_class as c where c.oid = 'pgtrail.user_mapping_option'::regclass),
        'pg_user_mapping', 'select')
    then
        return query
            select m.user_mapping, m.options
            from pgtrail.user_mapping_option as m
            where m.user_mapping = any (p_objects);
    end if;
end
$function$;
comment on function pgtrail.known_mapping_options(oid[]) is
    'Options of user mappings without their secrets, one row each; no rows where the catalog cannot be read.';

create or replace function pgtrail.describe_foreign_data_wrappers(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_foreign_data_wrapper'::regclass::oid, w.oid, 'FOREIGN DATA WRAPPER', null::text, w.fdwname::text,
        quote_ident(w.fdwname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', w.fdwname,
            'owner', pgtrail.role_name(w.fdwowner),
            'comment', d.description,
            'privileges', pgtrail.privileges(w.fdwacl, 'F', w.fdwowner),
            'handler', case when w.fdwhandler <> 0 then w.fdwhandler::regproc::text end,
            'validator', case when w.fdwvalidator <> 0 then w.fdwvalidator::regproc::text end,
            'options', pgtrail.redacted_options(w.fdwoptions)))
    from pg_foreign_data_wrapper as w
    left join pg_description as d
        on d.objoid = w.oid and d.classoid = 'pg_foreign_data_wrapper'::regclass and d.objsubid = 0
    where w.oid = any (p_objects);
end;
comment on function pgtrail.describe_foreign_data_wrappers(oid[]) is
    'Definitions of foreign data wrappers.';

create or replace function pgtrail.describe_servers(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_foreign_server'::regclass::oid, s.oid, 'SERVER', null::text, s.srvname::text, quote_ident(s.srvname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', s.srvname,
            'owner', pgtrail.role_name(s.srvowner),
            'comment', d.description,
            'privileges', pgtrail.privileges(s.srvacl, 'S', s.srvowner),
            'wrapper', w.fdwname,
            'type', s.srvtype,
            'version', s.srvversion,
            'options', pgtrail.redacted_options(s.srvoptions)))
    from pg_foreign_server as s
    join pg_foreign_data_wrapper as w on w.oid = s.srvfdw
    left join pg_description as d
        on d.objoid = s.oid and d.classoid = 'pg_foreign_server'::regclass and d.objsubid = 0
    where s.oid = any (p_objects);
end;
comment on function pgtrail.describe_servers(oid[]) is
    'Definitions of foreign servers, without their secrets.';

create or replace function pgtrail.describe_user_mappings(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_user_mapping'::regclass::oid, m.umid, 'USER MAPPING', null::text, i.full_name, i.full_name,
        jsonb_strip_nulls(jsonb_build_object(
            'user', pgtrail.role_name(m.umuser),
            'server', m.srvname,
            'options', o.options,
            'options_unknown', nullif(o.user_mapping is null, false)))
    from pg_user_mappings as m
    cross join lateral (
        select pgtrail.quoted_role(pgtrail.role_name(m.umuser)) || ' SERVER ' || quote_ident(m.srvname)
    ) as i (full_name)
    left join pgtrail.known_mapping_options(p_objects) as o on o.user_mapping = m.umid
    where m.umid = any (p_objects);
end;
comment on function pgtrail.describe_user_mappings(oid[]) is
    'Definitions of user mappings, without their secrets. Named as DROP names them: bob SERVER s.';
