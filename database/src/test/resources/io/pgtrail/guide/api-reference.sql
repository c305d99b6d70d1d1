-- The examples of the API reference that call or read the trail, word for word. How to read it: PrintedSql.

--@ script_tracking.track_operation() 2
--: fragment
-- Start tracking a maintenance operation
DECLARE
    operation_id BYTEA;
BEGIN
    operation_id := script_tracking.track_operation('Weekly Database Maintenance', 'MAINTENANCE');
    -- Use operation_id to complete the operation later
END;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Weekly Database Maintenance'
--| script_name | script_type | execution_status | version_number
--| Weekly Database Maintenance | MAINTENANCE | RUNNING | 1

--@ script_tracking.get_enterprise_dashboard() 2
-- Get complete dashboard
SELECT * FROM script_tracking.get_enterprise_dashboard();

-- Filter specific metrics
SELECT metric_name, metric_value, status 
FROM script_tracking.get_enterprise_dashboard()
WHERE metric_name LIKE '%success_rate%';
--? select metric_name, metric_value, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name like '%success_rate%'
--| metric_name             | metric_value | status
--| success_rate_24h        | 81.82        | WARNING
--| success_rate_change_24h | -18.18       | WARNING

--@ script_tracking.get_execution_history() 2
-- Get last 30 days of execution history
SELECT * FROM script_tracking.get_execution_history(30)
ORDER BY execution_timestamp DESC;
--| script_name              | script_type | execution_status | execution_timestamp | execution_duration_ms | db_session_user | affected_objects
--| Import prices            | DATA_IMPORT | RUNNING          | today 12:25         | -                     | ben             | -
--| AUTO_DDL_CREATE TABLE_01 | DDL_AUTO    | COMPLETED        | today 12:10         | 12                    | dora            | {public.orders,public.orders_pkey}
--| AUTO_DDL_CREATE INDEX_02 | DDL_AUTO    | COMPLETED        | today 11:40         | 40                    | dora            | {public.orders_idx}
--| Refresh views            | MANUAL      | COMPLETED        | today 11:25         | 8                     | ben             | -
--| Refresh views            | MANUAL      | COMPLETED        | today 11:20         | 9                     | ben             | -
--| Move customers           | MIGRATION   | COMPLETED        | today 11:15         | 1500                  | mia             | -
--| Move orders              | MIGRATION   | FAILED           | today 11:10         | 2500                  | mia             | -
--| AUTO_DDL_ALTER TABLE_03  | DDL_AUTO    | COMPLETED        | today 10:45         | 25                    | dora            | {public.orders}
--| Rebuild statistics       | MAINTENANCE | COMPLETED        | today 10:30         | 10001                 | admin           | -
--| Reindex                  | MAINTENANCE | COMPLETED        | today 09:15         | 75000                 | admin           | -
--| Nightly backup           | BACKUP      | COMPLETED        | today 03:00         | 61000                 | admin           | -
--| Vacuum                   | MAINTENANCE | FAILED           | day -1 13:00        | 12000                 | admin           | -
--| Refresh views            | MANUAL      | COMPLETED        | day -1 12:00        | 9                     | ben             | -
--| Move orders              | MIGRATION   | FAILED           | day -2 09:00        | 2500                  | mia             | -
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 11:00        | 35                    | dora            | {public.orders}
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 10:30        | 35                    | dora            | {public.orders}
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 10:00        | 35                    | dora            | {public.orders}
--| Refresh views            | MANUAL      | COMPLETED        | day -4 15:00        | 9                     | ben             | -
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | COMPLETED        | day -8 10:00        | 7                     | dora            | {public.a,public.a_pkey,public.b}
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | COMPLETED        | day -9 10:00        | 7                     | dora            | {public.a,public.a_pkey,public.b}
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | COMPLETED        | day -10 10:00       | 7                     | dora            | {public.a,public.a_pkey,public.b}
--| AUTO_DDL_GRANT_05        | DDL_AUTO    | COMPLETED        | day -20 10:00       | 2                     | dora            | -

--@ script_tracking.get_performance_metrics() 2
-- Get performance analysis
SELECT * FROM script_tracking.get_performance_metrics()
WHERE performance_rating IN ('POOR', 'WARNING');
--? select metric_name, performance_rating from script_tracking.get_performance_metrics()
--? where performance_rating in ('POOR', 'WARNING') and metric_category = 'RELIABILITY'
--| metric_name              | performance_rating
--| failure_rate             | POOR
--| failure_rate_BACKUP      | POOR
--| failure_rate_MAINTENANCE | POOR
--| failure_rate_MIGRATION   | POOR

--@ script_tracking.get_system_health() 2
-- Check overall system health
SELECT * FROM script_tracking.get_system_health();

-- Check specific health categories
SELECT * FROM script_tracking.get_system_health()
WHERE health_category = 'PERFORMANCE';
--? select distinct health_category
--? from script_tracking.get_system_health()
--? where health_category = 'PERFORMANCE'
--| health_category
--| PERFORMANCE

--@ script_tracking.get_recent_errors() 2
-- Get errors from last 8 hours
SELECT * FROM script_tracking.get_recent_errors(8)
ORDER BY execution_timestamp DESC;
--| script_name | error_message                        | execution_timestamp | db_session_user | client_ip | affected_objects | metadata
--| Move orders | relation "orders_old" does not exist | today 11:10         | mia             | 10.0.0.8  | -                | {"duration_ms": 2500}

--@ script_tracking.cleanup_old_data() 2
--: by admin
-- Clean up data older than 180 days
SELECT script_tracking.cleanup_old_data(180);
--| cleanup_old_data
--| 1

--@ auth.login_user_tracking() 2
--: by admin
--! 22023 a bytea has an even number of hexadecimal digits
--! instead track-sign-ins.md: Sign in
-- Login with tracking
SELECT * FROM auth.login_user_tracking(
    'user@example.com', 
    'password123', 
    '\x123456789abcdef'::bytea
);

--@ auth.register_user_tracking() 2
--: by admin
--< create extension pgcrypto;
--< select script_tracking.create_tenant('123'); select script_tracking.grant_tenant('123', current_user);
-- Register user with tracking
SELECT * FROM auth.register_user_tracking(
    '{"email": "new@example.com", "password": "secure123", "tenant_id": "123"}'::jsonb
);
--? select script_name, script_type, execution_status, tenant_hk = script_tracking.calculate_hash_key('123') as of_tenant
--? from script_tracking.script_execution_s
--? where script_type = 'ACCOUNT'
--| script_name | script_type | execution_status | of_tenant
--| Registration of new@example.com | ACCOUNT | COMPLETED | t

--@ script_tracking.generate_unique_script_name() 2
-- Generate unique name
SELECT script_tracking.generate_unique_script_name('Database Backup');
-- Returns: 'Database Backup_2024-01-15_14:30:25.123456_abc123'
--? select script_tracking.generate_unique_script_name('Database Backup')
--?     ~ '^Database Backup_\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.\d{6}_[0-9a-f]{6}$' as as_printed
--| as_printed
--| t

--@ script_tracking.calculate_hash_key() 2
-- Calculate hash key
SELECT script_tracking.calculate_hash_key('SCRIPT_20240115_143025');
--| calculate_hash_key
--| \xaa0a0136d53a3d826018edea591ea8a03c341b4a75cfcd541bf28e2429a521cb

--@ script_tracking.run_migration_enterprise() 2
--: by admin
-- Run migration with tracking
SELECT * FROM script_tracking.run_migration_enterprise(
    '/migrations/V001_add_user_table.sql',
    'V001'
);
--? select script_name, script_type, execution_status, split_part(error_message, E'\n', 1) as error, metadata ->> 'script' as script
--? from script_tracking.script_execution_s
--? where metadata ->> 'tool' = 'run_migration_enterprise'
--| script_name | script_type | execution_status | error | script
--| Migration | MIGRATION | FAILED | no directory of migrations is set | /migrations/V001_add_user_table.sql

--@ Basic Operation Tracking
--: fragment
-- Manual operation pattern
operation_id := script_tracking.track_operation('Operation Name', 'OPERATION_TYPE');
-- ... perform operation ...
PERFORM script_tracking.complete_operation(operation_id, success_flag);
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Operation Name'
--| script_name | script_type | execution_status | version_number
--| Operation Name | OPERATION_TYPE | COMPLETED | 2

--@ Dashboard Monitoring
-- Regular monitoring pattern
SELECT * FROM script_tracking.get_enterprise_dashboard();
SELECT * FROM script_tracking.get_system_health();
SELECT * FROM script_tracking.get_recent_errors(24);
--? select d.metric_value as failed_operations,
--?     (select count(*) from script_tracking.get_recent_errors(24)) as recent_errors,
--?     (select count(*) > 0 from script_tracking.get_system_health()) as has_health
--? from script_tracking.get_enterprise_dashboard() as d
--? where d.metric_name = 'failed_operations_24h'
--| failed_operations | recent_errors | has_health
--| 2                 | 2             | t

--@ Performance Analysis
-- Performance analysis pattern
SELECT * FROM script_tracking.get_performance_metrics();
SELECT * FROM script_tracking.get_execution_history(30);
--? select (select current_value from script_tracking.get_performance_metrics()
--?         where metric_name = 'mean_duration_ms') as mean_duration_ms,
--?     (select count(*) from script_tracking.get_execution_history(30)) as operations
--| mean_duration_ms | operations
--| 14735.91         | 22
