-- The schema util often belongs to a host platform. Whatever it has is left alone and used;
-- only what is missing is added, and noted so that uninstall removes just that.
create table pgtrail.created_outside (
    object_kind text not null check (object_kind in ('schema', 'function')),
    object_identity text not null,
    primary key (object_kind, object_identity)
);
alter table pgtrail.created_outside owner to pgtrail_owner;
comment on table pgtrail.created_outside is
    'What pgtrail created outside its own schemas. Everything else there belongs to the host.';

do $util$
begin
    if pg_catalog.to_regnamespace('util') is null then
        create schema util authorization pgtrail_owner;
        comment on schema util is 'pgtrail: helpers that the tracking functions name.';
        grant usage on schema util to public;
        insert into pgtrail.created_outside values ('schema', 'util');
    end if;

    -- By name, not by signature: a second function of the same name could be taken for the host's.
    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.pronamespace = 'util'::pg_catalog.regnamespace
            and p.proname = 'current_load_date'
            and p.pronargs = p.pronargdefaults
    ) then
        create function util.current_load_date()
            returns timestamptz
            language sql
            volatile
            parallel safe
            set search_path = pg_catalog, pg_temp
        as 'select clock_timestamp()';
        comment on function util.current_load_date() is
            'The load date of a row: the clock, not the start of the transaction, so that two versions of one operation differ.';
        alter function util.current_load_date() owner to pgtrail_owner;
        insert into pgtrail.created_outside values ('function', 'util.current_load_date()');
    end if;

    if not exists (
        select
        from pg_catalog.pg_proc as p
        where p.pronamespace = 'util'::pg_catalog.regnamespace
            and p.proname = 'hash_binary'
    ) then
        create function util.hash_binary(p_input text)
            returns bytea
            language sql
            immutable
            strict
            parallel safe
            set search_path = pg_catalog, pg_temp
        as $hash$select sha256(convert_to(p_input, 'UTF8'))$hash$;
        comment on function util.hash_binary(text) is
            'SHA-256 of a text in UTF-8; NULL for NULL.';
        alter function util.hash_binary(text) owner to pgtrail_owner;
        insert into pgtrail.created_outside values ('function', 'util.hash_binary(text)');
    end if;
end
$util$;
