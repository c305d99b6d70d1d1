set local role pgtrail_owner;

create or replace function pgtrail.create_foreign_data_wrapper(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat_ws(' ',
    format('CREATE FOREIGN DATA WRAPPER %I', p_definition ->> 'name'),
    'HANDLER ' || (p_definition ->> 'handler'),
    'VALIDATOR ' || (p_definition ->> 'validator'),
    'OPTIONS (' || pgtrail.foreign_option_list(p_definition -> 'options') || ')')];
comment on function pgtrail.create_foreign_data_wrapper(jsonb) is
    'The statement that creates a foreign data wrapper.';

create or replace function pgtrail.create_server(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat_ws(' ',
    format('CREATE SERVER %I', p_definition ->> 'name'),
    'TYPE ' || quote_literal(p_definition ->> 'type'),
    'VERSION ' || quote_literal(p_definition ->> 'version'),
    format('FOREIGN DATA WRAPPER %I', p_definition ->> 'wrapper'),
    'OPTIONS (' || pgtrail.foreign_option_list(p_definition -> 'options') || ')')];
comment on function pgtrail.create_server(jsonb) is
    'The statement that creates a foreign server; refused by PostgreSQL where it lacks a secret.';

create or replace function pgtrail.create_user_mapping(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat_ws(' ',
    format('CREATE USER MAPPING FOR %s SERVER %I',
        pgtrail.quoted_role(p_definition ->> 'user'), p_definition ->> 'server'),
    case when p_definition ? 'options_unknown' then 'OPTIONS (<unknown>)'
        else 'OPTIONS (' || pgtrail.foreign_option_list(p_definition -> 'options') || ')' end)];
comment on function pgtrail.create_user_mapping(jsonb) is
    'The statement that creates a user mapping; refused by PostgreSQL where it lacks a secret.';
