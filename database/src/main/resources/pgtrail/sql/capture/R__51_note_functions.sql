set local role pgtrail_owner;

-- The events of one statement (start, drops, rewrites, end) reach us one by one, and what the early
-- ones learned is gone by the end: only a session setting carries it from one to the next, with
-- savepoints, without writing a row. Anyone may set a setting, so the note is sealed with a key that
-- only pgtrail_owner can read, and is valid in its own statement alone.
create or replace function pgtrail.seal(p_note text)
    returns text
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    -- Hashed twice: the seal of a note cannot be extended to that of a longer one.
    select encode(sha256(k.seal_key || sha256(k.seal_key || convert_to(p_note, 'UTF8'))), 'hex')
    from pgtrail.secret as k
$function$;
comment on function pgtrail.seal(text) is
    'Seal of a note: hexadecimal, 64 characters.';

create or replace function pgtrail.read_note()
    returns jsonb
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
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
    'What earlier events of this client statement noted. frames: a stack of {key, started, newest, dropped, rewritten}, one per DDL statement under way. next: where the next statement of a script begins. An empty note where there is none, or one that is not ours.';

create or replace function pgtrail.write_note(p_note jsonb)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
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
    set search_path = pg_catalog, pg_temp
as $function$
    select case when p_note #>> '{frames,-1,key}' = p_key then p_note #> '{frames,-1}' end
$function$;
comment on function pgtrail.own_frame(jsonb, text) is
    'The newest frame of a note, if it belongs to the statement with this key.';

create or replace function pgtrail.add_to_frame(p_key text, p_what text, p_list jsonb)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
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

create or replace function pgtrail.event_context(p_context text, p_function text, p_event_trigger text)
    returns text
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    own_line constant text := split_part(p_context, E'\n', 1);
    calling_line constant text := split_part(p_context, E'\n', 2);
    wording constant text := split_part(own_line, p_function, 1);
begin
    -- The event trigger functions run as the user, so that they know who that is, and anyone could
    -- call what they call. But nobody can put a function of ours into the call stack: both lines
    -- begin alike, whatever language the server speaks, and a statement or a function of someone
    -- else is worded or named differently.
    if wording = own_line or not starts_with(calling_line, wording || p_event_trigger || '() ') then
        raise exception using
            errcode = 'PT002',
            message = format('%s is called by event triggers only', p_function);
    end if;
    return substr(p_context, length(own_line) + length(calling_line) + 3);
end
$function$;
comment on function pgtrail.event_context(text, text, text) is
    'Of the call stack of a capture function the part below its event trigger: empty for a statement of the client. Raises PT002 if the caller is not that event trigger.';
