set local role pgtrail_owner;

create or replace function pgtrail.on_object(p_type text, p_full_name text)
    returns text
    language sql
    immutable
    parallel safe
return case p_type
    when 'USER MAPPING' then 'USER MAPPING FOR ' || p_full_name
    when 'AGGREGATE' then 'AGGREGATE ' || regexp_replace(p_full_name, '\(\)$', '(*)')
    -- A mode says that these are the input arguments, where another procedure has them as output.
    when 'PROCEDURE' then 'PROCEDURE '
        || regexp_replace(p_full_name, '^((?:"(?:[^"]|"")*"|[^"(])*)\((?!\))', '\1(IN ')
    else p_type || ' ' || p_full_name
end;
comment on function pgtrail.on_object(text, text) is
    'An object as DROP, COMMENT ON and ALTER … OWNER TO name it.';

create or replace function pgtrail.privileges_on(p_type text, p_full_name text)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_type in ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'FOREIGN TABLE') then 'TABLE ' || p_full_name
    when p_type = 'AGGREGATE' then 'FUNCTION ' || p_full_name
    when p_type = 'SERVER' then 'FOREIGN SERVER ' || p_full_name
    else pgtrail.on_object(p_type, p_full_name)
end;
comment on function pgtrail.privileges_on(text, text) is
    'An object as GRANT and REVOKE name it.';

create or replace function pgtrail.public_default(p_type text)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_type in ('FUNCTION', 'PROCEDURE', 'AGGREGATE') then 'X'
    when p_type in ('TYPE', 'DOMAIN') then 'U'
    else ''
end;
comment on function pgtrail.public_default(text) is
    'Letters of the privileges that PUBLIC has on a new object of a kind.';

create or replace function pgtrail.create_statements(p_type text, p_full_name text, p_definition jsonb)
    returns text[]
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    statements text[];
    owner constant text := p_definition ->> 'owner';
begin
    case p_type
        when 'TABLE', 'FOREIGN TABLE' then
            statements := pgtrail.create_table(p_definition);
        when 'INDEX' then
            statements := pgtrail.create_index(p_definition);
        when 'SEQUENCE' then
            statements := pgtrail.create_sequence(p_definition);
        when 'VIEW', 'MATERIALIZED VIEW' then
            statements := pgtrail.create_view(p_type, p_definition);
        when 'FUNCTION', 'PROCEDURE', 'AGGREGATE' then
            statements := pgtrail.create_routine(p_type, p_definition);
        when 'TRIGGER' then
            statements := pgtrail.create_trigger(p_definition);
        when 'RULE' then
            statements := pgtrail.create_rule(p_definition);
        when 'POLICY' then
            statements := pgtrail.create_policy(p_definition);
        when 'TYPE', 'DOMAIN' then
            statements := pgtrail.create_type(p_type, p_definition);
        when 'SCHEMA' then
            statements := pgtrail.create_schema(p_definition);
        when 'EXTENSION' then
            statements := pgtrail.create_extension(p_definition);
        when 'COLLATION' then
            statements := pgtrail.create_collation(p_definition);
        when 'STATISTICS' then
            statements := pgtrail.create_statistics(p_definition);
        when 'OPERATOR' then
            statements := pgtrail.create_operator(p_definition);
        when 'CAST' then
            statements := pgtrail.create_cast(p_definition);
        when 'TEXT SEARCH DICTIONARY', 'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH PARSER', 'TEXT SEARCH TEMPLATE' then
            statements := pgtrail.create_text_search(p_type, p_definition);
        when 'EVENT TRIGGER' then
            statements := pgtrail.create_event_trigger(p_definition);
        when 'PUBLICATION' then
            statements := pgtrail.create_publication(p_definition);
        when 'FOREIGN DATA WRAPPER' then
            statements := pgtrail.create_foreign_data_wrapper(p_definition);
        when 'SERVER' then
            statements := pgtrail.create_server(p_definition);
        when 'USER MAPPING' then
            statements := pgtrail.create_user_mapping(p_definition);
        when 'DEFAULT PRIVILEGES' then
            statements := pgtrail.create_default_privileges(p_definition);
    end case;
    if owner is not null then
        statements := statements || format('ALTER %s OWNER TO %s',
            pgtrail.on_object(p_type, p_full_name), pgtrail.quoted_role(owner));
    end if;
    if p_definition ? 'comment' then
        statements := statements || format('COMMENT ON %s IS %L',
            pgtrail.on_object(p_type, p_full_name), p_definition ->> 'comment');
    end if;
    if p_definition ? 'privileges' then
        statements := statements || pgtrail.privilege_statements(
            pgtrail.privileges_on(p_type, p_full_name), owner, pgtrail.public_default(p_type),
            null, p_definition -> 'privileges');
    end if;
    if jsonb_path_exists(p_definition, '$.columns.*.privileges') then
        statements := statements || pgtrail.column_privilege_statements(
            pgtrail.privileges_on(p_type, p_full_name), null, p_definition);
    end if;
    return statements;
end
$function$;
comment on function pgtrail.create_statements(text, text, jsonb) is
    'The statements that create an object as its definition says, with owner, comment and privileges; of a table all but its foreign keys, see table_foreign_keys().';

create or replace function pgtrail.drop_statement(p_type text, p_full_name text, p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return case p_type
    when 'DEFAULT PRIVILEGES' then pgtrail.drop_default_privileges(p_definition)
    else 'DROP ' || pgtrail.on_object(p_type, p_full_name)
end;
comment on function pgtrail.drop_statement(text, text, jsonb) is
    'The statement that drops an object, without CASCADE: a plan drops what depends on it first. Default privileges are altered back, which may take several statements with semicolons between them.';

create or replace function pgtrail.alter_steps(
    p_type text,
    p_full_name text,
    p_old jsonb,
    p_new jsonb
)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
#variable_conflict use_column
declare
    generic constant text[] := array['owner', 'comment', 'privileges', 'numbers'];
    owner constant text := p_new ->> 'owner';
    privileges jsonb := p_old -> 'privileges';
begin
    if p_old - generic <> p_new - generic then
        return query
            select s.*
            from (
                select * from pgtrail.alter_table(p_type, p_full_name, p_old, p_new) where p_type in ('TABLE', 'FOREIGN TABLE')
                union all
                select * from pgtrail.alter_index(p_full_name, p_old, p_new) where p_type = 'INDEX'
                union all
                select * from pgtrail.alter_sequence(p_full_name, p_old, p_new) where p_type = 'SEQUENCE'
                union all
                select * from pgtrail.alter_view(p_type, p_full_name, p_old, p_new) where p_type in ('VIEW', 'MATERIALIZED VIEW')
                union all
                select * from pgtrail.alter_routine(p_type, p_full_name, p_old, p_new) where p_type in ('FUNCTION', 'PROCEDURE', 'AGGREGATE')
                union all
                select * from pgtrail.alter_trigger(p_full_name, p_old, p_new) where p_type in ('TRIGGER', 'EVENT TRIGGER')
                union all
                select * from pgtrail.alter_policy(p_full_name, p_old, p_new) where p_type = 'POLICY'
                union all
                select * from pgtrail.alter_type(p_type, p_full_name, p_old, p_new) where p_type in ('TYPE', 'DOMAIN')
                union all
                select * from pgtrail.alter_other(p_type, p_full_name, p_old, p_new)
                where p_type in ('SCHEMA', 'EXTENSION', 'COLLATION', 'STATISTICS', 'OPERATOR', 'CAST', 'TEXT SEARCH DICTIONARY',
                    'TEXT SEARCH CONFIGURATION', 'TEXT SEARCH PARSER', 'TEXT SEARCH TEMPLATE', 'PUBLICATION',
                    'FOREIGN DATA WRAPPER', 'SERVER', 'USER MAPPING', 'DEFAULT PRIVILEGES')
                union all
                select 'REBUILD', null, 'SAFE', 'a rule is replaced', null where p_type = 'RULE'
            ) as s;
    end if;
    if p_old -> 'owner' is distinct from p_new -> 'owner' and owner is not null then
        -- A sequence that belongs to a column follows the owner of its table, and only that.
        if p_type <> 'SEQUENCE' or not p_new ? 'owned_by' or p_old -> 'owned_by' is distinct from p_new -> 'owned_by' then
            return next ('ALTER',
                format('ALTER %s OWNER TO %s', pgtrail.on_object(p_type, p_full_name), pgtrail.quoted_role(owner)),
                'SAFE', 'owner', null)::pgtrail.step;
        end if;
        -- What the old owner had as owner, the new one has.
        if privileges ? (p_old ->> 'owner') then
            privileges := privileges - (p_old ->> 'owner')
                || jsonb_build_object(owner, privileges -> (p_old ->> 'owner'));
        end if;
    end if;
    if p_old -> 'comment' is distinct from p_new -> 'comment' then
        return next ('ALTER',
            format('COMMENT ON %s IS %s', pgtrail.on_object(p_type, p_full_name), quote_nullable(p_new ->> 'comment')),
            'SAFE', 'comment', null)::pgtrail.step;
    end if;
    return query
        select 'ALTER', s.statement, 'SAFE', 'privileges', null
        from unnest(pgtrail.privilege_statements(
            pgtrail.privileges_on(p_type, p_full_name), owner, pgtrail.public_default(p_type),
            privileges, p_new -> 'privileges')
            || pgtrail.column_privilege_statements(
                pgtrail.privileges_on(p_type, p_full_name), p_old, p_new)) with ordinality as s (statement, place)
        order by s.place;
end
$function$;
comment on function pgtrail.alter_steps(text, text, jsonb, jsonb) is
    'What leads from one definition of an object to another, its name being the new one already; one step of phase REBUILD where it must be dropped and created anew.';
