set local role pgtrail_owner;

create or replace function pgtrail.sign_in_wait(p_failed integer, p_last_failed timestamptz)
    returns interval
    language sql
    stable
    parallel safe
    set search_path = pg_catalog, pg_temp
as $function$
    select greatest(
        case
            -- A clock that was set back must not lock anybody out until it has caught up.
            when p_failed >= 5 and p_last_failed <= clock_timestamp() then
                p_last_failed + least(interval '15 seconds' * 2 ^ least(p_failed - 5, 10), interval '1 hour')
                    - clock_timestamp()
        end,
        interval '0')
$function$;
comment on function pgtrail.sign_in_wait(integer, timestamptz) is
    'How long an account must wait after failed sign-ins: 15 seconds after the fifth, then twice as long each, an hour at most.';

create or replace function pgtrail.account_rights(p_role regrole)
    returns text[]
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select array(
        select r.name
        from (values
            ('viewer', 'pgtrail_reader'), ('auditor', 'pgtrail_auditor'),
            ('operator', 'pgtrail_writer'), ('admin', 'pgtrail_admin')
        ) as r (name, role_name)
        where pg_has_role(p_role::oid, r.role_name, 'usage')
    )
$function$;
comment on function pgtrail.account_rights(regrole) is
    'What the server may offer to accounts that act as a role: viewer, auditor, operator, admin, by its membership in the roles of pgtrail.';

create or replace function pgtrail.may_lend(p_role oid)
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select pg_has_role(
        pgtrail.caller()::name, p_role,
        case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end)
$function$;
comment on function pgtrail.may_lend(oid) is
    'Whether the caller could act as a role itself, and so may let an account do it.';

create or replace function pgtrail.record_account_change(p_name text, p_metadata jsonb)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.record_event(p_name, 'ACCOUNT', null, jsonb_strip_nulls(p_metadata));
end
$function$;
comment on function pgtrail.record_account_change(text, jsonb) is
    'Records in the transaction that makes it that an account or a token was changed.';

create or replace function pgtrail.require_lendable_role(p_acts_as name)
    returns regrole
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    role constant regrole := to_regrole(quote_ident(p_acts_as));
begin
    if role is null then
        raise exception using
            errcode = 'PT001',
            message = format('there is no role %L', p_acts_as),
            hint = 'An account acts as a role of the database, such as pgtrail_reader.';
    elsif pgtrail.account_rights(role) = '{}' then
        raise exception using
            errcode = 'PT001',
            message = format('the role %I may not read the trail', p_acts_as),
            hint = format('Grant it what its accounts shall be able to do, such as: grant pgtrail_reader to %I', p_acts_as);
    -- Else an administrator of pgtrail would be whoever it likes.
    elsif not pgtrail.may_lend(role::oid) then
        raise exception using
            errcode = 'PT002',
            message = format('only who can act as %I may let an account do it', p_acts_as);
    end if;
    return role;
end
$function$;
comment on function pgtrail.require_lendable_role(name) is
    'The role of this name, or PT001 or PT002 unless the caller may let an account act as it.';

create or replace function pgtrail.create_account(
    p_name text,
    p_acts_as name,
    p_password_hash text,
    p_external_subject text default null
)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    broken text;
begin
    perform pgtrail.require_admin('create an account');
    perform pgtrail.require_name('account name', p_name);
    if p_external_subject is not null then
        perform pgtrail.require_name('name at the provider', p_external_subject);
    end if;
    insert into pgtrail.account (account_name, acts_as, password_hash, external_subject)
    values (p_name, pgtrail.require_lendable_role(p_acts_as), p_password_hash, p_external_subject);
    perform pgtrail.record_account_change(
        'Account ' || p_name || ' created',
        jsonb_build_object('acts_as', p_acts_as, 'external_subject', p_external_subject));
exception
    when unique_violation then
        get stacked diagnostics broken = constraint_name;
        raise exception using
            errcode = 'PT005',
            message = case
                when broken = 'account_pkey' then format('account %L exists already', p_name)
                else format('another account is the one of %L', p_external_subject)
            end;
    when check_violation then
        get stacked diagnostics broken = constraint_name;
        raise exception using
            errcode = 'PT001',
            message = format('%L is no name of an account', p_name),
            hint = 'Up to 100 printable characters, single blanks between them.';
end
$function$;
comment on function pgtrail.create_account(text, name, text, text) is
    'Lets somebody sign in to the server of pgtrail and act as a role. For pgtrail_admin that can act as that role. p_password_hash: as the server hashes it; NULL: not by password. p_external_subject: what a provider of OpenID Connect calls it. Raises PT005 if the account exists.';

create or replace function pgtrail.set_account_role(p_name text, p_acts_as name)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('let an account act as another role');
    update pgtrail.account as a
    set acts_as = pgtrail.require_lendable_role(p_acts_as)
    where a.account_name = p_name
        and pgtrail.may_lend(a.acts_as::oid);
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no account %L that you may change', p_name);
    end if;
    perform pgtrail.record_account_change(
        'Role of account ' || p_name || ' changed', jsonb_build_object('acts_as', p_acts_as));
end
$function$;
comment on function pgtrail.set_account_role(text, name) is
    'Lets an account act as another role from its next request on. For pgtrail_admin that can act as both.';

create or replace function pgtrail.set_account_password(p_name text, p_password_hash text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('set the password of an account');
    update pgtrail.account as a
    set password_hash = p_password_hash, failed_sign_ins = 0, last_failed_at = null
    where a.account_name = p_name
        and pgtrail.may_lend(a.acts_as::oid);
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no account %L that you may change', p_name);
    end if;
    perform pgtrail.record_account_change('Password of account ' || p_name || ' changed', null);
end
$function$;
comment on function pgtrail.set_account_password(text, text) is
    'Gives an account another password, and ends its waiting after failed sign-ins. For pgtrail_admin.';

create or replace function pgtrail.drop_account(p_name text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('drop an account');
    delete from pgtrail.account as a where a.account_name = p_name;
    if not found then
        raise exception using errcode = 'PT001', message = format('there is no account %L', p_name);
    end if;
    perform pgtrail.record_account_change('Account ' || p_name || ' dropped', null);
end
$function$;
comment on function pgtrail.drop_account(text) is
    'Removes an account and its tokens. For pgtrail_admin. What it did stays in the trail.';

create or replace function pgtrail.accounts()
    returns table (
        account_name text,
        acts_as name,
        rights text[],
        created_at timestamptz,
        failed_sign_ins integer,
        waits interval,
        tokens bigint
    )
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_admin('list accounts');
    return query
        select
            a.account_name, r.rolname, pgtrail.account_rights(a.acts_as), a.created_at, a.failed_sign_ins,
            nullif(pgtrail.sign_in_wait(a.failed_sign_ins, a.last_failed_at), interval '0'),
            (select count(*) from pgtrail.api_token as t where t.account_name = a.account_name)
        from pgtrail.account as a
        join pg_roles as r on r.oid = a.acts_as
        order by a.account_name;
end
$function$;
comment on function pgtrail.accounts() is
    'Who may sign in to the server, as which role, and how long a wait its failed sign-ins cost. For pgtrail_admin.';

create or replace function pgtrail.find_account(
    p_name text,
    out acts_as name,
    out rights text[],
    out password_hash text,
    out stamp text
)
    language sql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
    select
        r.rolname, pgtrail.account_rights(a.acts_as), a.password_hash,
        md5(concat_ws(' ', a.created_at, a.password_hash))
    from pgtrail.account as a
    join pg_roles as r on r.oid = a.acts_as
    where a.account_name = p_name
$function$;
comment on function pgtrail.find_account(text) is
    'What the server must know of an account; NULLs for an unknown one. stamp: another one after another password, and for another account of the name. For pgtrail_server.';

create or replace function pgtrail.sign_in(p_name text, p_matches boolean)
    returns boolean
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    account pgtrail.account;
    waits boolean;
    refusal text;
begin
    -- Locked: of many attempts at once each sees the failures of those before it.
    select a.* into account from pgtrail.account as a where a.account_name = p_name for update;
    waits := pgtrail.sign_in_wait(account.failed_sign_ins, account.last_failed_at) > interval '0';
    refusal := case
        when waits then 'too many failed sign-ins: the account waits'
        when p_matches is not true then 'name or password is wrong'
    end;
    if refusal is null then
        update pgtrail.account as a
        set failed_sign_ins = 0, last_failed_at = null
        where a.account_name = p_name and a.failed_sign_ins > 0;
    elsif not waits then
        -- An attempt while it waits does not prolong the wait.
        update pgtrail.account as a
        set failed_sign_ins = a.failed_sign_ins + 1, last_failed_at = clock_timestamp()
        where a.account_name = p_name;
    end if;
    perform pgtrail.record_event(
        -- What is no account may be a password in the wrong field.
        case when account.account_name is null then 'Sign-in of an unknown account' else 'Sign-in of ' || p_name end,
        'SIGN_IN', refusal, null);
    return refusal is null;
end
$function$;
comment on function pgtrail.sign_in(text, boolean) is
    'Decides whether an account may sign in whose password was right or wrong: not while it waits. Counts and records the attempt. For pgtrail_server.';
