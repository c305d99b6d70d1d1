-- The operations of some hours, as the functions of pgtrail would have written them, in one
-- transaction. Parameters: the hours (timestamptz[]), how many operations began in each
-- (integer[]), the present, and the cumulative shares of the actors (double precision[]).
with drawn as materialized (
    select
        h.hour + random() * least(interval '1 hour', moment.present - h.hour) as started,
        moment.present,
        width_bucket(random(), moment.actors) as actor,
        1 + width_bucket(random(), array[0.25, 0.50, 0.65, 0.70, 0.75, 0.90]::double precision[]) as kind,
        random() as fate,
        -- Box and Muller: the logarithm of a duration is normally distributed.
        exp(1.1 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) as spread,
        (random() * 1e6)::integer as dice
    from (select ?::timestamptz as present, ?::double precision[] as actors) as moment
    cross join unnest(?::timestamptz[], ?::integer[]) as h (hour, operations)
    cross join generate_series(1, h.operations)
), timed as (
    select
        d.*,
        d.kind = 2 as is_ddl,
        least(
            d.spread * (array[250, 6, 4000, 900, 90000, 1800, 12000])[d.kind] * interval '1 millisecond',
            interval '20 hours') as duration,
        case when d.dice % 10 < 7 then tenants.hks[1 + d.actor % cardinality(tenants.hks)] end as tenant_hk
    from drawn as d
    cross join (select array(select t.tenant_hk from pgtrail.tenant as t order by t.tenant_name)) as tenants (hks)
), ended as (
    select
        t.*,
        case
            when t.is_ddl then 'COMPLETED'
            when t.started + t.duration > t.present or t.fate < 0.00001 then 'RUNNING'
            when t.fate < 0.027 then 'FAILED'
            else 'COMPLETED'
        end as status,
        pgtrail.milliseconds(t.started, t.started + t.duration) as milliseconds,
        case
            when t.is_ddl then 'AUTO_DDL_'
                || (array['CREATE_TABLE', 'ALTER_TABLE', 'DROP_TABLE', 'CREATE_INDEX',
                    'CREATE_VIEW', 'CREATE_FUNCTION', 'GRANT', 'COMMENT'])[1 + t.dice % 8]
            else (array['Correction of orders ', '', 'Index maintenance ', 'Migration ', 'Backup ',
                    'Report of sales ', 'Import of products '])[t.kind] || t.dice % 60
        end as name,
        (array['MANUAL', 'DDL_AUTO', 'MAINTENANCE', 'MIGRATION', 'BACKUP', 'REPORTING', 'ETL'])[t.kind] as type,
        'user_' || lpad(t.actor::text, 3, '0') as who,
        case when t.is_ddl or t.kind = 4 then array['sales.orders_' || t.dice % 500] end as objects,
        case
            when t.is_ddl then 'ALTER TABLE sales.orders_' || t.dice % 500 || ' ADD COLUMN note_' || t.dice % 97 || ' text'
            when t.kind in (1, 4) then 'update sales.orders set state = ''settled'' where id = ' || t.dice
        end as command,
        case when t.kind = 4 then jsonb_build_object('ticket', 'OPS-' || t.dice % 9000) end as details
    from timed as t
), operation as materialized (
    select
        e.*,
        b.key,
        sha256(convert_to(b.key, 'UTF8')) as hk,
        pgtrail.whole_milliseconds(e.milliseconds) as whole,
        case when e.status = 'FAILED' then
            (array['deadlock detected', 'canceling statement due to statement timeout',
                'duplicate key value violates unique constraint "orders_pkey"',
                'permission denied for table orders', 'could not serialize access',
                'relation "sales.orders_old" does not exist'])[1 + e.dice % 6]
        end as error,
        case when e.status = 'RUNNING' then e.details
            else coalesce(e.details, '{}') || jsonb_build_object('duration_ms', e.milliseconds)
        end as metadata,
        case when e.is_ddl then 'EVENT_TRIGGER' else 'SCRIPT_TRACKER' end as source,
        inet '10.0.0.0' + e.actor * 7 as address,
        (array['psql', 'deploy', 'etl', 'reporting'])[1 + e.actor % 4] as application,
        1000 + e.dice % 30000 as backend,
        pgtrail.current_place() as place
    from ended as e
    cross join lateral (
        select e.name || to_char(e.started, '_YYYY-MM-DD_HH24:MI:SS.US_') || replace(gen_random_uuid()::text, '-', '')
    ) as b (key)
), hub as (
    insert into script_tracking.script_execution_h (
        script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    select hk, key, tenant_hk, started, source
    from operation
), superseded as (
    insert into script_tracking.script_execution_s_history (
        script_execution_hk, load_date, load_end_date, hash_diff, version_number, script_name,
        script_type, execution_status, execution_timestamp, db_session_user, client_ip, sql_command,
        metadata, record_source, tenant_hk, effective_role, application_name, backend_pid, recorded_xid)
    select
        hk, started, started + duration,
        pgtrail.hash_diff(name, type, 'RUNNING', null, null, command, null, details),
        1, name, type, 'RUNNING', started, who, address, command, details, source, tenant_hk, who,
        application, backend, place
    from operation
    where status <> 'RUNNING' and not is_ddl
)
insert into script_tracking.script_execution_s (
    script_execution_hk, load_date, hash_diff, version_number, script_name, script_type,
    execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip,
    affected_objects, sql_command, error_message, metadata, record_source, tenant_hk,
    effective_role, application_name, backend_pid, recorded_xid)
select
    hk,
    case when status = 'RUNNING' or is_ddl then started else started + duration end,
    pgtrail.hash_diff(
        name, type, status, case when status <> 'RUNNING' then whole end,
        case when status <> 'RUNNING' then objects end, command, error, metadata),
    case when status = 'RUNNING' or is_ddl then 1 else 2 end,
    name, type, status, started, case when status <> 'RUNNING' then whole end, who, address,
    case when status <> 'RUNNING' then objects end, command, error, metadata, source, tenant_hk, who,
    application, backend, place
from operation
