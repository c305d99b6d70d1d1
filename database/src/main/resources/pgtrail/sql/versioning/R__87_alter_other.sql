set local role pgtrail_owner;

create or replace function pgtrail.alter_operator(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alterable constant text[] := array['schema', 'name', 'owner', 'comment', 'restrict', 'join'];
begin
    if p_old - alterable <> p_new - alterable then
        return next ('REBUILD', null, 'SAFE', 'an operator cannot be altered', null)::pgtrail.step;
        return;
    end if;
    if p_old -> 'restrict' is distinct from p_new -> 'restrict' or p_old -> 'join' is distinct from p_new -> 'join' then
        return next ('ALTER',
            format('ALTER OPERATOR %s SET (RESTRICT = %s, JOIN = %s)', p_full_name,
                coalesce(p_new ->> 'restrict', 'NONE'), coalesce(p_new ->> 'join', 'NONE')),
            'SAFE', 'how its selectivity is estimated', null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_operator(text, jsonb, jsonb) is
    'Steps between two definitions of an operator.';

create or replace function pgtrail.alter_statistics(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    alterable constant text[] := array['schema', 'name', 'owner', 'comment', 'target'];
begin
    if p_old - alterable <> p_new - alterable then
        return next ('REBUILD', null, 'SAFE', 'statistics cannot be altered; ANALYZE fills them', null)::pgtrail.step;
    elsif p_old -> 'target' is distinct from p_new -> 'target' then
        return next ('ALTER',
            format('ALTER STATISTICS %s SET STATISTICS %s', p_full_name, coalesce(p_new ->> 'target', '-1')),
            'SAFE', 'statistics target', null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_statistics(text, jsonb, jsonb) is
    'Steps between two definitions of extended statistics.';

-- Of a schema only owner, comment and privileges can differ, which are changed for all kinds alike.
create or replace function pgtrail.alter_other(p_type text, p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    by_itself constant text[] := array['schema', 'name', 'owner', 'comment'];
begin
    case
        when p_type = 'SCHEMA' then
            null;
        when p_type = 'EXTENSION' then
            return query select * from pgtrail.alter_extension(p_full_name, p_old, p_new);
        when p_type = 'STATISTICS' then
            return query select * from pgtrail.alter_statistics(p_full_name, p_old, p_new);
        when p_type = 'OPERATOR' then
            return query select * from pgtrail.alter_operator(p_full_name, p_old, p_new);
        when p_type like 'TEXT SEARCH %' then
            return query select * from pgtrail.alter_text_search(p_type, p_full_name, p_old, p_new);
        when p_type = 'PUBLICATION' then
            return query select * from pgtrail.alter_publication(p_full_name, p_old, p_new);
        when p_type in ('FOREIGN DATA WRAPPER', 'SERVER', 'USER MAPPING') then
            return query select * from pgtrail.alter_foreign(p_type, p_full_name, p_old, p_new);
        when p_type = 'DEFAULT PRIVILEGES' then
            return query
                select 'ALTER', s.statement, 'SAFE', 'default privileges', null
                from unnest(pgtrail.change_default_privileges(p_new, p_old -> 'grants', p_new -> 'grants'))
                    with ordinality as s (statement, place)
                order by s.place;
        when p_type = 'COLLATION' and p_old - by_itself <> p_new - by_itself then
            return next ('REBUILD', null, 'REWRITE', 'a collation cannot be altered', null)::pgtrail.step;
        when p_type = 'CAST' then
            return next ('REBUILD', null, 'SAFE', 'a cast cannot be altered', null)::pgtrail.step;
        else
            null;
    end case;
end
$function$;
comment on function pgtrail.alter_other(text, text, jsonb, jsonb) is
    'Steps between two definitions of an object of a smaller kind.';
