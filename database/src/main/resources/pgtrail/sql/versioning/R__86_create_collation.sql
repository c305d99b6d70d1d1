set local role pgtrail_owner;

create or replace function pgtrail.create_collation(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[format('CREATE COLLATION %s (%s)', pgtrail.qualified_name(p_definition), concat_ws(', ',
    'PROVIDER = ' || coalesce(p_definition ->> 'provider', 'libc'),
    'LOCALE = ' || quote_literal(p_definition ->> 'locale'),
    'LC_COLLATE = ' || quote_literal(p_definition ->> 'collate'),
    'LC_CTYPE = ' || quote_literal(p_definition ->> 'ctype'),
    case when p_definition ? 'nondeterministic' then 'DETERMINISTIC = false' end,
    'RULES = ' || quote_literal(p_definition ->> 'rules')))];
comment on function pgtrail.create_collation(jsonb) is
    'The statement that creates a collation.';
