create schema s;
create schema s2;
create function int_of(text) returns integer language sql as 'select 1';
create function other_int_of(text) returns integer language sql as 'select 2';
create type composite as (x int, y text);
create type other_composite as (x int, y text);
create foreign data wrapper w;
create server srv foreign data wrapper w;
create server srv2 foreign data wrapper w;
create access method heap2 type table handler heap_tableam_handler;
create access method heap3 type table handler heap_tableam_handler;
create function on_row() returns trigger language plpgsql as 'begin return new; end';
create function on_row2() returns trigger language plpgsql as 'begin return new; end';
create table ref (a int primary key);
create table base (a int primary key, b int, c text);
create table par (a int);
create table par2 (a int);
create table parted (a int) partition by list (a);
create table parted2 (a int) partition by list (a)
; create extension citext; create extension hstore; create transform for int language sql (from sql with function prsd_lextype(internal));
create transform for text language sql (from sql with function prsd_lextype(internal)); create function on_ddl() returns event_trigger language plpgsql as 'begin end';
create function on_ddl2() returns event_trigger language plpgsql as 'begin end'; create function handler1() returns fdw_handler language internal as 'int4in';
create function handler2() returns fdw_handler language internal as 'int4in';
create function validator1(text[], oid) returns bool language sql as 'select true';
create function validator2(text[], oid) returns bool language sql as 'select true'
