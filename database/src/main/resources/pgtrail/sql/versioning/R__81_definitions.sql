set local role pgtrail_owner;

-- A definition is a canonical description of one object as JSON: what it is, never where the catalog keeps
-- it. Two objects are the same exactly when their definitions are, but for the part "numbers", which tells
-- the order and the identity of columns and is not compared. Whatever has its default is left out.

create or replace function pgtrail.canonical(p_definition jsonb)
    returns jsonb
    language sql
    immutable
    parallel safe
return p_definition - array['numbers', 'inherited'];
comment on function pgtrail.canonical(jsonb) is
    'The part of a definition that is compared.';

create or replace function pgtrail.content_hash(p_definition jsonb)
    returns bytea
    language sql
    immutable
    parallel safe
return sha256(convert_to((p_definition - array['numbers', 'inherited'])::text, 'UTF8'));
comment on function pgtrail.content_hash(jsonb) is
    'SHA-256 of the part of a definition that is compared.';

create or replace function pgtrail.role_name(p_role oid)
    returns text
    language sql
    stable
    parallel safe
return case when p_role = 0 then 'public' else coalesce((select r.rolname from pg_roles as r where r.oid = p_role), p_role::text) end;
comment on function pgtrail.role_name(oid) is
    'Name of a role as definitions keep it, unquoted; public for all roles, a number for one that is gone.';

create or replace function pgtrail.quoted_role(p_role text)
    returns text
    language sql
    immutable
    parallel safe
return case when p_role = 'public' then 'PUBLIC' else quote_ident(p_role) end;
comment on function pgtrail.quoted_role(text) is
    'A role of a definition as SQL.';

create or replace function pgtrail.privilege_letter(p_privilege text)
    returns text
    language sql
    immutable
    parallel safe
return case p_privilege
    when 'SELECT' then 'r' when 'INSERT' then 'a' when 'UPDATE' then 'w' when 'DELETE' then 'd'
    when 'TRUNCATE' then 'D' when 'REFERENCES' then 'x' when 'TRIGGER' then 't' when 'MAINTAIN' then 'm'
    when 'EXECUTE' then 'X' when 'USAGE' then 'U' when 'CREATE' then 'C' when 'CONNECT' then 'c'
    when 'TEMPORARY' then 'T' when 'SET' then 's' when 'ALTER SYSTEM' then 'A'
end;
comment on function pgtrail.privilege_letter(text) is
    'Letter of a privilege in aclitem.';

-- Privileges are kept where they differ from what each grantee has by default, so that a later major
-- version with one privilege more changes no definition. {"bob": "r", "public": ""}: bob may select, PUBLIC
-- has nothing though it would by default; a star marks the right to grant on. Letters are those of aclitem.
create or replace function pgtrail.privileges(p_acl aclitem[], p_kind "char", p_owner oid)
    returns jsonb
    language sql
    stable
    strict
    parallel safe
begin atomic
    with entry as (
        select
            'is' as side, a.grantee,
            string_agg(
                pgtrail.privilege_letter(a.privilege_type) || case when a.is_grantable then '*' else '' end, ''
                order by pgtrail.privilege_letter(a.privilege_type) collate "C") as letters
        from (
            select x.grantee, x.privilege_type, bool_or(x.is_grantable) as is_grantable
            from aclexplode(p_acl) as x
            group by x.grantee, x.privilege_type
        ) as a
        group by a.grantee
        union all
        select
            'default', a.grantee,
            string_agg(pgtrail.privilege_letter(a.privilege_type), ''
                order by pgtrail.privilege_letter(a.privilege_type) collate "C")
        from aclexplode(acldefault(p_kind, p_owner)) as a
        group by a.grantee
    )
    select case when p_acl is not null then nullif(coalesce(jsonb_object_agg(
        pgtrail.role_name(g.grantee), coalesce(g.letters, '')), '{}'), '{}') end
    from (
        select
            e.grantee,
            max(e.letters) filter (where e.side = 'is') as letters,
            max(e.letters) filter (where e.side = 'default') as default_letters
        from entry as e
        group by e.grantee
    ) as g
    where g.letters is distinct from g.default_letters;
end;
comment on function pgtrail.privileges(aclitem[], "char", oid) is
    'Privileges as definitions keep them: those that are not the default; NULL when all are. The kind is that of acldefault().';

create or replace function pgtrail.privilege_words(p_letters text, p_grantable boolean)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select string_agg(w.word, ', ' order by w.word)
    from (values
        ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE'), ('D', 'TRUNCATE'),
        ('x', 'REFERENCES'), ('t', 'TRIGGER'), ('m', 'MAINTAIN'), ('X', 'EXECUTE'), ('U', 'USAGE'), ('C', 'CREATE')
    ) as w (letter, word)
    where strpos(p_letters, w.letter) > 0
        and (strpos(p_letters, w.letter || '*') > 0) = p_grantable;
end;
comment on function pgtrail.privilege_words(text, boolean) is
    'Privileges of a definition as GRANT lists them, those with or those without the right to grant on; NULL for none.';

-- The grantee loses what it has and gets what it shall have: two statements whatever was before.
create or replace function pgtrail.privilege_statements(
    p_on text,
    p_owner text,
    p_public_default text,
    p_old jsonb,
    p_new jsonb
)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_agg(s.statement order by g.grantee collate "C", s.place)
    from (
        select k.grantee, p_old ->> k.grantee as old_letters, p_new ->> k.grantee as new_letters
        from (
            select jsonb_object_keys(coalesce(p_old, '{}'))
            union
            select jsonb_object_keys(coalesce(p_new, '{}'))
        ) as k (grantee)
    ) as g
    cross join lateral (
        values
            (1, format('REVOKE ALL ON %s FROM %s', p_on, pgtrail.quoted_role(g.grantee))),
            (2, case
                when g.new_letters is null and g.grantee = p_owner
                    then format('GRANT ALL ON %s TO %s', p_on, pgtrail.quoted_role(g.grantee))
                when g.new_letters is null and g.grantee = 'public' and p_public_default <> ''
                    then format('GRANT %s ON %s TO PUBLIC', pgtrail.privilege_words(p_public_default, false), p_on)
                else 'GRANT ' || pgtrail.privilege_words(g.new_letters, false)
                    || format(' ON %s TO %s', p_on, pgtrail.quoted_role(g.grantee))
            end),
            (3, 'GRANT ' || pgtrail.privilege_words(g.new_letters, true)
                || format(' ON %s TO %s WITH GRANT OPTION', p_on, pgtrail.quoted_role(g.grantee)))
    ) as s (place, statement)
    where g.old_letters is distinct from g.new_letters
        and s.statement is not null;
end;
comment on function pgtrail.privilege_statements(text, text, text, jsonb, jsonb) is
    'REVOKE and GRANT that lead from the privileges of one definition to those of another; NULL when they are equal. p_on is what stands behind ON, p_public_default the letters that PUBLIC has by default.';

-- After those of the table: whoever loses a privilege on a table loses it on the columns, too.
create or replace function pgtrail.column_privilege_statements(p_on text, p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    with entry as (
        -- What the old owner had as owner, the new one has.
        select
            c.key as column_name,
            case when p.key = p_old ->> 'owner' then p_new ->> 'owner' else p.key end as grantee,
            p.value as old_letters, null as new_letters
        from jsonb_each(p_old -> 'columns') as c
        cross join jsonb_each_text(c.value -> 'privileges') as p
        where p_new -> 'numbers' ? c.key
        union all
        select c.key, p.key, null, p.value
        from jsonb_each(p_new -> 'columns') as c
        cross join jsonb_each_text(c.value -> 'privileges') as p
    )
    select array_agg(s.statement order by g.column_name collate "C", g.grantee collate "C", s.place)
    from (
        select
            e.column_name, e.grantee, max(e.old_letters) as old_letters, max(e.new_letters) as new_letters
        from entry as e
        group by e.column_name, e.grantee
    ) as g
    cross join lateral (
        select
            format(' (%I), ', g.column_name) as between_words,
            format(' (%I) ON %s ', g.column_name, p_on) as on_column,
            pgtrail.quoted_role(g.grantee) as role
    ) as q
    cross join lateral (
        values
            (1, case when p_old is not null then 'REVOKE ALL' || q.on_column || 'FROM ' || q.role end),
            (2, 'GRANT ' || replace(pgtrail.privilege_words(g.new_letters, false), ', ', q.between_words)
                || q.on_column || 'TO ' || q.role),
            (3, 'GRANT ' || replace(pgtrail.privilege_words(g.new_letters, true), ', ', q.between_words)
                || q.on_column || 'TO ' || q.role || ' WITH GRANT OPTION')
    ) as s (place, statement)
    where s.statement is not null
        and (
            g.old_letters is distinct from g.new_letters
            or p_old -> 'owner' is distinct from p_new -> 'owner'
            or p_old -> 'privileges' -> g.grantee is distinct from p_new -> 'privileges' -> g.grantee
        );
end;
comment on function pgtrail.column_privilege_statements(text, jsonb, jsonb) is
    'REVOKE and GRANT that lead from the privileges of the columns of one definition to those of another, once those of the table are done; NULL when there is nothing to do. p_on is what stands behind ON, p_old NULL for a new table.';

create or replace function pgtrail.comment_of(p_object oid, p_class oid, p_part integer default 0)
    returns text
    language sql
    stable
    parallel safe
begin atomic
    select d.description
    from pg_description as d
    where d.objoid = p_object and d.classoid = p_class and d.objsubid = p_part;
end;
comment on function pgtrail.comment_of(oid, oid, integer) is
    'Comment of an object or a column; NULL without one.';

create or replace function pgtrail.options(p_options text[])
    returns jsonb
    language sql
    immutable
    strict
    parallel safe
begin atomic
    select jsonb_object_agg(split_part(o.option, '=', 1), substr(o.option, strpos(o.option, '=') + 1))
    from unnest(p_options) as o (option);
end;
comment on function pgtrail.options(text[]) is
    'Options as the catalogs keep them (name=value) as a JSON object; NULL without any.';

create or replace function pgtrail.option_list(p_options jsonb)
    returns text
    language sql
    immutable
    strict
    parallel safe
begin atomic
    select string_agg(format('%s = %L', case
            when o.name ~ '^[a-z_]+\.[a-z_]+$' then o.name
            else quote_ident(o.name)
        end, o.value), ', ' order by o.name collate "C")
    from jsonb_each_text(p_options) as o (name, value);
end;
comment on function pgtrail.option_list(jsonb) is
    'Storage parameters and the like as WITH (…) lists them; NULL without any.';

create or replace function pgtrail.option_changes(p_old jsonb, p_new jsonb)
    returns text[]
    language sql
    immutable
    parallel safe
begin atomic
    select array_remove(array[
        'RESET (' || (
            select string_agg(case when o.key ~ '^toast\.' then o.key else quote_ident(o.key) end, ', ' order by o.key collate "C")
            from jsonb_each(p_old) as o
            where p_new -> o.key is null
        ) || ')',
        'SET (' || pgtrail.option_list((
            select jsonb_object_agg(n.key, n.value)
            from jsonb_each(p_new) as n
            where p_old -> n.key is distinct from n.value
        )) || ')'
    ], null);
end;
comment on function pgtrail.option_changes(jsonb, jsonb) is
    'RESET and SET that lead from some storage parameters to others; empty when they are equal.';

-- Written bare, <redacted> is a syntax error wherever PostgreSQL expects a value: a statement whose secret
-- pgtrail does not know fails, it never sets a wrong one.
create or replace function pgtrail.foreign_option_value(p_value text)
    returns text
    language sql
    immutable
    parallel safe
return case when p_value = '<redacted>' then p_value else quote_literal(p_value) end;
comment on function pgtrail.foreign_option_value(text) is
    'The value of an option of a foreign data object as SQL; bare, and so refused by PostgreSQL, where it is a secret that was not kept.';

create or replace function pgtrail.foreign_option_list(p_options jsonb)
    returns text
    language sql
    immutable
    strict
    parallel safe
begin atomic
    select string_agg(format('%I %s', o.name, pgtrail.foreign_option_value(o.value)), ', ' order by o.name collate "C")
    from jsonb_each_text(p_options) as o (name, value);
end;
comment on function pgtrail.foreign_option_list(jsonb) is
    'Options of foreign data objects as OPTIONS (…) lists them; NULL without any.';

create or replace function pgtrail.qualified_name(p_definition jsonb)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(quote_ident(p_definition ->> 'schema') || '.', '') || quote_ident(p_definition ->> 'name');
comment on function pgtrail.qualified_name(jsonb) is
    'Quoted name of what a definition defines, with its schema where the kind has one.';

create or replace function pgtrail.short_identity(p_identity text)
    returns text
    language sql
    immutable
    parallel safe
return regexp_replace(p_identity, '(^|[(, ])pg_catalog\.', '\1', 'g');
comment on function pgtrail.short_identity(text) is
    'Identity of an object without the schema of PostgreSQL''s own types: public.f(text).';
