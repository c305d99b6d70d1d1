set local role pgtrail_owner;

create or replace function pgtrail.published_table(p_name text, p_table jsonb)
    returns text
    language sql
    immutable
    parallel safe
return 'ONLY ' || p_name
    || coalesce(' (' || (p_table ->> 'columns') || ')', '')
    || coalesce(' WHERE (' || (p_table ->> 'where') || ')', '');
comment on function pgtrail.published_table(text, jsonb) is
    'A table of a publication as CREATE PUBLICATION and ALTER PUBLICATION write it behind TABLE.';

create or replace function pgtrail.published_objects(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select nullif(concat_ws(', ', 'TABLE ' || t.tables, s.schemas), '')
    from (
        select string_agg(pgtrail.published_table(t.key, t.value), ', ' order by t.key collate "C")
        from jsonb_each(p_definition -> 'tables') as t
    ) as t (tables)
    cross join (
        select string_agg(format('TABLES IN SCHEMA %I', s.name), ', ' order by s.name collate "C")
        from jsonb_object_keys(p_definition -> 'schemas') as s (name)
    ) as s (schemas);
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
