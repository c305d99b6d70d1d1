-- Only where the host has none: then an audit event is an operation of its own.
do $log_audit_event$
begin
    if pgtrail.may_make('util.log_audit_event(text,text,text,text,jsonb)') then
        create or replace function util.log_audit_event(
            p_event_type text,
            p_component text,
            p_reference text,
            p_user_name text,
            p_details jsonb default null
        )
            returns boolean
            language plpgsql
            set search_path = pg_catalog, pg_temp
        as $function$
        begin
            return pgtrail.finish_operation(
                pgtrail.start_operation(
                    p_event_type, 'AUDIT_EVENT', null, null,
                    jsonb_strip_nulls(jsonb_build_object(
                        'component', p_component,
                        'reference', p_reference,
                        'user_name', p_user_name,
                        'details', p_details))),
                'COMPLETED', null, null, null, null);
        end
        $function$;
        comment on function util.log_audit_event(text, text, text, text, jsonb) is
            'pgtrail: records an audit event as a completed operation of type AUDIT_EVENT.';
        grant execute on function util.log_audit_event(text, text, text, text, jsonb) to public;
        perform pgtrail.note_as_ours('util.log_audit_event(text,text,text,text,jsonb)');
    end if;
end
$log_audit_event$;
