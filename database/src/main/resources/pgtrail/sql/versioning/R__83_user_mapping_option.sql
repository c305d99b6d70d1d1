-- As the installer: only a superuser may read the catalog behind this view, and so its owner must be one.
-- The secrets do not pass it: it shows the values of the options that are known to hold none, and calls
-- nothing but what PostgreSQL brings.
create or replace view pgtrail.user_mapping_option as
    select
        m.oid as user_mapping,
        (
            select pg_catalog.jsonb_object_agg(
                o.name,
                case
                    when pg_catalog.lower(o.name) in (
                            'user', 'username', 'host', 'hostaddr', 'port', 'dbname', 'database', 'service',
                            'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'password_required')
                        -- a connection string within a connection
                        and o.value !~ '=|://'
                        then o.value
                    else '<redacted>'
                end)
            from (
                select
                    pg_catalog.split_part(u.option, '=', 1),
                    pg_catalog.substr(u.option, pg_catalog.strpos(u.option, '=') + 1)
                from pg_catalog.unnest(m.umoptions) as u (option)
            ) as o (name, value)
        ) as options
    from pg_catalog.pg_user_mapping as m;
comment on view pgtrail.user_mapping_option is
    'Options of user mappings. Each value that may be a secret is replaced by <redacted>.';
do $owner$
begin
    execute pg_catalog.format('alter view pgtrail.user_mapping_option owner to %I', current_user);
end
$owner$;
revoke all on pgtrail.user_mapping_option from public;
grant select on pgtrail.user_mapping_option to pgtrail_owner;
