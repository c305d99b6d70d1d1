create schema kinds_publications;
create schema "Kinds Publications";
create table kinds_publications.a (id integer primary key, name text, secret text);
create table public.kinds_outside (id integer primary key);
create table kinds_publications."B b" (id integer primary key, "The Name" text);
create table kinds_publications.parent (id integer primary key);
create table kinds_publications.child () inherits (kinds_publications.parent);
create table kinds_publications.parted (id integer primary key, name text) partition by range (id);
create table kinds_publications.parted_1 partition of kinds_publications.parted for values from (1) to (10);
create publication kinds_nothing;
create publication kinds_everything for all tables;
create publication "Kinds Some" for table kinds_publications.a, kinds_publications."B b";
create publication kinds_parent for table only kinds_publications.parent with (publish = 'insert, delete');
create publication kinds_silent for table kinds_publications.a with (publish = '');
create publication kinds_root for table kinds_publications.parted with (publish_via_partition_root = true);
comment on publication kinds_root is 'as one table';
alter publication kinds_root owner to pg_monitor;

-- from 15
create publication kinds_filtered for table kinds_publications.a (id, name) where (id > 5 and name <> 'x'), kinds_publications."B b" ("The Name", id) with (publish = 'insert');
create publication kinds_leaf for table kinds_publications.parted where (id > 3), kinds_publications.parted_1 where (id > 4) with (publish_via_partition_root = true);
create publication kinds_schemas for tables in schema kinds_publications, "Kinds Publications", table public.kinds_outside;

-- from 18
create publication kinds_generated for table kinds_publications.a with (publish_generated_columns = stored);
