create schema kinds_sequences;
set search_path to kinds_sequences;

create sequence plain;
create sequence "Strange ""one""" start 5 increment 3 minvalue 2 maxvalue 1000 cache 10 cycle;
create sequence small as smallint;
create sequence whole as integer increment -2;
create sequence down increment -1 minvalue -1000 maxvalue -5 start -10;
create sequence below_zero minvalue -100 start 0;
create sequence small_limited as smallint maxvalue 100;
comment on sequence plain is 'It''s plain';
grant usage on sequence plain to pg_monitor;
grant select, update on sequence plain to public;
alter sequence small owner to pg_monitor;
create table holder (id integer, "odd column" bigint, used integer default nextval('whole'));
create sequence of_holder owned by holder.id;
alter sequence "Strange ""one""" owned by holder."odd column";

-- from 15
create unlogged sequence unlogged;
