create schema kinds_extensions;
create extension hstore schema kinds_extensions version '1.7';
comment on extension hstore is 'our own words';
create extension citext schema kinds_extensions;
comment on extension citext is null;
create extension "uuid-ossp";
create extension file_fdw;
