set local role pgtrail_owner;

-- What is refused here is refused by an error that the functions below turn into their answer. No error leaves
-- them: PostgreSQL would write the statement, with its password, into the log of the server.

create or replace function pgtrail.pgcrypto_home(out home name, out problem text, out advice text)
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    -- By its code, so that nothing else of this name is called, and only in a schema whose owner is trusted: it could
    -- give the name of the schema to another one in this very moment.
    select
        c.nspname,
        case
            when c.nspname is null then 'the extension pgcrypto is missing'
            when not c.trusted then format('the schema %I of pgcrypto belongs to somebody who could replace it', c.nspname)
            when not c.open then format('pgtrail may not use the schema %I of pgcrypto', c.nspname)
        end,
        case
            when c.nspname is null then 'Have an administrator of the database run: CREATE EXTENSION pgcrypto'
            when not c.trusted then 'Have a superuser move it, for example: ALTER EXTENSION pgcrypto SET SCHEMA public'
            when not c.open then format('Have its owner run: GRANT USAGE ON SCHEMA %I TO pgtrail_owner', c.nspname)
        end
    from (values (1)) as one (row)
    left join lateral (
        select
            n.nspname,
            has_schema_privilege('pgtrail_owner', n.oid, 'usage') as open,
            o.rolsuper or o.rolname = 'pg_database_owner' or o.oid = d.datdba as trusted
        from pg_extension as e
        join pg_depend as m
            on m.refclassid = 'pg_extension'::regclass and m.refobjid = e.oid
            and m.classid = 'pg_proc'::regclass and m.deptype = 'e'
        join pg_proc as p on p.oid = m.objid
        join pg_language as l on l.oid = p.prolang and l.lanname = 'c'
        join pg_namespace as n on n.oid = p.pronamespace
        join pg_roles as o on o.oid = n.nspowner
        join pg_database as d on d.datname = current_database()
        where e.extname = 'pgcrypto'
            and p.proname = 'crypt'
            and p.prosrc = 'pg_crypt'
    ) as c on true
$function$;
comment on function pgtrail.pgcrypto_home() is
    'The schema of pgcrypto, or what keeps pgtrail from using it, and what to do.';

create or replace function pgtrail.bcrypt(p_password text, p_hash text default null)
    returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    pgcrypto constant record := pgtrail.pgcrypto_home();
    hash text;
begin
    if pgcrypto.problem is not null then
        raise exception using
            errcode = 'PT028',
            message = format('passwords cannot be hashed: %s', pgcrypto.problem),
            hint = pgcrypto.advice;
    end if;
    execute format('select %1$I.crypt($1, coalesce($2, %1$I.gen_salt(''bf''::text, 10)))', pgcrypto.home)
        into hash
        using p_password, p_hash;
    return hash;
end
$function$;
comment on function pgtrail.bcrypt(text, text) is
    'The bcrypt hash of a password by pgcrypto, wherever that is: with the salt of a hash, else with a new one. Raises PT028 where it is missing.';

create or replace function pgtrail.folded_email(p_email text)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    -- The length first: a regular expression over a long text takes long. ASCII alone, so that no two addresses look
    -- alike and none changes with the locale. No backslash, which standard_conforming_strings of the caller would take away.
    select case
        when length(a.address) <= 254
            and a.address ~ ('^[a-z0-9!#$%&''*+/=?^_`{|}~-]+([.][a-z0-9!#$%&''*+/=?^_`{|}~-]+)*'
                || '@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
            and strpos(a.address, '@') <= 65
        then a.address
    end
    from lower(left(btrim(p_email), 255) collate "C") as a (address)
$function$;
comment on function pgtrail.folded_email(text) is
    'An e-mail address in lower case, without blanks around it; NULL for what is none. Of ASCII: international domains in their xn-- form.';

create or replace function pgtrail.user_key(p_tenant_hk bytea, p_email text)
    returns bytea
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    -- No address holds a blank.
    select sha256(convert_to(coalesce(encode(p_tenant_hk, 'hex'), '') || ' ' || p_email, 'UTF8'))
$function$;
comment on function pgtrail.user_key(bytea, text) is
    'Key of the user with this folded address in a tenant: the same address in two tenants is two users.';

create or replace function pgtrail.auth_answer(
    p_operation bytea,
    p_error_code text,
    p_error_message text,
    p_suggestions text[],
    p_result jsonb
)
    returns jsonb
    language sql
    volatile
    set search_path = pg_catalog, pg_temp
as $function$
    select p_result || jsonb_build_object(
        'success', p_error_code is null,
        'error_code', p_error_code,
        'error_message', p_error_message,
        'details', jsonb_build_object(
            'operation_id', encode(p_operation, 'hex'),
            'timestamp', pgtrail.utc_text(clock_timestamp()),
            'suggestions', to_jsonb(array_remove(array_remove(p_suggestions, ''), null))))
$function$;
comment on function pgtrail.auth_answer(bytea, text, text, text[], jsonb) is
    'What the functions of the schema auth answer, with what they found.';

create or replace function pgtrail.utc_text(p_moment timestamptz)
    returns text
    language sql
    stable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $$select to_char(p_moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')$$;
comment on function pgtrail.utc_text(timestamptz) is
    'A moment as 2024-01-15T14:30:25Z.';

create or replace function pgtrail.require_user_data(p_user_data jsonb)
    returns void
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    fields constant text[] := array['email', 'password', 'tenant_id', 'display_name', 'first_name', 'last_name'];
    name text;
begin
    if p_user_data is null or jsonb_typeof(p_user_data) <> 'object' then
        raise exception using
            errcode = 'PT001',
            message = 'the user data are no JSON object',
            hint = 'Send an object with email and password.';
    end if;
    -- A field that is not known could be a secret, so it is neither kept nor named.
    if exists (select from jsonb_object_keys(p_user_data) as k where k <> all (fields)) then
        raise exception using
            errcode = 'PT001',
            message = 'the user data have a field that is not known',
            hint = format('Fields: %s.', array_to_string(fields, ', '));
    end if;
    foreach name in array fields loop
        if jsonb_typeof(p_user_data -> name) not in ('string', 'null')
            and not (name = 'tenant_id' and jsonb_typeof(p_user_data -> name) = 'number')
        then
            raise exception using
                errcode = 'PT001',
                message = format('the field %s is no text', name);
        elsif name ~ '_name$' and (length(p_user_data ->> name) > 255 or p_user_data ->> name ~ '[[:cntrl:]]') then
            raise exception using
                errcode = 'PT001',
                message = format('the field %s has more than 255 characters, or some that cannot be printed', name);
        end if;
    end loop;
    if pgtrail.folded_email(p_user_data ->> 'email') is null then
        raise exception using
            errcode = 'PT001',
            message = 'the field email is no e-mail address',
            hint = 'ASCII, at most 254 characters; international domains in their xn-- form.';
    end if;
end
$function$;
comment on function pgtrail.require_user_data(jsonb) is
    'Raises PT001 unless a registration has the fields it may have, and an e-mail address. The password: see pgtrail.require_password().';

create or replace function pgtrail.require_password(p_password text, p_email text)
    returns void
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    wrong constant text := case
        when p_password is null or length(p_password) < 8 then 'has fewer than 8 characters'
        -- bcrypt would take no notice of the rest.
        when octet_length(p_password) > 72 then 'has more than 72 bytes'
        when lower(p_password collate "C") in (p_email, split_part(p_email, '@', 1)) then 'is the e-mail address'
        when p_password = repeat(left(p_password, 1), length(p_password)) then 'is one character, repeated'
    end;
begin
    if wrong is not null then
        raise exception using
            errcode = 'PT001',
            message = format('the password %s', wrong),
            hint = 'Choose one of 8 characters or more, 72 bytes at most.';
    end if;
end
$function$;
comment on function pgtrail.require_password(text, text) is
    'Raises PT001 unless a password is good enough for the user of an address.';

create or replace function pgtrail.register_user(p_user_data jsonb)
    returns jsonb
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    started constant timestamptz := clock_timestamp();
    tenant bytea;
    email text;
    account bytea;
    hash text;
    code text;
    message text;
    hint text;
begin
    if pgtrail.is_read_only() then
        return pgtrail.auth_answer(null, 'PT007', 'nothing can be recorded here', array['Register on the primary, read write'], '{}');
    end if;
    begin
        perform pgtrail.require_user_data(p_user_data);
        tenant := pgtrail.recording_tenant(sha256(convert_to(p_user_data ->> 'tenant_id', 'UTF8')));
        email := pgtrail.folded_email(p_user_data ->> 'email');
        perform pgtrail.require_password(p_user_data ->> 'password', email);
        -- Before it is known whether the address is taken: both answers take as long.
        hash := pgtrail.bcrypt(p_user_data ->> 'password');
        -- Of several at once the first registers, and the others wait here.
        insert into pgtrail.user_h (user_hk, user_bk, tenant_hk, load_date, record_source)
        values (pgtrail.user_key(tenant, email), email, tenant, started, 'REGISTRATION')
        on conflict do nothing
        returning user_hk into account;
        if account is null then
            raise exception using
                errcode = 'unique_violation',
                message = 'this e-mail address is registered already',
                hint = 'Sign in, or register another address.';
        end if;
        insert into pgtrail.user_profile_s (
            user_hk, load_date, hash_diff, display_name, first_name, last_name, record_source)
        select account, started, sha256(convert_to(row(n.display_name, n.first_name, n.last_name)::text, 'UTF8')),
            n.display_name, n.first_name, n.last_name, 'REGISTRATION'
        from jsonb_to_record(p_user_data) as n (display_name text, first_name text, last_name text);
        insert into pgtrail.user_credential_s (user_hk, load_date, hash_diff, password_hash, record_source)
        values (account, started, sha256(convert_to(hash, 'UTF8')), hash, 'REGISTRATION');
        insert into pgtrail.user_sign_in (user_hk) values (account);
    exception
        when others then
            get stacked diagnostics code = returned_sqlstate, message = message_text, hint = pg_exception_hint;
            if code !~ '^PT' and code <> '23505' then
                -- What PostgreSQL says may show what it was given.
                message := 'the registration failed';
                hint := 'Retry the operation.';
            end if;
    end;
    return pgtrail.auth_answer(
        pgtrail.write_event(
            case when code is null then 'Registration of ' || email else 'Registration refused' end,
            'ACCOUNT', message,
            jsonb_strip_nulls(jsonb_build_object(
                'user', encode(pgtrail.user_key(tenant, email), 'hex'), 'error_code', code)),
            -- Nothing is recorded for a tenant that is not granted.
            coalesce(tenant, pgtrail.current_tenant()), started),
        code, message, array[hint],
        case when code is null then pgtrail.user_facts(account) else '{}' end);
end
$function$;
comment on function pgtrail.register_user(jsonb) is
    'auth.register_user_tracking() by our own users.';

create or replace function pgtrail.user_facts(p_user_hk bytea)
    returns jsonb
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select jsonb_build_object('user', jsonb_build_object(
        'user_hk', encode(h.user_hk, 'hex'),
        'email', h.user_bk,
        'tenant_hk', encode(h.tenant_hk, 'hex'),
        'display_name', p.display_name,
        'first_name', p.first_name,
        'last_name', p.last_name))
    from pgtrail.user_h as h
    join pgtrail.user_profile_s as p on p.user_hk = h.user_hk and p.load_end_date is null
    where h.user_hk = p_user_hk
$function$;
comment on function pgtrail.user_facts(bytea) is
    'What the application is told of a user.';
