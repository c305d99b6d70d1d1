set local role pgtrail_owner;

create or replace function pgtrail.find_external_account(
    p_subject text,
    out account_name text,
    out acts_as name,
    out rights text[],
    out stamp text
)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select a.account_name, r.rolname, pgtrail.account_rights(a.acts_as),
        md5(concat_ws(' ', a.created_at, a.password_hash))
    from pgtrail.account as a
    join pg_roles as r on r.oid = a.acts_as
    where a.external_subject = p_subject
$function$;
comment on function pgtrail.find_external_account(text) is
    'The account of whom a provider of OpenID Connect calls so; NULLs for none. For pgtrail_server.';

create or replace function pgtrail.record_external_sign_in(p_subject text)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    account constant text := (select a.account_name from pgtrail.account as a where a.external_subject = p_subject);
begin
    perform pgtrail.record_event(
        'Sign-in of ' || coalesce(account, 'an unknown account'), 'SIGN_IN',
        case when account is null then 'no account is the one of this subject' end,
        jsonb_build_object('provider', 'OpenID Connect', 'subject', p_subject));
    return account is not null;
end
$function$;
comment on function pgtrail.record_external_sign_in(text) is
    'Records that a provider of OpenID Connect vouched for somebody; false if no account is that. For pgtrail_server.';

create or replace function pgtrail.record_sign_out(p_account text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.record_event('Sign-out of ' || p_account, 'SIGN_IN', null, null);
end
$function$;
comment on function pgtrail.record_sign_out(text) is
    'Records that an account ended its session. For pgtrail_server.';

create or replace function pgtrail.record_refusal(p_account text, p_what text, p_reason text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.record_event(
        'Refused to ' || p_account || ': ' || p_what, 'REFUSAL', p_reason,
        jsonb_build_object('account', p_account));
end
$function$;
comment on function pgtrail.record_refusal(text, text, text) is
    'Records that the server refused something to an account that lacks the right or asks too often. For pgtrail_server.';
