set local role pgtrail_owner;

-- The events of one statement (start, drops, rewrites, end) reach us one by one, and what the early
-- ones learned is gone by the end: only a session setting carries it from one to the next, with
-- savepoints, without writing a row. Anyone may set a setting, so the note is sealed with a key that
-- only pgtrail_owner can read, and is valid in its own statement alone.
create or replace function pgtrail.seal(p_note text)
    returns text
    language plpgsql
    stable
as $function$
declare
    secret bytea;
begin
    select k.seal_key into strict secret from pgtrail.secret as k;
    -- Hashed twice: the seal of a note cannot be extended to that of a longer one.
    return encode(sha256(secret || sha256(secret || convert_to(p_note, 'UTF8'))), 'hex');
end
$function$;
comment on function pgtrail.seal(text) is
    'Seal of a note: hexadecimal, 64 characters.';

create or replace function pgtrail.read_note()
    returns jsonb
    language plpgsql
    stable
as $function$
declare
    sealed constant text := current_setting('pgtrail.note', true);
    note jsonb;
begin
    if sealed is null or sealed = '' or left(sealed, 64) <> pgtrail.seal(substr(sealed, 65)) then
        return '{"frames": []}';
    end if;
    note := substr(sealed, 65)::jsonb;
    if note ->> 'at' <> statement_timestamp()::text or (note ->> 'pid')::integer <> pg_backend_pid() then
        return '{"frames": []}';
    end if;
    return note;
end
$function$;
comment on function pgtrail.read_note() is
    'What earlier events of this client statement noted. frames: a stack of {key, started, in_script, newest, dropped, rewritten}, one per DDL statement under way. next: where the next statement of a script begins. An empty note where there is none, or one that is not ours.';

create or replace function pgtrail.write_note(p_note jsonb)
    returns void
    language plpgsql
as $function$
declare
    note text;
begin
    if jsonb_array_length(p_note -> 'frames') = 0 and p_note -> 'next' is null then
        perform set_config('pgtrail.note', '', false);
    else
        note := (p_note || jsonb_build_object(
            'at', statement_timestamp()::text, 'pid', pg_backend_pid()))::text;
        -- Not for the transaction only: CREATE INDEX CONCURRENTLY spans several.
        perform set_config('pgtrail.note', pgtrail.seal(note) || note, false);
    end if;
end
$function$;
comment on function pgtrail.write_note(jsonb) is
    'Replaces the note of this statement.';

create or replace function pgtrail.own_frame(p_note jsonb, p_key text)
    returns jsonb
    language sql
    immutable
return case when p_note #>> '{frames,-1,key}' = p_key then p_note #> '{frames,-1}' end;
comment on function pgtrail.own_frame(jsonb, text) is
    'The newest frame of a note, if it belongs to the statement with this key.';

create or replace function pgtrail.add_to_frame(p_key text, p_what text, p_list jsonb)
    returns void
    language plpgsql
as $function$
declare
    note jsonb := pgtrail.read_note();
    frame jsonb := pgtrail.own_frame(note, p_key);
begin
    if frame is null then
        frame := jsonb_build_object('key', p_key);
        note := jsonb_set(note, '{frames}', (note -> 'frames') || frame);
    end if;
    frame := frame || jsonb_build_object(p_what, coalesce(frame -> p_what, '[]') || p_list);
    perform pgtrail.write_note(jsonb_set(note, '{frames,-1}', frame));
end
$function$;
comment on function pgtrail.add_to_frame(text, text, jsonb) is
    'Appends to a list in the frame of the statement with this key, beginning one if it has none.';

create or replace function pgtrail.take_frame(p_key text)
    returns jsonb
    language plpgsql
as $function$
declare
    note constant jsonb := pgtrail.read_note();
    frame constant jsonb := pgtrail.own_frame(note, p_key);
begin
    if frame is not null then
        perform pgtrail.write_note(jsonb_set(note, '{frames}', (note -> 'frames') - -1));
    end if;
    return frame;
end
$function$;
comment on function pgtrail.take_frame(text) is
    'Takes the frame of the statement with this key off the note; NULL if it has none.';

create or replace function pgtrail.worded_statement(p_statement text)
    returns text
    language plpgsql
    stable
as $function$
declare
    probe constant text := 'select pgtrail.context_probe()';
    sample text;
begin
    execute probe into sample;
    return replace(split_part(sample, E'\n', 2), probe, p_statement);
end
$function$;
comment on function pgtrail.worded_statement(text) is
    'The line of a call stack for a statement, in the language of the server''s messages.';

create or replace function pgtrail.event_context(
    p_context text,
    p_function text,
    p_call text,
    p_event_trigger text
)
    returns text
    language sql
    stable
return case
    -- The event trigger functions run as the user, so that they know who that is, and anyone could
    -- call what they call. But nobody can put a function of ours into the call stack: that line
    -- begins like our own, whatever language the server speaks, and names the schema. Nor can the
    -- statement between the two be made to look as if it were followed by that line: no text that
    -- goes on with a quote behind its LIMIT is SQL.
    when starts_with(
            split_part(p_context, E'\n', 3),
            split_part(p_context, p_function, 1) || p_event_trigger || '() ')
        and (split_part(p_context, E'\n', 2) = 'SQL statement "' || p_call || '"'
            or split_part(p_context, E'\n', 2) = pgtrail.worded_statement(p_call))
    then coalesce(substr(
        p_context,
        length(split_part(p_context, E'\n', 1)) + length(split_part(p_context, E'\n', 2))
            + length(split_part(p_context, E'\n', 3)) + 4), '')
end;
comment on function pgtrail.event_context(text, text, text, text) is
    'Of the call stack of a capture function the part below its event trigger, empty for a statement of the client; NULL unless that event trigger called it, by that statement.';

create or replace function pgtrail.refuse_direct_call()
    returns void
    language plpgsql
as $function$
begin
    raise exception using
        errcode = 'PT002',
        message = 'this function is called by the event triggers of pgtrail only';
end
$function$;
comment on function pgtrail.refuse_direct_call() is
    'Raises PT002.';
