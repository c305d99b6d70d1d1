set local role pgtrail_owner;

create or replace function pgtrail.migration_name(p_file text, p_directory text)
    returns text
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- What is left of a path in the directory is a name without slashes.
    name constant text := case
        when left(p_file, length(p_directory) + 1) = p_directory || '/' then substr(p_file, length(p_directory) + 2)
        else p_file
    end;
begin
    if p_directory is null then
        raise exception using
            errcode = 'PT029',
            message = 'no directory of migrations is set',
            hint = 'Have somebody who may read the files of the server run: SELECT script_tracking.configure(''migrations_directory'', ''/path'')';
    elsif name is null or name !~ '^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}\.sql$' then
        raise exception using
            errcode = 'PT029',
            message = 'this is no file of the directory of migrations',
            hint = format('Name a file that lies directly in %s and ends in .sql, of ASCII letters, digits and _.+-, with or without the directory before it.', p_directory);
    end if;
    return name;
end
$function$;
comment on function pgtrail.migration_name(text, text) is
    'The name of a file in the directory of migrations. Raises PT029 for one that is anywhere else.';

create or replace function pgtrail.path_without_links(p_directory text, p_name text)
    returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Linux follows 40 symbolic links in one path and refuses the next. This one leads to where it stands, so it may
    -- be repeated until none is left: then a file that is a link can be neither looked at nor opened.
    link constant text := '/proc/' || pg_backend_pid() || '/root';
    links integer := 41;
    refusals integer := 0;
begin
    -- Without this right the server reads nothing outside of its data, where nobody else can put a link.
    if not pg_has_role(current_user, 'pg_read_server_files', 'usage') then
        return p_directory || '/' || p_name;
    end if;
    -- A path that is too long fails, too, and would be taken for one of too many links.
    if (pg_stat_file(link, true)).isdir and octet_length(p_directory) <= 1000 then
        while links >= 0 loop
            begin
                perform pg_stat_file(repeat(link, links) || p_directory, true);
                exit;
            exception
                when internal_error then
                    -- Where something is mounted just then, Linux may count a link twice: once is no proof.
                    refusals := refusals + 1;
                    if refusals = 8 then
                        refusals := 0;
                        links := links - 1;
                    end if;
            end;
        end loop;
    end if;
    if links not between 0 and 40 then
        raise exception using
            errcode = 'PT029',
            message = 'the server cannot tell here whether a file is a symbolic link',
            hint = 'Put the files into a directory in the data directory of the server, and have a superuser run: REVOKE pg_read_server_files FROM pgtrail_owner';
    end if;
    return repeat(link, links) || p_directory || '/' || p_name;
end
$function$;
comment on function pgtrail.path_without_links(text, text) is
    'A path to a file by which it is found only if it is no symbolic link; the directory may be one. Raises PT029 where there is no such path.';

create or replace function pgtrail.read_migration(p_directory text, p_name text)
    returns bytea
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    most constant bigint := 4 * 1024 * 1024;
    path text;
    facts record;
    content bytea;
begin
    path := pgtrail.path_without_links(p_directory, p_name);
    begin
        select * into facts from pg_stat_file(path, true);
        -- Without a size are also pipes and devices, which must not even be opened.
        if facts.size is null or facts.isdir or facts.size = 0 or facts.size > most then
            raise exception using
                errcode = 'PT029',
                message = case
                    when facts.size is null then 'there is no such file'
                    when facts.isdir then 'this is a directory'
                    when facts.size = 0 then 'the file is empty'
                    else format('the file has more than %s bytes', most)
                end;
        end if;
        content := pg_read_binary_file(path, 0, most + 1, true);
    exception
        when internal_error then
            raise exception using
                errcode = 'PT029',
                message = 'this is a symbolic link, which is not followed';
    end;
    if coalesce(octet_length(content), 0) not between 1 and most then
        raise exception using errcode = 'PT029', message = 'the file changed while it was read';
    end if;
    return content;
exception
    when insufficient_privilege then
        raise exception using
            errcode = 'PT029',
            message = 'the server, or pgtrail in it, may not read this file',
            hint = 'Have a superuser run: GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean), pg_stat_file(text, boolean) TO pgtrail_owner; GRANT pg_read_server_files TO pgtrail_owner';
end
$function$;
comment on function pgtrail.read_migration(text, text) is
    'The bytes of a file, 4 MB at most. Raises PT029 where there is none, it is a symbolic link, or it cannot be read.';

create or replace function pgtrail.migration_text(p_content bytea)
    returns text
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Whoever may run migrations need not be allowed to read other files, such as keys. An error would show a piece of
    -- one, and the trail its beginning.
    commands constant text := '^(?:\(|(?:abort|alter|analy[sz]e|begin|call|checkpoint|close|cluster|comment|commit|copy|create'
        || '|deallocate|declare|delete|discard|do|drop|end|execute|explain|fetch|grant|import|insert|listen|load|lock|merge'
        || '|move|notify|prepare|reassign|refresh|reindex|release|reset|revoke|rollback|savepoint|security|select|set|show'
        || '|start|table|truncate|unlisten|update|vacuum|values|with)\M)';
    script text;
begin
    begin
        -- Without the mark that some editors write before UTF-8.
        script := convert_from(
            case when substring(p_content for 3) = '\xefbbbf' then substring(p_content from 4) else p_content end, 'UTF8');
    exception
        when character_not_in_repertoire or untranslatable_character then
            raise exception using
                errcode = 'PT029',
                message = 'the file is not UTF-8, or has characters that this database cannot hold';
    end;
    if pgtrail.is_blank(script) then
        raise exception using errcode = 'PT029', message = 'the file has no statement';
    elsif pgtrail.from_first_word(script) !~* commands then
        raise exception using
            errcode = 'PT029',
            message = 'the file does not begin with a command of SQL: nothing of it is run, kept or shown',
            hint = 'A file is SQL alone, without commands of psql such as \restrict.';
    end if;
    return script;
end
$function$;
comment on function pgtrail.migration_text(bytea) is
    'The script that a file is. Raises PT029 unless it is UTF-8 and begins with a statement.';

create or replace function pgtrail.statements_of(p_script text)
    returns text[]
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    script_length constant integer := length(p_script);
    statements text[] := '{}';
    -- Piece by piece, as finding a place in a long text takes long.
    piece_length integer := 2048;
    piece text;
    here integer := 1;      -- where the piece begins
    place integer;          -- in the piece
    part record;
begin
    while here <= script_length loop
        if piece_length > 8192 then
            -- A long one, such as an INSERT of many rows, at once: where nothing but plain constants can hide a semicolon.
            piece := substring(substr(p_script, here) from $re$^(?:[^'";$\\]|'[^'\\]*')*(?:;|$)$re$);
            if piece !~* $re$--|/\*|\m(?:atomic|rule)\M$re$ then
                if not pgtrail.is_blank(piece) then
                    statements := statements || btrim(rtrim(piece, ';'), E' \t\r\n');
                end if;
                here := here + length(piece);
                piece_length := 2048;
                continue;
            end if;
        end if;
        piece := substr(p_script, here, piece_length);
        place := 1;
        loop
            part := pgtrail.next_statement(piece, place);
            -- What the piece ends with may go on after it.
            exit when part.next_from is null and here + length(piece) <= script_length;
            if not pgtrail.is_blank(part.statement) then
                statements := statements || btrim(part.statement, E' \t\r\n');
            end if;
            place := part.next_from;
            exit when place is null;
        end loop;
        if place is null then
            return statements;
        end if;
        piece_length := case when place = 1 then piece_length * 2 else 2048 end;
        here := here + place - 1;
    end loop;
    return statements;
end
$function$;
comment on function pgtrail.statements_of(text) is
    'The statements of a script, without their semicolons.';

create or replace function pgtrail.start_migration(
    p_migration_file text,
    p_migration_version text,
    out operation bytea,
    out statements text[],
    out checksum bytea,
    out file_name text,
    out error_code text,
    out error_message text
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    directory constant text := (select s.migrations_directory from pgtrail.settings as s);
    content bytea;
    script text;
    message text;
    hint text;
begin
    perform pgtrail.refuse_read_only();
    begin
        if current_setting('standard_conforming_strings') = 'off' then
            raise exception using
                errcode = 'PT029',
                message = 'standard_conforming_strings is off: where a statement ends would be uncertain',
                hint = 'SET standard_conforming_strings = on';
        end if;
        if p_migration_version is null or p_migration_version !~ '^[[:graph:]]{1,50}$' then
            raise exception using
                errcode = 'PT001',
                message = 'a version has 1 to 50 printable characters, and no blanks';
        end if;
        file_name := pgtrail.migration_name(p_migration_file, directory);
        content := pgtrail.read_migration(directory, file_name);
        script := pgtrail.migration_text(content);
        checksum := sha256(content);
        statements := pgtrail.statements_of(script);
    exception
        when others then
            get stacked diagnostics error_code = returned_sqlstate, message = message_text, hint = pg_exception_hint;
            error_message := message || coalesce(E'\n' || nullif(hint, ''), '');
    end;
    operation := pgtrail.start_operation(
        coalesce(file_name, 'Migration'), 'MIGRATION', script, null,
        jsonb_strip_nulls(jsonb_build_object(
            'tool', 'run_migration_enterprise',
            'script', left(p_migration_file, 255),
            'version', left(p_migration_version, 50),
            'checksum', encode(checksum, 'hex'))));
end
$function$;
comment on function pgtrail.start_migration(text, text) is
    'Reads a file of the directory of migrations and begins its operation; error_code and error_message where it must not run. For pgtrail_writer.';

create or replace function pgtrail.claim_migration(
    p_version text,
    p_file_name text,
    p_checksum bytea,
    p_operation bytea
)
    returns text
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    ran bytea;
begin
    -- So that nobody makes others skip a version without a record of it.
    if not exists (
        select
        from script_tracking.script_execution_s as s
        where s.script_execution_hk = p_operation
            and s.script_type = 'MIGRATION'
            and s.execution_status = 'RUNNING'
            and s.db_session_user = session_user
            and s.metadata @> jsonb_build_object('version', p_version, 'checksum', encode(p_checksum, 'hex'))
    ) then
        raise exception using
            errcode = 'PT006',
            message = 'this is no running migration of yours',
            hint = 'Call script_tracking.run_migration_enterprise().';
    end if;
    -- Whoever runs this version now has a row that nobody else sees: this waits until it is committed or undone.
    insert into pgtrail.migration (migration_version, file_name, checksum, script_execution_hk, ran_at, ran_by)
    values (p_version, p_file_name, p_checksum, p_operation, clock_timestamp(), pgtrail.caller())
    on conflict do nothing;
    if found then
        return 'RUNNING';
    end if;
    select m.checksum into ran from pgtrail.migration as m where m.migration_version = p_version;
    return case when ran = p_checksum then 'SKIPPED' else 'CHANGED' end;
end
$function$;
comment on function pgtrail.claim_migration(text, text, bytea, bytea) is
    'RUNNING where the caller is to run the version, and whoever else wants to waits for it; SKIPPED where the same file has run, CHANGED where another. For pgtrail_writer.';

create or replace function pgtrail.end_migration(
    p_operation bytea,
    p_status text,
    p_error_code text,
    p_error_message text,
    out execution_time_ms integer,
    out objects_affected integer,
    out error_details text
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    started timestamptz;
    objects text[];
    advice constant text := case
        when p_error_code in ('0A000', '25001', '42601') then
            'A file is SQL alone and runs in one transaction: no BEGIN or COMMIT, no COPY FROM STDIN, no commands of psql, no SELECT INTO, and nothing like CREATE INDEX CONCURRENTLY.'
    end;
begin
    select s.execution_timestamp into started
    from script_tracking.script_execution_s as s
    where s.script_execution_hk = p_operation;
    -- What this session did since then, as recorded.
    if p_status = 'COMPLETED' then
        select array_agg(distinct o.name order by o.name)
        into objects
        from script_tracking.script_execution_s as s, unnest(s.affected_objects) as o (name)
        where s.execution_timestamp >= started
            and s.backend_pid = pg_backend_pid()
            and s.script_type = 'DDL_AUTO';
    end if;
    if not pgtrail.finish_operation(
        p_operation, case when p_status in ('COMPLETED', 'SKIPPED') then 'COMPLETED' else 'FAILED' end,
        null, nullif(concat_ws(E'\n', p_error_message, advice), ''), objects,
        jsonb_strip_nulls(jsonb_build_object('outcome', p_status, 'error_code', p_error_code)))
    then
        -- It is not the caller's: nothing is said of it.
        return;
    end if;
    select s.execution_duration_ms, coalesce(cardinality(objects), 0), s.error_message
    into execution_time_ms, objects_affected, error_details
    from script_tracking.script_execution_s as s
    where s.script_execution_hk = p_operation;
end
$function$;
comment on function pgtrail.end_migration(bytea, text, text, text) is
    'Ends the operation of a migration. The error comes back without secrets. For pgtrail_writer.';

-- With the rights and the search_path of its caller, as the file would run in psql: so every name here is qualified,
-- operators, too, as anybody who may create in a schema of the path could make one for varchar, which has none.
create or replace function script_tracking.run_migration_enterprise(
    p_migration_file varchar(255),
    p_migration_version varchar(50)
)
    returns table (
        migration_status varchar(20),
        execution_time_ms integer,
        objects_affected integer,
        error_details text
    )
    language plpgsql
as $function$
declare
    acting constant pg_catalog.text := pgtrail.caller();
    logged_in constant pg_catalog.text := session_user;
    migration record;
    statement pg_catalog.text;
    place pg_catalog.int4 := 0;
    code pg_catalog.text;
    message pg_catalog.text;
    hint pg_catalog.text;
begin
    migration := pgtrail.start_migration(p_migration_file, p_migration_version);
    code := migration.error_code;
    message := migration.error_message;
    migration_status := 'FAILED';
    if code is null then
        begin
            migration_status := pgtrail.claim_migration(
                p_migration_version, migration.file_name, migration.checksum, migration.operation);
            if migration_status operator(pg_catalog.=) 'RUNNING'::pg_catalog.text then
                foreach statement in array migration.statements loop
                    place := place operator(pg_catalog.+) 1;
                    execute statement;
                end loop;
                place := 0;
                if pgtrail.caller() operator(pg_catalog.<>) acting
                    or session_user::pg_catalog.text operator(pg_catalog.<>) logged_in
                then
                    raise exception using
                        errcode = 'PT029',
                        message = 'the file leaves the session in another role',
                        hint = 'End it with RESET ROLE.';
                end if;
                migration_status := 'COMPLETED';
            end if;
        exception
            when others or assert_failure then
                -- Without the detail, which may show rows.
                get stacked diagnostics code = returned_sqlstate, message = message_text, hint = pg_exception_hint;
                migration_status := 'FAILED';
                message := pg_catalog.concat(
                    case when place operator(pg_catalog.>) 0 then pg_catalog.format('statement %s: ', place) end,
                    message,
                    case when hint operator(pg_catalog.<>) ''::pg_catalog.text then pg_catalog.concat(E'\n', hint) end);
        end;
    end if;
    if migration_status operator(pg_catalog.=) 'CHANGED'::pg_catalog.text then
        code := 'PT029';
        message := 'another file has run as this version: give the new one a version of its own';
    end if;
    select e.execution_time_ms, e.objects_affected, e.error_details
    into execution_time_ms, objects_affected, error_details
    from pgtrail.end_migration(migration.operation, migration_status, code, message) as e;
    return next;
end
$function$;
comment on function script_tracking.run_migration_enterprise(varchar, varchar) is
    'Runs a file of the directory of migrations as a version, with the rights of the caller, and records it. migration_status: COMPLETED; FAILED, with all of it undone, and why; SKIPPED where the same file has run as this version; CHANGED where another has, and nothing was run. objects_affected: how many objects its DDL touched. Of two at once the second waits. For pgtrail_writer.';
