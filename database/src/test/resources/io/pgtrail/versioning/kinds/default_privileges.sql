create schema kinds_default_privileges;
alter default privileges for role pg_monitor grant select, insert on tables to pg_signal_backend;
alter default privileges for role pg_monitor grant update on tables to pg_signal_backend with grant option;
alter default privileges for role pg_monitor revoke all on tables from pg_monitor;
alter default privileges for role pg_monitor revoke execute on functions from public;
alter default privileges for role pg_monitor grant execute on functions to pg_signal_backend;
alter default privileges for role pg_monitor grant usage on sequences to public;
alter default privileges for role pg_monitor revoke usage on types from public;
alter default privileges for role pg_monitor grant create on schemas to pg_signal_backend with grant option;
alter default privileges for role pg_monitor in schema kinds_default_privileges grant all on tables to pg_signal_backend;
alter default privileges for role pg_monitor in schema kinds_default_privileges grant execute on functions to public, pg_monitor;
alter default privileges for role pg_monitor in schema kinds_default_privileges grant usage on types to pg_signal_backend with grant option;

-- from 18
alter default privileges for role pg_monitor grant select on large objects to pg_signal_backend;
