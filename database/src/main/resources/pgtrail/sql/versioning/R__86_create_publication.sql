set local role pgtrail_owner;

create or replace function pgtrail.published_table(p_name text, p_table jsonb)
    returns text
    language sql
    immutable
    parallel safe
return 'TABLE ONLY ' || p_name
    || coalesce(' (' || (p_table ->> 'columns') || ')', '')
    || coalesce(' WHERE (' || (p_table ->> 'where') || ')', '');
comment on function pgtrail.published_table(text, jsonb) is
    'A table of a publication as CREATE PUBLICATION and ALTER PUBLICATION write it.';

create or replace function pgtrail.published_objects(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(o.item, ', ' order by o.place, o.item collate "C")
    from (
        select 1, pgtrail.published_table(t.name, t.content)
        from jsonb_each(p_definition -> 'tables') as t (name, content)
        union all
        select 2, format('TABLES IN SCHEMA %I', s.name)
        from jsonb_object_keys(p_definition -> 'schemas') as s (name)
    ) as o (place, item);
end;
comment on function pgtrail.published_objects(jsonb) is
    'Tables and schemas of a publication; NULL for none.';

create or replace function pgtrail.publication_options(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return concat_ws(', ',
    'publish = ' || quote_literal(p_definition ->> 'operations'),
    case when p_definition ? 'via_root' then 'publish_via_partition_root = true' end,
    'publish_generated_columns = ' || (p_definition ->> 'generated_columns'));
comment on function pgtrail.publication_options(jsonb) is
    'What a publication has behind WITH; empty where all is as by default.';

create or replace function pgtrail.create_publication(p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[concat_ws(' ',
    format('CREATE PUBLICATION %I', p_definition ->> 'name'),
    case when p_definition ? 'all_tables' then 'FOR ALL TABLES'
        else 'FOR ' || pgtrail.published_objects(p_definition) end,
    'WITH (' || nullif(pgtrail.publication_options(p_definition), '') || ')')];
comment on function pgtrail.create_publication(jsonb) is
    'The statement that creates a publication.';
