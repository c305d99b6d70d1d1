Read by UnchangedBehaviourTest; SqlScript explains the notation.

--- tables are created, altered and dropped

create table t (id int primary key, name text not null default 'x', price numeric check (price > 0))

insert into t values (1, 'a', 2), (2, 'b', 3) returning id, name

create table if not exists t (id int)

alter table t add column added date, drop column price, alter column name type varchar(20)

alter table t rename column name to title

alter table t rename to renamed

alter table if exists nothing rename to something

alter table renamed add constraint positive check (id > 0) not valid

alter table renamed validate constraint positive

comment on table renamed is 'A comment'

comment on column renamed.title is 'Another'

select * from renamed order by id

truncate renamed

drop table renamed

drop table if exists renamed, t, public.t

--- what exists already or is missing is an error or a notice

create schema s

create schema s

create schema if not exists s

create table s.t (a int)

create table s.t (a int)

create table if not exists s.t (a int)

create index i on s.t (a)

create index if not exists i on s.t (a)

create sequence s.q

create sequence if not exists s.q

create view s.v as select 1 as one

create view s.v as select 2 as two

create or replace view s.v as select 2 as two

alter table s.t add column a int

alter table s.t add column if not exists a int

alter table s.t drop column if exists missing

alter table s.t drop column missing

alter table s.t drop constraint if exists missing

drop index if exists s.missing

drop index s.missing

drop view if exists s.missing, s.v

drop function if exists s.missing(int)

drop function s.missing(int)

drop type if exists missing

drop trigger if exists missing on s.t

drop policy if exists missing on s.t

drop rule if exists missing on s.t

drop schema s

drop schema s cascade

drop schema if exists s cascade

drop extension if exists missing

drop event trigger if exists missing

drop role if exists missing_role

--- errors in definitions

create table t (id int primary key, a text)

insert into t values (1, 'a'), (2, null)

create tabel x ()

create table x (a missing_type)

create table x (a int, a int)

create table x (a int primary key, b int primary key)

create table x (a int references missing)

create table x (a int references t (a))

create table x (a int default missing())

create table x (a int check (missing > 1))

create table missing.x (a int)

create table x partition of t for values in (1)

create table pg_catalog.x (a int)

alter table t alter column a set not null

alter table t alter column a type int using a::int

alter table t add constraint u check (a is not null)

alter table t add foreign key (id) references missing

alter table t add unique (missing)

alter table t drop column missing

alter table missing add column a int

alter table t rename column missing to found

alter table t set schema missing

alter table t owner to missing_role

create unique index on t ((1))

create index on t using missing (a)

create index on t (lower(missing))

create view v as select * from missing

create view v as select 1 as a, 2 as a

create function f() returns int language sql as 'select missing'

create function f() returns int language plpgsql as 'begin return 1'

create function f() returns int language missing as ''

create function f(int default 1, int) returns int language sql as 'select 1'

create trigger g before insert on t execute function missing()

create type e as enum ('a', 'a')

create type c as (a missing)

create domain d as missing

create domain d as int check (value > 'x')

create sequence q minvalue 10 maxvalue 1

create policy p on missing using (true)

create rule r as on select to t do instead nothing

create cast (int as text) with function missing(int)

create extension missing

create server s foreign data wrapper missing

create publication p for table missing

create collation c (locale = 'missing')

create operator === (leftarg = int, rightarg = int, function = missing)

create aggregate a (int) (sfunc = missing, stype = int)

create statistics st on a from t

comment on table missing is 'x'

grant select on missing to public

grant select on t to missing_role

grant missing on t to public

revoke all on function missing() from public

refresh materialized view missing

reindex table missing

select 1/0

drop table t

--- dependent objects and cascades

create schema s

create table s.parent (id serial primary key)

create table s.child (id int references s.parent, own int generated always as identity)

create view s.v as select id from s.parent

create materialized view s.m as select id from s.v

create function s.f(s.parent) returns int language sql return 1

create type s.mood as enum ('good', 'bad')

create table s.moods (m s.mood default 'good')

drop table s.parent

drop type s.mood

drop type s.mood cascade

drop view s.v cascade

drop table s.parent cascade

drop schema s

drop schema s cascade

--- a cascade over more objects than the client is told of

create schema s

do $$ begin for i in 1..150 loop execute format('create table s.t%s (id int)', i); end loop; end $$

drop schema s cascade

--- serial and identity columns, lastval and currval

select lastval()

create table t (id serial, other int generated by default as identity, name text)

select lastval()

insert into t (name) values ('a') returning *

select lastval(), currval('t_id_seq'), currval('t_other_seq')

alter table t add column more serial

select lastval()

create table u (id bigserial)

select lastval()

insert into u default values returning id

create sequence q start 100 increment 5

select nextval('q'), nextval('q')

create table v (id int)

alter sequence q restart with 7

drop table u

select lastval(), currval('q')

select nextval('q'), setval('q', 70), currval('q'), lastval()

drop sequence q

select lastval()

select currval('t_id_seq')

truncate t restart identity

insert into t (name) values ('b') returning *

alter table t alter id drop default

drop table t, v

--- lastval inside a transaction with definitions

begin

create table t (id serial)

insert into t default values returning id

create table u (id serial)

create index on t (id)

comment on table u is 'x'

select lastval()

drop table u

select lastval()

rollback

--- row counts and command tags

create table t as select generate_series(1, 7) as n

select n into u from t where n > 3

create table v (n) as select n from t with no data

create materialized view m as select n from t

refresh materialized view m

create materialized view e as select n from t with no data

select * from e

refresh materialized view concurrently m

insert into t select n + 10 from t

update t set n = n where n > 10

delete from t where n > 10 returning n

create table if not exists t as select 1

create table w as execute missing

prepare p as select n, n * 2 as double from t where n < 4

create table w as execute p

explain (costs off) create table x as select 1

explain (analyze, costs off, timing off, summary off, buffers off) create table x as select 1

select * from x

table w

drop table t, u, v, w, x cascade

--- merge counts (from 15)

create table t (id int primary key, n int)

merge into t using generate_series(1, 3) as s (id) on t.id = s.id when not matched then insert values (s.id, 0)

create index on t (n)

merge into t using generate_series(2, 5) as s (id) on t.id = s.id when matched then update set n = 1 when not matched then insert values (s.id, 2)

drop table t

--- several statements sent at once

create table a (id int); create table b (id int); insert into a values (1), (2); select * from a; drop table b

create table c (id int); create table c (id int); create table d (id int)

select * from c

begin; create table c (id int); commit; select count(*) from c

create table d (id serial); select lastval(); insert into d default values; select lastval()

drop table a, c, d

--- transactions that are rolled back or aborted

begin

create table t (id int)

insert into t values (1)

select * from missing

create table u (id int)

select 1

commit

select * from t

begin

create table t (id int)

create table t (id int)

rollback

begin

create table t (id int)

commit

drop table t

commit

rollback

begin

begin

create table t (id int)

rollback and chain

create table t (id int)

commit and chain

drop table t

commit

--- savepoints

begin

create table t (id int)

savepoint a

create table u (id int)

savepoint b

alter table missing add column x int

rollback to b

alter table u add column x int

rollback to a

select * from u

rollback to savepoint a

release a

insert into t values (1)

savepoint a

drop table t

rollback to a

release savepoint missing

rollback to a

select * from t

commit

drop table t

--- prepared statements across definitions

create table t (id int, name text)

insert into t values (1, 'a'), (2, 'b')

prepare q as select * from t order by id

prepare i (int, text) as insert into t values ($1, $2)

prepare n as select count(*) from t

execute q

alter table t add column added int default 5

execute q

execute i (3, 'c')

execute n

alter table t drop column added

execute q

create index on t (id)

execute q

select name, statement, from_sql from pg_prepared_statements where name in ('q', 'i', 'n') order by name

drop table t

execute n

deallocate q

deallocate all

--- cursors across definitions

create table t as select generate_series(1, 5) as n

begin

declare c cursor for select n from t order by n

fetch 2 from c

create table u (id int)

fetch 2 from c

alter table t add column x int

fetch 1 from c

rollback

begin

declare h cursor with hold for select n from t order by n

fetch 1 from h

create table u (id int)

drop table t

commit

begin

declare h cursor with hold for select n from t order by n

fetch 1 from h

create table u (id int)

commit

fetch all from h

drop table u

close h

select name from pg_cursors

drop table t

--- cursors of a loop in PL/pgSQL

create table t as select generate_series(1, 3) as n

do $$ declare r record; begin for r in select n from t loop alter table t add column x int; end loop; end $$

do $$ declare r record; begin for r in select n from t order by n loop execute format('create table t%s (id int)', r.n); raise notice 'made %', r.n; end loop; end $$

drop table t, t1, t2, t3

--- listen and notify

listen one

begin

create table t (id int)

notify one, 'first'

create index on t (id)

select pg_notify('one', 'second')

savepoint a

notify one, 'never'

rollback to a

commit

notify one, 'alone'

drop table t

unlisten *

notify one, 'unheard'

select pg_listening_channels()

--- copy

create table t (id int, name text)

--@copy
copy t from stdin
1	a
2	\N

begin

create index on t (id)

--@copy
copy t (id) from stdin
3

commit

--@copy
copy t from stdin
x	a

begin

create table u (id int)

--@copy
copy u from stdin with (freeze)
1

commit

select * from t order by id

drop table t, u

--- two-phase commit

begin

create table pending (id int)

insert into pending values (1)

prepare transaction 'unchanged_behaviour'

select * from pending

select gid from pg_prepared_xacts where database = current_database()

commit prepared 'unchanged_behaviour'

select * from pending

begin

drop table pending

prepare transaction 'unchanged_behaviour'

rollback prepared 'unchanged_behaviour'

begin

create temp table temporary (id int)

prepare transaction 'unchanged_behaviour'

drop table pending

--- concurrent indexes

create table t (id int, n int)

insert into t select i, i % 3 from generate_series(1, 10) as i

create index concurrently i on t (id)

create unique index concurrently u on t (n)

select indexrelid::regclass, indisvalid from pg_index where indrelid = 't'::regclass order by 1

reindex index concurrently i

drop index concurrently u

drop index concurrently if exists u

begin

create index concurrently j on t (n)

rollback

reindex table t

reindex (verbose off) schema public

drop table t

--- temporary tables

create temp table t (id serial, name text)

insert into t (name) values ('a') returning *

select lastval()

create index on t (name)

create temp view v as select * from t

alter table t add column x int

create table u (id int)

drop table t

drop table t cascade

begin

create temp table d (id int) on commit drop

insert into d values (1)

commit

select * from d

begin

create temp table e (id int) on commit delete rows

insert into e values (1)

commit

select * from e

create temp table g as select 1 as one

discard temp

select * from g

drop table u

--- discard and reset

create table t (id serial)

insert into t default values

set work_mem = '5MB'

set my.setting = 'mine'

prepare p as select 1

select pg_advisory_lock(1)

discard plans

discard sequences

select lastval()

create table u (id serial)

reset all

select current_setting('work_mem'), current_setting('my.setting', true)

discard all

execute p

select current_setting('my.setting', true)

create table v (id int)

drop table t, u, v

--- settings of a session and a transaction

create schema s

set my.setting = 'mine'

begin

set local search_path = s, public

set local my.setting = 'local'

create table t (id int)

select current_setting('search_path'), current_setting('my.setting'), 't'::regclass::text

savepoint a

set local my.setting = 'inner'

alter table t add column n int

rollback to a

select current_setting('my.setting')

commit

select current_setting('search_path'), current_setting('my.setting')

set search_path = s

create table u (id int)

select 'u'::regclass::text, 'public.u'::regclass::text

create function f() returns text language sql set search_path = s as 'select current_schema()::text'

drop table u

show search_path

reset search_path

select name, setting from pg_settings where source = 'session' and name not in ('application_name', 'client_encoding', 'DateStyle', 'extra_float_digits', 'TimeZone') order by name

drop schema s cascade

--- hostile search path

create schema evil

create function evil.now() returns timestamptz language sql as 'select null::timestamptz'

create function evil.current_setting(text, boolean) returns text language plpgsql as $$begin raise 'taken'; end$$

create operator evil.|| (leftarg = text, rightarg = text, function = pg_catalog.textlike)

create table evil.pg_class (relname text)

set search_path = evil, pg_catalog, public

create table evil.t (id int)

comment on table evil.t is 'x'

drop table evil.t

create temp table pg_namespace (nspname text)

set search_path = pg_temp, evil, pg_catalog

create table public.t (id serial primary key)

alter table public.t rename to u

drop table public.u

reset search_path

drop schema evil cascade

--- values that PL/pgSQL leaves behind

create table t (id int)

do $$ declare n int; f boolean; begin insert into t values (1), (2); create index on t (id); get diagnostics n = row_count; f := found; raise notice '% %', n, f; execute 'create table u as select * from t'; get diagnostics n = row_count; raise notice '% %', n, found; perform 1 from u where id > 5; alter table u add column x int; raise notice '%', found; end $$

do $$ begin create table t (id int); exception when duplicate_table then raise notice '% %', sqlstate, sqlerrm; end $$

do $$ declare d text; h text; c text; begin drop table missing; exception when others then get stacked diagnostics d = pg_exception_detail, h = pg_exception_hint, c = pg_exception_context; raise notice '% % %', d, h, c; end $$

do $$ begin create table v (id int); raise exception 'never mind' using errcode = 'P0099', detail = 'd', hint = 'h'; end $$

do $$ begin create table v (id int); begin alter table v add column id int; exception when others then raise warning 'inner %', sqlerrm; end; drop table v; end $$

create function nested(n int) returns int language plpgsql as $$ begin if n > 0 then execute format('create table n%s (id int)', n); return nested(n - 1); end if; perform 1 / n; return 0; end $$

select nested(3)

create procedure committing() language plpgsql as $$ begin create table p1 (id int); commit; create table p2 (id int); rollback; create table p3 (id int); end $$

call committing()

begin

call committing()

rollback

select to_regclass('p1'), to_regclass('p2'), to_regclass('p3')

do $$ begin create table x1 (id int); commit; alter table x1 add column y int; rollback; drop table x1; end $$

do $$ declare c text; begin create table x2 (id int); get diagnostics c = pg_context; raise notice '%', c; drop table x2; end $$

do $$ begin assert false, 'asserted'; end $$

do $$ begin execute 'create table x3 (id int); drop table x3'; end $$

do $$ begin select 1 into strict missing; end $$

drop procedure committing

drop function nested

drop table t, u, p1, p3

--- functions written in SQL

create function make() returns int language sql as 'create table made (id int); insert into made values (1), (2); select count(*)::int from made'

set check_function_bodies = off

create function make() returns int language sql as 'create table made (id int); insert into made values (1), (2); select count(*)::int from made'

select make()

select make()

drop table made

drop function make()

--- triggers and their depth

create table t (id int)

create function g() returns trigger language plpgsql as $$ begin raise notice 'depth % %', pg_trigger_depth(), tg_op; if tg_op = 'UPDATE' then create table made (id int); drop table made; end if; return new; end $$

create trigger g before insert or update on t for each row execute function g()

insert into t values (1)

update t set id = 2

alter table t disable trigger g

alter table t enable always trigger g

insert into t values (3)

create constraint trigger late after insert on t deferrable initially deferred for each row execute function g()

begin

insert into t values (4)

create table u (id int)

alter table t add column x int

set constraints all immediate

alter table t add column x int

commit

select pg_trigger_depth()

drop table t

drop table if exists u

drop function g

--- event triggers of the user beside ours

create table seen (n int generated always as identity, what text)

create function watch() returns event_trigger language plpgsql as $$ declare r record; begin raise notice '% %', tg_event, tg_tag; if tg_event = 'ddl_command_end' then for r in select * from pg_event_trigger_ddl_commands() loop raise notice '  % % % % %', r.command_tag, r.object_type, r.schema_name, r.object_identity, r.in_extension; end loop; elsif tg_event = 'sql_drop' then for r in select * from pg_event_trigger_dropped_objects() loop raise notice '  % % % %', r.object_type, r.object_identity, r.original, r.normal; end loop; end if; end $$

create event trigger a_before_ours on ddl_command_start execute function watch()

create event trigger a_before_ours_end on ddl_command_end execute function watch()

create event trigger z_after_ours on ddl_command_end execute function watch()

create event trigger z_after_ours_drop on sql_drop execute function watch()

create table t (id serial primary key)

alter table t add unique (id)

drop table t

drop table if exists t

create schema s create table u (id int) create view v as select * from u

drop schema s cascade

grant select on seen to public

create or replace function watch() returns event_trigger language plpgsql as $$ begin if tg_tag = 'CREATE TABLE' then raise exception 'no tables today'; end if; end $$

create table t (id int)

begin

create view v as select 1

create table t (id int)

commit

create or replace function watch() returns event_trigger language plpgsql as $$ begin if tg_tag = 'CREATE VIEW' and tg_event = 'ddl_command_end' then execute format('comment on view %s is %L', (select object_identity from pg_event_trigger_ddl_commands()), tg_tag); end if; end $$

create view v as select 1 as one

select obj_description('v'::regclass)

alter event trigger a_before_ours disable

drop event trigger a_before_ours

drop event trigger a_before_ours_end

drop event trigger z_after_ours

drop event trigger z_after_ours_drop

drop view v

drop function watch

drop table seen

--- table rewrites

create table t (id int, n int)

insert into t values (1, 2)

create function rewriting() returns event_trigger language plpgsql as $$ begin raise notice '% %', pg_event_trigger_table_rewrite_oid()::regclass, pg_event_trigger_table_rewrite_reason(); end $$

create event trigger rewriting on table_rewrite execute function rewriting()

alter table t alter n type bigint

alter table t add column r double precision default random()

alter table t set unlogged

create or replace function rewriting() returns event_trigger language plpgsql as $$ begin raise exception 'no rewrite of %', pg_event_trigger_table_rewrite_oid()::regclass; end $$

alter table t alter n type text

select pg_event_trigger_table_rewrite_oid()

select * from pg_event_trigger_ddl_commands()

select * from pg_event_trigger_dropped_objects()

drop event trigger rewriting

drop function rewriting

drop table t

--- advisory locks

select pg_advisory_lock(42)

begin

select pg_advisory_xact_lock(43)

create table t (id int)

drop table t

select objid, mode, granted from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) order by objid

commit

select pg_advisory_unlock(42), pg_advisory_unlock(42)

select pg_advisory_unlock_all()

--- read-only transactions

create table t (id int primary key)

create materialized view m as select * from t

begin read only

create table u (id int)

rollback

begin read only

create temp table u (id int)

rollback

begin read only

refresh materialized view m

rollback

begin read only

comment on table t is 'x'

rollback

begin read only

analyze t

select 1

commit

begin

create table u (id int)

set transaction read only

drop table u

rollback

begin

create table u (id int)

set transaction_read_only = on

select * from u

--@differs what could no longer be described must not pass unseen
commit

set default_transaction_read_only = on

drop table t

reset default_transaction_read_only

drop materialized view m

drop table t

--@differs it was not created
drop table u

--- an index rebuilt in a read-only transaction (from 17)

create table t (id int primary key)

begin read only

--@differs nothing can be recorded in a read-only transaction, and that is said
reindex table t

commit

begin read only

cluster t using t_pkey

commit

drop table t

--- isolation levels

create table t (id int)

begin isolation level repeatable read

select count(*) from t

--@other
insert into t values (1)

create table u (id int)

select count(*) from t

alter table t add column n int

select count(*) from t

commit

select count(*) from t

drop table t, u

--- transactions with snapshots that define different things

create table t (id int)

begin isolation level serializable

--@other
begin isolation level repeatable read

create table a (id serial primary key)

--@other
create table b (id serial primary key)

alter table a add column n int

--@other
alter table b add column n int

--@other
drop table b

comment on table a is 'x'

commit

--@other
create view c as select 1 as one

--@other
commit

create table d (id int)

--@other
create table e (id int)

begin isolation level serializable

--@other
begin isolation level serializable

select count(*) from t

--@other
select count(*) from t

insert into t values (1)

--@other
insert into t values (2)

create table f (id int)

commit

--@other
--@differs what cannot be recorded must not pass unseen: the transaction, bound to fail, fails here
create table g (id int)

--@other
--@differs it failed one statement earlier
commit

begin isolation level serializable read only deferrable

select count(*) from t

commit

drop view c

drop table t, a, d, e, f

--- locks and timeouts

create table t (id int)

begin

lock table t in access exclusive mode

--@other
set lock_timeout = '100ms'

--@other
alter table t add column n int

--@other
drop table t

--@other
begin

--@other
create table u (id int)

--@other
alter table t add column n int

--@other
rollback

--@other
set lock_timeout = 0

--@other
set statement_timeout = '100ms'

--@other
create index on t (id)

--@other
reset statement_timeout

commit

begin

create table u (id int)

--@other
lock table t nowait

--@other
alter table t add column n int

commit

set statement_timeout = '300ms'

create table slow as select pg_sleep(5)

do $$ begin create table x (id int); perform pg_sleep(5); end $$

reset statement_timeout

select to_regclass('slow'), to_regclass('x')

drop table t, u

--- locks that a transaction holds

create table t (id int)

begin

alter table t add column n int

--@differs pgtrail writes its record in the same transaction, so that a rollback takes both away
select relation::regclass::text as relation, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and relation >= 16384 order by 1, 2

rollback

drop table t

--- transactions ids of statements that do nothing

create table t (id int)

begin

select pg_current_xact_id_if_assigned() is null

create table if not exists t (id int)

--@differs the record of a statement that changed nothing is itself a change
select pg_current_xact_id_if_assigned() is null

commit

drop table t

--- roles without rights

create schema s

create table s.t (id int)

create table u (id int)

create function f() returns int language sql as 'select 1'

--@visitor
create schema mine

--@visitor
create table s.x (id int)

--@visitor
select * from s.t

--@visitor
alter table u add column n int

--@visitor
drop table u

--@visitor
drop schema s

--@visitor
drop function f()

--@visitor
create index on u (id)

--@visitor
comment on table u is 'x'

--@visitor
grant select on u to public

--@visitor
revoke all on u from public

--@visitor
create extension hstore

--@visitor
create event trigger e on ddl_command_end execute function f()

--@visitor
create function g() returns event_trigger language plpgsql as 'begin end'

--@visitor
create publication p for all tables

--@visitor
create role other_role

--@visitor
alter role $visitor superuser

--@visitor
set role pg_read_all_data

--@visitor
set session_replication_role = replica

--@visitor
create temp table t (id serial)

--@visitor
insert into t default values returning id

--@visitor
drop table t

grant create, usage on schema s to $visitor

grant create on database $database to $visitor

--@visitor
create table s.mine (id serial primary key, n int)

--@visitor
insert into s.mine (n) values (1) returning *

--@visitor
alter table s.mine rename n to m

--@visitor
create schema own create table t (id int)

--@visitor
grant select on s.mine to public

--@visitor
create trigger missing before insert on u execute function f()

--@visitor
alter table s.mine owner to postgres

--@visitor
alter table s.mine add foreign key (m) references u

--@visitor
drop schema own cascade

--@visitor
reassign owned by $visitor to postgres

--@visitor
drop owned by $visitor

drop schema s cascade

drop table u

drop function f()

revoke create on database $database from $visitor

--- set role and security definer functions

create schema s

grant create, usage on schema s to $visitor

set role $visitor

create table s.t (id int)

select current_user = '$visitor', session_user

create table public.pg_forbidden.x (id int)

create schema x

reset role

begin

set local role $visitor

create table s.u (id int)

create schema x

rollback

select current_user = session_user

select tableowner = '$visitor' from pg_tables where tablename = 't'

create function s.definer() returns text language plpgsql security definer as $$ begin create table s.by_owner (id int); return current_user; end $$

alter function s.definer() owner to $visitor

select s.definer() = '$visitor'

set session authorization $visitor

create table s.w (id int)

drop schema s

reset session authorization

drop schema s cascade

--- rights and default privileges

create table t (id int, secret text)

create function f(int) returns int language sql return 1

grant select, insert (id) on t to $visitor with grant option

--@visitor
grant select on t to public

--@visitor
select * from t

--@visitor
insert into t values (1, 'x')

grant execute on function f to $visitor

grant usage on language plpgsql to $visitor

grant create on tablespace pg_default to $visitor

grant all on all tables in schema public to $visitor

alter default privileges in schema public grant select on tables to $visitor

alter default privileges revoke execute on functions from public

create table u (id int)

select relacl::text like '%$visitor=r/postgres%' from pg_class where relname = 'u'

revoke grant option for select on t from $visitor

revoke all on t from $visitor cascade

revoke all on all tables in schema public from $visitor

alter default privileges in schema public revoke select on tables from $visitor

alter default privileges grant execute on functions to public

revoke create on tablespace pg_default from $visitor

revoke usage on language plpgsql from $visitor

drop table t, u

drop function f

--- extensions

create extension hstore

create extension if not exists hstore

create extension citext schema public

create table t (h hstore, c citext)

insert into t values ('a=>1', 'A') returning *

drop extension hstore

drop extension hstore cascade

alter extension citext update

alter extension citext set schema pg_catalog

drop extension citext cascade

drop table t

create extension hstore version 'missing'

create extension pg_trgm cascade

drop extension pg_trgm

--- partitions and inheritance

create table p (id int, day date) partition by range (id)

create table p1 partition of p for values from (1) to (10)

create table p2 partition of p for values from (5) to (20)

create table p2 partition of p for values from (10) to (20)

create index on p (day)

alter table p add primary key (id)

insert into p select i, current_date from generate_series(1, 19) as i

insert into p values (99)

alter table p detach partition p2

alter table p attach partition p2 for values from (10) to (15)

alter table p attach partition p2 for values from (10) to (20)

alter table p1 add column x int

alter table p detach partition p2 concurrently

create table child () inherits (p1)

create table parent (a int)

create table child (a int, b int) inherits (parent)

alter table parent add column b int

alter table parent alter b type bigint

drop table parent

drop table parent cascade

drop table p, p2

--- types, domains and operators

create type mood as enum ('sad', 'happy')

alter type mood add value 'so-so' before 'happy'

begin

alter type mood add value 'new'

select 'new'::mood

rollback

alter type mood rename value 'sad' to 'blue'

select enum_range(null::mood)

create type pair as (a int, b text)

alter type pair add attribute c mood cascade

create type span as range (subtype = date)

create domain positive as int check (value > 0)

create table t (p positive, m mood default 'happy', s span)

insert into t values (-1)

insert into t values (1) returning *

alter domain positive add constraint small check (value < 1)

alter domain positive rename to strictly

create function plus(pair, pair) returns pair language sql immutable return $1

create operator + (leftarg = pair, rightarg = pair, function = plus)

select row(1, 'a', 'happy')::pair + row(2, 'b', 'blue')::pair

create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0')

create cast (text as mood) with inout as assignment

create collation c (provider = icu, locale = 'de')

create conversion conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8

create text search configuration cfg (copy = english)

create text search dictionary dict (template = simple)

create operator family fam using btree

create operator class cls for type pair using btree family fam as operator 1 +

create access method am type index handler bthandler

create transform for int language plpgsql (from sql with function missing(internal))

drop access method am

drop operator family fam using btree

drop text search dictionary dict

drop text search configuration cfg

drop conversion conv

drop aggregate total (int)

drop type mood cascade

drop type pair cascade

drop type span cascade

drop domain strictly cascade

drop cast if exists (text as int)

drop table t

--- views, rules, policies and statistics

create table t (id int, a int, b int)

create view v as select id, a from t where a > 0 with local check option

insert into v values (1, -1)

insert into v values (1, 1)

create or replace view v as select a, id from t

create or replace view v as select id, a, b from t where a > 0 with cascaded check option

create recursive view r (n) as values (1) union all select n + 1 from r where n < 3

table r

alter view v rename to w

alter table t drop column b

create rule only_one as on insert to t where new.id = 13 do instead nothing

insert into t values (13, 1, 1)

alter table t enable row level security

create policy own on t for select using (a = 1)

grant select on t to $visitor

--@visitor
select * from t

alter policy own on t using (true)

create statistics st (dependencies) on id, a from t

analyze t

alter statistics st set statistics 100

drop policy own on t

drop rule only_one on t

drop view w, r

drop table t

--- foreign data and replication

create foreign data wrapper w

create server s foreign data wrapper w options (host 'h', password 'secret')

create user mapping for current_user server s options (user 'u', password 'secret')

create foreign table f (id int) server s

select * from f

import foreign schema public from server s into public

alter server s options (set host 'other')

alter user mapping for current_user server s options (set password 'new')

alter foreign table f add column n int

drop server s

drop foreign data wrapper w cascade

create table t (id int primary key)

create publication p for table t

alter publication p set (publish = 'insert')

drop publication p

drop table t

--- large objects and security labels

select lo_create(4242)

comment on large object 4242 is 'x'

grant select on large object 4242 to $visitor

select lo_unlink(4242)

security label on table pg_class is 'x'

--- strings with backslash escapes

set standard_conforming_strings = off

create table t (id serial primary key, n int)

alter table t add unique (n)

alter table t rename to u

do $$ begin create table v (id int); alter table v rename id to n; end $$

grant select on u to public

comment on table u is 'x\'y'

drop table u, v

--- settings that change how PostgreSQL reads text

set quote_all_identifiers = on

create table t (id int)

alter table t rename to u

grant select on u to public

do $$ begin drop table u; end $$

reset quote_all_identifiers

set transform_null_equals = on

set array_nulls = off

set bytea_output = 'escape'

set datestyle = 'German, DMY'

set intervalstyle = 'sql_standard'

set timezone = 'Asia/Kathmandu'

set extra_float_digits = -15

set xmloption = document

create table t (id serial primary key, n int)

alter table t add unique (n)

create table a (id int); alter table a rename to b; drop table b

do $$ begin create table v (id int); drop table v; end $$

grant select on t to public

drop table t

set client_encoding = 'LATIN1'

create table t (id int)

drop table t

--- settings that make PL/pgSQL strict

set plpgsql.extra_errors = 'all'

set plpgsql.extra_warnings = 'all'

set plpgsql.variable_conflict = 'use_column'

set plpgsql.print_strict_params = on

create table t (id serial primary key, n int)

alter table t add unique (n)

alter table t rename to u

create table a (id int); alter table a rename to b; drop table b

do $$ begin create table v (id int); alter table v rename id to n; drop table v; end $$

grant select on u to public

drop table u

set plpgsql.variable_conflict = 'use_variable'

discard plans

create table t (id serial primary key, n int)

create table a (id int); alter table a add unique (id); drop table a

drop table t

--- settings that change plans

set jit_above_cost = 0

set enable_seqscan = off

set enable_indexscan = off

set enable_sort = off

set plan_cache_mode = force_generic_plan

set work_mem = '64kB'

set row_security = off

set constraint_exclusion = on

set default_statistics_target = 1

set max_stack_depth = '100kB'

set cursor_tuple_fraction = 0.0

create table t (id serial primary key, n int)

create table a (id int); alter table a add unique (id); drop table a

do $$ begin drop table t; end $$

--- a parallel plan whenever possible (from 16)

set debug_parallel_query = on

create table t (id serial primary key, n int)

create table a (id int); alter table a add unique (id); drop table a

do $$ begin drop table t; end $$

--- an error that ends the session

set exit_on_error = on

create table t (id serial primary key, n int)

create table if not exists t (id int)

drop table t

do $$ begin create table v (id int); drop table v; end $$

drop table t

--- messages of every level

set client_min_messages = debug1

create table t (id serial primary key, n int unique)

alter table t add unique (n)

alter table t alter n type bigint

create temp table u (id int primary key)

create table a (id int); drop table a

do $$ begin drop table t; end $$

set client_min_messages = log

set log_min_duration_statement = 0

set log_statement = 'all'

set log_duration = on

create table if not exists u (id int)

drop table u

set client_min_messages = error

drop table if exists u

--- statistics are shown

set log_statement_stats = on

create table t (id int)

drop table t

--- replication role

create table t (id int)

set session_replication_role = replica

alter table t add column n int

drop table t

set session_replication_role = local

create table t (id int)

drop table t

--- locales of dates and unusual names

create table "Mixed Case ""quoted"" täble; drop table x" ("sel--ect" int, "/*" text)

alter table "Mixed Case ""quoted"" täble; drop table x" rename "/*" to "*/"

comment on table "Mixed Case ""quoted"" täble; drop table x" is 'it''s; $$ a comment'

drop table "Mixed Case ""quoted"" täble; drop table x"

create table a_name_that_is_longer_than_sixty_three_bytes_and_therefore_cut_by_the_server (id int)

drop table a_name_that_is_longer_than_sixty_three_bytes_and_therefore_cut_by_the_server

create function "f(int)"("a b" int) returns int language plpgsql as $f$ begin return $1; /* ; */ -- '
end $f$

drop function "f(int)"(int)

create table t (a text default E'\'; select 1', b text default $q$ ; $q$); comment on table t is $$;$$

drop table t

/* leading /* nested */ comment */ create table t (id int) -- trailing

-- a comment of its own
drop table t;

;

create table t (id int);;

drop table t

--- statements without event triggers

vacuum

checkpoint

analyze

create role unchanged_role nologin

alter role unchanged_role set work_mem = '1MB'

comment on role unchanged_role is 'x'

grant unchanged_role to $visitor

revoke unchanged_role from $visitor

drop role unchanged_role

create database "no such template" template missing

comment on database $database is 'x'

alter database $database set work_mem = '4MB'

alter database $database reset work_mem

create event trigger none on ddl_command_end execute function now()

select pg_relation_size('pg_class') > 0

load 'missing'

show work_mem

select 1 as one union all select 2

values (1), (2)

--- row identity

create table t (id int)

insert into t values (1), (2)

alter table t add column n int

select ctid, * from t

select currtid2('t', '(0,1)'::tid)

select tableoid::regclass, cmin, cmax from t

begin

create table u (id int)

insert into u values (1)

--@differs the command counter also counts the statements that write the record
select cmin, cmax from u

create table v (id int)

insert into u values (2)

update u set id = 3 where id = 1

--@differs the command counter also counts the statements that write the record
select cmin, id from u order by id

rollback

drop table t

--- time stands still in a transaction

begin

create table t (at timestamptz default now(), clock timestamptz default statement_timestamp())

insert into t default values returning at = now(), clock = statement_timestamp()

alter table t add column n int

select at = now() from t

rollback

--- snapshots

begin isolation level repeatable read

select length(pg_export_snapshot()) > 0

create table t (id int)

select length(pg_export_snapshot()) > 0

commit

begin

create table u (id int)

select length(pg_export_snapshot()) > 0

set transaction isolation level serializable

rollback

begin

select 1

set transaction isolation level serializable

rollback

begin

set transaction isolation level serializable

create table v (id int)

commit

drop table t, v
