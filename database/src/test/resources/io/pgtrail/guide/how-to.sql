-- The SQL of our own how-to pages that stands for a piece of the guides, or shows how to query the
-- trail, word for word. How to read it: PrintedSql.

--@ track-operations.md: In SQL
DO $$
DECLARE
    operation_id bytea;
BEGIN
    operation_id := script_tracking.track_operation('Nightly aggregation', 'MAINTENANCE');

    -- the work

    PERFORM script_tracking.complete_operation(operation_id, true);
END $$;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Nightly aggregation'
--| script_name | script_type | execution_status | version_number
--| Nightly aggregation | MAINTENANCE | COMPLETED | 2

--@ track-operations.md: Keep the failure
--< create table source_table (id int); create table target_table (id int);
--< insert into source_table values (1), (2), (3);
--< grant select on source_table to public; grant insert on target_table to public;
DO $$
DECLARE
    operation_id bytea;
    succeeded boolean := false;
BEGIN
    operation_id := script_tracking.track_operation('Risky operation', 'MAINTENANCE');

    BEGIN
        INSERT INTO target_table SELECT * FROM source_table;
        succeeded := true;
    EXCEPTION WHEN OTHERS THEN
        UPDATE script_tracking.script_execution_s
        SET error_message = SQLERRM,
            metadata = jsonb_build_object('error_code', SQLSTATE)
        WHERE script_execution_hk = operation_id AND load_end_date IS NULL;
    END;

    PERFORM script_tracking.complete_operation(operation_id, succeeded);
END $$;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Risky operation'
--| script_name | script_type | execution_status | version_number
--| Risky operation | MAINTENANCE | COMPLETED | 2

--@ track-operations.md: What it did
--< create table source_table (id int); create table target_table (id int);
--< insert into source_table values (1), (2), (3);
--< grant select on source_table to public; grant insert on target_table to public;
DO $$
DECLARE
    operation_id bytea;
    started constant timestamptz := clock_timestamp();
    records bigint;
BEGIN
    operation_id := script_tracking.track_operation('Bulk data import', 'DATA_IMPORT');

    INSERT INTO target_table SELECT * FROM source_table;
    GET DIAGNOSTICS records = ROW_COUNT;

    UPDATE script_tracking.script_execution_s
    SET metadata = jsonb_build_object(
        'records_processed', records,
        'records_per_second', records / nullif(extract(epoch FROM clock_timestamp() - started), 0))
    WHERE script_execution_hk = operation_id AND load_end_date IS NULL;

    PERFORM script_tracking.complete_operation(operation_id, true);
END $$;
--? select script_name, execution_status, version_number, metadata -> 'records_processed' as records,
--?     (metadata -> 'records_per_second')::numeric > 0 as has_rate
--? from script_tracking.script_execution_s
--? where script_name = 'Bulk data import'
--| script_name | execution_status | version_number | records | has_rate
--| Bulk data import | COMPLETED | 3 | 3 | t

--@ track-operations.md: VACUUM, REINDEX and others that cannot run in a function
--: by admin
SELECT script_tracking.track_operation('Database maintenance', 'MAINTENANCE') AS operation \gset
VACUUM ANALYZE;
REINDEX DATABASE CONCURRENTLY :"DBNAME";
SELECT script_tracking.complete_operation(:'operation', true);
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Database maintenance'
--| script_name | script_type | execution_status | version_number
--| Database maintenance | MAINTENANCE | COMPLETED | 2

--@ maintain.md: Use of the indexes
--: by admin
SELECT schemaname, relname, indexrelname, idx_scan, idx_tup_read, idx_tup_fetch
FROM pg_stat_user_indexes
WHERE schemaname = 'script_tracking'
ORDER BY idx_scan DESC;
--? select count(*) from pg_stat_user_indexes
--? where schemaname = 'script_tracking' and relname = 'script_execution_s'
--?     and indexrelname = 'idx_script_execution_s_timestamp'
--| count
--| 1

--@ maintain.md: Fresh statistics
--: by admin
DO $$
DECLARE
    maintenance_id bytea;
BEGIN
    maintenance_id := script_tracking.track_operation('System Maintenance', 'MAINTENANCE');

    ANALYZE script_tracking.script_execution_h;
    ANALYZE script_tracking.script_execution_s;

    PERFORM script_tracking.complete_operation(maintenance_id, true);
END $$;
--? select script_name, script_type, execution_status, version_number,
--?     (select reltuples > 0 from pg_class where oid = 'script_tracking.script_execution_s'::regclass) as analyzed
--? from script_tracking.script_execution_s
--? where script_name = 'System Maintenance'
--| script_name | script_type | execution_status | version_number | analyzed
--| System Maintenance | MAINTENANCE | COMPLETED | 2 | t

--@ query-the-trail.md: The dashboard
SELECT metric_name, metric_value, metric_unit, status
FROM script_tracking.get_enterprise_dashboard();
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'failed_operations_24h')
--| metric_name           | metric_value | metric_unit | status
--| total_operations_24h  | 12           | count       | NORMAL
--| success_rate_24h      | 81.82        | percentage  | WARNING
--| failed_operations_24h | 2            | count       | WARNING

--@ query-the-trail.md: The last day
SELECT script_name, script_type, execution_status, execution_timestamp, execution_duration_ms
FROM script_tracking.script_execution_s
WHERE execution_timestamp > now() - interval '24 hours'
ORDER BY execution_timestamp DESC
LIMIT 20;
--| script_name              | script_type | execution_status | execution_timestamp | execution_duration_ms
--| Import prices            | DATA_IMPORT | RUNNING          | today 12:25         | -
--| AUTO_DDL_CREATE TABLE_01 | DDL_AUTO    | COMPLETED        | today 12:10         | 12
--| AUTO_DDL_CREATE INDEX_02 | DDL_AUTO    | COMPLETED        | today 11:40         | 40
--| Refresh views            | MANUAL      | COMPLETED        | today 11:25         | 8
--| Refresh views            | MANUAL      | COMPLETED        | today 11:20         | 9
--| Move customers           | MIGRATION   | COMPLETED        | today 11:15         | 1500
--| Move orders              | MIGRATION   | FAILED           | today 11:10         | 2500
--| AUTO_DDL_ALTER TABLE_03  | DDL_AUTO    | COMPLETED        | today 10:45         | 25
--| Rebuild statistics       | MAINTENANCE | COMPLETED        | today 10:30         | 10001
--| Reindex                  | MAINTENANCE | COMPLETED        | today 09:15         | 75000
--| Nightly backup           | BACKUP      | COMPLETED        | today 03:00         | 61000
--| Vacuum                   | MAINTENANCE | FAILED           | day -1 13:00        | 12000

--@ query-the-trail.md: Day by day
SELECT date(execution_timestamp) AS day,
    count(*) AS operations,
    count(*) FILTER (WHERE execution_status = 'FAILED') AS failed,
    round(100.0 * count(*) FILTER (WHERE execution_status = 'COMPLETED')
        / nullif(count(*) FILTER (WHERE execution_status <> 'RUNNING'), 0), 2) AS success_rate,
    round(avg(execution_duration_ms), 2) AS avg_duration_ms
FROM script_tracking.script_execution_s
WHERE execution_timestamp > now() - interval '30 days'
GROUP BY 1
ORDER BY 1 DESC;
--| day     | operations | failed | success_rate | avg_duration_ms
--| today   | 11         | 1      | 90           | 15009.5
--| day -1  | 2          | 1      | 50           | 6004.5
--| day -2  | 1          | 1      | 0            | 2500
--| day -3  | 3          | 0      | 100          | 35
--| day -4  | 1          | 0      | 100          | 9
--| day -8  | 1          | 0      | 100          | 7
--| day -9  | 1          | 0      | 100          | 7
--| day -10 | 1          | 0      | 100          | 7
--| day -20 | 1          | 0      | 100          | 2

--@ query-the-trail.md: Errors by kind
SELECT script_type, left(error_message, 100) AS error, count(*) AS operations,
    max(execution_timestamp) AS latest
FROM script_tracking.script_execution_s
WHERE execution_status = 'FAILED'
    AND execution_timestamp > now() - interval '7 days'
GROUP BY 1, 2
ORDER BY operations DESC, latest DESC;
--| script_type | error                                   | operations | latest
--| MIGRATION   | relation "orders_old" does not exist    | 2          | today 11:10
--| MAINTENANCE | canceling statement due to lock timeout | 1          | day -1 13:00

--@ query-the-trail.md: What was slow, failed or still runs
SELECT script_name, execution_timestamp, db_session_user, execution_duration_ms,
    CASE
        WHEN execution_status <> 'COMPLETED' THEN execution_status
        ELSE 'SLOW'
    END AS flag
FROM script_tracking.script_execution_s
WHERE execution_timestamp > now() - interval '7 days'
    AND (execution_status <> 'COMPLETED' OR execution_duration_ms > 10000)
ORDER BY execution_timestamp DESC;
--| script_name        | execution_timestamp | db_session_user | execution_duration_ms | flag
--| Import prices      | today 12:25         | ben             | -                     | RUNNING
--| Move orders        | today 11:10         | mia             | 2500                  | FAILED
--| Rebuild statistics | today 10:30         | admin           | 10001                 | SLOW
--| Reindex            | today 09:15         | admin           | 75000                 | SLOW
--| Nightly backup     | today 03:00         | admin           | 61000                 | SLOW
--| Vacuum             | day -1 13:00        | admin           | 12000                 | FAILED
--| Move orders        | day -2 09:00        | mia             | 2500                  | FAILED

--@ query-the-trail.md: Who did what
SELECT db_session_user,
    count(*) AS operations,
    count(*) FILTER (WHERE script_type = 'DDL_AUTO') AS ddl,
    count(DISTINCT client_ip) AS addresses,
    max(execution_timestamp) AS latest
FROM script_tracking.script_execution_s
WHERE execution_timestamp > now() - interval '7 days'
GROUP BY db_session_user
ORDER BY operations DESC;
--| db_session_user | operations | ddl | addresses | latest
--| dora            | 6          | 6   | 1         | today 12:10
--| ben             | 5          | 0   | 2         | today 12:25
--| admin           | 4          | 0   | 0         | today 10:30
--| mia             | 3          | 0   | 1         | today 11:15

--@ query-the-trail.md: Who changed a table
SELECT execution_timestamp, db_session_user, sql_command
FROM script_tracking.script_execution_s
WHERE script_type = 'DDL_AUTO'
    AND 'public.orders' = ANY (affected_objects)
    AND execution_timestamp > now() - interval '30 days'
ORDER BY execution_timestamp DESC;
--| execution_timestamp | db_session_user | sql_command
--| today 12:10         | dora            | create table orders (id bigint primary key)
--| today 10:45         | dora            | alter table orders add note text
--| day -3 11:00        | dora            | alter table orders set (fillfactor = 90)
--| day -3 10:30        | dora            | alter table orders set (fillfactor = 90)
--| day -3 10:00        | dora            | alter table orders set (fillfactor = 90)

--@ query-the-trail.md: Hour by hour
SELECT h.hour,
    count(s.script_execution_hk) AS operations,
    lag(count(s.script_execution_hk)) OVER (ORDER BY h.hour) AS hour_before
FROM generate_series(
    date_trunc('hour', now()) - interval '11 hours', date_trunc('hour', now()), interval '1 hour') AS h (hour)
LEFT JOIN script_tracking.script_execution_s AS s
    ON s.execution_timestamp >= h.hour
    AND s.execution_timestamp < h.hour + interval '1 hour'
GROUP BY h.hour
ORDER BY h.hour DESC;
--| hour        | operations | hour_before
--| today 12:00 | 2          | 5
--| today 11:00 | 5          | 2
--| today 10:00 | 2          | 1
--| today 09:00 | 1          | 0
--| today 08:00 | 0          | 0
--| today 07:00 | 0          | 0
--| today 06:00 | 0          | 0
--| today 05:00 | 0          | 0
--| today 04:00 | 0          | 1
--| today 03:00 | 1          | 0
--| today 02:00 | 0          | 0
--| today 01:00 | 0          | -

--@ query-the-trail.md: Every version of an operation
SELECT version_number, execution_status, execution_duration_ms, load_end_date IS NULL AS is_current
FROM script_tracking.script_execution_s_versions
WHERE script_name = 'Move customers'
    AND execution_timestamp > now() - interval '7 days'
ORDER BY execution_timestamp, version_number;
--| version_number | execution_status | execution_duration_ms | is_current
--| 1              | RUNNING          | -                     | f
--| 2              | COMPLETED        | 1500                  | t

--@ query-the-trail.md: A view of your own
--: by admin
CREATE OR REPLACE VIEW public.monthly_backups AS
SELECT date_trunc('month', execution_timestamp) AS month,
    count(*) AS operations,
    count(*) FILTER (WHERE execution_status = 'FAILED') AS failed
FROM script_tracking.script_execution_s
WHERE script_type = 'BACKUP'
GROUP BY 1
ORDER BY 1 DESC;
--? select * from public.monthly_backups
--| month     | operations | failed
--| month 0   | 1          | 0
--| month -2  | 2          | 1
--| month -13 | 1          | 0

--@ operate-versions.md: Choose what is versioned
--: by admin
--< create schema orders; create schema others;
SELECT pggit.configure_tracking(
    schemas => ARRAY['public', 'orders'],
    exclude_temp_tables => true,
    track_system_objects => false
);
--? select schemas from pgtrail.versioning
--| schemas
--| {public,orders}

--@ operate-versions.md: See how much it is
--: by admin
--< begin; create table public.users (id int primary key); create table public.gone (id int); commit; drop table public.gone;
SELECT 'Objects tracked' AS metric, count(*)::text AS value FROM pggit.objects WHERE is_active
UNION ALL
SELECT 'History records', count(*)::text FROM pggit.history
UNION ALL
SELECT 'Storage overhead %', round(100.0 * (
    SELECT sum(pg_total_relation_size(format('%I.%I', schemaname, tablename)))
    FROM pg_tables
    WHERE schemaname = 'pggit'
) / pg_database_size(current_database()), 2)::text;
--? select count(*) as changes, count(distinct object_id) as objects from pggit.history
--| changes | objects
--| 3 | 2

--@ operate-versions.md: See what its functions take
--: by admin
SELECT funcname, calls, total_time, self_time, round((total_time / calls)::numeric, 3) AS mean_time
FROM pg_stat_user_functions
WHERE schemaname IN ('pggit', 'pgtrail') AND calls > 0
ORDER BY total_time DESC;
--? select count(*) > 0 as shown from pg_stat_get_function_calls('pgtrail.describe_touched()'::regprocedure) as c
--| shown
--| t

--@ operate-versions.md: See what captures DDL
--: by admin
SELECT evtname, evtevent, evtenabled, evtfoid::regproc AS function
FROM pg_event_trigger
WHERE evtfoid::regproc::text LIKE 'script_tracking.%'
ORDER BY evtname;
--| evtname | evtevent | evtenabled | function
--| et_ddl_command_end | ddl_command_end | O | script_tracking.event_trigger_ddl_end
--| et_ddl_command_start | ddl_command_start | O | script_tracking.event_trigger_ddl_start
--| et_sql_drop | sql_drop | O | script_tracking.event_trigger_sql_drop
--| et_table_rewrite | table_rewrite | O | script_tracking.event_trigger_table_rewrite

--@ operate-versions.md: See which indexes are used
--: by admin
SELECT relname, indexrelname, idx_scan > 0 AS used
FROM pg_stat_user_indexes
WHERE schemaname = 'pggit'
ORDER BY relname, indexrelname;
--? select relname, indexrelname from pg_stat_user_indexes where schemaname = 'pggit' and relname = 'objects' order by 2
--| relname | indexrelname
--| objects | objects_identity
--| objects | objects_name
--| objects | objects_pkey

--@ operate-versions.md: See which tables want statistics
--: by admin
SELECT relname, n_dead_tup, n_live_tup, last_analyze
FROM pg_stat_user_tables
WHERE schemaname = 'pggit'
ORDER BY n_dead_tup DESC;
--? select count(*) as tables from pg_stat_user_tables where schemaname = 'pggit'
--| tables
--| 4

--@ operate-versions.md: Remove old history
--: by admin
DELETE FROM pggit.history
WHERE change_timestamp < now() - interval '90 days';
--? select count(*) as old from pggit.history where change_timestamp < now() - interval '90 days'
--| old
--| 0

--@ operate-versions.md: Find and adopt drift
--: by admin
--< set session_replication_role = replica; create table public.unseen (id int); reset session_replication_role;
SELECT object_type, full_name, status, changes
FROM pggit.verify_database_integrity();

SELECT pggit.adopt_drift();
--| object_type | full_name | status | changes
--| TABLE | public.unseen | EXTRA | -
--| adopt_drift
--| 1

--@ operate-versions.md: See what is slow or large
--: by admin
SELECT alert_type, severity, message
FROM pggit.check_performance_alerts();
--? select alert_type, severity from pggit.check_performance_alerts() where alert_type = 'STORAGE'
--| alert_type | severity
--| STORAGE | INFO

--@ operate-versions.md: Chart the versions
--: by admin
--< create table public.users (id int primary key);
SELECT metric_name, metric_value
FROM pggit.metrics_for_grafana();
--? select metric_name, metric_value = case metric_name
--?     when 'pggit_objects_tracked' then (select count(*) from pggit.objects)
--?     when 'pggit_history_records' then (select count(*) from pggit.history)
--?     else round(pgtrail.versions_bytes() / 1024.0 / 1024.0, 2) end as is_right
--? from pggit.metrics_for_grafana()
--| metric_name | is_right
--| pggit_objects_tracked | t
--| pggit_history_records | t
--| pggit_storage_mb | t

--@ operate-versions.md: Go back to a moment
--: by admin
--< create table public.users (id int primary key);
SELECT step, action, full_name, risk, ddl
FROM pggit.preview_rollback(now() - interval '1 millisecond');
--? select 'as it was' as state where not exists (select from pggit.diff(clock_timestamp(), clock_timestamp()))
--| state
--| as it was

--@ operate-versions.md: Bring back one object
--: by admin
--< begin; create table public.users (id int primary key); commit; begin; alter table public.users add column name text; commit;
SELECT count(*) FROM pggit.rollback_object('public.users', '1.0.0');
--? select version, definition -> 'columns' ? 'name' as has_name from pggit.objects where full_name = 'public.users'
--| version | has_name
--| 2.0.0 | f

--@ track-sign-ins.md: Sign in
--: by admin
--< create extension pgcrypto;
--< select script_tracking.grant_tenant('acme', current_user);
--< select auth.register_user_tracking('{"email": "user@example.com", "password": "password123", "tenant_id": "acme"}');
SELECT auth.login_user_tracking(
    'user@example.com',
    'password123',
    script_tracking.calculate_hash_key('acme')
);
--? select script_name, script_type, execution_status from script_tracking.script_execution_s where script_type = 'SIGN_IN'
--| script_name | script_type | execution_status
--| Sign-in of user@example.com | SIGN_IN | COMPLETED

--@ track-sign-ins.md: Whom failures were aimed at
--: by admin, any order
--< create extension pgcrypto;
--< select auth.register_user_tracking('{"email": "user@example.com", "password": "password123"}');
--< select auth.login_user_tracking('user@example.com', 'wrong', null);
--< select auth.login_user_tracking('nobody@example.com', 'wrong', null);
SELECT coalesce(r.script_name, 'not registered') AS who, count(*) AS failures
FROM script_tracking.script_execution_s AS f
LEFT JOIN script_tracking.script_execution_s AS r
    ON r.script_type = 'ACCOUNT'
    AND r.script_name LIKE 'Registration of %'
    AND r.metadata ->> 'user' = f.metadata ->> 'user'
WHERE f.script_type = 'SIGN_IN'
    AND f.execution_status = 'FAILED'
GROUP BY who
ORDER BY failures DESC;
--| who | failures
--| Registration of user@example.com | 1
--| not registered | 1

--@ track-sign-ins.md: Register
--: by admin
--< create extension pgcrypto;
--< select script_tracking.grant_tenant('acme', current_user);
SELECT auth.register_user_tracking(
    '{"email": "user@example.com", "password": "password123", "tenant_id": "acme"}'
);
--? select script_name, script_type, execution_status, tenant_hk = script_tracking.calculate_hash_key('acme') as of_tenant
--? from script_tracking.script_execution_s where script_type = 'ACCOUNT'
--| script_name | script_type | execution_status | of_tenant
--| Registration of user@example.com | ACCOUNT | COMPLETED | t

--@ track-sign-ins.md: Sessions
--: by admin
--< create extension pgcrypto;
SELECT auth.validate_session_tracking('the token');  -- user and expires_at, or PT016; records nothing
SELECT auth.logout_tracking('the token');
--? select script_name, execution_status, metadata ->> 'error_code' as code
--? from script_tracking.script_execution_s where script_type = 'ACCOUNT'
--| script_name | execution_status | code
--| Sign-out refused | FAILED | PT016

--@ read-the-log.md: What becomes of a line
--: by admin
--< select script_tracking.import_postgres_logs('2026-03-01 12:00:00.123 UTC,"ann","' || current_database()
--<     || '",26,"10.0.0.1:5",65e1a3c0.1a,1,"SELECT",2026-03-01 11:00:00 UTC,3/7,0,ERROR,42501,'
--<     || '"permission denied for table vault",,,,,,"select * from vault",,,"","client backend",,0');
SELECT execution_timestamp, db_session_user, client_ip, script_name, error_message
FROM script_tracking.script_execution_s
WHERE script_type = 'REFUSAL' OR script_type = 'SIGN_IN' AND execution_status = 'FAILED'
ORDER BY execution_timestamp DESC;
--? select db_session_user, host(client_ip) as client, script_name, error_message
--? from script_tracking.script_execution_s where script_type = 'REFUSAL'
--| db_session_user | client | script_name | error_message
--| ann | 10.0.0.1 | Denied SELECT | permission denied for table vault

--@ track-from-java.md: From other languages
--: by admin
SELECT script_tracking.record_operations('[
    {"id": "7b0d2f3a-58a5-4c3c-9b0e-0c8f3f0c1a55", "name": "Weekly import", "type": "DATA_IMPORT",
     "status": "COMPLETED", "age_ms": 1250, "duration_ms": 1200, "metadata": {"rows": 42}}
]');
--? select script_name, execution_status, execution_duration_ms, metadata ->> 'rows' as rows
--? from script_tracking.script_execution_s where record_source = 'CLIENT'
--| script_name | execution_status | execution_duration_ms | rows
--| Weekly import | COMPLETED | 1200 | 42
