set local role pgtrail_owner;

create or replace function pgtrail.open_write(p_request_key text, p_digest bytea)
    returns text
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    kept pgtrail.kept_answer;
begin
    if p_request_key is null then
        return null;
    elsif p_request_key !~ '^[[:graph:]]{1,255}$' then
        raise exception using
            errcode = 'PT001',
            message = 'an idempotency key has 1 to 255 printable characters, and no blanks';
    end if;
    perform pgtrail.refuse_read_only();

    -- A few at a time, and none that another session is at.
    delete from pgtrail.kept_answer as k
    using (
        select o.ctid as place
        from pgtrail.kept_answer as o
        where o.created_at < clock_timestamp() - interval '1 day'
        order by o.created_at
        limit 100
        for update skip locked
    ) as old
    where k.ctid = old.place;

    -- Of several at once the first writes, and the others wait here for its answer.
    insert into pgtrail.kept_answer as k (session_role, acting_role, account_name, request_key, digest)
    values (
        session_user, pgtrail.caller(), coalesce(current_setting('script_tracking.app_user', true), ''),
        p_request_key, p_digest)
    on conflict (session_role, acting_role, account_name, request_key) do update
    set digest = excluded.digest, answer = null, created_at = excluded.created_at
    where k.created_at < clock_timestamp() - interval '1 day'
    returning k.* into kept;
    if kept.request_key is not null then
        return null;
    end if;

    select k.*
    into kept
    from pgtrail.kept_answer as k
    where k.session_role = session_user
        and k.acting_role = pgtrail.caller()
        and k.account_name = coalesce(current_setting('script_tracking.app_user', true), '')
        and k.request_key = p_request_key;
    if kept.digest <> p_digest then
        raise exception using
            errcode = 'PT015',
            message = format('the idempotency key %L was used for another request', p_request_key),
            hint = 'Send each request with a key of its own, and the same key only with the same request.';
    end if;
    return kept.answer;
end
$function$;
comment on function pgtrail.open_write(text, bytea) is
    'Begins a write by REST with the key of its request, NULL for none: returns what it was answered before, or NULL when it is to be carried out. For pgtrail_writer. Raises PT015 for the key of another request.';

create or replace function pgtrail.keep_answer(p_request_key text, p_answer text)
    returns void
    language sql
    volatile
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    update pgtrail.kept_answer as k
    set answer = p_answer
    where k.session_role = session_user
        and k.acting_role = pgtrail.caller()
        and k.account_name = coalesce(current_setting('script_tracking.app_user', true), '')
        and k.request_key = p_request_key
$function$;
comment on function pgtrail.keep_answer(text, text) is
    'Keeps what a write is answered, in the transaction of open_write().';

create or replace function pgtrail.annotate_operation(p_execution_hk bytea, p_metadata jsonb, p_error_message text)
    returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    status text;
begin
    perform pgtrail.refuse_read_only();
    perform pgtrail.require_object(p_metadata);
    -- With the rights of the caller. All accounts share a login role, so one's own is what the account began.
    update script_tracking.script_execution_s as s
    set metadata = coalesce(s.metadata, '{}') || coalesce(p_metadata, '{}'),
        error_message = coalesce(p_error_message, s.error_message)
    where s.script_execution_hk = p_execution_hk
        and (
            pg_has_role(current_user, 'pgtrail_admin', 'usage')
            or (
                s.effective_role = pgtrail.caller()
                and s.application_user is not distinct from nullif(current_setting('script_tracking.app_user', true), '')
            )
        )
    returning s.execution_status into status;
    if status is not null then
        return status;
    elsif exists (
        select from script_tracking.script_execution_s as s where s.script_execution_hk = p_execution_hk
    ) then
        raise exception using
            errcode = 'PT002',
            message = 'only administrators annotate what others began';
    end if;
    raise exception using
        errcode = 'PT012',
        message = format('there is no operation %s', encode(substring(p_execution_hk for 64), 'hex'));
end
$function$;
comment on function pgtrail.annotate_operation(bytea, jsonb, text) is
    'Adds metadata and an error message to an operation that the account began, administrators to any, and returns its status. Raises PT002 for one of others, PT012 for one that the caller cannot read.';
