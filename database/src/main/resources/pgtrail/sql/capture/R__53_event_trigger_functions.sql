set local role pgtrail_owner;

-- These run as the user who executes the DDL, so that they see who that is: everything that needs
-- rights is one call further, and checks that it is called from here.
create or replace function script_tracking.event_trigger_ddl_start()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted boolean;
begin
    noted := pgtrail.note_ddl_start(tg_tag);
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
    'Event trigger: a DDL statement is done; writes its operation.';

create or replace function script_tracking.event_trigger_sql_drop()
    returns event_trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    noted boolean;
begin
    noted := pgtrail.note_dropped_objects(tg_tag);
end
$function$;
comment on function script_tracking.event_trigger_sql_drop() is
    'Event trigger: a statement has dropped objects.';

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
