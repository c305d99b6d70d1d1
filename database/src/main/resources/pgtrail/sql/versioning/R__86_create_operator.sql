set local role pgtrail_owner;

create or replace function pgtrail.create_operator(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[format('CREATE OPERATOR %I.%s (%s)', p_definition ->> 'schema', p_definition ->> 'name', concat_ws(', ',
    'FUNCTION = ' || (p_definition ->> 'function'),
    'LEFTARG = ' || (p_definition ->> 'left'),
    'RIGHTARG = ' || (p_definition ->> 'right'),
    'COMMUTATOR = ' || (p_definition ->> 'commutator'),
    'NEGATOR = ' || (p_definition ->> 'negator'),
    'RESTRICT = ' || (p_definition ->> 'restrict'),
    'JOIN = ' || (p_definition ->> 'join'),
    case when p_definition ? 'hashes' then 'HASHES' end,
    case when p_definition ? 'merges' then 'MERGES' end))];
comment on function pgtrail.create_operator(jsonb) is
    'The statement that creates an operator.';

create or replace function pgtrail.create_cast(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[format('CREATE CAST (%s AS %s) %s%s', p_definition ->> 'source', p_definition ->> 'target',
    case p_definition ->> 'method'
        when 'INOUT' then 'WITH INOUT'
        when 'BINARY' then 'WITHOUT FUNCTION'
        else 'WITH FUNCTION ' || (p_definition ->> 'function')
    end,
    ' AS ' || (p_definition ->> 'context'))];
comment on function pgtrail.create_cast(jsonb) is
    'The statement that creates a cast.';
