create schema kinds_foreign_tables;
set search_path to kinds_foreign_tables;

create foreign data wrapper kinds_tables_wrapper;
create server kinds_tables_server foreign data wrapper kinds_tables_wrapper;
create foreign table plain (
    id integer options (column_name 'identifier', "Odd" 'it''s') not null,
    name text collate "C" default 'x',
    price numeric(8, 2),
    twice numeric generated always as (price * 2) stored,
    constraint positive check (price > 0)
) server kinds_tables_server options (schema_name 'public', table_name 'far "away"');
comment on foreign table plain is 'far away';
comment on column plain.id is 'far id';
alter foreign table plain alter price set statistics 99;
alter foreign table plain alter name set storage external;
grant select on plain to pg_monitor;
grant update (name) on plain to pg_monitor;
create foreign table bare () server kinds_tables_server;
create table parent (id integer, name text default 'p');
create foreign table child (own integer) inherits (parent) server kinds_tables_server;
create table partitioned (id integer, at date default '2020-01-01') partition by list (id);
create foreign table partition partition of partitioned for values in (1) server kinds_tables_server options (a 'b');
alter foreign table partition alter at options (column_name 'x');
