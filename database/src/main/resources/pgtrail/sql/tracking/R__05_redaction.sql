set local role pgtrail_owner;

create or replace function pgtrail.redact_values(p_text text, p_name text)
    returns text
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    gap constant text := '(?:\s|/\*(?:[^*]|\*+[^*/])*\*+/|--[^\n]*\n)*';
    -- name 'x', name = 'x', name => 'x', name := 'x', name to 'x', name'x'; not 'name', 'x'
    before constant text := '("?\m' || p_name || '"?'
        || '(?:' || gap || '(?:=>|:=|=|\mto\M)' || gap || '|(?=\s|/\*|--)' || gap || $re$|(?='[^\s,;)])))$re$;
    redacted text := p_text;
begin
    -- In a string in a string quotes are doubled, or escaped.
    if strpos(redacted, '''''') > 0 then
        redacted := regexp_replace(
            redacted, before || $re$([eE]?'{2,3})[^'\s,;)](?:[^']|'''')*'{2,3}$re$, '\1''''<redacted>''''', 'gi');
    end if;
    if strpos(redacted, E'\\''') > 0 then
        redacted := regexp_replace(
            redacted, before || $re$\\'(?:[^'\\]|\\[^'])*\\'$re$, '\1\\''<redacted>\\''', 'gi');
    end if;
    -- A constant in any of its spellings: standard, escape, Unicode, dollar-quoted; or the beginning of one, as programs
    -- cut what is long.
    return regexp_replace(
        redacted,
        before
            || $re$(?:(?:[uU]&)?'(?!<redacted>)(?:[^']|'')+(?:'|$)(?:\s*\n\s*'(?:[^']|'')*')*|[eE]'(?:[^'\\]|\\.|'')+(?:'|$)|\$(\w*)\$.*?\$\w*\$)$re$,
        '\1''<redacted>''', 'gi');
end
$function$;
comment on function pgtrail.redact_values(text, text) is
    'The text without the string constants that follow names matching a regular expression.';

create or replace function pgtrail.redact(p_text text)
    returns text
    language plpgsql
    immutable
    strict
    parallel safe
as $function$
declare
    secret_name text;
    auth_call text;
    auth_function constant text :=
        '(?:(?:login|register)_user(?:_tracking)?|(?:validate_session|logout)_tracking)\M"?';
    -- A string constant in any of its spellings, also in a string.
    string_constant constant text :=
        $re$(?:(?:[uU]&)?'(?:[^']|'')*(?:'|$)|[eE]'(?:[^'\\]|\\.|'')*(?:'|$)|''(?:[^']|'''')*''|\$\w*\$.*\$\w*\$)$re$;
    connection_word constant text := '\m(?:host|hostaddr|port|dbname|user|service|sslmode)\s*=';
    redacted text := p_text;
begin
    -- Most statements carry no secret, and a regular expression is dear.
    if not lower(p_text) like any (array[
        '%passw%', '%passphrase%', '%pwd%', '%secret%', '%token%', '%credential%', '%api%key%',
        '%access%key%', '%private%key%', '%mapping%', '%://%', '%bearer%',
        '%login_user%', '%register_user%', '%session_tracking%', '%logout_tracking%'])
    then
        return p_text;
    end if;

    -- These two are no secrets. The lookahead is tried at every word and takes longer than all the rest,
    -- so only where it is needed. (A lookbehind is worse: each search walks there from the beginning.)
    secret_name := case when p_text ~* 'password_(?:required|encryption)'
        then '(?!password_(?:required|encryption)\M)' else '' end
        || '\w*(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)\w*';
    redacted := pgtrail.redact_values(redacted, secret_name);
    redacted := regexp_replace(
        redacted,
        $re$(\mset_config\s*\(\s*'+[^',]*$re$ || secret_name || $re$[^',]*'+\s*,\s*'+)[^']+$re$,
        '\1<redacted>', 'gi');
    -- In the query of a URI: ?password=x&...
    redacted := regexp_replace(
        redacted, '([?&]' || secret_name || $re$=)[^\s'"&]+$re$, '\1<redacted>', 'gi');
    -- In a connection string: password=x. With spaces around the sign it may as well be SQL that
    -- compares two columns, unless the text has other words of a connection string.
    redacted := regexp_replace(
        redacted,
        '(\m' || secret_name || case when redacted ~* connection_word then '\s*=\s*' else '=' end
            || $re$)(?!>|''|\\'|[eE]?')(?:[^\s'"&$]|\$(?!\w*\$)|''(?=\w))+$re$,
        '\1<redacted>', 'gi');
    -- {"password": "x"}, password: x
    redacted := regexp_replace(
        redacted, '(' || secret_name || $re$"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)$re$, '\1"<redacted>"', 'gi');
    redacted := regexp_replace(
        redacted, $re$(\m\w*passw(?:or)?d\s*:(?![:=])\s*)[^\s'",;]+$re$, '\1<redacted>', 'gi');
    redacted := regexp_replace(
        redacted, $re$(\mbearer\s+)[A-Za-z0-9._~+/=-]{16,}$re$, '\1<redacted>', 'gi');
    -- The functions of the schema auth: whatever they are given, up to the end of the statement, or of the string that
    -- it is in. Passwords have no name there, or are in calls and arrays.
    for auth_call in
        select distinct m[1]
        from regexp_matches(
            redacted,
            -- Where they are created is passed over.
            '\m(?:function|table)\s+(?:"?\w+"?\.)?"?' || auth_function
                || '|(\m' || auth_function || $re$(?:\s|/\*(?:[^*]|\*+[^*/])*\*+/)*\((?:$re$
                || string_constant || $re$|[^;'])*)$re$,
            'gi') as m
        where m[1] is not null
    loop
        redacted := replace(
            redacted, auth_call, regexp_replace(auth_call, string_constant, '''<redacted>''', 'g'));
    end loop;
    -- scheme://user:secret@host, not scheme://host:port/path@x
    redacted := regexp_replace(
        redacted, $re$(://[^\s/:@'"]*):(?!\d+(?:[/?'"\s]|$))[^\s'"]*@$re$, '\1:<redacted>@', 'g');
    -- Whatever a foreign server calls its secrets: of a user mapping only the name is kept.
    if redacted ~* '\muser\s+mapping\M' then
        redacted := pgtrail.redact_values(redacted, '(?!(?:user|username|is|to)\M)\w+');
    end if;
    return redacted;
end
$function$;
comment on function pgtrail.redact(text) is
    'The text without the secrets that PostgreSQL statements and connection strings carry. Rather too much than too little.';
