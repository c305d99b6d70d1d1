-- What applications call, in a schema that may belong to a host: then only where nobody but superusers can put
-- something in their place, and beside functions of the host, which are called and tracked.
create or replace function pgtrail.record_host_answer(
    p_type text,
    p_email text,
    p_tenant_hk bytea,
    p_answer jsonb,
    p_error_code text,
    p_started timestamptz
)
    returns jsonb
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    what constant text := case p_type when 'SIGN_IN' then 'Sign-in' else 'Registration' end;
    email constant text := pgtrail.folded_email(p_email);
    answer constant jsonb :=
        case when jsonb_typeof(p_answer) = 'object' then p_answer else jsonb_build_object('result', p_answer) end;
    success constant boolean := p_error_code is null
        and coalesce(jsonb_typeof(p_answer), 'null') <> 'null'
        and coalesce(answer ->> 'success', 'true') = 'true';
    -- What a host says may hold what it was given, so of its errors only something like a code is kept.
    code constant text := case
        when not success then coalesce(p_error_code, substring(answer ->> 'error_code' from '^[[:alnum:]_]{1,50}$'))
    end;
    message constant text := case when not success then 'refused by the host' end;
    operation bytea;
begin
    -- Never so in a call by those functions.
    if not exists (
        select
        from pg_proc as p
        where p.oid = to_regprocedure(case p_type
                when 'SIGN_IN' then 'auth.login_user_tracking(character varying,character varying,bytea)'
                when 'ACCOUNT' then 'auth.register_user_tracking(jsonb)'
            end)
            and not p.prosecdef
    ) then
        raise exception using
            errcode = 'PT001',
            message = 'there is no function of a host that pgtrail records this of';
    end if;
    if pgtrail.is_read_only() then
        return pgtrail.auth_answer(null, 'PT007', 'nothing can be recorded here', array['Call it on the primary, read write'], '{}');
    end if;
    operation := pgtrail.write_event(
        case when success then what || coalesce(' of ' || email, '') else what || ' refused' end,
        p_type, message, jsonb_strip_nulls(jsonb_build_object('by', 'host', 'error_code', code)),
        -- Nothing is recorded for a tenant that is not granted.
        case when pgtrail.may_use_tenant(p_tenant_hk) then p_tenant_hk else pgtrail.current_tenant() end,
        -- Of this statement at the earliest.
        least(greatest(p_started, statement_timestamp()), clock_timestamp()));
    return jsonb_build_object('error_code', code, 'error_message', message)
        || answer
        || jsonb_build_object(
            'success', success,
            'details',
            case jsonb_typeof(answer -> 'details')
                when 'object' then answer -> 'details'
                else jsonb_strip_nulls(jsonb_build_object('host', answer -> 'details'))
            end || (pgtrail.auth_answer(operation, code, message, '{}', '{}') -> 'details'));
end
$function$;
alter function pgtrail.record_host_answer(text, text, bytea, jsonb, text, timestamptz) owner to pgtrail_owner;
comment on function pgtrail.record_host_answer(text, text, bytea, jsonb, text, timestamptz) is
    'Records what auth.login_user or auth.register_user of a host answered, and returns that with what ours answer. For pgtrail_writer, whose word is taken, as the host''s functions run with the rights of their caller.';

do $auth$
declare
    ways constant record := pgtrail.sign_in_ways();
    made record;
begin
    if ways.way is not null and pg_catalog.to_regnamespace('auth') is null then
        create schema auth authorization pgtrail_owner;
        comment on schema auth is 'pgtrail: functions that sign in and register users of the application.';
        grant usage on schema auth to pgtrail_writer;
        insert into pgtrail.created_outside values ('schema', 'auth') on conflict do nothing;
    end if;
    if ways.way is null then
        raise notice 'sign-ins are not tracked: %', ways.problem;
    elsif not pg_catalog.has_schema_privilege('auth', 'create') then
        raise notice 'sign-ins are not tracked: % may not create in the schema auth', current_user;
    end if;

    for made in
        select
            f.*,
            f.name || '(' || f.types || ')' as signature,
            ways.way = 'built-in' or ways.way = 'host' and h.identity is not null as wanted,
            array(
                select 'pg_catalog.' || t.typname
                from pg_catalog.pg_proc as p, pg_catalog.unnest(p.proargtypes) with ordinality as a (type_id, place)
                join pg_catalog.pg_type as t on t.oid = a.type_id
                where p.oid = pg_catalog.to_regprocedure(h.identity)
                order by a.place
            ) as host_types
        from (values
            (
                'login_user_tracking', 'character varying,character varying,bytea',
                'p_email varchar(255), p_password varchar(255), p_tenant_hk bytea',
                'pgtrail.sign_in_user(p_email, p_password, p_tenant_hk)',
                'login_user', 'auth.login_user(p_email::%s, p_password::%s, p_tenant_hk::%s)',
                $$'SIGN_IN', p_email, p_tenant_hk$$,
                'Signs a user of the application in and records the attempt. On success session_token, expires_at and user; else error_code PT027, the same for an unknown address, a wrong password and a user who must wait after failed attempts. Raises no error. For pgtrail_writer.'
            ),
            (
                'register_user_tracking', 'jsonb',
                'p_user_data jsonb',
                'pgtrail.register_user(p_user_data)',
                'register_user', 'auth.register_user(p_user_data::%s)',
                $$'ACCOUNT', pg_catalog.jsonb_extract_path_text(p_user_data, 'email'),
                    pg_catalog.sha256(pg_catalog.convert_to(
                        pg_catalog.jsonb_extract_path_text(p_user_data, 'tenant_id'), 'UTF8'))$$,
                'Registers a user of the application and records the attempt: email and password; tenant_id (the name of a tenant), display_name, first_name and last_name where wanted. error_code 23505 for an address that is taken, PT001 for data that cannot be, PT004 for a tenant that is not granted. Raises no error. For pgtrail_writer.'
            ),
            (
                'validate_session_tracking', 'text',
                'p_token text',
                'pgtrail.validate_user_session(p_token)',
                null, null, null,
                'The user whose session has this token, and the key of the sign-in; error_code PT016 for a session that is unknown or has expired. Records nothing. For pgtrail_writer.'
            ),
            (
                'logout_tracking', 'text',
                'p_token text',
                'pgtrail.sign_out_user(p_token)',
                null, null, null,
                'Ends the session with this token, and records it; error_code PT016 for one that is unknown or has expired. For pgtrail_writer.'
            )
        ) as f (name, types, parameters, built_in, host_name, host_call, host_facts, meaning)
        cross join lateral pgtrail.host_function(f.host_name) as h
    loop
        if made.wanted is not true or not pg_catalog.has_schema_privilege('auth', 'create') then
            -- Ours, from a time when the host had none.
            if exists (
                select from pgtrail.created_outside as c where c.object_identity = 'auth.' || made.signature
            ) then
                execute pg_catalog.format('drop function auth.%s', made.signature);
                delete from pgtrail.created_outside as c where c.object_identity = 'auth.' || made.signature;
            end if;
            continue;
        elsif not pgtrail.may_make('auth.' || made.signature) then
            raise notice 'auth.% exists and is left alone', made.name;
            continue;
        end if;
        execute pg_catalog.format('create or replace function auth.%I(%s) returns jsonb language plpgsql ',
                made.name, made.parameters)
            || case
                when ways.way = 'built-in' then pg_catalog.format(
                    'security definer set search_path = pg_catalog, pg_temp as %L',
                    pg_catalog.format(E'\nbegin\n    return %s;\nend\n', made.built_in))
                -- As the caller and with the search_path of the session, which the host's function may need: so every
                -- name here is qualified.
                else pg_catalog.format('security invoker as %L', pg_catalog.format($body$
declare
    started constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    answer pg_catalog.jsonb;
    code pg_catalog.text;
begin
    if pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.=) 'off'::pg_catalog.text then
        begin
            answer := pg_catalog.to_jsonb(%s);
        exception
            when others or assert_failure then
                code := sqlstate;
        end;
    end if;
    return pgtrail.record_host_answer(%s, answer, code, started);
end
$body$, pg_catalog.format(made.host_call, variadic made.host_types), made.host_facts))
            end;
        execute pg_catalog.format('comment on function auth.%s is %L', made.signature, made.meaning);
        execute pg_catalog.format('revoke all on function auth.%s from public', made.signature);
        execute pg_catalog.format('grant execute on function auth.%s to pgtrail_writer', made.signature);
        perform pgtrail.note_as_ours('auth.' || made.signature);
    end loop;
end
$auth$;
