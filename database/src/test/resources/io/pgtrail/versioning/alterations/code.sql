-- the query of a view
create table item (id int, name text);
create view v as select id, name from item;
-- then
create or replace view v as select id, upper(name) as name from item where id > 0;

-- columns behind those of a view, rebuilt
create table item (id int, name text);
create view v as select id from item;
-- then
create or replace view v as select id, name as label, 2::numeric(6,2) as more from item;
comment on column v.label is 'x';
alter view v alter column label set default 'y';
grant select (label) on v to pg_monitor;

-- fewer columns of a view
create table item (id int, name text);
create view v as select id, name from item;
comment on column v.id is 'x';
-- then
drop view v;
create view v as select id from item;

-- another type of a column of a view, rebuilt
create view v as select 1 as a, 'x'::varchar(7) as b;
-- then
drop view v;
create view v as select 1 as a, 'x'::varchar(8) as b;

-- another order of the columns of a view, rebuilt
create view v as select 1 as a, 2 as b;
-- then
drop view v;
create view v as select 2 as b, 1 as a;

-- another collation of a column of a view, rebuilt
create table item (id int, name text);
create view v as select name from item;
-- then
drop view v;
create view v as select name collate "C" as name from item;

-- renamed columns of a view, with all they have
create view v as select 1 as a, 2 as "B b", 3 as c;
grant select ("B b") on v to pg_signal_backend;
alter view v alter column "B b" set default 4;
-- then
alter view v rename column "B b" to bb;
alter view v rename column a to "A""a";
alter view v alter column bb set default 7;
alter view v set (security_barrier);
comment on column v.bb is 'y';
revoke select (bb) on v from pg_signal_backend;
grant select (bb) on v to pg_monitor;

-- columns of a view that change their names with each other, rebuilt
create view v as select 1 as a, 2 as b;
-- then
alter view v rename column a to x;
alter view v rename column b to a;
alter view v rename column x to b;

-- options of views
create table item (id int);
create view barrier with (security_barrier) as select id from item;
create view checked as select id from item with local check option;
create view cascaded as select id from item with cascaded check option;
create view none as select id from item;
-- then
alter view barrier reset (security_barrier);
alter view checked set (check_option = cascaded, security_barrier = false);
alter view cascaded reset (check_option);
alter view none set (security_barrier = true, check_option = local);

-- whose rights count in a view, from 15
create view invoker with (security_invoker) as select 1 as x;
create view owner as select 1 as x;
-- then
alter view invoker reset (security_invoker);
alter view owner set (security_invoker);

-- options beside another query
create table item (id int);
create view v with (security_barrier) as select id from item;
-- then
create or replace view v as select id from item where id > 0 with local check option;

-- defaults of columns of a view
create table item (a int, b int, c int);
create function one() returns int language sql as 'select 1';
create view v as select a, b, c from item;
alter view v alter column a set default one();
alter view v alter column b set default 2;
-- then
alter view v alter column a drop default;
alter view v alter column b set default 3;
alter view v alter column c set default one();

-- comments of a view
create view v as select 1 as a, 2 as b;
comment on view v is 'x';
comment on column v.a is 'it''s';
-- then
comment on view v is null;
comment on column v.a is null;
comment on column v.b is 'y';

-- privileges on a view and on its columns
create view v as select 1 as a, 2 as b;
grant select, update on v to pg_monitor with grant option;
grant update (a) on v to pg_monitor;
grant insert (a, b), references (b) on v to pg_signal_backend;
grant select on v to public;
-- then
revoke all on v from pg_monitor;
grant select on v to pg_signal_backend;
revoke insert (a) on v from pg_signal_backend;
revoke all on v from public;
grant select (a), update (b) on v to public;
grant insert (b) on v to pg_monitor with grant option;

-- another owner of a view whose columns have privileges
create view v as select 1 as a, 2 as b;
grant select (a) on v to pg_monitor with grant option;
grant insert (b) on v to pg_signal_backend;
-- then
alter view v owner to pg_monitor;

-- the query of a materialized view, rebuilt
create table item (id int, name text);
create materialized view m as select id, name from item with no data;
-- then
drop materialized view m;
create materialized view m as select id, name from item where id > 0 with no data;

-- a renamed column of a materialized view, rebuilt
create materialized view m as select 1 as a, 2 as b with no data;
-- then
alter materialized view m rename column a to c;

-- options of a materialized view
create table item (id int, name text);
create materialized view m with (fillfactor = 70, toast.autovacuum_enabled = false) as select id, name from item;
-- then
alter materialized view m reset (fillfactor, toast.autovacuum_enabled);
alter materialized view m set (autovacuum_enabled = false, toast.autovacuum_vacuum_threshold = 9);

-- whether a materialized view has rows
create materialized view filled as select 1 as a;
create materialized view empty as select 1 as a with no data;
-- then
refresh materialized view filled with no data;
refresh materialized view empty;

-- columns of a materialized view
create table item (id int, name text, label text, price numeric);
create materialized view m as select id, name, label, price from item;
alter materialized view m alter column name set storage external;
alter materialized view m alter column name set compression pglz;
alter materialized view m alter column id set statistics 50;
alter materialized view m alter column id set (n_distinct = -0.5, n_distinct_inherited = 10);
alter materialized view m alter column price set storage plain;
-- then
alter materialized view m alter column name set storage extended;
alter materialized view m alter column name set compression default;
alter materialized view m alter column id set statistics -1;
alter materialized view m alter column id reset (n_distinct_inherited);
alter materialized view m alter column id set (n_distinct = 7);
alter materialized view m alter column price set storage main;
alter materialized view m alter column label set storage main;
comment on column m.label is 'x';
grant select (label) on m to pg_monitor;

-- materialized views that go with an extension
create materialized view tied as select 1 as a;
create materialized view free as select 1 as a;
alter materialized view tied depends on extension plpgsql;
-- then
alter materialized view tied no depends on extension plpgsql;
alter materialized view free depends on extension plpgsql;

-- indexes that go with an extension
create table of_indexes (a int);
create index tied on of_indexes (a);
create index free on of_indexes (a);
alter index tied depends on extension plpgsql;
-- then
alter index tied no depends on extension plpgsql;
alter index free depends on extension plpgsql;

-- the body of functions
create function text_body() returns int language sql as 'select 1';
create function plpgsql_body(a int) returns int language plpgsql as $f$begin return a; end$f$;
create function sql_body(a int default 1) returns int language sql immutable return a + 1;
create procedure work(a int) language sql as 'select 1';
-- then
create or replace function text_body() returns int language sql as 'select 2 -- $function$ it''s';
create or replace function plpgsql_body(a int) returns int language sql as 'select 1';
create or replace function sql_body(a int default 1) returns int language sql as 'select 1';
create or replace procedure work(a int) language plpgsql as $f$begin perform 1; end$f$;

-- a body in standard SQL
create table item (id int);
create function f(a int) returns bigint language sql begin atomic insert into item values (a); select count(*) from item; end;
create function g(a int) returns int language sql return a;
-- then
create or replace function f(a int) returns bigint language sql return 7;
create or replace function g(a int) returns int language sql begin atomic select a from (select 1 union select 2) s; end;

-- attributes of functions
create function usual() returns setof int language plpgsql as 'begin end';
create function unusual() returns setof int language plpgsql immutable strict security definer leakproof parallel safe cost 3 rows 7 as 'begin end';
create function restricted() returns int language sql stable parallel restricted as 'select 1';
-- then
alter function usual() stable strict security definer leakproof parallel restricted cost 0.5 rows 1;
alter function unusual() volatile called on null input security invoker not leakproof parallel unsafe cost 100 rows 1000;
alter function restricted() immutable parallel safe;

-- settings of functions
create function f() returns int language sql set search_path = pg_catalog, "Odd, schema", "$user" set work_mem = '8MB' as 'select 1';
create function bare() returns int language sql set search_path = '' as 'select 1';
create procedure p() language sql as 'select 1';
-- then
alter function f() reset all;
alter function f() set datestyle = 'ISO, DMY';
alter function f() set my.setting = 'it''s';
alter function bare() set search_path = "a""b";
alter procedure p() set timezone = 'Europe/Berlin';

-- what the planner knows of a function
create function supported(int, int) returns setof int language internal immutable strict support pg_catalog.generate_series_int4_support as 'generate_series_int4';
create function other(int, int) returns setof int language internal immutable strict support pg_catalog.generate_series_int4_support as 'generate_series_int4';
-- then
create or replace function supported(int, int) returns setof int language internal immutable strict as 'generate_series_int4';
alter function other(int, int) support pg_catalog.generate_series_int8_support;

-- more defaults of arguments, rebuilt
create function f(a int, b text) returns int language sql as 'select 1';
-- then
create or replace function f(a int, b text default 'x') returns int language sql as 'select 1';

-- other defaults of arguments
create function f(a int default 1, b date default current_date) returns int language sql as 'select 1';
-- then
create or replace function f(a int default 2, b date default now()) returns int language sql as 'select 1';

-- names of arguments, rebuilt
create function f(int, b text) returns int language sql as 'select 1';
-- then
create or replace function f(a int, b text) returns int language sql as 'select 1';

-- another name of an argument, rebuilt
create function f(a int) returns int language sql as 'select 1';
-- then
drop function f(int);
create function f(b int) returns int language sql as 'select 1';

-- another result, rebuilt
create function f(a int) returns int language sql as 'select 1';
-- then
drop function f(int);
create function f(a int) returns setof int language sql as 'select 1';

-- other columns of the result, rebuilt
create function f(a int) returns table (x int, y text) language sql as 'select 1, null::text';
-- then
drop function f(int);
create function f(a int) returns table (x int, z text) language sql as 'select 1, null::text';

-- other output arguments, rebuilt
create function f(a int, out b int, inout c text) language plpgsql as 'begin end';
-- then
drop function f(int, text);
create function f(a int, out bb int, inout c text) language plpgsql as 'begin end';

-- a window function, rebuilt
create function f(int) returns bigint language internal window immutable strict as 'window_row_number';
-- then
drop function f(int);
create function f(int) returns bigint language sql as 'select 1::bigint';

-- owner, comment and privileges of a function
create function f() returns int language sql as 'select 1';
revoke execute on function f() from public;
grant execute on function f() to pg_monitor with grant option;
comment on function f() is 'x';
alter function f() depends on extension plpgsql;
-- then
alter function f() owner to pg_signal_backend;
grant execute on function f() to public;
revoke execute on function f() from pg_monitor;
comment on function f() is 'it''s';
alter function f() no depends on extension plpgsql;

-- procedures that differ by what comes out
create procedure p(a date) language sql as 'select 1';
create procedure p(out a date) language plpgsql as 'begin null; end';
comment on procedure p(in date) is 'in';
-- then
comment on procedure p(in date) is null;
comment on procedure p(out date) is 'out';
grant execute on procedure p(in date) to pg_monitor;
revoke execute on procedure p(out date) from public;
alter procedure p(in date) owner to pg_monitor;
alter procedure p(in date) depends on extension plpgsql;
create or replace procedure p(a date) language sql as 'select 2';

-- another output argument of a procedure, rebuilt
create procedure p(a date) language sql as 'select 1';
create procedure p(out a date) language plpgsql as 'begin null; end';
-- then
drop procedure p(out date);
create procedure p(out b date) language plpgsql as 'begin null; end';

-- how an aggregate is computed
create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate average(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, combinefunc = int8_avg_combine, serialfunc = int8_avg_serialize, deserialfunc = int8_avg_deserialize, msfunc = int8_avg_accum, minvfunc = int8_avg_accum_inv, mstype = internal, msspace = 48, mfinalfunc = numeric_poly_avg, mfinalfunc_modify = read_write);
create aggregate least_of(int) (sfunc = int4smaller, stype = int, sortop = operator(pg_catalog.<));
create aggregate percentile(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
-- then
create or replace aggregate total(int) (sfunc = int4larger, stype = int, parallel = safe, sspace = 9);
create or replace aggregate average(bigint) (sfunc = int8_avg_accum, stype = internal, finalfunc = numeric_poly_avg, finalfunc_modify = shareable);
create or replace aggregate least_of(int) (sfunc = int4smaller, stype = int);
create or replace aggregate percentile(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra, finalfunc_modify = read_only);

-- another result of an aggregate, rebuilt
create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0');
-- then
drop aggregate total(int);
create aggregate total(int) (sfunc = int4_sum, stype = bigint);

-- aggregates come and go
create aggregate counted(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create aggregate ranked(variadic "any" order by variadic "any") (sfunc = ordered_set_transition_multi, stype = internal, finalfunc = rank_final, finalfunc_extra, hypothetical);
comment on aggregate counted(*) is 'x';
-- then
drop aggregate counted(*);
drop aggregate ranked(variadic "any" order by variadic "any");
create aggregate mode_of(order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = mode_final, finalfunc_extra);

-- owner, comment and privileges of aggregates
create aggregate counted(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create aggregate percentile(float8 order by anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra);
revoke execute on function counted() from public;
comment on aggregate counted(*) is 'x';
-- then
grant execute on function counted() to public;
alter aggregate counted(*) owner to pg_monitor;
comment on aggregate counted(*) is 'y';
comment on aggregate percentile(float8 order by anyelement) is 'z';
revoke execute on function percentile(float8, anyelement) from public;
alter aggregate percentile(float8 order by anyelement) owner to pg_monitor;

-- what triggers do
create table item (id int, name text);
create function f() returns trigger language plpgsql as 'begin return new; end';
create function g() returns trigger language plpgsql as 'begin return null; end';
create trigger a before insert or update of name, id on item for each row when (new.id > 1) execute function f('x', 'it''s');
create trigger b after update on item referencing old table as o new table as n for each statement execute function f();
create trigger c after insert on item for each row execute function f();
alter table item disable trigger c;
-- then
create or replace trigger a after update or delete on item for each row execute function g();
create or replace trigger b before truncate on item for each statement execute function f('y');
create or replace trigger c after insert on item for each row when (new.name = ') EXECUTE FUNCTION x(') execute function f('back\slash');

-- a trigger for each row or each statement, rebuilt
create table item (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a before insert on item for each row execute function f();
-- then
create or replace trigger a before insert on item for each statement execute function f();

-- triggers of a view
create view v as select 1 as a;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a instead of insert or update on v for each row execute function f();
-- then
create or replace trigger a instead of delete on v for each row execute function f('x');

-- a constraint trigger, rebuilt
create table item (id int);
create table other (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create constraint trigger a after insert on item from other deferrable initially deferred for each row when (new.id > 0) execute function f();
-- then
drop trigger a on item;
create constraint trigger a after insert or update of id on item deferrable for each row execute function f();

-- a trigger in place of a constraint trigger, rebuilt
create table item (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create constraint trigger a after insert on item for each row execute function f();
-- then
drop trigger a on item;
create trigger a after insert on item for each row execute function f();

-- when triggers fire
create table item (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a before insert on item for each row execute function f();
create trigger b before insert on item for each row execute function f();
create trigger c before insert on item for each row execute function f();
create constraint trigger d after insert on item for each row execute function f();
alter table item disable trigger a;
alter table item enable replica trigger b;
-- then
alter table item enable always trigger a;
alter table item enable trigger b;
alter table item disable trigger c;
alter table item disable trigger d;

-- when triggers fire on partitions
create table parted (id int) partition by list (id);
create table one partition of parted for values in (1);
create table more partition of parted default partition by list (id);
create table two partition of more for values in (2);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a after insert on parted for each row execute function f();
create trigger b after insert on parted for each row execute function f();
create trigger c after insert on parted for each statement execute function f();
create trigger d after insert on parted for each row execute function f();
alter table parted disable trigger b;
alter table only two enable always trigger b;
comment on trigger a on two is 'x';
-- then
alter table only one disable trigger a;
comment on trigger a on two is 'y';
comment on trigger a on one is 'z';
alter table parted enable trigger b;
alter table only parted disable trigger c;
create or replace trigger d before update on parted for each row execute function f();
alter table only two disable trigger d;

-- comments of triggers and of their constraints
create table item (id int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a before insert on item for each row execute function f();
create constraint trigger b after insert on item for each row execute function f();
comment on trigger a on item is 'x';
comment on constraint b on item is 'y';
alter trigger a on item depends on extension plpgsql;
-- then
comment on trigger a on item is null;
comment on constraint b on item is 'z';
comment on trigger b on item is 'it''s';
alter trigger a on item no depends on extension plpgsql;
alter trigger b on item depends on extension plpgsql;

-- when event triggers fire
create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger a on ddl_command_end execute function f();
create event trigger b on ddl_command_start when tag in ('CREATE TABLE', 'ALTER TABLE') execute function f();
alter event trigger b disable;
comment on event trigger a is 'x';
-- then
alter event trigger a enable replica;
alter event trigger b enable always;
comment on event trigger a is null;
comment on event trigger b is 'y';

-- what event triggers are for, rebuilt
create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger a on ddl_command_end execute function f();
-- then
drop event trigger a;
create event trigger a on sql_drop when tag in ('DROP TABLE') execute function f();

-- what rules do, rebuilt
create table item (id int, name text);
create table log (what text);
create rule a as on insert to item where new.id > 1 do also insert into log values (new.name);
create rule b as on delete to item do instead nothing;
comment on rule a on item is 'x';
-- then
create or replace rule a as on update to item do also (insert into log values ('DO'); delete from log where what = old.name);
alter table item disable rule b;
comment on rule a on item is 'y';

-- whom policies are for, and which rows
create table item (id int, name text);
create policy a on item to pg_monitor using (id > 0) with check (id > 1);
create policy b on item for select using (true);
create policy c on item for insert with check (name = current_user);
comment on policy a on item is 'x';
-- then
alter policy a on item to public using (id > 7) with check (id in (select 8 union select 9));
alter policy b on item to pg_monitor, pg_signal_backend;
alter policy c on item with check (name <> 'it''s');
comment on policy a on item is null;

-- a policy with a condition more, rebuilt
create table item (id int);
create policy a on item using (id > 0);
-- then
alter policy a on item with check (id > 1);

-- commands of a policy, rebuilt
create table item (id int);
create policy a on item for delete using (id > 0);
-- then
drop policy a on item;
create policy a on item for update using (id > 0);

-- a restrictive policy, rebuilt
create table item (id int);
create policy a on item as restrictive using (id > 0);
-- then
drop policy a on item;
create policy a on item using (id > 0);
