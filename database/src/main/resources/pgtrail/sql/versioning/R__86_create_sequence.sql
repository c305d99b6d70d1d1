set local role pgtrail_owner;

create or replace function pgtrail.sequence_clauses(p_options jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array_remove(array[
    'INCREMENT BY ' || (p_options ->> 'increment'),
    'MINVALUE ' || (p_options ->> 'min'),
    'MAXVALUE ' || (p_options ->> 'max'),
    'START WITH ' || (p_options ->> 'start'),
    'CACHE ' || (p_options ->> 'cache'),
    case p_options ->> 'cycle' when 'true' then 'CYCLE' when 'false' then 'NO CYCLE' end
], null);
comment on function pgtrail.sequence_clauses(jsonb) is
    'Options of a sequence as CREATE SEQUENCE and ALTER SEQUENCE word them.';

create or replace function pgtrail.create_sequence(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[array_to_string(array[
    case when p_definition ->> 'persistence' = 'UNLOGGED' then 'CREATE UNLOGGED SEQUENCE' else 'CREATE SEQUENCE' end,
    pgtrail.qualified_name(p_definition),
    'AS ' || (p_definition ->> 'type')
] || pgtrail.sequence_clauses(p_definition), ' ')];
comment on function pgtrail.create_sequence(jsonb) is
    'CREATE SEQUENCE; the column that owns it comes later, with attach_statements(), for the table is created after its sequences.';
