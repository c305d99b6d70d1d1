-- The short names that a session may call without naming the schema. Left out, and said, where
-- the names are taken or there is no schema public.
do $public_wrappers$
declare
    wrapper record;
begin
    for wrapper in
        select *
        from (values
            ('track_operation', 'p_script_name varchar(255), p_script_type varchar(50) default ''MANUAL''',
                'bytea', 'character varying,character varying', 'p_script_name, p_script_type'),
            ('complete_operation', 'p_execution_hk bytea, p_success boolean default true, p_error_message text default null',
                'boolean', 'bytea,boolean,text', 'p_execution_hk, p_success, p_error_message')
        ) as w (name, parameters, result, signature, arguments)
    loop
        if pg_catalog.to_regnamespace('public') is null then
            raise notice 'there is no schema public: call script_tracking.%', wrapper.name;
        elsif not pgtrail.may_make(pg_catalog.format('public.%s(%s)', wrapper.name, wrapper.signature)) then
            raise notice 'public.% exists and is left alone: call script_tracking.%', wrapper.name, wrapper.name;
        else
            execute pg_catalog.format(
                'create or replace function public.%1$I(%2$s)
                    returns %3$s
                    language plpgsql
                    set search_path = pg_catalog, pg_temp
                as $function$
                begin
                    return script_tracking.%1$I(%4$s);
                end
                $function$',
                wrapper.name, wrapper.parameters, wrapper.result, wrapper.arguments);
            execute pg_catalog.format(
                'comment on function public.%1$I(%2$s) is ''pgtrail: the same as script_tracking.%1$s.''',
                wrapper.name, wrapper.signature);
            perform pgtrail.note_as_ours(pg_catalog.format('public.%s(%s)', wrapper.name, wrapper.signature));
        end if;
    end loop;
end
$public_wrappers$;
