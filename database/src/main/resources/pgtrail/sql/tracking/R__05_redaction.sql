set local role pgtrail_owner;

create or replace function pgtrail.redact(p_text text)
    returns text
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    -- A string constant in any of its spellings: standard, escape, Unicode, dollar-quoted.
    literal constant text :=
        $re$(?:(?:[uU]&)?'(?:[^']|'')*'(?:\s*\n\s*'(?:[^']|'')*')*|[eE]'(?:[^'\\]|\\.|'')*'|\$(\w*)\$.*?\$\w*\$)$re$;
    secret_word constant text :=
        '\w*(?:passw(?:or)?d|passphrase|pwd|secret|token|credential|api_?key|access_?key|private_?key)\w*';
    redacted text := p_text;
begin
    -- Most statements carry no secret, and a regular expression is dear.
    if not lower(p_text) like any (array[
        '%passw%', '%passphrase%', '%pwd%', '%secret%', '%token%', '%credential%', '%api%key%',
        '%access%key%', '%private%key%', '%mapping%', '%://%'])
    then
        return p_text;
    end if;

    -- PASSWORD 'x', OPTIONS (ADD password 'x'), api_key => 'x'
    redacted := regexp_replace(
        redacted,
        '("?\m' || secret_word || '"?\s*(?:=>|:=|=|\s)\s*)' || literal,
        '\1''<redacted>''', 'gi');
    -- Inside a connection string: password=x, password='x y', password=''x y''
    redacted := regexp_replace(
        redacted,
        '(\m' || secret_word || $re$\s*=\s*)(?!'<redacted>')(?:''[^']*''|'(?:[^'\\]|\\.)*'|[^\s'"&;)]+)$re$,
        '\1<redacted>', 'gi');
    -- scheme://user:secret@host
    redacted := regexp_replace(
        redacted, $re$(://[^\s/:@'"]*):[^\s'"]*@$re$, '\1:<redacted>@', 'g');
    -- Whatever a foreign server calls its secrets: of a user mapping only the name is kept.
    if redacted ~* '\muser\s+mapping\M' then
        redacted := regexp_replace(
            redacted,
            '(\m(?!user\M|username\M)\w+"?\s+)' || literal,
            '\1''<redacted>''', 'gi');
    end if;
    return redacted;
end
$function$;
comment on function pgtrail.redact(text) is
    'The text without the secrets that PostgreSQL statements and connection strings carry. Rather too much than too little.';
