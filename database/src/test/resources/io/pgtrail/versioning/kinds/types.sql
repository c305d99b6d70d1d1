create schema kinds_types;
create type kinds_types.mood as enum ('sad', 'ok', 'happy');
alter type kinds_types.mood add value 'it''s' before 'ok';
comment on type kinds_types.mood is 'how one feels';
alter type kinds_types.mood owner to pg_monitor;
revoke all on type kinds_types.mood from public;
grant usage on type kinds_types.mood to pg_signal_backend with grant option;
create type kinds_types.nothing_to_choose as enum ();
create type kinds_types."Odd ""Name""" as enum ('A', '', 'back\slash', 'ümlaut');
create type kinds_types.empty as ();
create type kinds_types.address as (
    street text collate "C",
    "House No" character varying(10),
    zip numeric(5,0),
    feeling kinds_types.mood,
    tags text[],
    gone integer,
    moved_at timestamp(3) with time zone
);
alter type kinds_types.address drop attribute gone;
comment on column kinds_types.address."House No" is 'may have letters: 12a';
comment on type kinds_types.address is 'where';
create type kinds_types.person as (name text, home kinds_types.address);
create function kinds_types.difference(kinds_types.mood, kinds_types.mood) returns double precision language sql immutable as 'select 1.0::float8';
create type kinds_types.text_range as range (subtype = text, collation = "C");
create type kinds_types.pattern_range as range (subtype = text, subtype_opclass = text_pattern_ops);
create type kinds_types.float_range as range (subtype = double precision, subtype_diff = float8mi);
create type kinds_types.mood_range as range (subtype = kinds_types.mood, subtype_diff = kinds_types.difference, multirange_type_name = kinds_types.moods);
create type kinds_types.span as range (subtype = date);
create type kinds_types.old_range as range (subtype = date);
alter type kinds_types.old_range rename to period;
comment on type kinds_types.span is 'some days';
create type kinds_types.counted;
create function kinds_types.canonical(kinds_types.counted) returns kinds_types.counted language internal immutable strict as 'int4range_canonical';
create type kinds_types.counted as range (subtype = integer, canonical = kinds_types.canonical, subtype_diff = int4range_subdiff);
