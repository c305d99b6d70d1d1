set local role pgtrail_owner;

-- Every database has a schema public, with rights and a comment of its own.
create or replace function pgtrail.create_schema(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return case
    when p_definition ->> 'name' = 'public' then array[
        'CREATE SCHEMA IF NOT EXISTS public',
        'REVOKE ALL ON SCHEMA public FROM PUBLIC',
        'COMMENT ON SCHEMA public IS NULL']
    else array[format('CREATE SCHEMA %I', p_definition ->> 'name')]
end;
comment on function pgtrail.create_schema(jsonb) is
    'Statements that create a schema.';

-- An extension brings a comment, which may have been taken away.
create or replace function pgtrail.create_extension(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[format('CREATE EXTENSION %I SCHEMA %I VERSION %L',
        p_definition ->> 'name', p_definition ->> 'into', p_definition ->> 'version')]
    || case when not p_definition ? 'comment'
        then array[format('COMMENT ON EXTENSION %I IS NULL', p_definition ->> 'name')] end;
comment on function pgtrail.create_extension(jsonb) is
    'Statements that create an extension in the version it had.';
