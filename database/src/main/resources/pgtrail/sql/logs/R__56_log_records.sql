set local role pgtrail_owner;

-- What a record of the log says. Users choose most of its texts: the statement, names, the message of their own
-- RAISE. What tells a record from such a text is how the server writes it: quotes are doubled in csvlog and escaped
-- in jsonlog. What is written otherwise is not read at all.

create or replace function pgtrail.log_records(p_log text)
    returns setof text
    language sql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
    with line as (
        select l.line, l.place, ltrim(p_log) like '{%' as is_json
        from string_to_table(p_log, E'\n') with ordinality as l (line, place)
    ),
    counted as (
        select l.*,
            sum(length(l.line) - length(replace(l.line, '"', ''))) over (order by l.place) % 2 = 0 as is_last
        from line as l
    ),
    -- In csvlog a record goes on over lines as long as a quote is open.
    numbered as (
        select c.*,
            case
                when c.is_json then c.place
                else count(*) filter (where c.is_last)
                    over (order by c.place rows between unbounded preceding and 1 preceding)
            end as number
        from counted as c
    ),
    record as (
        select r.number, r.is_json, rtrim(string_agg(r.line, E'\n' order by r.place), E'\r') as record
        from numbered as r
        group by r.number, r.is_json
    )
    -- Behind a damaged record of csvlog it is not known which text is within quotes.
    select case
        when r.is_json or bool_and(pgtrail.is_csv_record(r.record)) over (order by r.number) then r.record
    end
    from record as r
    where r.record <> ''
    order by r.number
$function$;
comment on function pgtrail.log_records(text) is
    'The records of a log, csvlog or jsonlog, in order; NULL for what is damaged.';

create or replace function pgtrail.is_csv_record(p_record text)
    returns boolean
    language sql
    immutable
    parallel safe
return ',' || p_record ~ '^(?:,(?:"(?:[^"]|"")*"|[^",\n]*)){26}$';
comment on function pgtrail.is_csv_record(text) is
    'Whether a text is a record of csvlog as PostgreSQL 14 and later write it, quotes and all.';

create or replace function pgtrail.log_time(p_text text)
    returns timestamptz
    language plpgsql
    stable
as $function$
declare
    here constant timestamptz := substr(p_text, 1, 23)::timestamp;
    moment timestamptz;
begin
    -- The abbreviation of a time zone may be that of several. The session is in that of the log.
    select c.moment
    into moment
    from unnest(array[here, here - interval '1 hour', here + interval '1 hour']) as c (moment)
    where to_char(c.moment, 'YYYY-MM-DD HH24:MI:SS.MS TZ') = p_text;
    return coalesce(moment, p_text::timestamptz);
end
$function$;
comment on function pgtrail.log_time(text) is
    'A moment as the log writes it, with the abbreviation of a time zone: that of this session if it fits, else the one PostgreSQL knows by that abbreviation.';

create or replace function pgtrail.log_entry(p_record text)
    returns pgtrail.log_entry
    language plpgsql
    stable
as $function$
declare
    fields jsonb;
    entry pgtrail.log_entry;
begin
    if left(p_record, 1) = '{' then
        fields := p_record::jsonb;
        fields := fields || jsonb_build_object('state_code', coalesce(fields ->> 'state_code', '00000'));
    elsif pgtrail.is_csv_record(p_record) then
        fields := jsonb_object(
            array[
                'timestamp', 'user', 'dbname', 'pid', 'remote_host', 'session_id', 'line_num', 'ps', 'session_start',
                'vxid', 'txid', 'error_severity', 'state_code', 'message', 'detail', 'hint', 'internal_query',
                'internal_position', 'context', 'statement', 'cursor_position', 'location', 'application_name',
                'backend_type', 'leader_pid', 'query_id'],
            array(
                select nullif(replace(coalesce(f.field[1], f.field[2]), '""', '"'), '')
                from regexp_matches(',' || p_record, ',(?:"((?:[^"]|"")*)"|([^",\n]*))', 'g')
                    with ordinality as f (field, place)
                order by f.place
            ));
        fields := fields || jsonb_build_object(
            'remote_host', regexp_replace(fields ->> 'remote_host', ':[0-9]+$', ''));
    end if;
    if fields ->> 'session_id' !~ '^[0-9a-f]{1,16}\.[0-9a-f]{1,8}$' or fields ->> 'state_code' !~ '^[0-9A-Z]{5}$'
        or fields ->> 'timestamp' !~ '^[0-9]{4}-' or fields ->> 'line_num' !~ '^[0-9]{1,18}$'
    then
        return null;
    end if;

    entry.at_text := fields ->> 'timestamp';
    entry.at := pgtrail.log_time(entry.at_text);
    entry.login := left(fields ->> 'user', 100);
    entry.database := fields ->> 'dbname';
    entry.pid := fields ->> 'pid';
    -- With log_hostname it is what the client's own name server says, such as 999.1.
    if fields ->> 'remote_host' ~ '^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$|:' then
        entry.client := regexp_replace(fields ->> 'remote_host', '%.*$', '');
    elsif fields ->> 'remote_host' <> '[local]' then
        entry.client_name := fields ->> 'remote_host';
    end if;
    entry.session_id := fields ->> 'session_id';
    entry.line_number := fields ->> 'line_num';
    entry.command := fields ->> 'ps';
    entry.vxid := fields ->> 'vxid';
    entry.xid := coalesce((fields ->> 'txid')::bigint, 0);
    entry.severity := fields ->> 'error_severity';
    entry.state := fields ->> 'state_code';
    entry.message := fields ->> 'message';
    entry.context := fields ->> 'context';
    entry.statement := fields ->> 'statement';
    entry.application := fields ->> 'application_name';
    entry.backend_type := fields ->> 'backend_type';
    if num_nulls(entry.at, entry.pid, entry.session_id, entry.line_number, entry.severity) > 0 then
        return null;
    end if;
    return entry;
exception
    when data_exception or program_limit_exceeded or feature_not_supported then
        return null;
end
$function$;
comment on function pgtrail.log_entry(text) is
    'What a record of csvlog or jsonlog says; NULL if it is not whole.';

create or replace function pgtrail.ddl_tag(p_statement text, out tag text, out is_hidden boolean)
    language plpgsql
    immutable
as $function$
declare
    longest constant integer := 4000;
    rest text := pgtrail.from_first_word(left(p_statement, longest));
    part text[];
    word text;
    read text[] := '{}';
    words text;
begin
    -- The first words, without the comments between them: of GRANT and REVOKE up to what they are about.
    loop
        word := substring(rest from '^(?:"(?:[^"]|"")*"|\w+|.)');
        exit when word is null;
        read := read || case when word like '"%' then '"x"' else lower(word) end;
        exit when cardinality(read) >= case when read[1] in ('grant', 'revoke') then 300 else 12 end
            or read[1] in ('grant', 'revoke') and read[cardinality(read) - 1] in ('on', 'to', 'from')
            or read[1] not in (
                'create', 'alter', 'drop', 'grant', 'revoke', 'comment', 'security', 'reassign', 'import', 'refresh');
        rest := pgtrail.from_first_word(substr(rest, length(word) + 1));
    end loop;
    words := array_to_string(read, ' ');
    -- Comments so long that nobody knows what they stand in: nobody shall hide anything so.
    if word is null and length(p_statement) > longest then
        tag := 'UNKNOWN';
        is_hidden := true;
        return;
    end if;
    if words ~ '^(create|alter|drop|grant|revoke|comment|security|reassign|import|refresh)\M' is not true then
        return;
    end if;
    words := regexp_replace(
        words, '^create (?:(?:or replace|unique|temporary|temp|unlogged|global|local|recursive) )+', 'create ');

    part := regexp_match(
        words, '^(create|alter|drop) (?:(role|user(?! mapping)|group)|(database|tablespace|event trigger|system))\M');
    is_hidden := true;
    if part is not null then
        tag := upper(part[1] || ' ' || coalesce(part[3], 'role'));
    elsif words ~ '^(grant|revoke)\M' and words !~ ' on ' then
        tag := upper(split_part(words, ' ', 1)) || ' ROLE';
    elsif words ~ '^reassign owned\M' then
        tag := 'REASSIGN OWNED';
    else
        tag := left(upper(substring(words from case
            when words ~ '^(create|alter|drop|security|import|refresh)' then '^\w+ \w+' else '^\w+'
        end)), 50);
        is_hidden := words ~ '^(grant|revoke) .* on (database|tablespace|parameter)\M'
            or words ~ '^(comment|security label.*) on (role|database|tablespace|event trigger) ';
    end if;
end
$function$;
comment on function pgtrail.ddl_tag(text) is
    'Command tag of a DDL statement, and whether event triggers do not see it: it concerns the whole cluster, or event triggers themselves. NULL for any other statement; UNKNOWN where comments between its first words are too long to tell.';

create or replace function pgtrail.log_ddl(
    p_message text,
    p_command text,
    out number integer,
    out line text,
    out statement text,
    out tag text,
    out is_hidden boolean
)
    returns setof record
    language plpgsql
    immutable
as $function$
declare
    ddl constant text := '\m(create|alter|drop|grant|revoke|comment|security|reassign|import|refresh)\M';
    most constant integer := 500;
    here integer := 1;
    statements integer := 0;
    part record;
begin
    -- "statement: " or "execute name: " in the language of the server.
    line := substring(p_message from '^[^:]+:.*?: (.*)$');
    line := coalesce(substring(p_message from '^[^:]+: (.*)$'), line);
    number := 0;
    -- No SQL begins so: "user=x", how long something took, "session time: ". There clients choose what follows.
    if line ~ '^\s*(?:\w+=|[0-9]|\w+(?: \w+)*: )' is not false then
        here := null;
    elsif line !~* ddl and line !~ '\.\.\. \[abridged\]$' then
        here := null;
    end if;
    while here is not null loop
        statements := statements + 1;
        part := pgtrail.next_statement(substr(line, here, 1000), 1);
        if part.next_from is null and length(line) - here >= 1000 then
            part := pgtrail.next_statement(substr(line, here), 1);
        end if;
        statement := btrim(part.statement, E' \t\r\n');
        if statements >= most and part.next_from is not null then
            -- Nobody shall keep the reader busy with a single line.
            statement := substr(line, here);
            tag := case when statement ~* ddl then 'UNKNOWN' end;
            is_hidden := true;
            part.next_from := null;
        else
            select t.tag, t.is_hidden into tag, is_hidden from pgtrail.ddl_tag(statement) as t;
        end if;
        here := here - 1 + part.next_from;
        if tag is not null then
            number := number + 1;
            return next;
        end if;
    end loop;
    -- Whatever the reader has cut off may be DDL, too, and nobody shall hide it so.
    if line ~ '^\s*[^0-9].*\.\.\. \[abridged\]$' and tag is distinct from 'UNKNOWN' then
        number := number + 1;
        statement := line;
        tag := 'UNKNOWN';
        is_hidden := true;
        return next;
    end if;
    -- The client chooses the name of a prepared statement, with colons if it likes. What it does the server says.
    if number = 0 and line ~ '^\s*[^0-9].*: '
        and p_command ~ '^(?:CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|SECURITY|REASSIGN)(?: [A-Z]+)*$'
    then
        number := 1;
        statement := line;
        tag := p_command;
        is_hidden := p_command !~ '^(?:CREATE|ALTER|DROP) (?!ROLE$|DATABASE$|TABLESPACE$|EVENT TRIGGER$|SYSTEM$)';
        return next;
    end if;
end
$function$;
comment on function pgtrail.log_ddl(text, text) is
    'The DDL statements in what log_statement = ddl makes the server write, and what it was doing then: each with its number and the whole text that the client sent. UNKNOWN stands for what was cut off of that, or is too long to be looked at.';

create or replace function pgtrail.redact_broken(p_text text, p_is_broken boolean)
    returns text
    language sql
    immutable
as $function$
    select case
        when p_is_broken then regexp_replace(
            t.redacted,
            $re$(\m\w*(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)\w*"?)(?!\w|"|[\s=:>]*'?<redacted>).*$$re$,
            '\1 <redacted>', 'i')
        else t.redacted
    end
    from (values (pgtrail.redact(p_text))) as t (redacted)
$function$;
comment on function pgtrail.redact_broken(text, boolean) is
    'A text without secrets. Where it is broken, so that quotes tell nothing, also without all that follows the name of one.';
