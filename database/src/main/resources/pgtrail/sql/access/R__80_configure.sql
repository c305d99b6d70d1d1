set local role pgtrail_owner;

create or replace function pgtrail.change_setting(p_setting text, p_value text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    setting_value constant text := case p_setting
        when 'retention_days' then nullif(p_value, 'forever')
        when 'migrations_directory' then nullif(p_value, 'none')
        else p_value
    end;
begin
    perform pgtrail.require_admin('change a setting');
    if p_value is null or not exists (
        select
        from pg_attribute as a
        where a.attrelid = 'pgtrail.settings'::regclass
            and a.attname not in ('only_row', 'installed_version')
            and not a.attisdropped
            and a.attname = p_setting
    ) then
        raise exception using
            errcode = 'PT001',
            message = format('there is no setting %L, or its value is NULL', p_setting),
            hint = 'Settings: on_capture_failure, capture_always, capture_temporary, abandoned_after, retention_days, session_lifetime, migrations_directory.';
    -- Errors in a file show pieces of it: so only who may read every file says which pgtrail reads.
    elsif p_setting = 'migrations_directory' and not pg_has_role(pgtrail.caller(), 'pg_read_server_files', 'usage') then
        raise exception using
            errcode = 'PT002',
            message = 'only who may read the files of the server may say which of them are migrations',
            hint = 'Have a superuser set it, or a member of pg_read_server_files.';
    end if;
    begin
        execute format('update pgtrail.settings set %I = %L', p_setting, setting_value);
    exception
        when check_violation or data_exception then
            raise exception using
                errcode = 'PT001',
                message = format('%L is no value of %s', p_value, p_setting),
                detail = sqlerrm;
    end;
    perform pgtrail.record_event('Setting ' || p_setting, 'CONFIGURATION', null, jsonb_build_object('value', p_value));
end
$function$;
comment on function pgtrail.change_setting(text, text) is
    'Changes one column of the settings, recorded as an operation. Raises PT001 for an unknown name or value.';

create or replace function script_tracking.configure(p_setting text, p_value text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    event_trigger_name name;
begin
    perform pgtrail.change_setting(p_setting, p_value);
    if p_setting = 'capture_always' then
        -- As the caller: PostgreSQL lets only the owner of an event trigger change it.
        foreach event_trigger_name in array
            array['et_ddl_command_start', 'et_sql_drop', 'et_table_rewrite', 'et_ddl_command_end']
        loop
            execute format('alter event trigger %I enable %s',
                event_trigger_name, case when p_value::boolean then 'always' else '' end);
        end loop;
    end if;
end
$function$;
comment on function script_tracking.configure(text, text) is
    'Changes a setting: on_capture_failure (warn, abort), capture_always (boolean; needs the owner of the event triggers), capture_temporary (boolean), abandoned_after (interval), retention_days (a number, or forever), session_lifetime (interval), migrations_directory (an absolute path, or none; needs pg_read_server_files). For pgtrail_admin. Takes effect with the next statement; recorded as an operation of type CONFIGURATION.';
