set local role pgtrail_owner;

-- PostgreSQL keeps the options of a dictionary as text: name = 'value', other = 3. Values stay as they are
-- written there, with their quotes.
create or replace function pgtrail.dictionary_options(p_options text)
    returns jsonb
    language sql
    immutable
    parallel safe
begin atomic
    select jsonb_object_agg(
        case when o.part[1] like '"%' then replace(substr(o.part[1], 2, length(o.part[1]) - 2), '""', '"') else o.part[1] end,
        o.part[2])
    from regexp_matches(
        p_options, $re$("(?:[^"]|"")+"|[^\s=,"]+)\s*=\s*(E?'(?:[^'\\]|''|\\.)*'|[^\s,]+)$re$, 'g') as o (part);
end;
comment on function pgtrail.dictionary_options(text) is
    'Options of a text search dictionary as a JSON object, values as SQL writes them; NULL without any.';

create or replace function pgtrail.describe_dictionaries(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_ts_dict'::regclass::oid, t.oid, 'TEXT SEARCH DICTIONARY', n.nspname::text, t.dictname::text,
        quote_ident(n.nspname) || '.' || quote_ident(t.dictname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', t.dictname,
            'owner', pgtrail.role_name(t.dictowner),
            'comment', d.description,
            'template', quote_ident(s.nspname) || '.' || quote_ident(m.tmplname),
            'options', pgtrail.dictionary_options(t.dictinitoption)))
    from pg_ts_dict as t
    join pg_namespace as n on n.oid = t.dictnamespace
    join pg_ts_template as m on m.oid = t.dicttemplate
    join pg_namespace as s on s.oid = m.tmplnamespace
    left join pg_description as d
        on d.objoid = t.oid and d.classoid = 'pg_ts_dict'::regclass and d.objsubid = 0
    where t.oid = any (p_objects);
end;
comment on function pgtrail.describe_dictionaries(oid[]) is
    'Definitions of text search dictionaries.';

create or replace function pgtrail.describe_configurations(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    with token as (
        select p.cfgparser, y.tokid, y.alias
        from (select distinct c.cfgparser from pg_ts_config as c where c.oid = any (p_objects)) as p
        cross join lateral ts_token_type(p.cfgparser) as y
    ),
    mapping as (
        select
            m.mapcfg, y.alias,
            string_agg(quote_ident(s.nspname) || '.' || quote_ident(t.dictname), ', ' order by m.mapseqno) as dictionaries
        from pg_ts_config_map as m
        join pg_ts_config as c on c.oid = m.mapcfg
        join token as y on y.cfgparser = c.cfgparser and y.tokid = m.maptokentype
        join pg_ts_dict as t on t.oid = m.mapdict
        join pg_namespace as s on s.oid = t.dictnamespace
        where m.mapcfg = any (p_objects)
        group by m.mapcfg, y.alias
    ),
    mapped as (
        select m.mapcfg, jsonb_object_agg(m.alias, m.dictionaries) as mappings
        from mapping as m
        group by m.mapcfg
    )
    select
        'pg_ts_config'::regclass::oid, c.oid, 'TEXT SEARCH CONFIGURATION', n.nspname::text, c.cfgname::text,
        quote_ident(n.nspname) || '.' || quote_ident(c.cfgname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', c.cfgname,
            'owner', pgtrail.role_name(c.cfgowner),
            'comment', d.description,
            'parser', quote_ident(s.nspname) || '.' || quote_ident(p.prsname),
            'mappings', m.mappings))
    from pg_ts_config as c
    join pg_namespace as n on n.oid = c.cfgnamespace
    join pg_ts_parser as p on p.oid = c.cfgparser
    join pg_namespace as s on s.oid = p.prsnamespace
    left join mapped as m on m.mapcfg = c.oid
    left join pg_description as d
        on d.objoid = c.oid and d.classoid = 'pg_ts_config'::regclass and d.objsubid = 0
    where c.oid = any (p_objects);
end;
comment on function pgtrail.describe_configurations(oid[]) is
    'Definitions of text search configurations: of each kind of token its dictionaries, in order.';

create or replace function pgtrail.describe_parsers(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_ts_parser'::regclass::oid, p.oid, 'TEXT SEARCH PARSER', n.nspname::text, p.prsname::text,
        quote_ident(n.nspname) || '.' || quote_ident(p.prsname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', p.prsname,
            'comment', d.description,
            'start', p.prsstart::text,
            'gettoken', p.prstoken::text,
            'end', p.prsend::text,
            'lextypes', p.prslextype::text,
            'headline', case when p.prsheadline <> 0 then p.prsheadline::text end))
    from pg_ts_parser as p
    join pg_namespace as n on n.oid = p.prsnamespace
    left join pg_description as d
        on d.objoid = p.oid and d.classoid = 'pg_ts_parser'::regclass and d.objsubid = 0
    where p.oid = any (p_objects);
end;
comment on function pgtrail.describe_parsers(oid[]) is
    'Definitions of text search parsers.';

create or replace function pgtrail.describe_templates(p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select
        'pg_ts_template'::regclass::oid, t.oid, 'TEXT SEARCH TEMPLATE', n.nspname::text, t.tmplname::text,
        quote_ident(n.nspname) || '.' || quote_ident(t.tmplname),
        jsonb_strip_nulls(jsonb_build_object(
            'schema', n.nspname,
            'name', t.tmplname,
            'comment', d.description,
            'init', case when t.tmplinit <> 0 then t.tmplinit::text end,
            'lexize', t.tmpllexize::text))
    from pg_ts_template as t
    join pg_namespace as n on n.oid = t.tmplnamespace
    left join pg_description as d
        on d.objoid = t.oid and d.classoid = 'pg_ts_template'::regclass and d.objsubid = 0
    where t.oid = any (p_objects);
end;
comment on function pgtrail.describe_templates(oid[]) is
    'Definitions of text search templates.';

create or replace function pgtrail.describe_text_search(p_class oid, p_objects oid[])
    returns setof pgtrail.described
    language sql
    stable
begin atomic
    select * from pgtrail.describe_dictionaries(p_objects) where p_class = 'pg_ts_dict'::regclass
    union all
    select * from pgtrail.describe_configurations(p_objects) where p_class = 'pg_ts_config'::regclass
    union all
    select * from pgtrail.describe_parsers(p_objects) where p_class = 'pg_ts_parser'::regclass
    union all
    select * from pgtrail.describe_templates(p_objects) where p_class = 'pg_ts_template'::regclass;
end;
comment on function pgtrail.describe_text_search(oid, oid[]) is
    'Definitions of what one catalog of text search holds.';
