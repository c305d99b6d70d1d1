create schema kinds_domains;
create domain kinds_domains.plain as integer;
create domain kinds_domains.email as character varying(100) collate "C" default 'nobody@example.org' not null constraint has_at check (value like '%@%') constraint "short ""enough""" check (length(value) < 90);
comment on domain kinds_domains.email is 'an address';
comment on constraint has_at on domain kinds_domains.email is 'no address without it';
alter domain kinds_domains.email add constraint later check (value <> 'x') not valid;
comment on constraint later on domain kinds_domains.email is 'not yet checked';
alter domain kinds_domains.email owner to pg_monitor;
revoke usage on domain kinds_domains.email from public;
grant usage on domain kinds_domains.email to pg_signal_backend;
create domain kinds_domains.work_email as kinds_domains.email check (value like '%.org');
create domain kinds_domains.nobodys_email as kinds_domains.email default null;
create domain kinds_domains.amounts as numeric(10,2)[] default '{}' check (cardinality(value) < 10);
create function kinds_domains.next_code() returns text language sql volatile as 'select md5(random()::text)';
create domain kinds_domains.code as text default kinds_domains.next_code();
create domain kinds_domains.moment as timestamp(3) without time zone default now();

-- from 17
create domain kinds_domains.named as integer constraint must_be not null;
comment on constraint must_be on domain kinds_domains.named is 'since 17';
create domain kinds_domains.commented as integer not null;
comment on constraint commented_not_null on domain kinds_domains.commented is 'the name it has anyway';
