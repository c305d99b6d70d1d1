create schema kinds_indexes;
set search_path to kinds_indexes;

create table indexed (a integer not null, b text, c text not null, d integer[], e jsonb, f int4range, g timestamptz, h point);
create collation bytewise (locale = 'C');
create index plain on indexed (a);
create unique index "Strange ""index""" on indexed (a desc nulls last, b collate bytewise);
comment on index plain is 'It''s plain';
create index expressions on indexed (lower(b), (a + 1), (b || ' WHERE ' || c));
alter index expressions alter column 2 set statistics 300;
alter index expressions alter column 3 set statistics 0;
create index partial on indexed (a) where b = ' WHERE ' and a > 5;
create index partial_case on indexed (a) where case when a > 5 then b = 'x' else c <> 'y' end;
create index opclass on indexed (b text_pattern_ops, c collate "POSIX" varchar_pattern_ops desc);
create unique index including on indexed (a) include (b, c) with (fillfactor = 50, deduplicate_items = off) where a > 0;
create index by_hash on indexed using hash (b) with (fillfactor = 60);
create index by_gin on indexed using gin (d) with (fastupdate = off, gin_pending_list_limit = 128);
create index by_gin_path on indexed using gin (e jsonb_path_ops);
create index by_gist on indexed using gist (f) with (buffering = on);
create index by_gist_point on indexed using gist (h);
create index by_spgist on indexed using spgist (f);
create index by_brin on indexed using brin (a int4_minmax_multi_ops (values_per_range = 16), g timestamptz_minmax_ops) with (pages_per_range = 32, autosummarize = on);
create unique index replica on indexed (c);
alter table indexed replica identity using index replica;
alter table indexed cluster on plain;
create table partitioned (a integer not null, b text) partition by list (a);
create table partitioned_1 partition of partitioned for values in (1);
create index on_partitioned on partitioned (b);
create unique index on_partitioned_unique on partitioned (a) include (b) where a > 0;
comment on index on_partitioned is 'of all';
create index on_partition on partitioned_1 (b, a);
create table source (a integer, b text);
create materialized view materialized as select a, b from source;
create unique index on_materialized on materialized (a);
alter index plain depends on extension plpgsql;

-- from 15
create unique index nulls_together on indexed (a, b) include (d) nulls not distinct with (fillfactor = 90) where a > 3;
