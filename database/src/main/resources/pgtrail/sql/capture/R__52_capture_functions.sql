set local role pgtrail_owner;

create or replace function pgtrail.stands_alone(p_query text, p_tag text)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
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
    return pgtrail.has_tag(p_query, p_tag);
end
$function$;
comment on function pgtrail.stands_alone(text, text) is
    'Whether what the client sent is one statement, and that with this command tag.';

create or replace function pgtrail.note_ddl_start(p_tag text)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    context text;
    note jsonb;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context, 'pgtrail.note_ddl_start(text)', 'script_tracking.event_trigger_ddl_start');

    -- A statement that the client sent by itself began when it came in: PostgreSQL knows that.
    if context = ''
        and pgtrail.stands_alone(current_query(), p_tag)
        and not (p_tag = 'ALTER TABLE' and current_query() ~* '\m(unique|primary|exclude)\M')
    then
        return false;
    end if;

    note := pgtrail.read_note();
    perform pgtrail.write_note(jsonb_set(note, '{frames}', (note -> 'frames') || jsonb_build_object(
        'key', p_tag || md5(context),
        'started', case when context <> '' or not pgtrail.stands_alone(current_query(), p_tag)
            then clock_timestamp() else statement_timestamp() end,
        -- A constraint added to a table makes an index that no event reports. It is newer than this.
        'newest', case when p_tag = 'ALTER TABLE' then (select max(c.oid::bigint) from pg_class as c) end
    )));
    return true;
end
$function$;
comment on function pgtrail.note_ddl_start(text) is
    'Notes when a DDL statement began whose start no clock of PostgreSQL keeps: one in a function or a script.';

create or replace function pgtrail.note_dropped_objects(p_tag text)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    context text;
    dropped jsonb;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context, 'pgtrail.note_dropped_objects(text)', 'script_tracking.event_trigger_sql_drop');

    select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
            'type', d.object_type,
            'identity', d.object_identity,
            'cascade', case when not d.original then true end,
            'temporary', case when d.is_temporary then true end))
        order by d.ordinality)
    into dropped
    from pg_event_trigger_dropped_objects() with ordinality as d
    -- What goes with an object without having a life of its own: row and array types, TOAST tables,
    -- constraints of a dropped table, the rule of a view.
    where d.original
        or d.object_type in ('index', 'sequence', 'trigger', 'policy')
        or d.normal and d.object_type not in ('default value', 'rule', 'table constraint', 'toast table');
    if dropped is not null then
        perform pgtrail.add_to_frame(p_tag || md5(context), 'dropped', dropped);
    end if;
    return dropped is not null;
end
$function$;
comment on function pgtrail.note_dropped_objects(text) is
    'Notes what a statement drops: when it ends, nothing tells any more.';

create or replace function pgtrail.note_table_rewrite(p_tag text)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    context text;
    reasons constant integer := pg_event_trigger_table_rewrite_reason();
    rewritten constant regclass := pg_event_trigger_table_rewrite_oid();
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context, 'pgtrail.note_table_rewrite(text)', 'script_tracking.event_trigger_table_rewrite');
    perform pgtrail.add_to_frame(p_tag || md5(context), 'rewritten', jsonb_build_array(jsonb_build_object(
        'table', (pg_identify_object('pg_class'::regclass, rewritten, 0)).identity,
        'reasons', (
            select jsonb_agg(r.reason order by r.bit)
            from (values
                (1, 'persistence'), (2, 'default value'), (4, 'column type'), (8, 'access method')
            ) as r (bit, reason)
            where reasons & r.bit <> 0))));
    return true;
end
$function$;
comment on function pgtrail.note_table_rewrite(text) is
    'Notes that a statement rewrites a table, and why.';

create or replace function pgtrail.granted_objects(p_statement text, p_object_type text)
    returns text[]
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
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
end
$function$;
comment on function pgtrail.granted_objects(text, text) is
    'Identities of the objects that a GRANT or REVOKE just executed names: PostgreSQL reports none.';

create or replace function pgtrail.former_name(p_statement text)
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
declare
    one_name constant text := '(?:"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)';
    part text[];
begin
    -- ALTER … name RENAME COLUMN old TO new, also ATTRIBUTE, CONSTRAINT, VALUE
    part := regexp_match(p_statement,
        '\mrename\s+(?:(?:column|attribute|constraint|value)\s+)?(' || one_name || '|''(?:[^'']|'''')*'')\s+to\M', 'i');
    if part is not null and lower(part[1]) not in ('column', 'attribute', 'constraint', 'value') then
        return part[1];
    end if;
    -- ALTER … name RENAME TO new, ALTER … name SET SCHEMA new
    part := regexp_match(p_statement,
        '((?:' || one_name || '\s*\.\s*)*' || one_name || ')\s*(?:\([^()]*\)\s*)?(?:on\s+\S+\s+)?\m(?:rename\s+to|set\s+schema)\M', 'i');
    return part[1];
end
$function$;
comment on function pgtrail.former_name(text) is
    'The name that a renaming statement changes, as it is written there.';

create or replace function pgtrail.ddl_statement(
    p_context text,
    p_tag text,
    p_identity text,
    p_in_extension boolean
)
    returns text
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    query constant text := current_query();
    found_statement text;
    note jsonb;
    next_from integer;
begin
    if p_context <> '' then
        found_statement := pgtrail.statement_in_context(p_context, p_tag, p_identity);
    elsif not p_in_extension and not pgtrail.stands_alone(query, p_tag) then
        note := pgtrail.read_note();
        select s.statement, s.next_from
        into found_statement, next_from
        from pgtrail.statement_in_script(query, (note ->> 'next')::integer, p_tag, p_identity) as s;
        perform pgtrail.write_note(note || jsonb_build_object('next', next_from));
    end if;
    return pgtrail.redact(rtrim(ltrim(coalesce(found_statement, query), E' \t\r\n'), E'; \t\r\n'));
end
$function$;
comment on function pgtrail.ddl_statement(text, text, text, boolean) is
    'Text of the DDL statement that is ending, secrets redacted: itself, not the function, DO block or script it stands in. Where PostgreSQL does not tell it, what the client sent.';

create or replace function pgtrail.write_ddl_operation(
    p_tag text,
    p_effective_role text,
    p_context text,
    p_capture_temporary boolean
)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    finished constant timestamptz := clock_timestamp();
    note jsonb;
    frame jsonb;
    objects jsonb;
    identities text[];
    altered_tables oid[];
    hidden_indexes text[];
    all_temporary boolean;
    extension text;
    command text;
    started timestamptz;
    duration numeric;
    details jsonb;
    operation_name text;
    business_key text;
    operation bytea;
    tenant bytea;
begin
    -- What the earlier events of this statement left for us.
    if current_setting('pgtrail.note', true) <> '' then
        note := pgtrail.read_note();
        frame := pgtrail.own_frame(note, p_tag || md5(p_context));
        if frame is not null then
            perform pgtrail.write_note(jsonb_set(note, '{frames}', (note -> 'frames') - -1));
        end if;
    end if;

    -- What PostgreSQL says it did.
    select
        jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'type', lower(c.object_type),
            'identity', c.object_identity,
            'tag', nullif(c.command_tag, p_tag))) order by c.ordinality),
        array_agg(c.object_identity order by c.ordinality) filter (where c.object_identity is not null),
        array_agg(c.objid) filter (where c.object_type = 'table'),
        bool_and(c.schema_name = 'pg_temp' or c.object_identity like '% on pg\_temp.%'),
        max((
            select e.extname
            from pg_depend as d
            join pg_extension as e on e.oid = d.refobjid
            where c.in_extension
                and d.classid = c.classid and d.objid = c.objid and d.deptype = 'e'
                and d.refclassid = 'pg_extension'::regclass
        ))
    into objects, identities, altered_tables, all_temporary, extension
    from (
        -- A serial column is reported twice: its sequence is created, then altered to be owned.
        select distinct on (x.object_identity, x.object_type) x.*
        from pg_event_trigger_ddl_commands() with ordinality as x
        order by x.object_identity, x.object_type, x.ordinality
    ) as c;

    if frame ? 'dropped' then
        select
            coalesce(objects, '[]') || jsonb_agg(d.item || '{"dropped": true}' order by d.ordinality),
            identities || array_agg(d.item ->> 'identity' order by d.ordinality),
            coalesce(all_temporary, true) and bool_and(d.item ? 'temporary')
        into objects, identities, all_temporary
        from jsonb_array_elements(frame -> 'dropped') with ordinality as d (item, ordinality);
    end if;
    if frame ? 'newest' then
        select array_agg(i.identity order by x.indexrelid)
        into hidden_indexes
        from pg_index as x
        cross join lateral pg_identify_object('pg_class'::regclass, x.indexrelid, 0) as i
        where x.indrelid = any (altered_tables)
            and x.indexrelid::bigint > (frame ->> 'newest')::bigint;
        identities := identities || hidden_indexes;
        objects := objects || coalesce((
            select jsonb_agg(jsonb_build_object('type', 'index', 'identity', h.identity, 'tag', 'CREATE INDEX'))
            from unnest(hidden_indexes) as h (identity)
        ), '[]');
    end if;
    if all_temporary and not p_capture_temporary then
        return false;
    end if;

    command := pgtrail.ddl_statement(p_context, p_tag, identities[1], extension is not null);
    if p_tag in ('GRANT', 'REVOKE') then
        identities := pgtrail.granted_objects(command, upper(objects #>> '{0,type}'));
    end if;

    started := coalesce((frame ->> 'started')::timestamptz, statement_timestamp());
    duration := pgtrail.milliseconds(started, finished);
    details := jsonb_build_object(
        'command_tag', p_tag, 'objects', coalesce(objects, '[]'), 'duration_ms', duration);
    if frame ? 'rewritten' then
        details := details || jsonb_build_object('rewritten', frame -> 'rewritten');
    end if;
    if extension is not null then
        details := details || jsonb_build_object('extension', extension);
    end if;
    if objects is null then
        details := details || '{"no_effect": true}';
    elsif p_tag like 'ALTER %' and command ~* '\m(rename|set\s+schema)\M' then
        details := details || jsonb_strip_nulls(jsonb_build_object('former_name', pgtrail.former_name(command)));
    end if;

    operation_name := 'AUTO_DDL_' || p_tag || '_' || right(gen_random_uuid()::text, 12);
    business_key := operation_name || to_char(finished, '_YYYY-MM-DD_HH24:MI:SS.US_') || pg_backend_pid();
    operation := sha256(convert_to(business_key, 'UTF8'));
    tenant := pgtrail.current_tenant();
    with hub as (
        insert into script_tracking.script_execution_h (
            script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
        )
        values (operation, business_key, tenant, finished, 'EVENT_TRIGGER')
    )
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, affected_objects, sql_command, metadata,
        record_source, tenant_hk, effective_role, application_name, application_user
    )
    values (
        operation, finished,
        pgtrail.hash_diff(
            operation_name, 'DDL_AUTO', 'COMPLETED', pgtrail.whole_milliseconds(duration),
            identities, command, null, details),
        operation_name, 'DDL_AUTO', 'COMPLETED',
        started, pgtrail.whole_milliseconds(duration), identities, command, details,
        'EVENT_TRIGGER', tenant, p_effective_role,
        nullif(current_setting('application_name'), ''),
        left(nullif(current_setting('script_tracking.app_user', true), ''), 255)
    );
    return true;
end
$function$;
comment on function pgtrail.write_ddl_operation(text, text, text, boolean) is
    'Writes the one operation of a DDL statement that is ending; false if it touched temporary objects only.';

create or replace function pgtrail.record_ddl(p_tag text, p_effective_role text)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    context text;
    settings pgtrail.settings;
    state text;
    problem text;
begin
    get diagnostics context = pg_context;
    context := pgtrail.event_context(
        context, 'pgtrail.record_ddl(text,text)', 'script_tracking.event_trigger_ddl_end');
    select s.* into settings from pgtrail.settings as s;
    return pgtrail.write_ddl_operation(p_tag, p_effective_role, context, settings.capture_temporary);
exception
    when others then
        get stacked diagnostics state = returned_sqlstate, problem = message_text;
        if settings.on_capture_failure = 'abort' then
            raise exception using
                errcode = 'PT008',
                message = format('this %s is refused, because it could not be recorded: %s', p_tag, problem),
                detail = format('SQLSTATE %s', state),
                hint = 'The setting on_capture_failure is abort; warn lets DDL go on unrecorded.';
        end if;
        begin
            insert into pgtrail.capture_failure
            values (clock_timestamp(), p_tag, state, problem, session_user);
        exception
            when others then
                problem := format('%s; nor could the failure be counted: %s', problem, sqlerrm);
        end;
        raise warning using
            errcode = 'PT008',
            message = format('pgtrail could not record this %s: %s', p_tag, problem),
            detail = format('SQLSTATE %s', state),
            hint = 'The statement itself went through. `pgtrail doctor` looks for the cause.';
        return false;
end
$function$;
comment on function pgtrail.record_ddl(text, text) is
    'Records the DDL statement that is ending. A failure to record is a warning and a row in capture_failure, or an error under on_capture_failure = abort.';
