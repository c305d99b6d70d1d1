set local role pgtrail_owner;

-- These run as the user who executes the DDL, so that they see who that is: everything that needs
-- rights is one call further, and checks that it is called from here. Whatever goes wrong there, even
-- that it is not there, must not harm the statement of the user; but what a session can bring about
-- must not let its statement pass unseen. Each call ends with a LIMIT, for
-- the reason given in pgtrail.event_context(). The settings that change how SQL is read or names
-- are written must not be the session's: with them it could blind us.
create or replace function script_tracking.event_trigger_ddl_start()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    context text;
begin
    get diagnostics context = pg_context;
    -- The common case, one plain statement of the client, leaves nothing to note. Said once more in
    -- pgtrail.note_ddl_start(), with functions: none of them may be called out here, where a failure
    -- would be the user's, and a block of its own is a subtransaction for every statement.
    if strpos(context, E'\n') > 0
        or strpos(rtrim(current_query(), E'; \t\r\n'), ';') > 0
        or upper(left(current_query(), length(tg_tag))) <> tg_tag
        or tg_tag = 'ALTER TABLE' and current_query() ~* 'unique|primary|exclude|attach'
    then
        begin
            perform pgtrail.note_ddl_start(tg_tag) limit 1;
        exception
            when others then
                raise warning using
                    errcode = 'PT008',
                    message = format('pgtrail could not note the start of this %s: %s', tg_tag, sqlerrm);
        end;
    end if;
end
$function$;
comment on function script_tracking.event_trigger_ddl_start() is
    'Event trigger: a DDL statement begins.';

-- Two functions of one text, not two that call a third: report_failure() has to see that an event trigger
-- calls it, and what is called could be missing.
do $recording$
declare
    recording record;
begin
    for recording in
        select *
        from (values
            ('event_trigger_ddl_end', 'record_ddl',
                'Event trigger: a DDL statement is done; writes its operation, unless it is a DROP, which sql_drop has written.'),
            ('event_trigger_sql_drop', 'record_drop',
                'Event trigger: a statement has dropped objects; of a DROP, writes the operation.')
        ) as r (event_trigger, recorder, meaning)
    loop
        execute pg_catalog.replace(pg_catalog.replace($text$
create or replace function script_tracking.{event_trigger}()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
declare
    state text;
    problem text;
begin
    perform pgtrail.{recorder}(tg_tag, current_user::text) limit 1;
exception
    when others then
        get stacked diagnostics state = returned_sqlstate, problem = message_text;
        if state = '40001' then
            raise;  -- retried like any other; to go on would leave the statement unrecorded
        end if;
        begin
            perform pgtrail.report_failure(tg_tag, state, problem) limit 1;
        exception
            when others then
                -- What is neither recorded nor counted passes only where pgtrail itself is gone or
                -- closed, and for REINDEX, which is allowed in a read-only transaction. Everything
                -- else the session could bring about.
                if sqlstate not in ('42501', '42883', '3F000', '42P01')
                    and not (state = '25006' and tg_tag = 'REINDEX')
                then
                    raise;
                end if;
                problem := format('%s; nor could that be counted: %s', problem, sqlerrm);
        end;
        raise warning using
            errcode = 'PT008',
            message = format('pgtrail could not record this %s: %s', tg_tag, problem),
            detail = format('SQLSTATE %s', state),
            hint = 'The statement itself goes on. `pgtrail doctor` looks for the cause.';
end
$function$
$text$, '{event_trigger}', recording.event_trigger), '{recorder}', recording.recorder);
        execute pg_catalog.format('comment on function script_tracking.%I() is %L',
            recording.event_trigger, recording.meaning);
    end loop;
end
$recording$;

create or replace function script_tracking.event_trigger_table_rewrite()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set standard_conforming_strings = on
    set quote_all_identifiers = off
as $function$
begin
    perform pgtrail.note_table_rewrite(tg_tag) limit 1;
exception
    when others then
        raise warning using
            errcode = 'PT008',
            message = format('pgtrail could not note the rewrite by this %s: %s', tg_tag, sqlerrm);
end
$function$;
comment on function script_tracking.event_trigger_table_rewrite() is
    'Event trigger: a statement is about to rewrite a table.';
