set local role pgtrail_owner;

create or replace function pgtrail.stands_alone(p_query text, p_tag text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    next_from integer;
begin
    if strpos(rtrim(p_query, E'; \t\r\n'), ';') > 0 then
        next_from := (pgtrail.next_statement(p_query, 1)).next_from;
        if next_from is not null and not pgtrail.is_blank(substr(p_query, next_from)) then
            return false;
        end if;
    end if;
    return upper(left(p_query, length(p_tag))) = p_tag or pgtrail.has_tag(p_query, p_tag);
end
$function$;
comment on function pgtrail.stands_alone(text, text) is
    'Whether what the client sent is one statement, and that with this command tag.';

create or replace function pgtrail.may_hide_index(p_query text, p_tag text)
    returns boolean
    language sql
    immutable
    parallel safe
return p_tag = 'ALTER TABLE' and p_query ~* 'unique|primary|exclude|attach';
comment on function pgtrail.may_hide_index(text, text) is
    'Whether a statement may add a constraint or a partition, and with it an index that no event reports.';

create or replace function pgtrail.note_ddl_start(p_tag text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
    note jsonb;
    stands_alone boolean;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context,
        'pgtrail.note_ddl_start(text)',
        'SELECT pgtrail.note_ddl_start(tg_tag) limit 1',
        'script_tracking.event_trigger_ddl_start');
    if context is null then
        perform pgtrail.refuse_direct_call();
    end if;
    stands_alone := context = '' and pgtrail.stands_alone(current_query(), p_tag);

    -- A statement that the client sent by itself began when it came in: PostgreSQL knows that.
    if stands_alone and not pgtrail.may_hide_index(current_query(), p_tag) then
        return;
    end if;

    note := pgtrail.read_note();
    perform pgtrail.write_note(jsonb_set(note, '{frames}', (note -> 'frames') || jsonb_build_object(
        'key', p_tag || md5(context),
        'started', case when stands_alone then statement_timestamp() else clock_timestamp() end,
        'in_script', context = '' and not stands_alone,
        -- A constraint added to a table makes an index that no event reports. It is newer than this.
        'newest', case when p_tag = 'ALTER TABLE' then (select max(c.oid::bigint) from pg_class as c) end
    )));
end
$function$;
comment on function pgtrail.note_ddl_start(text) is
    'Notes when a DDL statement began whose start no clock of PostgreSQL keeps, that of one in a function or a script; and which relation was the newest, where the statement may make an index that no event reports.';

create or replace function pgtrail.note_table_rewrite(p_tag text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
    reasons integer;
    rewritten regclass;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context,
        'pgtrail.note_table_rewrite(text)',
        'SELECT pgtrail.note_table_rewrite(tg_tag) limit 1',
        'script_tracking.event_trigger_table_rewrite');
    if context is null then
        perform pgtrail.refuse_direct_call();
    end if;
    reasons := pg_event_trigger_table_rewrite_reason();
    rewritten := pg_event_trigger_table_rewrite_oid();
    perform pgtrail.add_to_frame(p_tag || md5(context), 'rewritten', jsonb_build_array(jsonb_build_object(
        'table', (pg_identify_object('pg_class'::regclass, rewritten, 0)).identity,
        'reasons', (
            select jsonb_agg(r.reason order by r.bit)
            from (values
                (1, 'persistence'), (2, 'default value'), (4, 'column type'), (8, 'access method')
            ) as r (bit, reason)
            where reasons & r.bit <> 0))));
end
$function$;
comment on function pgtrail.note_table_rewrite(text) is
    'Notes that a statement rewrites a table, and why.';

create or replace function pgtrail.granted_objects(p_statement text, p_object_type text)
    returns text[]
    language plpgsql
    stable
as $function$
declare
    kinds constant text := '^(table|sequence|function|procedure|routine|schema|database|domain|type|language'
        || '|foreign data wrapper|foreign server|large object|parameter|tablespace) (?=.)';
    names text[] := pgtrail.names_after_on(p_statement);
    schemas text[];
begin
    if names[1] ~* '^all \w+ in schema ' then
        names[1] := regexp_replace(names[1], '^all \w+ in schema ', '', 'i');
        schemas := (select array_agg((parse_ident(n))[1]) from unnest(names) as n);
        names := null;
    else
        names[1] := regexp_replace(names[1], kinds, '', 'i');
    end if;

    -- The command has just written the privileges of what it names, so an unqualified name is told
    -- apart by the row this transaction wrote: the search_path of the user is not known here.
    if p_object_type in ('TABLE', 'SEQUENCE') then
        return (
            select array_agg(i.identity order by i.identity)
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            cross join lateral pg_identify_object('pg_class'::regclass, c.oid, 0) as i
            where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
                and (
                    age(c.xmin) <= 0
                    -- privileges of single columns are written there
                    or exists (
                        select from pg_attribute as a where a.attrelid = c.oid and age(a.xmin) <= 0
                    )
                )
                and (
                    n.nspname = any (schemas)
                    or exists (
                        select
                        from unnest(names) as written
                        cross join lateral (select parse_ident(written) as part) as p
                        where c.relname = p.part[cardinality(p.part)]
                            and (cardinality(p.part) = 1 or n.nspname = p.part[cardinality(p.part) - 1])
                    )
                )
        );
    elsif p_object_type in ('FUNCTION', 'PROCEDURE', 'ROUTINE') then
        return (
            select array_agg(i.identity order by i.identity)
            from pg_proc as f
            join pg_namespace as n on n.oid = f.pronamespace
            cross join lateral pg_identify_object('pg_proc'::regclass, f.oid, 0) as i
            where age(f.xmin) <= 0
                and (
                    n.nspname = any (schemas)
                    or exists (
                        select
                        from unnest(names) as written
                        cross join lateral (select parse_ident(written, false) as part) as p
                        where f.proname = p.part[cardinality(p.part)]
                            and (cardinality(p.part) = 1 or n.nspname = p.part[cardinality(p.part) - 1])
                    )
                )
        );
    end if;
    return names;
exception
    when invalid_parameter_value then
        return names;  -- a name spelled in a way that parse_ident() does not know
end
$function$;
comment on function pgtrail.granted_objects(text, text) is
    'Identities of the objects that a GRANT or REVOKE just executed names: PostgreSQL reports none.';

create or replace function pgtrail.former_name(p_statement text)
    returns text
    language plpgsql
    immutable
    parallel safe
as $function$
declare
    one_name constant text := '(?:"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)';
    part text[];
begin
    -- ALTER ... name RENAME COLUMN old TO new, also ATTRIBUTE, CONSTRAINT, VALUE
    part := regexp_match(p_statement,
        '\mrename\s+(?:(?:column|attribute|constraint|value)\s+)?(' || one_name || '|''(?:[^'']|'''')*'')\s+to\M', 'i');
    if part is not null and lower(part[1]) not in ('column', 'attribute', 'constraint', 'value') then
        return part[1];
    end if;
    -- ALTER ... name RENAME TO new, ALTER ... name SET SCHEMA new
    part := regexp_match(p_statement,
        '((?:' || one_name || '\s*\.\s*)*' || one_name || ')\s*(?:\([^()]*\)\s*)?'
        || '(?:\mon\M\s*(?:' || one_name || '\s*\.\s*)*' || one_name || '\s*)?\m(?:rename\s+to|set\s+schema)\M', 'i');
    return part[1];
end
$function$;
comment on function pgtrail.former_name(text) is
    'The name that a renaming statement changes, as it is written there.';

create or replace function pgtrail.main_identity(p_objects jsonb, p_tag text)
    returns text
    language sql
    immutable
    parallel safe
begin atomic
    select o.item ->> 'identity'
    from jsonb_array_elements(p_objects) with ordinality as o (item, at)
    where o.item ->> 'tag' = p_tag
    order by o.at
    limit 1;
end;
comment on function pgtrail.main_identity(jsonb, text) is
    'Of the objects of a statement the first that has its tag: the table, not the sequence of its column.';

create or replace function pgtrail.statement_in_query(p_tag text, p_identity text)
    returns text
    language plpgsql
as $function$
declare
    note constant jsonb := pgtrail.read_note();
    found_statement record;
begin
    -- Without a note this should be the first statement of the script that is recorded. If it is not,
    -- the session has done away with the note: then the script is kept whole.
    if note -> 'next' is null and exists (
        select
        from script_tracking.script_execution_s as s
        where s.execution_timestamp >= statement_timestamp()
            and s.backend_pid = pg_backend_pid()
            and s.script_type = 'DDL_AUTO'
    ) then
        return current_query();
    end if;
    found_statement := pgtrail.statement_in_script(
        current_query(), (note ->> 'next')::integer, p_tag, p_identity);
    perform pgtrail.write_note(note || jsonb_build_object('next', found_statement.next_from));
    return found_statement.statement;
end
$function$;
comment on function pgtrail.statement_in_query(text, text) is
    'The statement that is ending, of a script that the client sent; notes where the next begins.';

create or replace function pgtrail.ddl_details(
    p_tag text,
    p_statement text,
    p_in_extension boolean,
    p_frame jsonb
)
    returns jsonb
    language plpgsql
    stable
as $function$
declare
    renaming constant boolean := p_tag like 'ALTER %' and p_statement ~* '\m(rename|set\s+schema)\M';
    extension name;
begin
    if p_in_extension then
        select min(e.extname)
        into extension
        from pg_event_trigger_ddl_commands() as c
        join pg_depend as d
            on d.classid = c.classid and d.objid = c.objid
            and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
        join pg_extension as e on e.oid = d.refobjid;
    end if;
    return jsonb_strip_nulls(jsonb_build_object(
        'rewritten', p_frame -> 'rewritten',
        'extension', extension,
        'former_name', case when renaming then pgtrail.former_name(p_statement) end));
end
$function$;
comment on function pgtrail.ddl_details(text, text, boolean, jsonb) is
    'What metadata says of some DDL statements only: rewritten tables, the extension whose script it is, the name before a rename.';

create or replace function pgtrail.dropped_before(
    p_frame jsonb,
    inout objects jsonb,
    inout identities text[],
    inout all_temporary boolean
)
    language plpgsql
    stable
as $function$
begin
    objects := coalesce(objects, '[]') || (
        select jsonb_agg(case
            when (d.item ->> 'cascade')::boolean then d.item - 'temporary' || '{"tag": "DROP"}'
            else d.item - 'temporary' - 'cascade' || '{"tag": "DROP"}'
        end)
        from jsonb_array_elements(p_frame -> 'dropped') as d (item));
    identities := identities || (
        select array_agg(d.item ->> 'identity') from jsonb_array_elements(p_frame -> 'dropped') as d (item));
    all_temporary := coalesce(all_temporary, true) and (
        select bool_and((d.item ->> 'temporary')::boolean)
        from jsonb_array_elements(p_frame -> 'dropped') as d (item));
end
$function$;
comment on function pgtrail.dropped_before(jsonb, jsonb, text[], boolean) is
    'Adds to the objects of a DDL statement those that only its earlier events told of: the dropped ones.';

create or replace function pgtrail.hidden_indexes(p_newest bigint)
    returns text[]
    language sql
    stable
begin atomic
    select array_agg(i.identity order by x.indexrelid)
    from pg_index as x
    cross join lateral pg_identify_object('pg_class'::regclass, x.indexrelid, 0) as i
    where x.indrelid in (
            select c.objid from pg_event_trigger_ddl_commands() as c where c.object_type = 'table'
            union
            select t.relid
            from pg_event_trigger_ddl_commands() as c
            cross join lateral pg_partition_tree(c.objid) as t
            where c.object_type = 'table'
        )
        and x.indexrelid::bigint > p_newest
        and i.identity <> all (
            select c.object_identity from pg_event_trigger_ddl_commands() as c where c.object_identity is not null);
end;
comment on function pgtrail.hidden_indexes(bigint) is
    'Indexes that came with the tables of the statement that is ending or with their partitions, newer than a relation, and that no event reports.';

create or replace function pgtrail.write_ddl_operation(
    p_tag text,
    p_effective_role text,
    p_context text,
    p_is_drop boolean
)
    returns boolean
    language plpgsql
as $function$
-- Runs in every DDL statement of every user: few and large expressions, nothing that the common case
-- does not need.
declare
    finished constant timestamptz := clock_timestamp();
    frame jsonb;
    objects jsonb;
    identities text[];
    all_temporary boolean;
    in_extension boolean;
    hidden_indexes text[];
    reported record;
    command text := current_query();
    started timestamptz := statement_timestamp();
    operation_name text;
    operation bytea;
    tenant bytea;
    duration_ms integer;
    details jsonb;
    class_oids oid[];
    object_oids oid[];
begin
    if p_is_drop then
        select
            jsonb_agg(case
                when d.original then jsonb_build_object('type', d.object_type, 'identity', d.object_identity)
                else jsonb_build_object('type', d.object_type, 'identity', d.object_identity, 'cascade', true)
            end),
            array_agg(d.object_identity),
            bool_and(d.is_temporary)
        into objects, identities, all_temporary
        from pg_event_trigger_dropped_objects() as d
        where pgtrail.has_own_life(d.original, d.normal, d.object_type)
            and d.schema_name is distinct from 'pg_toast'
            -- the triggers behind a foreign key
            and (d.original or d.object_identity !~ '^"RI_ConstraintTrigger_[ac]_[0-9]+" on ');
    else
        for reported in
            select c.object_type, c.object_identity, c.command_tag, c.schema_name, c.in_extension,
                c.classid, c.objid
            from pg_event_trigger_ddl_commands() as c
            -- A serial column is reported twice: its sequence is created, then altered to be owned by
            -- it. So is a table that is created with a foreign key.
            where (c.command_tag not in ('ALTER SEQUENCE', 'ALTER TABLE') or c.command_tag = p_tag)
                and c.schema_name is distinct from 'pg_toast'
        loop
            continue when reported.object_identity = any (identities);
            objects := coalesce(objects, '[]') || jsonb_build_object(
                'type', lower(reported.object_type),
                'identity', reported.object_identity,
                'tag', reported.command_tag);
            if reported.object_identity is not null then
                identities := identities || reported.object_identity;
            end if;
            if reported.classid is not null then
                class_oids := class_oids || reported.classid;
                object_oids := object_oids || reported.objid;
            end if;
            all_temporary := coalesce(all_temporary, true) and coalesce(
                reported.schema_name = 'pg_temp',
                -- Not the name of the object itself, which anyone chooses.
                reported.object_type in ('trigger', 'policy', 'rule')
                    and reported.object_identity ~ '^("([^"]|"")*"|[^" ]+) on pg_temp\.',
                false);
            in_extension := reported.in_extension;
        end loop;
    end if;

    -- What the earlier events of this statement left for us.
    if current_setting('pgtrail.note', true) <> '' then
        frame := pgtrail.take_frame(p_tag || md5(p_context));
        if frame is not null then
            started := coalesce((frame ->> 'started')::timestamptz, started);
            if frame ? 'dropped' then
                select r.objects, r.identities, r.all_temporary
                into objects, identities, all_temporary
                from pgtrail.dropped_before(frame, objects, identities, all_temporary) as r;
            end if;
        end if;
    end if;
    if all_temporary then
        if not (select s.capture_temporary from pgtrail.settings as s) then
            return false;
        end if;
    end if;

    -- The statement itself, not the function or script it stands in. Where PostgreSQL does not tell
    -- it, what the client sent.
    if p_context <> '' then
        command := coalesce(
            pgtrail.statement_in_context(
                p_context, p_tag, coalesce(pgtrail.main_identity(objects, p_tag), identities[1])),
            command);
    elsif (frame ->> 'in_script')::boolean and in_extension is not true then
        command := pgtrail.statement_in_query(
            p_tag, coalesce(pgtrail.main_identity(objects, p_tag), identities[1]));
    end if;
    command := pgtrail.redact(rtrim(ltrim(command, E' \t\r\n'), E'; \t\r\n'));
    if p_tag in ('GRANT', 'REVOKE') then
        identities := pgtrail.granted_objects(command, upper(objects #>> '{0,type}'));
    elsif frame ->> 'newest' is not null and pgtrail.may_hide_index(command, p_tag)
        or p_tag = 'CREATE TABLE' and strpos(lower(command), 'partition') > 0
    then
        hidden_indexes := pgtrail.hidden_indexes(coalesce((frame ->> 'newest')::bigint, 0));
        identities := identities || hidden_indexes;
        objects := objects || coalesce((
            select jsonb_agg(jsonb_build_object('type', 'index', 'identity', h.identity, 'tag', 'CREATE INDEX'))
            from unnest(hidden_indexes) as h (identity)
        ), '[]');
    end if;

    details := jsonb_build_object(
        'command_tag', p_tag,
        'objects', coalesce(objects, '[]'),
        'duration_ms', pgtrail.milliseconds(started, finished));
    if objects is null then
        details := details || '{"no_effect": true}';
    elsif frame is not null or in_extension
        or left(p_tag, 5) = 'ALTER' and (strpos(lower(command), 'rename') > 0 or strpos(lower(command), 'schema') > 0)
    then
        details := details || pgtrail.ddl_details(p_tag, command, in_extension, frame);
    end if;
    -- note_ddl_start() noted this statement, and code that the statement ran has wiped the note.
    if frame is null and (
        p_context <> ''
        or not pgtrail.stands_alone(current_query(), p_tag)
        or pgtrail.may_hide_index(current_query(), p_tag))
    then
        details := details || '{"incomplete": true}';
    end if;

    duration_ms := pgtrail.whole_milliseconds((details ->> 'duration_ms')::numeric);
    if pgtrail.claimed_tenant() is not null or exists (select from pgtrail.tenant_grant) then
        tenant := pgtrail.current_tenant();
    end if;
    operation_name := 'AUTO_DDL_' || p_tag || '_' || right(gen_random_uuid()::text, 12);
    insert into script_tracking.script_execution_h (
        script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
    )
    values (
        sha256(convert_to(operation_name || '_' || finished || '_' || pg_backend_pid(), 'UTF8')),
        operation_name || '_' || finished || '_' || pg_backend_pid(),
        tenant,
        finished, 'EVENT_TRIGGER'
    )
    returning script_execution_hk into operation;
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, affected_objects, sql_command, metadata,
        record_source, tenant_hk, effective_role, application_name, application_user, recorded_xid
    )
    values (
        operation, finished,
        pgtrail.hash_diff(
            operation_name, 'DDL_AUTO', 'COMPLETED', duration_ms, identities, command, null, details),
        operation_name, 'DDL_AUTO', 'COMPLETED', started, duration_ms, identities, command, details,
        'EVENT_TRIGGER', tenant, p_effective_role,
        nullif(current_setting('application_name'), ''),
        left(nullif(current_setting('script_tracking.app_user', true), ''), 255),
        pgtrail.current_place()
    );

    if p_is_drop then
        select d.class_oids, d.object_oids into class_oids, object_oids from pgtrail.dropped_objects() as d;
    elsif p_tag in ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') then
        class_oids := array_remove(array[case
            when p_tag = 'ALTER DEFAULT PRIVILEGES' then 'pg_default_acl'::regclass
            else pgtrail.granted_class(upper(objects #>> '{0,type}'))
        end], null);
        object_oids := array_fill(0::oid, array[cardinality(class_oids)]);
    elsif p_tag = 'DROP OWNED' then
        class_oids := array(select distinct v.class_id from pgtrail.versioned_object as v);
        object_oids := array_fill(0::oid, array[cardinality(class_oids)]);
    end if;
    -- Also for what the statement dropped, which note_dropped_objects() noted before there was an operation.
    if cardinality(class_oids) > 0 or frame ? 'dropped' then
        insert into pgtrail.touched (script_execution_hk, class_oids, object_oids)
        values (operation, coalesce(class_oids, '{}'), coalesce(object_oids, '{}'));
    end if;
    return true;
end
$function$;
comment on function pgtrail.write_ddl_operation(text, text, text, boolean) is
    'Writes the one operation of a DDL statement that is ending; false if it touched temporary objects only.';

create or replace function pgtrail.has_own_life(p_original boolean, p_normal boolean, p_object_type text)
    returns boolean
    language sql
    immutable
    parallel safe
-- The others go with their table or type: row and array types, TOAST tables, constraints, defaults,
-- the rule of a view.
return p_original
    or p_object_type in ('table', 'foreign table', 'index', 'sequence', 'trigger', 'policy')
    or p_normal and p_object_type not in ('default value', 'rule', 'table constraint', 'toast table');
comment on function pgtrail.has_own_life(boolean, boolean, text) is
    'Whether a dropped object is reported by itself.';

create or replace function pgtrail.note_dropped_objects(p_key text)
    returns boolean
    language plpgsql
as $function$
declare
    dropped jsonb;
begin
    select jsonb_agg(jsonb_build_object(
        'type', d.object_type,
        'identity', d.object_identity,
        'cascade', not d.original,
        'temporary', d.is_temporary))
    into dropped
    from pg_event_trigger_dropped_objects() as d
    where pgtrail.has_own_life(d.original, d.normal, d.object_type)
        and d.schema_name is distinct from 'pg_toast';
    if dropped is not null then
        perform pgtrail.add_to_frame(p_key, 'dropped', dropped);
    end if;
    insert into pgtrail.touched (class_oids, object_oids)
    select d.class_oids, d.object_oids
    from pgtrail.dropped_objects() as d
    where cardinality(d.class_oids) > 0;
    return dropped is not null;
end
$function$;
comment on function pgtrail.note_dropped_objects(text) is
    'Notes what a statement drops beside other things it does: when it ends, nothing tells any more.';

create or replace function pgtrail.report_failure(p_tag text, p_state text, p_problem text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
begin
    get diagnostics context = pg_context;
    context := coalesce(
        pgtrail.event_context(
            context,
            'pgtrail.report_failure(text,text,text)',
            'SELECT pgtrail.report_failure(tg_tag, state, problem) limit 1',
            'script_tracking.event_trigger_ddl_end'),
        pgtrail.event_context(
            context,
            'pgtrail.report_failure(text,text,text)',
            'SELECT pgtrail.report_failure(tg_tag, state, problem) limit 1',
            'script_tracking.event_trigger_sql_drop'));
    if context is null then
        perform pgtrail.refuse_direct_call();
    end if;

    if (select s.on_capture_failure from pgtrail.settings as s) = 'abort' then
        raise exception using
            errcode = 'PT008',
            message = format('this %s is refused, because it could not be recorded: %s', p_tag, p_problem),
            detail = format('SQLSTATE %s', p_state),
            hint = 'The setting on_capture_failure is abort; warn lets DDL go on unrecorded.';
    end if;
    insert into pgtrail.capture_failure
    values (clock_timestamp(), p_tag, p_state, p_problem, session_user);
end
$function$;
comment on function pgtrail.report_failure(text, text, text) is
    'Counts DDL that could not be recorded; under on_capture_failure = abort raises PT008 instead.';

create or replace function pgtrail.record_drop(p_tag text, p_effective_role text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context,
        'pgtrail.record_drop(text,text)',
        'SELECT pgtrail.record_drop(tg_tag, current_user::text) limit 1',
        'script_tracking.event_trigger_sql_drop');
    if context is null then
        perform pgtrail.refuse_direct_call();
    end if;
    if left(p_tag, 5) = 'DROP ' and p_tag <> 'DROP OWNED' then
        perform pgtrail.write_ddl_operation(p_tag, p_effective_role, context, true);
    else
        perform pgtrail.note_dropped_objects(p_tag || md5(context));
    end if;
end
$function$;
comment on function pgtrail.record_drop(text, text) is
    'Records a DROP while PostgreSQL still tells what it dropped; for any other statement only notes that.';

create or replace function pgtrail.record_ddl(p_tag text, p_effective_role text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context,
        'pgtrail.record_ddl(text,text)',
        'SELECT pgtrail.record_ddl(tg_tag, current_user::text) limit 1',
        'script_tracking.event_trigger_ddl_end');
    if context is null then
        perform pgtrail.refuse_direct_call();
    end if;
    if left(p_tag, 5) = 'DROP ' and p_tag <> 'DROP OWNED' then
        -- Written by record_drop(), if it dropped anything. IF EXISTS may leave a frame behind.
        if current_setting('pgtrail.note', true) <> '' then
            perform pgtrail.take_frame(p_tag || md5(context));
        end if;
        return;
    end if;
    perform pgtrail.write_ddl_operation(p_tag, p_effective_role, context, false);
end
$function$;
comment on function pgtrail.record_ddl(text, text) is
    'Records the DDL statement that is ending.';
