create schema kinds_collations;
create collation kinds_collations.plain (provider = libc, locale = 'C');
create collation kinds_collations.mixed (lc_collate = 'C', lc_ctype = 'POSIX');
create collation kinds_collations.german (provider = icu, locale = 'de-DE');
create collation kinds_collations."Any Case" (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
comment on collation kinds_collations."Any Case" is 'A = a';
alter collation kinds_collations."Any Case" owner to pg_monitor;
create collation kinds_collations.copied from "C";

-- from 16
create collation kinds_collations.ruled (provider = icu, locale = 'und', rules = '& a < g');

-- from 17
create collation kinds_collations.built_in (provider = builtin, locale = 'C.UTF-8');
