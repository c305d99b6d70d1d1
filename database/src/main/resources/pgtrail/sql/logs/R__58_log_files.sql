set local role pgtrail_owner;

-- The owner may read the log, nobody else needs to: what stands in it is not all for the eyes of whoever records it.

create or replace function pgtrail.log_source(out format text, out directory text, out problem text)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    if exists (select from pgtrail.log_rights() as r where not r.is_granted) then
        problem := 'pgtrail_owner may not read the log of the server';
        return;
    end if;
    foreach format in array pgtrail.log_formats() loop
        -- Such as log/postgresql-2026-03-01.json
        directory := regexp_replace(pg_current_logfile(format), '[^/\\]*$', '');
        if directory is not null then
            return;
        end if;
    end loop;
    format := null;
    problem := 'the server writes its log neither as jsonlog nor as csvlog';
end
$function$;
comment on function pgtrail.log_source() is
    'In which format the log of this server can be read, and where; or why it cannot.';

create or replace function pgtrail.log_formats()
    returns text[]
    language sql
    stable
return case
    when current_setting('server_version_num')::integer < 150000 then array['csvlog']
    else array['jsonlog', 'csvlog']
end;
comment on function pgtrail.log_formats() is
    'The formats of this server''s log that can be read, the better first: in jsonlog a damaged line is one line.';

create or replace function pgtrail.log_rights()
    returns table (signature text, is_granted boolean)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select f.signature, has_function_privilege('pgtrail_owner', f.signature, 'execute')
    from unnest(array[
        'pg_catalog.pg_current_logfile(text)',
        'pg_catalog.pg_ls_logdir()',
        'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)'
    ]) as f (signature)
$function$;
comment on function pgtrail.log_rights() is
    'The functions of PostgreSQL that read the log, and whether pgtrail_owner may call them.';

create or replace function pgtrail.log_path(p_file text)
    returns text
    language plpgsql
    stable
as $function$
declare
    source constant record := pgtrail.log_source();
begin
    if p_file is null or p_file !~ '^[^./\\][^/\\]*$' or p_file not like pgtrail.log_suffix(source.format) then
        raise exception using
            errcode = 'PT001',
            message = format('%L is no file of the log', p_file);
    end if;
    return source.directory || p_file;
end
$function$;
comment on function pgtrail.log_path(text) is
    'Where a file of the log is; raises PT001 for the name of anything else.';

create or replace function pgtrail.log_suffix(p_format text)
    returns text
    language sql
    immutable
return case p_format when 'jsonlog' then '%.json' when 'csvlog' then '%.csv' end;
comment on function pgtrail.log_suffix(text) is
    'A LIKE pattern for the files of a format.';

create or replace function pgtrail.unread_log_files()
    returns table (file text, begins bigint, ends bigint)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Once, not for each file.
    source constant record := pgtrail.log_source();
begin
    perform pgtrail.require_maintainer('read the server''s log');
    return query
    select f.file, f.begins, f.ends
    from (
        select l.name, l.size, l.modification, n.is_damaged and s.is_same, case when s.is_same then n."position" else 0 end
        from pg_ls_logdir() as l
        left join pgtrail.log_file as n on n.file = l.name
        -- Else it was cut off, or written anew under the old name: from the beginning.
        cross join lateral (
            select case
                when n.file is null or l.size < n."position" then false
                when l.size = n."position" then true
                else n.head = sha256(coalesce(
                    pg_read_binary_file(source.directory || l.name, 0, n.head_bytes, true), ''))
            end
        ) as s (is_same)
        where l.name like pgtrail.log_suffix(source.format)
            and l.name !~ '^\.'
    ) as f (file, ends, modified, is_damaged, begins)
    where f.begins < f.ends
        and f.is_damaged is not true
    order by f.modified, f.file;
end
$function$;
comment on function pgtrail.unread_log_files() is
    'The files of the log that have something new, the oldest first, and from where to where. For pgtrail_server and pgtrail_admin.';

create or replace function pgtrail.read_log(p_file text, p_from bigint, p_bytes bigint)
    returns bytea
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_maintainer('read the server''s log');
    return pg_read_binary_file(pgtrail.log_path(p_file), p_from, p_bytes, true);
end
$function$;
comment on function pgtrail.read_log(text, bigint, bigint) is
    'A piece of a file of the log; NULL if the file is gone. For pgtrail_server and pgtrail_admin.';

create or replace function pgtrail.note_log_position(p_file text, p_position bigint, p_is_damaged boolean)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Of a damaged file more than what was read, as that may be nothing.
    length constant integer := case when p_is_damaged then 256 else least(p_position, 256) end;
begin
    perform pgtrail.require_maintainer('read the server''s log');
    insert into pgtrail.log_file as n (file, "position", head_bytes, head, is_damaged)
    values (
        p_file, p_position, length,
        sha256(coalesce(pg_read_binary_file(pgtrail.log_path(p_file), 0, length, true), '')),
        p_is_damaged
    )
    on conflict (file) do update
    set "position" = excluded."position",
        head_bytes = excluded.head_bytes,
        head = excluded.head,
        is_damaged = excluded.is_damaged,
        read_at = excluded.read_at;
    delete from pgtrail.log_file as n
    where not exists (select from pg_ls_logdir() as l where l.name = n.file);
end
$function$;
comment on function pgtrail.note_log_position(text, bigint, boolean) is
    'Notes how far a file of the log has been read, in the transaction that records what was read. For pgtrail_server and pgtrail_admin.';

create or replace function pgtrail.log_settings()
    returns table (place integer, subject text, needed text, actual text, holds boolean, needs_restart boolean, remedy text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select row_number() over (order by w.place)::integer, w.subject, w.needed,
        w.actual, w.holds, w.needs_restart, case when not w.holds then w.remedy end
    from (
        select
            1, 'logging_collector', 'on',
            s.setting || case when s.pending_restart then ' until a restart' else '' end,
            s.setting = 'on', true,
            'alter system set logging_collector = on'
        from pg_settings as s
        where s.name = 'logging_collector'
        union all
        select
            2, 'log_destination', 'with ' || array_to_string(pgtrail.log_formats(), ' or '), s.setting,
            string_to_array(replace(s.setting, ' ', ''), ',') && pgtrail.log_formats(), false,
            format('alter system set log_destination = %s',
                (select string_agg(quote_literal(d), ', ')
                from unnest(string_to_array(replace(s.setting, ' ', ''), ',') || (pgtrail.log_formats())[1]) as d))
        from pg_settings as s
        where s.name = 'log_destination'
        union all
        select
            3, 'log_statement', 'ddl', s.setting,
            s.setting <> 'none', false,
            'alter system set log_statement = ddl'
        from pg_settings as s
        where s.name = 'log_statement'
        union all
        -- From the more to the less, as PostgreSQL lists them; LOG counts as more than ERROR here.
        select
            4, s.name, 'error', s.setting,
            s.setting not in ('log', 'fatal', 'panic'), false,
            format('alter system set %I = error', s.name)
        from pg_settings as s
        where s.name in ('log_min_error_statement', 'log_min_messages')
        union all
        select
            5, r.signature, 'for pgtrail_owner', case when r.is_granted then 'granted' else 'not granted' end,
            r.is_granted, false,
            format('grant execute on function %s to pgtrail_owner', r.signature)
        from pgtrail.log_rights() as r
    ) as w (place, subject, needed, actual, holds, needs_restart, remedy)
    order by 1
$function$;
comment on function pgtrail.log_settings() is
    'What the log reader needs of the server: settings and rights, whether they are so, and the statement that makes them so.';
