set local role pgtrail_owner;

-- These run as the user who executes the DDL, so that they see who that is: everything that needs
-- rights is one call further, and checks that it is called from here.
create or replace function script_tracking.event_trigger_ddl_start()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    context text;
    noted boolean;
begin
    get diagnostics context = pg_context;
    -- The common case, one plain statement of the client, leaves nothing to note.
    if strpos(context, E'\n') > 0
        or strpos(rtrim(current_query(), E'; \t\r\n'), ';') > 0
        or upper(left(current_query(), length(tg_tag))) <> tg_tag
        or pgtrail.may_hide_index(current_query(), tg_tag)
    then
        noted := pgtrail.note_ddl_start(tg_tag);
    end if;
end
$function$;
comment on function script_tracking.event_trigger_ddl_start() is
    'Event trigger: a DDL statement begins.';

create or replace function script_tracking.event_trigger_ddl_end()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    recorded boolean;
begin
    recorded := pgtrail.record_ddl(tg_tag, current_user::text);
end
$function$;
comment on function script_tracking.event_trigger_ddl_end() is
    'Event trigger: a DDL statement is done; writes its operation, unless it is a DROP, which sql_drop has written.';

create or replace function script_tracking.event_trigger_sql_drop()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted boolean;
begin
    noted := pgtrail.record_drop(tg_tag, current_user::text);
end
$function$;
comment on function script_tracking.event_trigger_sql_drop() is
    'Event trigger: a statement has dropped objects; of a DROP, writes the operation.';

create or replace function script_tracking.event_trigger_table_rewrite()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted boolean;
begin
    noted := pgtrail.note_table_rewrite(tg_tag);
end
$function$;
comment on function script_tracking.event_trigger_table_rewrite() is
    'Event trigger: a statement is about to rewrite a table.';
