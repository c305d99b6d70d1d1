set local role pgtrail_owner;

-- In PL/pgSQL, which looks at a statement only when it comes to it: PostgreSQL 14 has neither these columns
-- nor this catalog.
create or replace function pgtrail.published_schemas(p_publications oid[])
    returns table (publication oid, schemas jsonb)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if current_setting('server_version_num')::integer >= 150000 then
        return query
            select s.pnpubid, jsonb_object_agg(n.nspname, true)
            from pg_publication_namespace as s
            join pg_namespace as n on n.oid = s.pnnspid
            where s.pnpubid = any (p_publications)
            group by s.pnpubid;
    end if;
end
$function$;
comment on function pgtrail.published_schemas(oid[]) is
    'Schemas that publications publish as a whole, as the keys of an object.';

create or replace function pgtrail.publication_filters(p_publications oid[])
    returns table (publication_table oid, filter text, columns text)
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if current_setting('server_version_num')::integer >= 150000 then
        return query
            select
                r.oid,
                pg_get_expr(r.prqual, r.prrelid),
                (
                    select string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C")
                    from pg_attribute as a
                    where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)
                )
            from pg_publication_rel as r
            where r.prpubid = any (p_publications)
                and (r.prqual is not null or r.prattrs is not null);
    end if;
end
$function$;
comment on function pgtrail.publication_filters(oid[]) is
    'Row filters and column lists of the tables of publications, where there are any.';

create or replace function pgtrail.describe_publications(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with published as (
        select
            r.prpubid,
            jsonb_object_agg(
                quote_ident(n.nspname) || '.' || quote_ident(c.relname),
                jsonb_strip_nulls(jsonb_build_object('columns', f.columns, 'where', f.filter))) as tables
        from pg_publication_rel as r
        join pg_class as c on c.oid = r.prrelid
        join pg_namespace as n on n.oid = c.relnamespace
        left join pgtrail.publication_filters(p_objects) as f on f.publication_table = r.oid
        where r.prpubid = any (p_objects)
        group by r.prpubid
    )
    select
        'pg_publication'::regclass::oid, p.oid, 'PUBLICATION', null::text, p.pubname::text, quote_ident(p.pubname),
        jsonb_strip_nulls(jsonb_build_object(
            'name', p.pubname,
            'owner', pgtrail.role_name(p.pubowner),
            'comment', d.description,
            'all_tables', nullif(p.puballtables, false),
            'tables', t.tables,
            'schemas', s.schemas,
            'operations', case when not (p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate) then concat_ws(', ',
                case when p.pubinsert then 'insert' end,
                case when p.pubupdate then 'update' end,
                case when p.pubdelete then 'delete' end,
                case when p.pubtruncate then 'truncate' end) end,
            'via_root', nullif(p.pubviaroot, false),
            'generated_columns', case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' end))
    from pg_publication as p
    left join published as t on t.prpubid = p.oid
    left join pgtrail.published_schemas(p_objects) as s on s.publication = p.oid
    left join pg_description as d
        on d.objoid = p.oid and d.classoid = 'pg_publication'::regclass and d.objsubid = 0
    where p.oid = any (p_objects);
end;
comment on function pgtrail.describe_publications(oid[]) is
    'Definitions of publications.';
