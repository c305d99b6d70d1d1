set local role pgtrail_owner;

-- Nobody but the capture functions may call what stands here, and those fix the search_path: a
-- setting of its own for each would cost every DDL statement a dozen changes of it.

create or replace function pgtrail.next_statement(
    p_text text,
    p_from integer,
    out statement text,
    out next_from integer,
    out complete boolean
)
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    window_length constant integer := 512;
    text_length constant integer := length(p_text);
    here integer := p_from;         -- first character not yet looked at
    ahead text := '';               -- the text from here on, as far as it is read
    found_at integer;
    part text[];
    word text;
    closing text;                   -- what ends the quote or comment we are in; NULL outside
    parentheses integer := 0;
    comments integer;
    blocks integer := 0;            -- BEGIN ATOMIC and the CASEs in it
begin
    while here <= text_length loop
        -- A window, so that a long script is not copied once per token.
        if length(ahead) < 256 and length(ahead) < text_length - here + 1 then
            ahead := substr(p_text, here, window_length);
        end if;

        if closing is null then
            part := regexp_match(
                ahead, $re$^(.*?)(['";()]|--|/\*|\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$)$re$);
            if part is null then
                -- Leave a tail: a delimiter may be cut by the window.
                found_at := case
                    when length(ahead) = text_length - here + 1 then length(ahead)
                    else greatest(length(ahead) - 128, 1)
                end;
                part := array[left(ahead, found_at), ''];
            end if;
            if blocks > 0 or strpos(lower(part[1]), 'atomic') > 0 then
                for word in
                    select lower(left(m[1], 1)) from regexp_matches(
                        part[1], '\m(begin\s+atomic|case|end)\M', 'gi') as m
                loop
                    blocks := case
                        when word = 'b' then blocks + 1
                        when blocks = 0 then 0
                        when word = 'c' then blocks + 1
                        else blocks - 1
                    end;
                end loop;
            end if;
            here := here + length(part[1]);
            if part[2] = ';' and parentheses = 0 and blocks = 0 then
                statement := substr(p_text, p_from, here - p_from);
                next_from := here + 1;
                complete := true;
                return;
            end if;
            if part[2] = '(' then
                parentheses := parentheses + 1;
            elsif part[2] = ')' then
                parentheses := greatest(parentheses - 1, 0);
            elsif left(part[2], 1) = '$' and part[1] ~ '[A-Za-z0-9_$\u0080-\uffff]$' then
                part[2] := '$';  -- part of an identifier
            elsif part[2] = '''' and part[1] ~ '(^|[^A-Za-z0-9_$\u0080-\uffff])[eE]$' then
                closing := 'E''';
            elsif part[2] = '--' then
                closing := E'\n';
            elsif part[2] = '/*' then
                closing := '*/';
                comments := 1;
            elsif part[2] <> '' and part[2] <> ';' then
                closing := part[2];
            end if;
            here := here + length(part[2]);
            ahead := substr(ahead, length(part[1]) + length(part[2]) + 1);

        elsif closing = 'E''' then
            part := regexp_match(ahead, $re$^((?:[^'\\]|\\.)*)'$re$);
            if part is null then
                part := regexp_match(substr(p_text, here), $re$^((?:[^'\\]|\\.)*)'$re$);
                exit when part is null;
            end if;
            here := here + length(part[1]) + 1;
            ahead := substr(ahead, length(part[1]) + 2);
            closing := null;

        elsif closing = '*/' then
            part := regexp_match(ahead, $re$^(.*?)(/\*|\*/)$re$);
            if part is null then
                part := regexp_match(substr(p_text, here), $re$^(.*?)(/\*|\*/)$re$);
                exit when part is null;
            end if;
            here := here + length(part[1]) + 2;
            ahead := substr(ahead, length(part[1]) + 3);
            comments := comments + case part[2] when '/*' then 1 else -1 end;
            if comments = 0 then
                closing := null;
            end if;

        else
            -- A doubled quote ends one constant and begins the next: the same for our purpose.
            found_at := strpos(ahead, closing);
            if found_at > 0 then
                ahead := substr(ahead, found_at + length(closing));
            else
                found_at := strpos(substr(p_text, here), closing);
                exit when found_at = 0;
                ahead := '';
            end if;
            here := here + found_at - 1 + length(closing);
            closing := null;
        end if;
    end loop;

    statement := substr(p_text, p_from);
    next_from := null;
    complete := (closing is null or closing = E'\n') and parentheses = 0 and blocks = 0;
end
$function$;
comment on function pgtrail.next_statement(text, integer) is
    'The statement that begins at a character of an SQL script, without its semicolon; where the next begins (NULL after the last); and whether every quote, comment, parenthesis and block of it is closed. Strings, dollar quotes, nested comments and SQL-standard bodies are understood.';

create or replace function pgtrail.from_first_word(p_text text)
    returns text
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    rest text := ltrim(p_text, E'; \t\r\n\f\v');
    comments integer;
    part text[];
begin
    while left(rest, 2) in ('--', '/*') loop
        if left(rest, 2) = '--' then
            rest := coalesce(substr(rest, nullif(strpos(rest, E'\n'), 0) + 1), '');
        else
            comments := 0;
            loop
                part := regexp_match(rest, $re$^(.*?)(/\*|\*/)$re$);
                if part is null then
                    return '';
                end if;
                rest := substr(rest, length(part[1]) + 3);
                comments := comments + case part[2] when '/*' then 1 else -1 end;
                exit when comments = 0;
            end loop;
        end if;
        rest := ltrim(rest, E'; \t\r\n\f\v');
    end loop;
    return rest;
end
$function$;
comment on function pgtrail.from_first_word(text) is
    'An SQL text without the white space, comments and semicolons that it begins with.';

create or replace function pgtrail.is_blank(p_text text)
    returns boolean
    language sql
    immutable
    parallel safe
return pgtrail.from_first_word(p_text) = '';
comment on function pgtrail.is_blank(text) is
    'Whether an SQL text holds nothing but white space, comments and semicolons.';

create or replace function pgtrail.has_tag(p_statement text, p_tag text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    gap constant text := '(\s|--[^\n]*\n|/\*([^*]|\*+[^*/])*\*+/)+';
    words constant text := pgtrail.from_first_word(p_statement);
begin
    if p_tag = 'SELECT INTO' then
        return words ~* '^(\(|(select|with|table|values)\M)' and words ~* '\minto\M';
    elsif p_tag like 'CREATE %' then
        return words ~* ('^create' || gap
            || '((or|replace|global|local|temp|temporary|unlogged|unique|recursive|constraint|trusted|procedural|default)' || gap || ')*'
            || replace(substr(replace(p_tag, 'TABLE AS', 'TABLE'), 8), ' ', gap) || '\M');
    end if;
    return words ~* ('^' || replace(replace(p_tag, ' LANGUAGE', '( PROCEDURAL)? LANGUAGE'), ' ', gap) || '\M');
end
$function$;
comment on function pgtrail.has_tag(text, text) is
    'Whether a statement can be one of a command tag, by its first words.';

create or replace function pgtrail.mentions(p_statement text, p_identity text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    -- The last name of schema.name or schema.name(types), without its quotes.
    quoted constant text[] := regexp_match(p_identity, '^(?:[^".(]+\.|"(?:[^"]|"")*"\.)*"((?:[^"]|"")*)"');
    plain constant text[] := regexp_match(p_identity, '^(?:[^".(]+\.|"(?:[^"]|"")*"\.)*([^".( ]+)');
    object_name constant text := coalesce(quoted[1], plain[1], '');
begin
    return object_name = ''
        or p_statement ~* (
            '(^|[^A-Za-z0-9_$\u0080-\uffff])'
            || regexp_replace(object_name, '([^A-Za-z0-9_\u0080-\uffff\s])', '\\\1', 'g')
            || '($|[^A-Za-z0-9_$\u0080-\uffff])');
end
$function$;
comment on function pgtrail.mentions(text, text) is
    'Whether a statement names the object of an identity, as far as a look at the text can tell.';

create or replace function pgtrail.statement_number(p_script text, p_number integer)
    returns text
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    here integer := 1;
    passed integer := 0;
    candidate record;
begin
    while here is not null loop
        candidate := pgtrail.next_statement(p_script, here);
        if not pgtrail.is_blank(candidate.statement) then
            passed := passed + 1;
            if passed = p_number then
                return btrim(candidate.statement, E' \t\r\n');
            end if;
        end if;
        here := candidate.next_from;
    end loop;
    return null;
end
$function$;
comment on function pgtrail.statement_number(text, integer) is
    'A statement of a script, counted from 1 as an SQL function counts them; NULL behind the last.';

create or replace function pgtrail.statement_in_script(
    p_script text,
    p_from integer,
    p_tag text,
    p_identity text,
    out statement text,
    out next_from integer
)
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    window_length constant integer := 32768;
    -- A piece of the script that begins with a statement: looking into the middle of a long text is
    -- dear, as its characters have to be counted from the start.
    piece text := substr(p_script, coalesce(p_from, 1), window_length);
    piece_from integer := coalesce(p_from, 1);
    whole boolean := length(piece) < window_length;
    here integer := 1;
    candidate record;
begin
    while here is not null loop
        candidate := pgtrail.next_statement(piece, here);
        if candidate.next_from is null and not whole then
            -- The end of the piece, not of the script: go on with one that begins here.
            piece_from := piece_from + here - 1;
            piece := case
                when here > 1 then substr(p_script, piece_from, window_length)
                else substr(p_script, piece_from)
            end;
            whole := here = 1 or length(piece) < window_length;
            here := 1;
            continue;
        end if;
        if pgtrail.has_tag(candidate.statement, p_tag) then
            if statement is null or pgtrail.mentions(candidate.statement, p_identity) then
                statement := candidate.statement;
                next_from := piece_from + candidate.next_from - 1;
            end if;
            exit when pgtrail.mentions(candidate.statement, p_identity);
        end if;
        here := candidate.next_from;
    end loop;
    -- Rather the whole script than nothing.
    statement := btrim(coalesce(statement, p_script), E' \t\r\n');
end
$function$;
comment on function pgtrail.statement_in_script(text, integer, text, text) is
    'Of a script of several statements the first from a character on that has a command tag and names an object; failing that the first with the tag; failing that the whole script.';

create or replace function pgtrail.context_probe()
    returns text
    language plpgsql
as $function$
declare
    context text;
begin
    get diagnostics context = pg_context;
    return context;
end
$function$;
comment on function pgtrail.context_probe() is
    'How this server words a call stack: its messages may be translated.';

create or replace function pgtrail.statement_in_context(p_context text, p_tag text, p_identity text)
    returns text
    language plpgsql
    stable
as $function$
declare
    probe constant text := 'select pgtrail.context_probe()';
    sample text;
    function_frame text;    -- what stands before the name of a PL/pgSQL function
    opening text;           -- what stands before a statement
    closing text;           -- and behind it
    text_from integer;
    text_to integer;
    candidate text;
    part text[];
begin
    execute probe into sample;
    function_frame := split_part(split_part(sample, E'\n', 1), 'pgtrail.', 1);
    opening := split_part(split_part(sample, E'\n', 2), probe, 1);
    closing := split_part(split_part(sample, E'\n', 2), probe, 2);

    if starts_with(p_context, opening) then
        -- The statement ends where its closing quote is followed by the next frame or by nothing. Its
        -- own text may look like that; but not without leaving a quote or comment open.
        text_from := length(opening) + 1;
        text_to := text_from - 1;
        loop
            part := regexp_match(
                substr(p_context, text_to + 1),
                '^(.*?)' || regexp_replace(closing, '([^\w\s])', '\\\1', 'g') || '(?:\n(?!\s)|$)');
            exit when part is null;
            text_to := text_to + length(part[1]);
            candidate := substr(p_context, text_from, text_to - text_from + 1);
            if (pgtrail.next_statement(candidate, 1)).complete then
                return btrim(candidate, E' \t\r\n');
            end if;
            text_to := text_to + length(closing);
        end loop;
    end if;

    -- An SQL function is known by its name and the number of its statement only.
    part := regexp_match(p_context, '^[^\n"\u00ab\u00bb\u201c-\u201e]*["\u00ab\u00bb\u201c-\u201e]\s*([^\n"\u00ab\u00bb\u201c-\u201e]+?)\s*["\u00ab\u00bb\u201c-\u201e][^\n0-9]*([0-9]*)');
    if part is not null and not starts_with(p_context, function_frame) then
        -- Functions of one name that say different things leave it open.
        select case when count(distinct f.statement) = 1 then min(f.statement) end
        into candidate
        from pg_proc as p
        join pg_language as l on l.oid = p.prolang and l.lanname = 'sql'
        cross join lateral (
            select coalesce(
                pgtrail.statement_number(p.prosrc, nullif(part[2], '')::integer),
                (pgtrail.statement_in_script(p.prosrc, 1, p_tag, p_identity)).statement) as statement
        ) as f
        where p.proname = part[1]
            and pgtrail.has_tag(f.statement, p_tag);
        return candidate;
    end if;
    return null;
end
$function$;
comment on function pgtrail.statement_in_context(text, text, text) is
    'The innermost statement of a call stack: the one a function, procedure or DO block is executing. NULL where the stack does not carry it.';

create or replace function pgtrail.names_after_on(p_statement text)
    returns text[]
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    token text;
    names text[] := '{}';
    current_name text := '';
    depth integer := 0;
    listing boolean := false;
begin
    for token in
        select m[2]
        from regexp_matches(
            p_statement,
            '(--[^\n]*(?:\n|$)|/\*(?:[^*]|\*+[^*/])*\*+/|\s+)|("(?:[^"]|"")*"|[A-Za-z0-9_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*|.)',
            'g') as m
        where m[2] is not null
    loop
        if depth = 0 and lower(token) = 'on' and not listing then
            listing := true;
        elsif listing and depth = 0 and lower(token) in ('to', 'from') then
            exit;
        elsif listing then
            depth := depth + case token when '(' then 1 when ')' then -1 else 0 end;
            if token = ',' and depth = 0 then
                names := names || current_name;
                current_name := '';
            elsif token ~ '^[A-Za-z0-9_"\u0080-\uffff]' and right(current_name, 1) ~ '[A-Za-z0-9_$"\u0080-\uffff]' then
                current_name := current_name || ' ' || token;
            else
                current_name := current_name || token;
            end if;
        else
            depth := depth + case token when '(' then 1 when ')' then -1 else 0 end;
        end if;
    end loop;
    return names || nullif(current_name, '');
end
$function$;
comment on function pgtrail.names_after_on(text) is
    'What a GRANT or REVOKE names between ON and TO or FROM, split at commas, comments removed. The first name keeps its kind: ''FUNCTION f(integer)''.';
