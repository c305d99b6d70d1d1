set local role pgtrail_owner;

-- Kinds of tokens that the same dictionaries serve are mapped together.
create or replace function pgtrail.text_search_mappings(p_full_name text, p_verb text, p_mappings jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(
        format('ALTER TEXT SEARCH CONFIGURATION %s %s MAPPING FOR %s WITH %s', p_full_name, p_verb, g.tokens, g.dictionaries)
        order by g.dictionaries collate "C")
    from (
        select m.dictionaries, string_agg(quote_ident(m.token), ', ' order by m.token collate "C") as tokens
        from jsonb_each_text(p_mappings) as m (token, dictionaries)
        group by m.dictionaries
    ) as g;
end;
comment on function pgtrail.text_search_mappings(text, text, jsonb) is
    'Statements that ADD or ALTER mappings of a text search configuration; NULL for none.';

create or replace function pgtrail.dictionary_option_list(p_options jsonb)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(format('%I = %s', o.name, o.value), ', ' order by o.name collate "C")
    from jsonb_each_text(p_options) as o (name, value);
end;
comment on function pgtrail.dictionary_option_list(jsonb) is
    'Options of a text search dictionary as SQL lists them; NULL without any.';

create or replace function pgtrail.create_text_search(p_type text, p_definition jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
return array[format('CREATE %s %s (%s)', p_type, pgtrail.qualified_name(p_definition), case p_type
        when 'TEXT SEARCH DICTIONARY' then concat_ws(', ',
            'TEMPLATE = ' || (p_definition ->> 'template'),
            pgtrail.dictionary_option_list(p_definition -> 'options'))
        when 'TEXT SEARCH CONFIGURATION' then 'PARSER = ' || (p_definition ->> 'parser')
        when 'TEXT SEARCH PARSER' then concat_ws(', ',
            'START = ' || (p_definition ->> 'start'),
            'GETTOKEN = ' || (p_definition ->> 'gettoken'),
            'END = ' || (p_definition ->> 'end'),
            'LEXTYPES = ' || (p_definition ->> 'lextypes'),
            'HEADLINE = ' || (p_definition ->> 'headline'))
        when 'TEXT SEARCH TEMPLATE' then concat_ws(', ',
            'INIT = ' || (p_definition ->> 'init'),
            'LEXIZE = ' || (p_definition ->> 'lexize'))
    end)]
    || pgtrail.text_search_mappings(pgtrail.qualified_name(p_definition), 'ADD', p_definition -> 'mappings');
comment on function pgtrail.create_text_search(text, jsonb) is
    'Statements that create a text search dictionary, configuration, parser or template.';
