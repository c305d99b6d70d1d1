set local role pgtrail_owner;

create or replace function pgtrail.is_later_version(p_old text, p_new text)
    returns boolean
    language sql
    immutable
    parallel safe
return case
    when p_old ~ '^\d{1,9}(\.\d{1,9})*$' and p_new ~ '^\d{1,9}(\.\d{1,9})*$'
        then string_to_array(p_old, '.')::integer[] < string_to_array(p_new, '.')::integer[]
    else false
end;
comment on function pgtrail.is_later_version(text, text) is
    'Whether a version follows another, as far as both are numbers.';

create or replace function pgtrail.alter_extension(p_full_name text, p_old jsonb, p_new jsonb)
    returns setof pgtrail.step
    language plpgsql
    immutable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    forward constant boolean := pgtrail.is_later_version(p_old ->> 'version', p_new ->> 'version');
begin
    if p_old -> 'into' <> p_new -> 'into' then
        if not p_new ? 'relocatable' then
            return next ('REBUILD', null, 'DATA_LOSS', 'the extension cannot be moved to another schema', null)::pgtrail.step;
            return;
        end if;
        return next ('ALTER', format('ALTER EXTENSION %s SET SCHEMA %I', p_full_name, p_new ->> 'into'),
            'SAFE', 'moved to another schema', null)::pgtrail.step;
    end if;
    if p_old -> 'version' <> p_new -> 'version' then
        return next ('ALTER', format('ALTER EXTENSION %s UPDATE TO %L', p_full_name, p_new ->> 'version'),
            case when forward then 'SAFE' else 'IRREVERSIBLE' end,
            case when forward then 'later version'
                else 'earlier version; refused where the extension has no way back' end,
            null)::pgtrail.step;
    end if;
end
$function$;
comment on function pgtrail.alter_extension(text, jsonb, jsonb) is
    'Steps between two definitions of an extension.';
