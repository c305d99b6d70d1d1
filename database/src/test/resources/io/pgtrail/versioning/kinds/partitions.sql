create schema kinds_partitions;
set search_path to kinds_partitions;

create type payload as (a integer);
create function shift(integer) returns integer language sql immutable as 'select $1 + 1';
create table by_range (
    id integer not null,
    at timestamptz not null default now(),
    kind text collate "C",
    amount numeric(10, 2) default 0 check (amount >= 0),
    doubled numeric generated always as (amount * 2) stored,
    primary key (id, at),
    constraint kind_key unique (kind, at)
) partition by range (at);
comment on table by_range is 'partitioned';
create table by_range_2020 partition of by_range for values from ('2020-01-01 00:00:00+00') to ('2021-01-01 00:00:00+00');
create table by_range_2021 partition of by_range (
    kind default 'old' not null,
    amount default null,
    constraint small check (amount < 1000)
) for values from ('2021-01-01 00:00:00+00') to ('2022-01-01 00:00:00+00') with (fillfactor = 80);
comment on column by_range_2021.kind is 'kind of 2021';
alter table by_range_2021 alter kind set statistics 77;
create table by_range_rest partition of by_range default;
create table by_range_early partition of by_range for values from (minvalue) to ('2000-01-01 00:00:00+00') partition by list (at);
create table by_range_early_a partition of by_range_early for values in ('1990-01-01 00:00:00+00', '1991-01-01 00:00:00+00');
create table by_range_early_rest partition of by_range_early default partition by hash (at);
create table by_range_early_rest_0 partition of by_range_early_rest for values with (modulus 2, remainder 0);
create unlogged table by_range_early_rest_1 partition of by_range_early_rest for values with (modulus 2, remainder 1);
create index by_range_amount on by_range (amount);
create index by_range_kind on by_range (lower(kind)) where amount > 10;
alter table by_range_2020 cluster on by_range_2020_amount_idx;
alter table by_range_2020 replica identity using index by_range_2020_pkey;
alter index by_range_2021_amount_idx set (fillfactor = 44);
comment on index by_range_2021_pkey is '100% of 2021';
create unique index by_range_2020_own on by_range_2020 (id);
alter table by_range_2020 add constraint own_key unique (amount);

create table attached (kind text collate "C" default 'mine', id integer not null, at timestamptz not null, amount numeric(10, 2) default 0 check (amount >= 0), doubled numeric generated always as (amount * 2) stored, own text);
alter table attached drop column own;
alter table attached rename constraint attached_amount_check to by_range_amount_check;
alter table attached add primary key (id, at);
alter table by_range attach partition attached for values from ('2022-01-01 00:00:00+00') to ('2023-01-01 00:00:00+00');

create table by_expression (a integer, b text) partition by range (shift(a), b collate "POSIX", (a % 3));
create table by_expression_1 partition of by_expression for values from (1, 'a', 0) to (5, minvalue, minvalue);
create table by_list (a integer, b integer) partition by list (a);
create table by_list_12 partition of by_list for values in (1, 2);
alter table by_list_12 alter a set not null;

create table referred (id integer primary key);
create table with_key (id integer not null, referred_id integer references referred, constraint with_key_pkey primary key (id)) partition by hash (id);
create table with_key_0 partition of with_key for values with (modulus 2, remainder 0);
create table with_key_1 partition of with_key for values with (modulus 2, remainder 1);
create table refers_to_partitioned (a integer references with_key);
create table with_serial (id serial, a integer) partition by list (a);
create table with_serial_1 partition of with_serial for values in (1);
alter table with_serial_1 enable row level security;
alter table with_serial_1 replica identity full;
grant select on with_serial_1 to pg_monitor;

-- from 15
create table nulls (a integer, b integer, constraint one_null unique nulls not distinct (a)) partition by list (a);
create table nulls_1 partition of nulls for values in (1);

-- from 17
create table with_identity (id integer generated always as identity (start 10), a integer) partition by list (a);
create table with_identity_1 partition of with_identity for values in (1);
create table with_identity_2 partition of with_identity for values in (2);

-- from 18
create table named_not_null (a integer, b integer constraint b_there not null) partition by list (a);
create table named_not_null_1 partition of named_not_null (a constraint a_there not null) for values in (1);
create table virtual (a integer, b integer generated always as (a + 1) virtual) partition by list (a);
create table virtual_1 partition of virtual for values in (1);
