set local role pgtrail_owner;

create or replace function pgtrail.create_api_token(
    p_account text,
    p_label text,
    p_token_hash text,
    p_expires_at timestamptz
)
    returns uuid
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    token uuid;
begin
    perform pgtrail.require_admin('create an API token');
    perform pgtrail.require_name('label of a token', p_label);
    insert into pgtrail.api_token (account_name, label, token_hash, expires_at)
    select a.account_name, p_label, p_token_hash, p_expires_at
    from pgtrail.account as a
    where a.account_name = p_account
        and pgtrail.may_lend(a.acts_as::oid)
    returning token_id into token;
    if token is null then
        raise exception using errcode = 'PT001', message = format('there is no account %L that you may change', p_account);
    end if;
    perform pgtrail.record_account_change(
        'Token of account ' || p_account || ' created',
        jsonb_build_object('token', token, 'label', p_label, 'expires_at', p_expires_at));
    return token;
end
$function$;
comment on function pgtrail.create_api_token(text, text, text, timestamptz) is
    'Lets programs act for an account, and returns the id of the token. For pgtrail_admin. p_token_hash: as the server hashes its secret part.';

create or replace function pgtrail.drop_api_token(p_token uuid)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    account text;
begin
    perform pgtrail.require_admin('drop an API token');
    delete from pgtrail.api_token as t where t.token_id = p_token returning t.account_name into account;
    if account is null then
        raise exception using errcode = 'PT001', message = format('there is no token %s', p_token);
    end if;
    perform pgtrail.record_account_change(
        'Token of account ' || account || ' dropped', jsonb_build_object('token', p_token));
end
$function$;
comment on function pgtrail.drop_api_token(uuid) is
    'Ends what programs may do with a token. For pgtrail_admin.';

create or replace function pgtrail.api_tokens(p_account text)
    returns table (token_id uuid, label text, created_at timestamptz, expires_at timestamptz)
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('list API tokens');
    if not exists (select from pgtrail.account as a where a.account_name = p_account) then
        raise exception using errcode = 'PT001', message = format('there is no account %L', p_account);
    end if;
    return query
        select t.token_id, t.label, t.created_at, t.expires_at
        from pgtrail.api_token as t
        where t.account_name = p_account
        order by t.created_at, t.token_id;
end
$function$;
comment on function pgtrail.api_tokens(text) is
    'The tokens of an account, without their secrets, which nobody knows. For pgtrail_admin.';

create or replace function pgtrail.find_api_token(
    p_token uuid,
    out account_name text,
    out acts_as name,
    out rights text[],
    out token_hash text,
    out stamp text
)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select a.account_name, r.rolname, pgtrail.account_rights(a.acts_as), t.token_hash,
        md5(concat_ws(' ', a.created_at, a.password_hash))
    from pgtrail.api_token as t
    join pgtrail.account as a on a.account_name = t.account_name
    join pg_roles as r on r.oid = a.acts_as
    where t.token_id = p_token
        and (t.expires_at is null or t.expires_at > clock_timestamp())
$function$;
comment on function pgtrail.find_api_token(uuid) is
    'What the server must know of a token that has not expired; NULLs for an unknown one. For pgtrail_server.';
