Read by FollowedStatementsTest: each section runs in a database of its own, statement by statement, and
what is recorded must be what is there. $bob and $amy are roles.

--- names of tables, columns and what names them
create table t (id serial primary key, a int, b text);
create view v as select id, a from t;
create view w as select a as other from v;
create materialized view m as select a, count(*) from t group by a;
create function of_row(x t) returns bigint language sql begin atomic select count(*) from t; end;
create function of_rows(x int default 1) returns setof t language sql as 'select * from t';
create index ti on t (a);
create index te on t ((a + 1)) where a > 0;
create statistics st on id, a from t;
create table r (t_id int references t, k int generated always as identity);
create function on_row() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row when (new.a > 0) execute function on_row();
create rule ru as on delete to t do also select 1;
create policy po on t using (a > 0);
alter table t enable row level security;
alter table t rename a to c;
alter table t rename to tt;
alter table tt rename constraint t_pkey to pk;
alter index ti rename to ti2;
create schema s;
alter table tt set schema s;
alter schema s rename to s2;
alter function on_row() rename to on_each_row;
alter function on_each_row() set schema s2;
alter trigger tr on s2.tt rename to tr2;
alter rule ru on s2.tt rename to ru2;
alter policy po on s2.tt rename to po2;
alter statistics st rename to st2;
alter statistics st2 set schema s2;
alter sequence s2.t_id_seq rename to q;
alter view v rename to v2;
alter view v2 rename column a to renamed;
alter materialized view m rename to m2;
alter function of_rows(int) rename to rows_of;
alter sequence r_k_seq rename to k_seq

--- names of types and what names them
create type e as enum ('a', 'b');
create type c as (x int, y e);
create domain d as int check (value > 0) default 4;
create table t (p e default 'a', q c, w d default 7, list e[]);
create view v as select p, 'b'::e as constant from t where p = 'a';
create function f(e, c default row(1, 'a')::c) returns d language sql return 1;
create function g(e[]) returns setof c language sql as 'select null::c';
alter type e add value 'z' before 'a';
alter type e rename value 'z' to 'y';
alter type e rename to e2;
alter type c rename attribute y to yy;
alter type c add attribute m int cascade;
alter type c rename to c2;
alter domain d rename to d2;
alter domain d2 add constraint foo check (value < 100) not valid;
alter domain d2 validate constraint foo;
alter domain d2 rename constraint foo to bar;
comment on constraint bar on domain d2 is 'less';
alter domain d2 set not null;
alter domain d2 drop constraint bar;
create type r as range (subtype = int8, multirange_type_name = mr);
create table ranges (r r, mr mr);
alter type r rename to r2;
alter type mr rename to mr2;
comment on type mr2 is 'many';
create schema s;
alter type r2 set schema s;
alter type e2 set schema s;
alter domain d2 set schema s;
alter type c2 set schema s;
alter schema s rename to s2;
drop type s2.e2 cascade;
drop domain s2.d2 cascade;
drop type s2.c2 cascade;
drop type s2.r2 cascade

--- what goes with what is dropped
create type e as enum ('a');
create table t (id serial primary key, p e, a int);
create table u (t_id int references t, p e);
create function one() returns int language sql as 'select 1';
create table d (a int default one(), b int check (b > one()));
create view v as select t.a, u.p from t, u;
create index on t (p);
create index on t (a, p);
create trigger tr before update on t for each row execute function suppress_redundant_updates_trigger();
create statistics st on a, p from t;
create publication pub for table t, u;
create policy po on u using (p = 'a');
drop type e cascade;
drop function one() cascade;
alter table t drop column a cascade;
drop sequence t_id_seq cascade;
drop table t cascade;
create schema s create table a (x int) create view b as select x from a;
create function s.f() returns int language sql as 'select 1';
alter default privileges in schema s grant select on tables to $amy;
drop schema s cascade

--- owners
create schema s;
create table t (id serial primary key);
create view v as select 1 as one;
create materialized view m as select 1 as one;
create function f() returns int language sql as 'select 1';
create procedure p() language plpgsql as 'begin end';
create aggregate agg (int) (sfunc = int4pl, stype = int);
create type e as enum ('a');
create domain d as int;
create sequence q;
create collation coll (locale = 'C');
create text search dictionary dict (template = simple);
create text search configuration conf (copy = pg_catalog.simple);
create operator === (leftarg = int, rightarg = int, function = int4eq);
create foreign data wrapper w;
create server srv foreign data wrapper w;
create publication pub for table t;
alter schema s owner to $bob;
alter table t owner to $bob;
alter view v owner to $bob;
alter materialized view m owner to $bob;
alter function f() owner to $bob;
alter procedure p() owner to $bob;
alter aggregate agg (int) owner to $bob;
alter type e owner to $bob;
alter domain d owner to $bob;
alter sequence q owner to $bob;
alter collation coll owner to $bob;
alter text search dictionary dict owner to $bob;
alter text search configuration conf owner to $bob;
alter operator === (int, int) owner to $bob;
alter server srv owner to $bob;
drop owned by $bob cascade

--- privileges
create schema s;
create table s.t (a int, b int);
create sequence s.q;
create view s.v as select a from s.t;
create function s.f(int) returns int language sql as 'select 1';
create procedure s.p() language plpgsql as 'begin end';
create type s.e as enum ('a');
create domain s.d as int;
create foreign data wrapper w;
create server srv foreign data wrapper w;
create table ided (id int generated always as identity);
grant usage on schema s to $bob with grant option;
grant select, insert on s.t to $bob;
grant select (a), update (b) on s.t to $amy;
grant all on all tables in schema s to $amy;
grant usage on all sequences in schema s to $amy;
grant execute on all routines in schema s to $amy;
grant execute on function s.f to $bob;
grant execute on procedure s.p to $bob;
grant usage on type s.e to $bob;
revoke usage on domain s.d from public;
grant usage on foreign data wrapper w to $bob;
grant usage on foreign server srv to $bob;
grant usage on sequence ided_id_seq to $bob;
revoke update (b) on s.t from $amy;
revoke all on s.t from $bob cascade;
revoke all on all functions in schema s from public;
alter default privileges in schema s grant select on tables to $amy;
alter default privileges for role $amy revoke execute on functions from public;
alter default privileges in schema s revoke select on tables from $amy;
alter schema s rename to s2;
create policy po on s2.t to $bob, $amy;
drop owned by $bob;
drop owned by $amy cascade

--- comments
create schema s;
create table t (a int constraint c check (a > 0));
create index i on t (a);
create view v as select a from t;
create materialized view m as select 1 as one;
create sequence q;
create function f(int) returns int language sql as 'select 1';
create procedure p() language plpgsql as 'begin end';
create aggregate agg (int) (sfunc = int4pl, stype = int);
create function on_row() returns trigger language plpgsql as 'begin return new; end';
create trigger tr before insert on t for each row execute function on_row();
create rule ru as on delete to t do also select 1;
create policy po on t;
create statistics st on a, (a + 1) from t;
create type e as enum ('a');
create type c as (x int);
create domain d as int constraint positive check (value > 0);
create collation coll (locale = 'C');
create text search dictionary dict (template = simple);
create text search configuration conf (copy = pg_catalog.simple);
create operator === (leftarg = int, rightarg = int, function = int4eq);
create cast (c as int) with inout as assignment;
create foreign data wrapper w;
create server srv foreign data wrapper w;
create foreign table ft (a int) server srv;
create publication pub for table t;
create extension citext;
comment on schema s is 'x';
comment on table t is 'x';
comment on column t.a is 'x';
comment on constraint c on t is 'x';
comment on index i is 'x';
comment on view v is 'x';
comment on column v.a is 'x';
comment on materialized view m is 'x';
comment on column m.one is 'x';
comment on sequence q is 'x';
comment on function f(int) is 'x';
comment on procedure p() is 'x';
comment on aggregate agg (int) is 'x';
comment on trigger tr on t is 'x';
comment on rule ru on t is 'x';
comment on policy po on t is 'x';
comment on statistics st is 'x';
comment on type e is 'x';
comment on type c is 'x';
comment on column c.x is 'x';
comment on domain d is 'x';
comment on constraint positive on domain d is 'x';
comment on collation coll is 'x';
comment on text search dictionary dict is 'x';
comment on text search configuration conf is 'x';
comment on operator === (int, int) is 'x';
comment on cast (c as int) is 'x';
comment on foreign data wrapper w is 'x';
comment on server srv is 'x';
comment on foreign table ft is 'x';
comment on column ft.a is 'x';
comment on publication pub is 'x';
comment on extension citext is 'x';
comment on table t is null

--- columns, constraints and storage of tables
create table t (id int, a int, b text);
alter table t add primary key (id), add unique (a), add check (a > 0);
alter table t alter a type bigint, alter b set default 'x', alter b set not null;
alter table t alter a set statistics 5, alter b set storage external, alter b set compression pglz;
alter table t add constraint ck check (a < 1000) not valid;
alter table t validate constraint ck;
alter table t replica identity full;
alter table t replica identity using index t_pkey;
alter table t set (fillfactor = 70);
alter table t set unlogged;
alter table t set logged;
alter table t disable trigger all;
alter table t cluster on t_pkey;
alter table t set without cluster;
alter table t add column g bigint generated always as (a * 2) stored;
alter table t alter g drop expression;
alter table t add column i int generated by default as identity (start 5);
alter table t alter i set increment 3;
alter table t alter i drop identity;
alter table t drop column g, drop constraint ck;
create unique index uq on t (b);
alter table t add constraint uqc unique using index uq;
alter table t add constraint ex exclude using btree (b with =) deferrable;
alter index ex rename to ex2;
comment on index uqc is 'x';
alter index uqc set (fillfactor = 50);
alter table t drop constraint ex2, drop constraint uqc;
create table f (a bigint references t (a) on delete cascade deferrable initially deferred);
alter table f alter constraint f_a_fkey not deferrable;
alter table t rename a to aa;
alter table t rename to tt;
create table l (like tt including all);
create table as_query as select 1 as a;
create table as_table as table as_query with no data;
select 1 as b into selected;
create unlogged table ul (a serial);
alter table tt drop constraint t_pkey cascade

--- NOT NULL with a comment (from 18)
create table t (a int not null);
comment on constraint t_a_not_null on t is 'x';
create table u () inherits (t);
alter table t rename constraint t_a_not_null to named;
comment on constraint named on t is null

--- partitions
create table p (id int, k int, x text) partition by range (id);
create table p1 partition of p for values from (1) to (10);
create table p2 (id int, k int, x text);
alter table p attach partition p2 for values from (10) to (20);
create index pi on p (k);
create index only_i on only p (x);
create index p1x on p1 (x);
create index on p ((k + 1));
alter index p1_expr_idx alter column 1 set statistics 5;
create index p2x on p2 (x);
alter index only_i attach partition p1x;
alter index only_i attach partition p2x;
create function on_row() returns trigger language plpgsql as 'begin return new; end';
create trigger tr after insert on p for each row execute function on_row();
alter table p disable trigger tr;
alter table p1 enable trigger tr;
create table sub partition of p for values from (30) to (40) partition by list (k);
create table sub1 partition of sub for values in (1, 2);
alter table sub1 disable trigger tr;
alter table p add column y int default 4 check (y > 0);
alter table p alter y set not null;
alter table p rename k to kk;
alter table p rename to pp;
alter table p1 rename to pp1;
alter table pp drop column y;
alter table pp add constraint un unique (id, kk);
create table ref (id int, kk int, foreign key (id, kk) references pp (id, kk));
alter table pp detach partition p2;
alter table pp detach partition pp1 concurrently;
alter table pp attach partition pp1 for values from (1) to (10);
create table rest partition of pp default;
create schema s;
alter table sub set schema s;
alter table pp set schema s;
create statistics st on id, kk from s.pp;
create policy po on s.pp;
alter index s.pi rename to pi2;
reindex table s.pp;
drop index s.pi2;
drop trigger tr on s.pp;
alter table s.pp owner to $bob;
drop table s.sub cascade;
drop table s.pp cascade

--- inheritance and typed tables
create table par (a int, b int check (b > 0));
create table chi (c int) inherits (par);
create table gra (d int) inherits (chi);
alter table par add e int;
alter table par rename a to aa;
alter table par alter b type bigint;
alter table par drop column e;
alter table chi no inherit par;
alter table chi inherit par;
alter table par alter b set default 9;
alter table only par alter b drop default;
alter table par add constraint ck check (aa > 0) no inherit;
alter table par rename constraint par_b_check to pbc;
comment on constraint pbc on par is 'x';
alter table par drop constraint pbc;
drop table par cascade;
create type tt as (a int, b text);
create table typed of tt;
alter type tt add attribute c int cascade;
alter table typed not of;
alter table typed of tt;
drop type tt cascade

--- sequences
create sequence q;
create table t (a int default nextval('q'));
alter sequence q owned by t.a;
alter sequence q rename to q2;
alter table t rename to t2;
alter table t2 rename a to aa;
alter sequence q2 increment 7 maxvalue 1000 cycle;
alter sequence q2 as integer;
alter sequence q2 restart 5;
select setval('q2', 100);
select nextval('q2');
create schema s;
alter table t2 set schema s;
alter sequence s.q2 owned by none;
alter sequence s.q2 set schema public;
drop sequence q2 cascade

--- routines, views and rules
create table t (a int, b int);
create function f(x int default 1) returns int language sql as 'select x';
alter function f(int) cost 5 strict immutable set work_mem = '1MB';
alter function f(int) reset all;
create or replace function f(x int default 2) returns int language sql as 'select x + 1';
create procedure p(inout x int) language plpgsql as 'begin end';
alter procedure p(int) rename to p2;
alter procedure p2(int) security definer;
create aggregate agg (int) (sfunc = int4pl, stype = int, initcond = '0');
alter aggregate agg (int) rename to agg2;
create view v as select a, f(b) as fb from t;
alter function f(int) rename to f2;
create or replace view v as select a, f2(b) as fb, b from t;
alter view v alter a set default 4;
alter view v set (security_barrier);
create rule no_insert as on insert to v do instead nothing;
create function on_row() returns trigger language plpgsql as 'begin return new; end';
create trigger instead instead of update on v for each row execute function on_row();
create recursive view rv (n) as select 1 union all select n + 1 from rv where n < 5;
create materialized view m as select a from t with no data;
refresh materialized view m;
create unique index mi on m (a);
refresh materialized view concurrently m;
alter materialized view m cluster on mi;
alter materialized view m alter a set statistics 3;
create function body() returns bigint language sql begin atomic select count(*) from v; end;
alter view v rename to vv;
drop table t cascade

--- operators, casts and collations
create function op(int, int) returns bool language sql as 'select true';
create operator === (leftarg = int, rightarg = int, function = op, commutator = ===);
create operator !== (leftarg = int, rightarg = int, function = op, negator = ===);
alter operator === (int, int) set (restrict = eqsel);
create schema s;
alter operator === (int, int) set schema s;
alter function op(int, int) rename to op2;
drop operator s.=== (int, int);
drop operator !== (int, int);
create type c as (a int);
create function cast_c(c) returns int language sql as 'select 1';
create cast (c as int) with function cast_c(c) as assignment;
alter type c rename to c2;
alter function cast_c(c2) rename to cast_c2;
drop type c2 cascade;
create collation coll (locale = 'C');
create table t (a text collate coll);
create domain d as text collate coll;
alter collation coll rename to coll2;
alter collation coll2 set schema s;
drop collation s.coll2 cascade

--- text search
create text search configuration conf (copy = pg_catalog.english);
create text search dictionary dict (template = simple);
alter text search configuration conf alter mapping for word with simple;
alter text search configuration conf drop mapping for word;
alter text search configuration conf add mapping for word with dict;
alter text search dictionary dict (accept = false);
alter text search dictionary dict rename to dict2;
alter text search configuration conf rename to conf2;
create schema s;
alter text search dictionary dict2 set schema s;
alter text search configuration conf2 set schema s;
drop text search dictionary s.dict2 cascade

--- extensions
create schema s;
create extension citext;
create table t (a citext);
create view v as select a || 'x' as b from t;
create table tied (a int);
create index tied_a on tied (a);
alter index tied_a depends on extension citext;
alter extension citext set schema s;
create extension hstore with schema s version '1.7';
alter extension hstore update;
create function extra() returns int language sql as 'select 1';
create table extra (a int);
alter extension hstore add function extra();
alter extension hstore add table extra;
alter extension hstore drop function extra();
alter extension hstore drop table extra;
alter schema s rename to s2;
drop extension citext cascade;
create extension earthdistance cascade;
drop extension cube cascade;
drop schema s2 cascade

--- foreign data
create extension postgres_fdw;
create server srv foreign data wrapper postgres_fdw options (host 'h', dbname 'd');
create user mapping for $bob server srv options (user 'u', password 'secret');
create user mapping for public server srv;
create foreign table ft (a int options (column_name 'x'), b text) server srv options (table_name 't');
alter foreign table ft alter a options (set column_name 'y');
alter foreign table ft rename a to aa;
alter foreign table ft options (add schema_name 'q');
alter foreign table ft add constraint cc check (aa > 0);
alter server srv options (set host 'i');
alter server srv rename to srv2;
alter user mapping for $bob server srv2 options (set user 'uu');
drop user mapping for public server srv2;
create foreign data wrapper mine options (a 'b');
alter foreign data wrapper mine options (set a 'c');
alter foreign data wrapper mine rename to mine2;
drop server srv2 cascade;
drop foreign data wrapper mine2

--- publications
create table t (id int primary key, a int, b text);
create table u (id int primary key);
create publication pub for table t;
alter publication pub add table u;
alter publication pub drop table t;
alter publication pub set table t, u;
alter publication pub set (publish = 'insert', publish_via_partition_root = true);
alter table t rename to t2;
alter publication pub rename to pub2;
drop table t2;
create publication everything for all tables;
create table later (id int);
drop publication everything

--- publications of schemas and columns (from 15)
create table t (id int primary key, a int, b text);
create schema s;
create publication pub for table t, tables in schema s;
alter publication pub set table t where (id > 5);
alter publication pub add tables in schema s;
create publication columns for table t (id, a) where (id > 5);
alter table t rename a to aa;
alter schema s rename to s2;
drop schema s2;
drop publication pub

--- nested, concurrent and several at once
create schema s create table t (a int primary key) create view v as select a from t create index i on t (a);
do $$ begin execute 'create table nested (a int)'; execute 'alter table nested add b int'; end $$;
create index concurrently ci on nested (a);
drop index concurrently ci;
create table if not exists nested (c int);
alter table nested add column c int, drop column b, add check (c > 0), alter a set not null;
drop table if exists nothing, nested;
begin;
create table one (a int);
create table two (a int);
drop table one;
alter table two rename to one;
commit

--- names that need quotes
create schema "Sch ""ema";
create table "Sch ""ema"."we""ird na.me" ("a b" int, "c""d" text, "line
break" int, check ("a b" > 0));
create index "i ""x" on "Sch ""ema"."we""ird na.me" ("a b");
create function "Sch ""ema"."f ; --"("x y" int) returns int language sql as 'select 1';
create type "Sch ""ema"."en um" as enum ('it''s', 'a "b"', E'c\\d');
create view "Sch ""ema"."vi(e)w" as select "a b" as "select" from "Sch ""ema"."we""ird na.me";
create trigger "on" before update on "Sch ""ema"."we""ird na.me" for each row execute function suppress_redundant_updates_trigger();
alter table "Sch ""ema"."we""ird na.me" rename to "x
y";
alter table "Sch ""ema"."x
y" rename "a b" to "’ünïcødé 🐘";
alter schema "Sch ""ema" rename to "pub.lic";
drop table "pub.lic"."x
y" cascade

--- tables that become views (until 15)
create table t (a int);
create view v as select a from t;
create rule "_RETURN" as on select to t do instead select 1 as a;
drop view t cascade
