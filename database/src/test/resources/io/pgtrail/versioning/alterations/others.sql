-- values of an enumeration, rebuilt
create schema t;
create type t.e as enum ('b','d');
-- then
alter type t.e add value 'a' before 'b';
alter type t.e add value 'c' after 'b';
alter type t.e add value 'e';

-- a renamed value
create schema t;
create type t.e as enum ('b','d');
-- then
alter type t.e rename value 'b' to 'x''y';

-- a renamed value beside a new one, rebuilt
create schema t;
create type t.e as enum ('b','d');
-- then
alter type t.e rename value 'b' to 'x';
alter type t.e add value 'q';

-- the first values, rebuilt
create schema t;
create type t.e as enum ();
-- then
alter type t.e add value 'q';
alter type t.e add value 'a' before 'q';

-- owner, comment and privileges of a type
create schema t;
create type t.e as enum ('a');
-- then
comment on type t.e is 'x';
alter type t.e owner to pg_monitor;
grant usage on type t.e to pg_signal_backend;
revoke usage on type t.e from public;

-- attributes come and go
create schema t;
create type t.c as (a int, b text, c text);
-- then
alter type t.c add attribute d numeric(3,1);
alter type t.c drop attribute b;

-- types and names of attributes
create schema t;
create type t.c as (a int, b text, c text);
-- then
alter type t.c alter attribute a type bigint;
alter type t.c alter attribute b type varchar(10) collate "C";
alter type t.c rename attribute c to "C c";
comment on column t.c.a is 'it''s';

-- comment of an attribute
create schema t;
create type t.c as (a int);
comment on column t.c.a is 'x';
-- then
comment on column t.c.a is null;

-- difference function of a range, rebuilt
create schema t;
create type t.r as range (subtype=float8);
-- then
drop type t.r;
create type t.r as range (subtype=float8, subtype_diff=float8mi);

-- renamed multirange
create schema t;
create type t.r as range (subtype=float8);
-- then
alter type t.r_multirange rename to many;

-- moved multirange
create schema t;
create schema t2;
create type t.r as range (subtype=float8);
-- then
alter type t.r_multirange rename to many;
alter type t.many set schema t2;

-- comment of a multirange
create schema t;
create type t.r as range (subtype=float8);
comment on type t.r_multirange is 'many';
create type t.s as range (subtype=float8, multirange_type_name = t.ss);
-- then
comment on type t.r_multirange is null;
comment on type t.ss is 'more';
create type t.u as range (subtype=float8);
comment on type t.u_multirange is 'u';

-- comment of a range
create schema t;
create type t.r as range (subtype=float8);
-- then
comment on type t.r is 'x';

-- another default of a domain
create schema t;
create domain t.d as text default 'x';
-- then
alter domain t.d set default upper('y');

-- default and not null of a domain
create schema t;
create domain t.d as text;
-- then
alter domain t.d set default upper('y');
alter domain t.d set not null;

-- constraints of a domain
create schema t;
create domain t.d as int constraint a check (value>0) constraint b check (value<10) constraint c check (value <> 3);
-- then
alter domain t.d drop constraint a;
alter domain t.d rename constraint b to "B b";
alter domain t.d drop constraint c;
alter domain t.d add constraint c check (value <> 4);
alter domain t.d add constraint n check (value<>5) not valid;
comment on constraint "B b" on domain t.d is 'x';
comment on constraint c on domain t.d is 'y';

-- validated constraint of a domain
create schema t;
create domain t.d as int;
alter domain t.d add constraint n check (value<>5) not valid;
comment on constraint n on domain t.d is 'x';
-- then
alter domain t.d validate constraint n;

-- equal constraints of a domain
create schema t;
create domain t.d as int constraint a check (value>0) constraint b check (value>0);
comment on constraint a on domain t.d is 'x';
-- then
alter domain t.d rename constraint a to c;

-- type under a domain, rebuilt
create schema t;
create domain t.d as int;
-- then
drop domain t.d;
create domain t.d as bigint;

-- collation of a domain, rebuilt
create schema t;
create domain t.d as text;
-- then
drop domain t.d;
create domain t.d as text collate "C";

-- name of a not null, from 17
create schema t;
create domain t.d as int not null;
-- then
alter domain t.d rename constraint d_not_null to nn;
comment on constraint nn on domain t.d is 'x';

-- a not null with a name, from 17
create schema t;
create domain t.d as int;
-- then
alter domain t.d add constraint nn not null;

-- comment of a not null, from 17
create schema t;
create domain t.d as int not null;
-- then
comment on constraint d_not_null on domain t.d is 'x';

-- another collation, rebuilt
create schema t;
create collation t.c (provider=icu, locale='de');
-- then
drop collation t.c;
create collation t.c (locale='C');

-- owner and comment of a collation
create schema t;
create collation t.c (provider=icu, locale='de');
-- then
comment on collation t.c is 'x';
alter collation t.c owner to pg_monitor;

-- schema of an extension
create schema t;
create schema t2;
create extension hstore schema t;
-- then
alter extension hstore set schema t2;
comment on extension hstore is null;

-- statistics target
create schema t;
create table t.x (a int, b int);
create statistics t.s on a,b from t.x;
-- then
alter statistics t.s set statistics 7;
comment on statistics t.s is 'x';
alter statistics t.s owner to pg_monitor;

-- other statistics, rebuilt
create schema t;
create table t.x (a int, b int);
create statistics t.s on a,b from t.x;
-- then
drop statistics t.s;
create statistics t.s (mcv) on a,(b+1) from t.x;

-- estimates of an operator
create schema t;
create function t.f(int,text) returns bool language sql as 'select true';
create operator t.@@> (function=t.f, leftarg=int, rightarg=text);
-- then
alter operator t.@@>(int,text) set (restrict=eqsel, join=eqjoinsel);
comment on operator t.@@>(int,text) is 'x';
alter operator t.@@>(int,text) owner to pg_monitor;

-- an estimate less
create schema t;
create function t.f(int,text) returns bool language sql as 'select true';
create operator t.@@> (function=t.f, leftarg=int, rightarg=text, restrict=eqsel);
-- then
alter operator t.@@>(int,text) set (restrict=none);

-- negator of an operator, rebuilt
create schema t;
create function t.f(int,text) returns bool language sql as 'select true';
create operator t.@@> (function=t.f, leftarg=int, rightarg=text);
-- then
drop operator t.@@>(int,text);
create operator t.@@> (function=t.f, leftarg=int, rightarg=text, negator=operator(t.@!));

-- context of a cast, rebuilt
create schema t;
create type t.e as enum ('1');
create cast (int as t.e) with inout;
-- then
drop cast (int as t.e);
create cast (int as t.e) with inout as implicit;
comment on cast (int as t.e) is 'x';

-- options of a dictionary
create schema t;
create text search dictionary t.d (template=simple, stopwords=english);
-- then
alter text search dictionary t.d (stopwords, accept=false);
comment on text search dictionary t.d is 'x';

-- template of a dictionary, rebuilt
create schema t;
create text search dictionary t.d (template=simple, stopwords=english);
-- then
drop text search dictionary t.d;
create text search dictionary t.d (template=snowball, language=german);

-- mappings of a configuration
create schema t;
create text search configuration t.c (copy=english);
-- then
alter text search configuration t.c drop mapping for url, "int";
alter text search configuration t.c alter mapping for word with simple, english_stem;
comment on text search configuration t.c is 'x';

-- parser of a configuration, rebuilt
create schema t;
create text search parser t.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
create text search configuration t.c (copy=english);
-- then
drop text search configuration t.c;
create text search configuration t.c (parser=t.p);

-- headline of a parser, rebuilt
create schema t;
create text search parser t.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype);
-- then
drop text search parser t.p;
create text search parser t.p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype, headline=prsd_headline);

-- init of a template, rebuilt
create schema t;
create text search template t.p (lexize=dsimple_lexize);
-- then
drop text search template t.p;
create text search template t.p (init=dsimple_init, lexize=dsimple_lexize);
comment on text search template t.p is 'x';

-- tables and operations of a publication
create schema t;
create table t.a (id int primary key);
create table t.b (id int primary key);
create publication p for table t.a;
-- then
alter publication p add table t.b;
alter publication p drop table t.a;
alter publication p set (publish='insert', publish_via_partition_root=true);
alter publication p owner to pg_monitor;
comment on publication p is 'x';

-- a publication of nothing
create schema t;
create table t.a (id int primary key);
create publication p with (publish='');
-- then
alter publication p add table t.a;
alter publication p set (publish='insert,update,delete,truncate');

-- a publication of all tables, rebuilt
create schema t;
create table t.a (id int primary key);
create publication p for table t.a;
-- then
drop publication p;
create publication p for all tables;

-- columns and rows of a publication, from 15
create schema t;
create table t.a (id int primary key, b int);
create table t.b (id int primary key);
create publication p for table t.a, t.b;
-- then
alter publication p set table t.a (id) where (id>4), t.b where (id <> 3);

-- schemas of a publication, from 15
create schema t;
create schema "T 2";
create table t.a (id int primary key, b int);
create publication p for table t.a;
-- then
alter publication p add tables in schema "T 2";
alter publication p drop table t.a;

-- generated columns of a publication, from 18
create schema t;
create table t.a (id int primary key, b int);
create publication p for table t.a;
-- then
alter publication p set (publish_generated_columns=stored);

-- handler and options of a wrapper
create schema t;
create extension postgres_fdw;
create foreign data wrapper w options (a '1', b '2');
-- then
alter foreign data wrapper w handler postgres_fdw_handler options (set a 'x', drop b, add c 'z');
comment on foreign data wrapper w is 'x';
grant usage on foreign data wrapper w to pg_monitor;

-- validator of a wrapper
create schema t;
create foreign data wrapper w validator postgresql_fdw_validator;
-- then
alter foreign data wrapper w no validator;

-- version and options of a server
create schema t;
create foreign data wrapper w;
create server s version '1' foreign data wrapper w options (host 'a');
-- then
alter server s version '2' options (set host 'b', add "P q" 'it''s');
alter server s owner to pg_monitor;
comment on server s is 'x';
grant usage on foreign server s to pg_monitor;

-- first version of a server
create schema t;
create foreign data wrapper w;
create server s foreign data wrapper w;
-- then
alter server s version '2';

-- type of a server, rebuilt
create schema t;
create foreign data wrapper w;
create server s type 'a' foreign data wrapper w;
-- then
drop server s;
create server s type 'b' foreign data wrapper w;

-- options of a user mapping
create schema t;
create foreign data wrapper w;
create server s foreign data wrapper w;
create user mapping for public server s options (user 'a');
-- then
alter user mapping for public server s options (set user 'b', add dbname 'c');

-- options beside a secret
create schema t;
create foreign data wrapper w;
create server s foreign data wrapper w;
create user mapping for public server s options (user 'a', password 'x');
-- then
alter user mapping for public server s options (set user 'b', add dbname 'c');

-- default privileges on tables
create schema t;
alter default privileges for role pg_monitor grant select on tables to pg_signal_backend;
-- then
alter default privileges for role pg_monitor grant select on tables to pg_signal_backend with grant option;
alter default privileges for role pg_monitor grant insert on tables to public;
alter default privileges for role pg_monitor revoke delete on tables from pg_monitor;

-- default privileges on functions
create schema t;
alter default privileges for role pg_monitor revoke execute on functions from public;
-- then
alter default privileges for role pg_monitor grant execute on functions to public;
alter default privileges for role pg_monitor grant execute on functions to pg_signal_backend;

-- default privileges in a schema
create schema t;
alter default privileges for role pg_monitor in schema t grant select on tables to pg_signal_backend;
-- then
alter default privileges for role pg_monitor in schema t grant insert on tables to public, pg_monitor;
alter default privileges for role pg_monitor in schema t revoke all on tables from pg_signal_backend;

-- owner, comment and privileges of a schema
create schema t;
create schema s;
-- then
alter schema s owner to pg_monitor;
comment on schema s is 'x';
grant usage on schema s to public;
grant create on schema s to pg_signal_backend;

-- the schema public
create schema t;
-- then
revoke all on schema public from public;
comment on schema public is 'mine';
alter schema public owner to pg_monitor;
