set local role pgtrail_owner;

create or replace function pgtrail.log_key(p_session_id text, p_line_number bigint, p_number integer, p_at text)
    returns text
    language sql
    immutable
    parallel safe
return left('LOG_' || p_session_id || '_' || p_line_number || '_' || p_number || '_' || p_at, 255);
comment on function pgtrail.log_key(text, bigint, integer, text) is
    'Business key of the operation that a line of the log tells of: the same however often the line is read.';

create or replace function pgtrail.is_rolled_back(p_xid bigint)
    returns boolean
    language plpgsql
    stable
as $function$
declare
    -- The log has the lower half of what numbers transactions since the cluster was made.
    half constant bigint := 4294967296;
    next_xid constant bigint := pg_snapshot_xmax(pg_current_snapshot())::text;
    xid bigint := next_xid - next_xid % half + p_xid;
begin
    if xid >= next_xid then
        xid := xid - half;
    end if;
    return p_xid >= 3 and xid > 0 and pg_xact_status(xid::text::xid8) = 'aborted';
end
$function$;
comment on function pgtrail.is_rolled_back(bigint) is
    'Whether a transaction of this cluster, as its log writes it, was rolled back for certain. Not true of one that runs, or that nobody knows any more.';

create or replace function pgtrail.tenant_of_login(p_login text, out tenant_hk bytea, out is_known boolean)
    language sql
    stable
as $function$
    -- A role with exactly one tenant of its own is always in it. A member of others chooses among theirs, and a
    -- superuser among all: it is taken to work for the system.
    select
        case count(*)
            when 1 then (array_agg(g.tenant_hk))[1]
            else case when count(g.*) filter (where g.is_own) = 1
                then (array_agg(g.tenant_hk) filter (where g.is_own))[1]
            end
        end,
        count(*) <= 1 or count(g.*) filter (where g.is_own) = 1
    from (
        select t.tenant_hk, bool_or(t.grantee = r.oid) as is_own
        from pg_roles as r
        join pgtrail.tenant_grant as t on pg_has_role(r.oid, t.grantee::oid, 'member')
        where r.rolname = p_login
            and (t.grantee = r.oid or not r.rolsuper)
        group by t.tenant_hk
    ) as g
$function$;
comment on function pgtrail.tenant_of_login(text) is
    'The tenant that a role worked for: the only one granted to it, or else to roles it is a member of; else NULL, the system. Not known if it may choose among several: the log does not say which one it chose.';

create or replace function pgtrail.note_log_statements(p_entries pgtrail.log_entry[])
    returns void
    language sql
    volatile
as $function$
    insert into pgtrail.log_statement as s (
        session_id, line_number, number, script_execution_hk, business_key, vxid, xid, at, login, client, application,
        pid, tag, is_hidden, is_alone, line_hash, statement
    )
    select
        e.session_id, e.line_number, d.number, sha256(convert_to(k.business_key, 'UTF8')), k.business_key,
        e.vxid, e.xid, e.at, e.login, e.client, e.application,
        e.pid, d.tag, d.is_hidden, max(d.number) over (partition by e.session_id, e.line_number) = 1,
        sha256(convert_to(d.line, 'UTF8')), pgtrail.redact_broken(
            rtrim(d.statement, E'; \t\r\n'), d.statement like '%... [abridged]')
    from unnest(p_entries) as e
    cross join lateral pgtrail.log_ddl(e.message, e.command) as d
    cross join lateral pgtrail.log_key(e.session_id, e.line_number, d.number, e.at_text) as k (business_key)
    -- A RAISE LOG has the statement it stands in, and a context; what log_statement makes the server write has neither.
    where e.state = '00000'
        and e.statement is null
        and e.context is null
        and e.database = current_database()
        and e.login is not null
        and e.vxid is not null
    on conflict (session_id, line_number, number) do nothing
$function$;
comment on function pgtrail.note_log_statements(pgtrail.log_entry[]) is
    'Notes the DDL that records of the log tell of.';

create or replace function pgtrail.log_failures(p_entries pgtrail.log_entry[])
    returns setof pgtrail.log_entry
    language sql
    stable
as $function$
    select e.*
    from unnest(p_entries) as e
    where (e.database is null or e.database = current_database())
        -- The server may word severities in any language; a code it does not translate.
        and left(e.state, 2) not in ('00', '01', '02')
        and e.severity not in ('LOG', 'INFO', 'NOTICE', 'WARNING', 'DEBUG')
$function$;
comment on function pgtrail.log_failures(pgtrail.log_entry[]) is
    'Those records of the log that tell of an error in this database, or in none.';

create or replace function pgtrail.settle_log_statements(p_entries pgtrail.log_entry[], p_is_live boolean)
    returns void
    language plpgsql
    volatile
as $function$
begin
    update pgtrail.log_statement as s
    set outcome = case when f.is_its_own then 'FAILED' else 'ROLLED_BACK' end,
        ended_at = f.at,
        failed_at_line = f.line_number,
        error_code = f.state,
        error_message = pgtrail.redact(f.message)
    from (
        select distinct on (n.session_id, n.line_number, n.number)
            n.session_id as noted_session, n.line_number as noted_line, n.number as noted_number, e.*,
            n.is_alone
                and n.line_hash = sha256(convert_to(e.statement, 'UTF8'))
                and not exists (
                    select
                    from pgtrail.log_statement as later
                    where later.session_id = n.session_id
                        and later.vxid = n.vxid
                        and later.line_number > n.line_number
                        and later.line_number < e.line_number
                ) as is_its_own
        from pgtrail.log_failures(p_entries) as e
        join pgtrail.log_statement as n
            on n.session_id = e.session_id and n.vxid = e.vxid and n.line_number < e.line_number
        where n.outcome is null
        order by n.session_id, n.line_number, n.number, e.line_number
    ) as f
    where s.session_id = f.noted_session
        and s.line_number = f.noted_line
        and s.number = f.noted_number
        -- A transaction may go on after an error, at a savepoint. Not one that has written nothing: then this
        -- statement has not, either. Of others only the server knows, and only whose log it is.
        and (f.is_its_own or f.xid = 0 or p_is_live and pgtrail.is_rolled_back(f.xid));

    -- Without an error: at once a later statement of the transaction shows which one it is.
    if p_is_live then
        update pgtrail.log_statement as s
        set outcome = 'ROLLED_BACK'
        from (
            select distinct n.session_id, n.vxid
            from pgtrail.log_statement as n
            where n.xid > 0
                and n.outcome is null
                and pgtrail.is_rolled_back(n.xid)
        ) as r
        where s.session_id = r.session_id
            and s.vxid = r.vxid
            and s.outcome is null;
    end if;
end
$function$;
comment on function pgtrail.settle_log_statements(pgtrail.log_entry[], boolean) is
    'Finds out what became of noted DDL, where that is certain: FAILED, the statement itself; ROLLED_BACK, its transaction.';

create or replace function pgtrail.log_operations(p_entries pgtrail.log_entry[])
    returns setof pgtrail.log_operation
    language sql
    stable
as $function$
    -- What failed, unless it is DDL that has an operation of its own.
    select
        k.business_key,
        case
            when w.is_login then 'Denied login'
            else left(case when f.state = '42501' then 'Denied ' else 'Failed ' end || coalesce(w.tag, 'statement'), 255)
        end,
        case when w.is_login then 'SIGN_IN' when f.state = '42501' then 'REFUSAL' else 'FAILED_STATEMENT' end,
        'FAILED', f.at, null::numeric,
        coalesce(f.login, '(' || coalesce(f.backend_type, 'server') || ')'),
        f.client, f.application, f.pid,
        pgtrail.redact_broken(f.statement, w.is_broken),
        coalesce(
            -- It quotes what it stumbled on, which may be the secret.
            case
                when w.is_broken
                    and pgtrail.redact_broken(f.statement, true) is distinct from pgtrail.redact(f.statement)
                then regexp_replace(f.message, '".*"', '"<redacted>"')
                else pgtrail.redact(f.message)
            end,
            f.state),
        jsonb_strip_nulls(jsonb_build_object(
            'error_code', f.state,
            'log', jsonb_build_object(
                'session', f.session_id, 'line', f.line_number, 'transaction', f.vxid, 'backend_type', f.backend_type,
                'client_name', f.client_name)))
    from pgtrail.log_failures(p_entries) as f
    cross join lateral pgtrail.log_key(f.session_id, f.line_number, 0, f.at_text) as k (business_key)
    cross join lateral (
        select
            f.statement is null and f.context is null and f.command in ('authentication', 'startup') as is_login,
            f.state = '42601' or f.statement like '%... [abridged]' as is_broken,
            coalesce(
                -- Of a prepared statement it names the step, not the command.
                substring(f.command from '^(?!(?:PARSE|BIND|EXECUTE|DESCRIBE|FLUSH)\M)[A-Z]+(?: [A-Z]+)*'),
                upper(substring(pgtrail.from_first_word(left(f.statement, 1000)) from '^[A-Za-z]+')),
                case when f.login is null then f.backend_type else 'session' end)
            as tag
    ) as w
    where not exists (
            select
            from pgtrail.log_statement as s
            where s.session_id = f.session_id
                and s.failed_at_line = f.line_number
                and s.outcome = 'FAILED'
                and s.is_hidden
        )
        -- The same, of what is forgotten: when a file is read again.
        and not (
            (pgtrail.ddl_tag(f.statement)).is_hidden is true
            and exists (
                select
                from script_tracking.script_execution_s as o
                where o.execution_timestamp between f.at - interval '1 day' and f.at
                    and o.record_source = 'SERVER_LOG'
                    and o.script_type = 'DDL_AUTO'
                    and o.backend_pid = f.pid
                    and o.metadata -> 'log' @> jsonb_build_object(
                        'session', f.session_id, 'failed_at_line', f.line_number)
            )
        )
    union all
    -- What event triggers do not see, and what they saw but could not keep.
    select
        s.business_key,
        'AUTO_DDL_' || s.tag || '_' || right(encode(s.script_execution_hk, 'hex'), 12),
        'DDL_AUTO',
        case when s.outcome is null then 'COMPLETED' else 'FAILED' end,
        s.at, pgtrail.milliseconds(s.at, s.ended_at), s.login, s.client, s.application, s.pid,
        s.statement,
        case when s.outcome is not null then coalesce(s.error_message, 'the transaction was rolled back') end,
        pgtrail.log_statement_details(s)
    from pgtrail.log_statement as s
    where s.session_id in (select e.session_id from unnest(p_entries) as e)
        and (s.is_hidden or s.outcome = 'ROLLED_BACK')
$function$;
comment on function pgtrail.log_operations(pgtrail.log_entry[]) is
    'The operations that records of the log tell of.';

create or replace function pgtrail.log_statement_details(s pgtrail.log_statement)
    returns jsonb
    language sql
    immutable
return jsonb_strip_nulls(jsonb_build_object(
    'command_tag', s.tag,
    'outcome', case s.outcome when 'ROLLED_BACK' then s.outcome end,
    'error_code', s.error_code,
    'log', jsonb_build_object(
        'session', s.session_id, 'line', s.line_number, 'transaction', s.vxid, 'failed_at_line', s.failed_at_line)));
comment on function pgtrail.log_statement_details(pgtrail.log_statement) is
    'The metadata of DDL that the log told of.';

create or replace function pgtrail.record_log(
    p_records text[],
    p_is_live boolean,
    out recorded integer,
    out elsewhere integer,
    out unreadable integer
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set timezone = 'UTC'
    set datestyle = 'ISO'
as $function$
declare
    noted constant timestamptz := clock_timestamp();
    entries pgtrail.log_entry[];
begin
    perform pgtrail.require_maintainer('record what the server''s log says');
    perform pgtrail.refuse_read_only();
    perform set_config('timezone', current_setting('log_timezone'), true);
    entries := array(select pgtrail.log_entry(r.record) from unnest(p_records) as r (record));
    select
        count(*) filter (where e.session_id is null),
        count(*) filter (where e.database <> current_database())
    into unreadable, elsewhere
    from unnest(entries) as e;

    perform pgtrail.note_log_statements(entries);
    perform pgtrail.settle_log_statements(entries, p_is_live);

    with operation as materialized (
        -- A log may hold a line twice.
        select distinct on (o.business_key)
            o.*, sha256(convert_to(o.business_key, 'UTF8')) as script_execution_hk,
            t.tenant_hk,
            -- What was done for one of several tenants is not for the eyes of all.
            case when t.is_known then o.statement end as shown_statement,
            case when t.is_known then o.error else o.metadata ->> 'error_code' end as shown_error,
            case
                when o.duration_ms is null then o.metadata
                else o.metadata || jsonb_build_object('duration_ms', o.duration_ms)
            end as details
        from pgtrail.log_operations(entries) as o
        cross join lateral pgtrail.tenant_of_login(o.login) as t
    ),
    hub as (
        insert into script_tracking.script_execution_h as h (
            script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source
        )
        select o.script_execution_hk, o.business_key, o.tenant_hk, noted, 'SERVER_LOG'
        from operation as o
        -- In one order, so that two that read the same wait for each other one way round.
        order by o.script_execution_hk
        on conflict (script_execution_hk) do nothing
        returning h.script_execution_hk
    )
    insert into script_tracking.script_execution_s (
        script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, db_session_user, client_ip, sql_command, error_message, metadata,
        record_source, tenant_hk, effective_role, application_name, backend_pid, recorded_xid
    )
    select
        o.script_execution_hk, noted,
        pgtrail.hash_diff(
            o.name, o.type, o.status, pgtrail.whole_milliseconds(o.duration_ms), null, o.shown_statement,
            o.shown_error, o.details),
        o.name, o.type, o.status, o.at, pgtrail.whole_milliseconds(o.duration_ms), o.login, o.client,
        o.shown_statement, o.shown_error, o.details, 'SERVER_LOG', o.tenant_hk, o.login, o.application, o.pid,
        pgtrail.current_place()
    from hub as h
    join operation as o using (script_execution_hk);
    get diagnostics recorded = row_count;

    -- What an earlier batch recorded before it was known that it failed.
    update script_tracking.script_execution_s as o
    set execution_status = 'FAILED',
        execution_duration_ms = pgtrail.whole_milliseconds(pgtrail.milliseconds(s.at, s.ended_at)),
        error_message = case
            when (pgtrail.tenant_of_login(s.login)).is_known
            then coalesce(s.error_message, 'the transaction was rolled back')
            else s.error_code
        end,
        metadata = o.metadata || pgtrail.log_statement_details(s)
    from pgtrail.log_statement as s
    where s.session_id in (select e.session_id from unnest(entries) as e)
        and s.outcome is not null
        and s.is_hidden
        and o.script_execution_hk = s.script_execution_hk
        and o.execution_status = 'COMPLETED';

    delete from pgtrail.log_statement as s
    using (
        select distinct on (e.session_id) e.session_id, e.line_number, e.vxid
        from unnest(entries) as e
        where e.session_id is not null
        order by e.session_id, e.line_number desc
    ) as newest
    where s.session_id = newest.session_id
        and s.vxid <> newest.vxid
        and s.line_number < newest.line_number;
    delete from pgtrail.log_statement as s
    where s.noted_at < noted - interval '1 hour';
end
$function$;
comment on function pgtrail.record_log(text[], boolean) is
    'Records what records of the server''s log say of this database: what failed or was refused, and DDL that event triggers cannot see. A line is recorded once, however often it is read. Says how many operations are new, how many records concern other databases, and how many could not be read. p_is_live: they come from the server itself, so its transactions are those of the log. For pgtrail_server and pgtrail_admin.';

create or replace function script_tracking.import_postgres_logs(p_log text)
    returns integer
    language plpgsql
    volatile
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    log record;
begin
    log := pgtrail.record_log(array(select l.record from pgtrail.log_records(p_log) as l (record)), false);
    if log.unreadable > 0 then
        raise warning 'records of the log that could not be read: %', log.unreadable
            using hint = 'It takes lines of csvlog or jsonlog, as PostgreSQL 14 or later writes them.';
    end if;
    if log.elsewhere > 0 then
        raise notice 'records of other databases, which were left out: %', log.elsewhere;
    end if;
    return log.recorded;
end
$function$;
comment on function script_tracking.import_postgres_logs(text) is
    'Records what the text of a log says, lines of csvlog or jsonlog of PostgreSQL 14 or later: what failed or was refused in this database, and DDL that event triggers cannot see. Returns how many operations are new; a line that was read before makes none. Warns of what it cannot read. For some megabytes: pgtrail logs import reads files of any size. For pgtrail_admin.';
