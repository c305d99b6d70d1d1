-- Last, so that a first installation does not record itself.
-- Only a superuser, or the master role of a provider, may do this.
do $event_triggers$
declare
    wanted record;
begin
    for wanted in
        select *
        from (values
            ('et_ddl_command_start', 'ddl_command_start', 'event_trigger_ddl_start'),
            ('et_sql_drop', 'sql_drop', 'event_trigger_sql_drop'),
            ('et_table_rewrite', 'table_rewrite', 'event_trigger_table_rewrite'),
            ('et_ddl_command_end', 'ddl_command_end', 'event_trigger_ddl_end')
        ) as w (trigger_name, event, function_name)
        where not exists (select from pg_catalog.pg_event_trigger as t where t.evtname = w.trigger_name)
    loop
        execute pg_catalog.format(
            'create event trigger %I on %s execute function script_tracking.%I()',
            wanted.trigger_name, wanted.event, wanted.function_name);
        if (select s.capture_always from pgtrail.settings as s) then
            execute pg_catalog.format('alter event trigger %I enable always', wanted.trigger_name);
        end if;
    end loop;
end
$event_triggers$;
