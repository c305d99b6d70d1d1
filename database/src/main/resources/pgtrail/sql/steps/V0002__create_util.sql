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
end
$util$;
