set local role pgtrail_owner;

create or replace function pgtrail.password_matches(p_user_hk bytea, p_password text)
    returns boolean
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    -- Nobody's: so an unknown user takes as long as a known one.
    dummy constant text := '$2a$10$abcdefghijklmnopqrstuuGbKZb7SWfQhOHrrXk1DUPpHcGpBfVxi';
    hash constant text := (
        select c.password_hash from pgtrail.user_credential_s as c where c.user_hk = p_user_hk and c.load_end_date is null);
begin
    return coalesce(pgtrail.bcrypt(p_password, coalesce(hash, dummy)) = hash and octet_length(p_password) <= 72, false);
end
$function$;
comment on function pgtrail.password_matches(bytea, text) is
    'Whether this is the password of a user. Takes as long for a user that does not exist.';

create or replace function pgtrail.may_sign_in(p_user_hk bytea, p_matches boolean)
    returns boolean
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    failures pgtrail.user_sign_in;
begin
    -- Locked after the hash was computed, which takes long: of many attempts at once each sees the failures of
    -- those before it.
    select s.* into failures from pgtrail.user_sign_in as s where s.user_hk = p_user_hk for update;
    if pgtrail.sign_in_wait(failures.failed_sign_ins, failures.last_failed_at) > interval '0' then
        -- An attempt while it waits does not prolong the wait.
        return false;
    end if;
    update pgtrail.user_sign_in as s
    set failed_sign_ins = case when p_matches then 0 else s.failed_sign_ins + 1 end,
        last_failed_at = case when not p_matches then clock_timestamp() end
    where s.user_hk = p_user_hk;
    return p_matches and found;
end
$function$;
comment on function pgtrail.may_sign_in(bytea, boolean) is
    'Whether a user may sign in whose password was right or wrong: not while it waits after failed attempts, which this counts.';

create or replace function pgtrail.begin_user_session(p_user_hk bytea, p_operation bytea)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    token constant text :=
        encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
    begun pgtrail.user_session;
begin
    -- A few at a time, and none that another session is at.
    delete from pgtrail.user_session as s
    using (
        select o.ctid as place
        from pgtrail.user_session as o
        where o.expires_at < clock_timestamp()
        order by o.expires_at
        limit 100
        for update skip locked
    ) as old
    where s.ctid = old.place;
    insert into pgtrail.user_session (token_hash, user_hk, script_execution_hk, created_at, expires_at)
    select sha256(convert_to(token, 'UTF8')), p_user_hk, p_operation, m.now, m.now + t.session_lifetime
    from pgtrail.settings as t, clock_timestamp() as m (now)
    returning * into begun;
    return pgtrail.user_facts(p_user_hk)
        || jsonb_build_object('session_token', token, 'expires_at', pgtrail.utc_text(begun.expires_at));
end
$function$;
comment on function pgtrail.begin_user_session(bytea, bytea) is
    'Begins a session of a user, and returns both with its token, which is kept nowhere. Removes some that have expired.';

create or replace function pgtrail.sign_in_user(p_email text, p_password text, p_tenant_hk bytea)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    started constant timestamptz := clock_timestamp();
    email constant text := pgtrail.folded_email(p_email);
    tenant bytea;
    account bytea;
    operation bytea;
    code text;
    message text;
    hint text;
begin
    if pgtrail.is_read_only() then
        return pgtrail.auth_answer(null, 'PT007', 'nothing can be recorded here', array['Sign in on the primary, read write'], '{}');
    end if;
    begin
        tenant := pgtrail.recording_tenant(p_tenant_hk);
        if coalesce(p_email, '') = '' or coalesce(p_password, '') = '' then
            raise exception using errcode = 'PT001', message = 'the e-mail address or the password is missing';
        end if;
        account := pgtrail.user_key(tenant, email);
        if not pgtrail.may_sign_in(account, pgtrail.password_matches(account, p_password)) then
            -- Not raised: that would take back the count. Unknown, wrong and waiting are one answer.
            code := 'PT027';
            message := 'the e-mail address or the password is wrong, or there were too many failed attempts';
            hint := 'Check both; after several failures wait before the next attempt.';
        end if;
    exception
        when others then
            get stacked diagnostics code = returned_sqlstate, message = message_text, hint = pg_exception_hint;
            if code !~ '^PT' then
                -- What PostgreSQL says may show what it was given.
                message := 'the sign-in failed';
                hint := 'Retry the operation.';
            end if;
    end;
    operation := pgtrail.write_event(
        case when code is null then 'Sign-in of ' || email else 'Sign-in refused' end,
        'SIGN_IN', message,
        -- The same for known and unknown users: whoever calls may read what it recorded.
        jsonb_strip_nulls(jsonb_build_object('user', encode(account, 'hex'), 'error_code', code)),
        -- Nothing is recorded for a tenant that is not granted.
        coalesce(tenant, pgtrail.current_tenant()), started);
    return pgtrail.auth_answer(
        operation, code, message, array[hint],
        case when code is null then pgtrail.begin_user_session(account, operation) else '{}' end);
end
$function$;
comment on function pgtrail.sign_in_user(text, text, bytea) is
    'auth.login_user_tracking() by our own users.';

create or replace function pgtrail.find_user_session(p_token text)
    returns pgtrail.user_session
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select s.*
    from pgtrail.user_session as s
    join pgtrail.user_h as h on h.user_hk = s.user_hk
    where length(p_token) = 64
        and s.token_hash = sha256(convert_to(p_token, 'UTF8'))
        and s.expires_at > clock_timestamp()
        and (h.tenant_hk is null or pgtrail.may_use_tenant(h.tenant_hk))
$function$;
comment on function pgtrail.find_user_session(text) is
    'The session of a token, unless it has expired or is of a tenant that is not granted to the caller; NULL for none.';

create or replace function pgtrail.validate_user_session(p_token text)
    returns jsonb
    language plpgsql
    -- Also in the statement that has begun the session.
    volatile
    set search_path = pg_catalog, pg_temp
as $function$
declare
    valid constant pgtrail.user_session := pgtrail.find_user_session(p_token);
begin
    if valid.token_hash is null then
        return pgtrail.auth_answer(
            null, 'PT016', 'the session is unknown or has expired', array['Sign in again.'], '{}');
    end if;
    return pgtrail.auth_answer(
        valid.script_execution_hk, null, null, '{}',
        pgtrail.user_facts(valid.user_hk) || jsonb_build_object('expires_at', pgtrail.utc_text(valid.expires_at)));
end
$function$;
comment on function pgtrail.validate_user_session(text) is
    'auth.validate_session_tracking() by our own users.';

create or replace function pgtrail.sign_out_user(p_token text)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    started constant timestamptz := clock_timestamp();
    ended constant pgtrail.user_session := pgtrail.find_user_session(p_token);
    facts constant jsonb := coalesce(pgtrail.user_facts(ended.user_hk), '{}');
    message constant text := case when ended.token_hash is null then 'the session is unknown or has expired' end;
begin
    if pgtrail.is_read_only() then
        return pgtrail.auth_answer(null, 'PT007', 'nothing can be recorded here', array['Sign out on the primary, read write'], '{}');
    end if;
    delete from pgtrail.user_session as s where s.token_hash = ended.token_hash;
    return pgtrail.auth_answer(
        pgtrail.write_event(
            coalesce('Sign-out of ' || (facts #>> '{user,email}'), 'Sign-out refused'), 'ACCOUNT', message,
            jsonb_strip_nulls(jsonb_build_object(
                'user', encode(ended.user_hk, 'hex'), 'error_code', case when message is not null then 'PT016' end)),
            coalesce(decode(facts #>> '{user,tenant_hk}', 'hex'), pgtrail.current_tenant()), started),
        case when message is not null then 'PT016' end, message, '{}', facts);
end
$function$;
comment on function pgtrail.sign_out_user(text) is
    'auth.logout_tracking() by our own users.';
