-- What pgtrail makes outside its own schemas it notes and gives to pgtrail_owner. Both together make it
-- ours: the host may have put a function of its own in the place of one that we noted.
delete from pgtrail.created_outside as c
where c.object_kind = 'function'
    and not exists (
        select
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure(c.object_identity)
            and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
    );

create or replace function pgtrail.may_make(p_identity text)
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select exists (
            select
            from pgtrail.created_outside as c
            where c.object_kind = 'function' and c.object_identity = p_identity
        )
        -- By name, not by signature: a second function of the same name could be taken for the host's.
        or not exists (
            select
            from pg_proc as p
            join pg_namespace as n on n.oid = p.pronamespace
            where n.nspname || '.' || p.proname = split_part(p_identity, '(', 1)
        )
$function$;
comment on function pgtrail.may_make(text) is
    'Whether a function outside our schemas, schema.name(types), is ours or its name is free.';
alter function pgtrail.may_make(text) owner to pgtrail_owner;

create or replace function pgtrail.note_as_ours(p_identity text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    execute format('alter function %s owner to pgtrail_owner', p_identity);
    insert into pgtrail.created_outside values ('function', p_identity) on conflict do nothing;
end
$function$;
comment on function pgtrail.note_as_ours(text) is
    'Makes a function outside our schemas one that an upgrade may replace and uninstall drops. For the installer.';
alter function pgtrail.note_as_ours(text) owner to pgtrail_owner;

do $helpers$
begin
    -- Only a function that can be called without arguments is in the way: the tables need one.
    if pgtrail.may_make('util.current_load_date()')
        or not exists (
            select
            from pg_catalog.pg_proc as p
            where p.pronamespace = 'util'::pg_catalog.regnamespace
                and p.proname = 'current_load_date'
                and p.pronargs = p.pronargdefaults
        )
    then
        create or replace function util.current_load_date()
            returns timestamptz
            language sql
            volatile
            parallel safe
            set search_path = pg_catalog, pg_temp
        as 'select clock_timestamp()';
        comment on function util.current_load_date() is
            'The load date of a row: the clock, not the start of the transaction, so that two versions of one operation differ.';
        perform pgtrail.note_as_ours('util.current_load_date()');
    end if;

    if pgtrail.may_make('util.hash_binary(text)') then
        create or replace function util.hash_binary(p_input text)
            returns bytea
            language sql
            immutable
            strict
            parallel safe
            set search_path = pg_catalog, pg_temp
        as $hash$select sha256(convert_to(p_input, 'UTF8'))$hash$;
        comment on function util.hash_binary(text) is
            'SHA-256 of a text in UTF-8; NULL for NULL.';
        perform pgtrail.note_as_ours('util.hash_binary(text)');
    end if;
end
$helpers$;

-- As the installer: a host may have closed its schema util to everyone else. The functions of
-- pgtrail give every load date themselves. Only where it is missing, as it locks everyone out.
do $defaults$
declare
    without record;
begin
    for without in
        select a.attrelid::pg_catalog.regclass as trail_table
        from pg_catalog.pg_attribute as a
        where a.attrelid in (
                'script_tracking.script_execution_h'::pg_catalog.regclass,
                'script_tracking.script_execution_s'::pg_catalog.regclass)
            and a.attname = 'load_date'
            and not a.atthasdef
    loop
        execute pg_catalog.format(
            'alter table %s alter column load_date set default util.current_load_date()', without.trail_table);
    end loop;
end
$defaults$;
