set local role pgtrail_owner;

-- Each function describes what it knows among the objects it is asked for. What PostgreSQL words depends on
-- settings of the session; they are fixed here, for all of them.
create or replace function pgtrail.describe(p_class oid, p_objects oid[])
    returns setof pgtrail.described
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set quote_all_identifiers = off
    set datestyle = 'ISO, YMD'
    set intervalstyle = 'postgres'
    set timezone = 'UTC'
    set bytea_output = 'hex'
    set extra_float_digits = 1
    set lc_monetary = 'C'
as $function$
declare
    kinds text;
begin
    case p_class
        when 'pg_class'::regclass then
            kinds := (select string_agg(c.relkind::text, '') from pg_class as c where c.oid = any (p_objects));
            if kinds ~ '[rpf]' then
                return query select * from pgtrail.describe_tables(p_objects);
            end if;
            if kinds ~ '[iI]' then
                return query select * from pgtrail.describe_indexes(p_objects);
            end if;
            if kinds ~ 'S' then
                return query select * from pgtrail.describe_sequences(p_objects);
            end if;
            if kinds ~ '[vm]' then
                return query select * from pgtrail.describe_views(p_objects);
            end if;
        when 'pg_proc'::regclass then
            return query select * from pgtrail.describe_routines(p_objects);
        when 'pg_trigger'::regclass then
            return query select * from pgtrail.describe_triggers(p_objects);
        when 'pg_rewrite'::regclass then
            return query select * from pgtrail.describe_rules(p_objects);
        when 'pg_policy'::regclass then
            return query select * from pgtrail.describe_policies(p_objects);
        when 'pg_type'::regclass then
            return query select * from pgtrail.describe_types(p_objects);
        when 'pg_namespace'::regclass then
            return query select * from pgtrail.describe_schemas(p_objects);
        when 'pg_extension'::regclass then
            return query select * from pgtrail.describe_extensions(p_objects);
        when 'pg_collation'::regclass then
            return query select * from pgtrail.describe_collations(p_objects);
        when 'pg_statistic_ext'::regclass then
            return query select * from pgtrail.describe_statistics(p_objects);
        when 'pg_operator'::regclass then
            return query select * from pgtrail.describe_operators(p_objects);
        when 'pg_cast'::regclass then
            return query select * from pgtrail.describe_casts(p_objects);
        when 'pg_ts_dict'::regclass, 'pg_ts_config'::regclass, 'pg_ts_parser'::regclass, 'pg_ts_template'::regclass then
            return query select * from pgtrail.describe_text_search(p_class, p_objects);
        when 'pg_event_trigger'::regclass then
            return query select * from pgtrail.describe_event_triggers(p_objects);
        when 'pg_publication'::regclass then
            return query select * from pgtrail.describe_publications(p_objects);
        when 'pg_foreign_data_wrapper'::regclass then
            return query select * from pgtrail.describe_foreign_data_wrappers(p_objects);
        when 'pg_foreign_server'::regclass then
            return query select * from pgtrail.describe_servers(p_objects);
        when 'pg_user_mapping'::regclass then
            return query select * from pgtrail.describe_user_mappings(p_objects);
        when 'pg_default_acl'::regclass then
            return query select * from pgtrail.describe_default_privileges(p_objects);
        else
            null;  -- a kind that is not versioned: pggit.coverage() lists it
    end case;
end
$function$;
comment on function pgtrail.describe(oid, oid[]) is
    'The objects of one catalog with these identities, as they are now; those that are gone are left out.';
