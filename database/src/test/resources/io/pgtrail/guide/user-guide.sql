-- The SQL of the user guide, word for word. How to read it: PrintedSql.

--@ Viewing System Status
-- Get an overview of your tracking system
SELECT * FROM script_tracking.get_enterprise_dashboard();
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'avg_duration_ms',
--?     'failed_operations_24h', 'running_operations', 'ddl_operations_24h', 'active_users_24h')
--| metric_name           | metric_value | metric_unit  | status
--| total_operations_24h  | 12           | count        | NORMAL
--| success_rate_24h      | 81.82        | percentage   | WARNING
--| avg_duration_ms       | 14735.91     | milliseconds | POOR
--| failed_operations_24h | 2            | count        | WARNING
--| running_operations    | 1            | count        | NORMAL
--| ddl_operations_24h    | 3            | count        | NORMAL
--| active_users_24h      | 4            | count        | NORMAL

--@ Checking Recent Activity
-- View recent database operations
SELECT 
    script_name,
    script_type,
    execution_status,
    execution_timestamp,
    execution_duration_ms
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '24 hours'
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

--@ Main Dashboard Function
-- Complete system overview
SELECT * FROM script_tracking.get_enterprise_dashboard();
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'avg_duration_ms',
--?     'failed_operations_24h', 'running_operations', 'ddl_operations_24h', 'active_users_24h')
--| metric_name           | metric_value | metric_unit  | status
--| total_operations_24h  | 12           | count        | NORMAL
--| success_rate_24h      | 81.82        | percentage   | WARNING
--| avg_duration_ms       | 14735.91     | milliseconds | POOR
--| failed_operations_24h | 2            | count        | WARNING
--| running_operations    | 1            | count        | NORMAL
--| ddl_operations_24h    | 3            | count        | NORMAL
--| active_users_24h      | 4            | count        | NORMAL

--@ Interpreting Dashboard Results
--! 42601 It is output, not SQL.
--! instead query-the-trail.md: The dashboard
-- Sample dashboard output explanation
metric_name              | metric_value | metric_unit | status
------------------------|--------------| ------------|--------
total_operations_24h    | 1,247        | count       | NORMAL
success_rate_24h        | 99.8         | percentage  | EXCELLENT  
avg_duration_ms         | 23.5         | milliseconds| GOOD
failed_operations_24h   | 3            | count       | WARNING
system_health_score     | 98.5         | percentage  | EXCELLENT

--@ Basic Manual Tracking
--: by admin
--! 25001 VACUUM and REINDEX DATABASE run in no transaction, so in no DO block.
--! instead track-operations.md: VACUUM, REINDEX and others that cannot run in a function
-- Pattern 1: Simple operation tracking
DO $$
DECLARE
    operation_id BYTEA;
BEGIN
    -- Start tracking
    operation_id := script_tracking.track_operation('Database Maintenance', 'MAINTENANCE');
    
    -- Your operation here
    VACUUM ANALYZE;
    REINDEX DATABASE one_vault;
    
    -- Mark as completed successfully
    PERFORM script_tracking.complete_operation(operation_id, true);
    
    RAISE NOTICE 'Maintenance operation completed and tracked.';
END $$;

--@ Basic Manual Tracking 2
--< create table source_table (id int); create table target_table (id int);
--< insert into source_table values (1), (2), (3);
--< grant select on source_table to public; grant insert on target_table to public;
-- Pattern 2: Operation with error handling
DO $$
DECLARE
    operation_id BYTEA;
    operation_success BOOLEAN := false;
BEGIN
    -- Start tracking
    operation_id := script_tracking.track_operation('Data Migration', 'MIGRATION');
    
    BEGIN
        -- Your risky operation here
        INSERT INTO target_table SELECT * FROM source_table;
        operation_success := true;
        
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'Operation failed: %', SQLERRM;
        operation_success := false;
    END;
    
    -- Complete with appropriate status
    PERFORM script_tracking.complete_operation(operation_id, operation_success);
END $$;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Data Migration'
--| script_name | script_type | execution_status | version_number
--| Data Migration | MIGRATION | COMPLETED | 2

--@ Advanced Manual Tracking
--! 22012 CURRENT_TIMESTAMP stands still in a transaction, so no time has passed to divide by.
--! instead track-operations.md: What it did
-- Track operation with additional metadata
DO $$
DECLARE
    operation_id BYTEA;
    start_time TIMESTAMP;
    record_count INTEGER;
BEGIN
    start_time := CURRENT_TIMESTAMP;
    
    -- Start tracking with metadata
    operation_id := script_tracking.track_operation('Bulk Data Import', 'DATA_IMPORT');
    
    -- Update with additional details
    UPDATE script_tracking.script_execution_s 
    SET metadata = jsonb_build_object(
        'source_file', '/data/import_20240101.csv',
        'batch_size', 10000,
        'estimated_records', 1000000,
        'import_started', start_time
    )
    WHERE script_execution_hk = operation_id AND load_end_date IS NULL;
    
    -- Your bulk operation
    -- ... import logic here ...
    
    GET DIAGNOSTICS record_count = ROW_COUNT;
    
    -- Update final metadata and complete
    UPDATE script_tracking.script_execution_s 
    SET metadata = metadata || jsonb_build_object(
        'records_processed', record_count,
        'processing_rate_per_sec', record_count / EXTRACT(EPOCH FROM (CURRENT_TIMESTAMP - start_time))
    )
    WHERE script_execution_hk = operation_id AND load_end_date IS NULL;
    
    PERFORM script_tracking.complete_operation(operation_id, true);
END $$;

--@ Viewing Automatic DDL History
-- View all DDL operations from the last week
SELECT 
    script_name,
    script_type,
    execution_status,
    execution_timestamp,
    affected_objects,
    LEFT(sql_command, 100) as command_preview
FROM script_tracking.script_execution_s
WHERE script_type = 'DDL_AUTO'
AND execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '7 days'
ORDER BY execution_timestamp DESC;
--| script_name              | script_type | execution_status | execution_timestamp | affected_objects                   | command_preview
--| AUTO_DDL_CREATE TABLE_01 | DDL_AUTO    | COMPLETED        | today 12:10         | {public.orders,public.orders_pkey} | create table orders (id bigint primary key)
--| AUTO_DDL_CREATE INDEX_02 | DDL_AUTO    | COMPLETED        | today 11:40         | {public.orders_idx}                | create index orders_idx on orders (id)
--| AUTO_DDL_ALTER TABLE_03  | DDL_AUTO    | COMPLETED        | today 10:45         | {public.orders}                    | alter table orders add note text
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 11:00        | {public.orders}                    | alter table orders set (fillfactor = 90)
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 10:30        | {public.orders}                    | alter table orders set (fillfactor = 90)
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | COMPLETED        | day -3 10:00        | {public.orders}                    | alter table orders set (fillfactor = 90)

--@ DDL Impact Analysis
-- Analyze DDL impact by operation type
SELECT 
    CASE 
        WHEN script_name LIKE '%CREATE%' THEN 'CREATE'
        WHEN script_name LIKE '%ALTER%' THEN 'ALTER'
        WHEN script_name LIKE '%DROP%' THEN 'DROP'
        ELSE 'OTHER'
    END as operation_type,
    COUNT(*) as operation_count,
    AVG(execution_duration_ms) as avg_duration_ms,
    SUM(array_length(affected_objects, 1)) as total_objects_affected
FROM script_tracking.script_execution_s
WHERE script_type = 'DDL_AUTO'
AND execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '30 days'
GROUP BY 1
ORDER BY operation_count DESC;
--| operation_type | operation_count | avg_duration_ms | total_objects_affected
--| ALTER          | 4               | 32.5            | 4
--| DROP           | 3               | 7               | 9
--| CREATE         | 2               | 26              | 3
--| OTHER          | 1               | 2               | -

--@ Performance Reports
-- Performance trend analysis
SELECT * FROM script_tracking.get_performance_metrics();
--? select metric_category, metric_name, current_value, trend_direction, performance_rating
--? from script_tracking.get_performance_metrics()
--? where metric_name in ('operations_per_hour', 'mean_duration_ms', 'failure_rate', 'failure_rate_BACKUP',
--?     'failure_rate_DDL_AUTO', 'failure_rate_MAINTENANCE', 'failure_rate_MIGRATION')
--| metric_category | metric_name              | current_value | trend_direction | performance_rating
--| THROUGHPUT      | operations_per_hour      | 0.5           | UP              | POOR
--| LATENCY         | mean_duration_ms         | 14735.91      | UP              | POOR
--| RELIABILITY     | failure_rate             | 18.18         | UP              | POOR
--| RELIABILITY     | failure_rate_BACKUP      | 0             | STABLE          | POOR
--| RELIABILITY     | failure_rate_DDL_AUTO    | 0             | STABLE          | EXCELLENT
--| RELIABILITY     | failure_rate_MAINTENANCE | 33.33         | UP              | POOR
--| RELIABILITY     | failure_rate_MIGRATION   | 50            | UP              | POOR

--@ Performance Reports 2
-- Custom performance analysis  
WITH daily_stats AS (
    SELECT 
        DATE(execution_timestamp) as operation_date,
        COUNT(*) as daily_operations,
        AVG(execution_duration_ms) as avg_duration,
        COUNT(*) FILTER (WHERE execution_status = 'FAILED') as failed_operations
    FROM script_tracking.script_execution_s
    WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '30 days'
    GROUP BY DATE(execution_timestamp)
)
SELECT 
    operation_date,
    daily_operations,
    ROUND(avg_duration, 2) as avg_duration_ms,
    failed_operations,
    ROUND((daily_operations - failed_operations)::DECIMAL / daily_operations * 100, 2) as success_rate_pct
FROM daily_stats
ORDER BY operation_date DESC;
--| operation_date | daily_operations | avg_duration_ms | failed_operations | success_rate_pct
--| today          | 11               | 15009.5         | 1                 | 90.91
--| day -1         | 2                | 6004.5          | 1                 | 50
--| day -2         | 1                | 2500            | 1                 | 0
--| day -3         | 3                | 35              | 0                 | 100
--| day -4         | 1                | 9               | 0                 | 100
--| day -8         | 1                | 7               | 0                 | 100
--| day -9         | 1                | 7               | 0                 | 100
--| day -10        | 1                | 7               | 0                 | 100
--| day -20        | 1                | 2               | 0                 | 100

--@ Compliance and Audit Reports
-- Comprehensive audit trail for compliance
SELECT 
    script_name,
    script_type,
    execution_timestamp,
    db_session_user,
    client_ip,
    execution_status,
    affected_objects,
    CASE 
        WHEN execution_duration_ms > 10000 THEN 'LONG_RUNNING'
        WHEN execution_status = 'FAILED' THEN 'FAILED'
        ELSE 'NORMAL'
    END as audit_flag
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '90 days'
ORDER BY execution_timestamp DESC;
--| script_name              | script_type | execution_timestamp  | db_session_user | client_ip | execution_status | affected_objects                   | audit_flag
--| Import prices            | DATA_IMPORT | today 12:25          | ben             | 10.0.0.9  | RUNNING          | -                                  | NORMAL
--| AUTO_DDL_CREATE TABLE_01 | DDL_AUTO    | today 12:10          | dora            | 10.0.0.7  | COMPLETED        | {public.orders,public.orders_pkey} | NORMAL
--| AUTO_DDL_CREATE INDEX_02 | DDL_AUTO    | today 11:40          | dora            | 10.0.0.7  | COMPLETED        | {public.orders_idx}                | NORMAL
--| Refresh views            | MANUAL      | today 11:25          | ben             | 10.0.0.9  | COMPLETED        | -                                  | NORMAL
--| Refresh views            | MANUAL      | today 11:20          | ben             | 10.0.0.10 | COMPLETED        | -                                  | NORMAL
--| Move customers           | MIGRATION   | today 11:15          | mia             | 10.0.0.8  | COMPLETED        | -                                  | NORMAL
--| Move orders              | MIGRATION   | today 11:10          | mia             | 10.0.0.8  | FAILED           | -                                  | FAILED
--| AUTO_DDL_ALTER TABLE_03  | DDL_AUTO    | today 10:45          | dora            | 10.0.0.7  | COMPLETED        | {public.orders}                    | NORMAL
--| Rebuild statistics       | MAINTENANCE | today 10:30          | admin           | -         | COMPLETED        | -                                  | LONG_RUNNING
--| Reindex                  | MAINTENANCE | today 09:15          | admin           | -         | COMPLETED        | -                                  | LONG_RUNNING
--| Nightly backup           | BACKUP      | today 03:00          | admin           | -         | COMPLETED        | -                                  | LONG_RUNNING
--| Vacuum                   | MAINTENANCE | day -1 13:00         | admin           | -         | FAILED           | -                                  | LONG_RUNNING
--| Refresh views            | MANUAL      | day -1 12:00         | ben             | 10.0.0.10 | COMPLETED        | -                                  | NORMAL
--| Move orders              | MIGRATION   | day -2 09:00         | mia             | 10.0.0.8  | FAILED           | -                                  | FAILED
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | day -3 11:00         | dora            | 10.0.0.7  | COMPLETED        | {public.orders}                    | NORMAL
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | day -3 10:30         | dora            | 10.0.0.7  | COMPLETED        | {public.orders}                    | NORMAL
--| AUTO_DDL_ALTER TABLE_06  | DDL_AUTO    | day -3 10:00         | dora            | 10.0.0.7  | COMPLETED        | {public.orders}                    | NORMAL
--| Refresh views            | MANUAL      | day -4 15:00         | ben             | 10.0.0.10 | COMPLETED        | -                                  | NORMAL
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | day -8 10:00         | dora            | 10.0.0.7  | COMPLETED        | {public.a,public.a_pkey,public.b}  | NORMAL
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | day -9 10:00         | dora            | 10.0.0.7  | COMPLETED        | {public.a,public.a_pkey,public.b}  | NORMAL
--| AUTO_DDL_DROP TABLE_04   | DDL_AUTO    | day -10 10:00        | dora            | 10.0.0.7  | COMPLETED        | {public.a,public.a_pkey,public.b}  | NORMAL
--| AUTO_DDL_GRANT_05        | DDL_AUTO    | day -20 10:00        | dora            | 10.0.0.7  | COMPLETED        | -                                  | NORMAL
--| AUTO_DDL_ALTER TABLE_07  | DDL_AUTO    | day -40 10:00        | dora            | 10.0.0.7  | COMPLETED        | {public.orders}                    | NORMAL
--| Nightly backup           | BACKUP      | month -2 day 7 03:00 | admin           | -         | FAILED           | -                                  | FAILED
--| Nightly backup           | BACKUP      | month -2 day 6 03:00 | admin           | -         | COMPLETED        | -                                  | LONG_RUNNING

--@ Error Analysis
-- Recent errors and their patterns
SELECT * FROM script_tracking.get_recent_errors(24); -- Last 24 hours
--| script_name | error_message                           | execution_timestamp | db_session_user | client_ip | affected_objects | metadata
--| Move orders | relation "orders_old" does not exist    | today 11:10         | mia             | 10.0.0.8  | -                | {"duration_ms": 2500}
--| Vacuum      | canceling statement due to lock timeout | day -1 13:00        | admin           | -         | -                | {"duration_ms": 12000}

--@ Error Analysis 2
-- Custom error analysis
SELECT 
    script_type,
    LEFT(error_message, 100) as error_summary,
    COUNT(*) as error_count,
    MAX(execution_timestamp) as last_occurrence,
    AVG(execution_duration_ms) as avg_duration_before_failure
FROM script_tracking.script_execution_s
WHERE execution_status = 'FAILED'
AND execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '7 days'
GROUP BY script_type, LEFT(error_message, 100)
ORDER BY error_count DESC;
--| script_type | error_summary                           | error_count | last_occurrence | avg_duration_before_failure
--| MIGRATION   | relation "orders_old" does not exist    | 2           | today 11:10     | 2500
--| MAINTENANCE | canceling statement due to lock timeout | 1           | day -1 13:00    | 12000

--@ Health Check Dashboard
-- Complete system health overview
SELECT * FROM script_tracking.get_system_health();
--? select bool_and(current_status <> '' and details <> '') as all_say_what_to_do,
--?     count(distinct last_checked) as moments
--? from script_tracking.get_system_health()
--| all_say_what_to_do | moments
--| t                  | 1

--@ Custom Health Queries
-- Monitor operation volume trends
WITH hourly_stats AS (
    SELECT 
        DATE_TRUNC('hour', execution_timestamp) as hour,
        COUNT(*) as operations_per_hour
    FROM script_tracking.script_execution_s
    WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '24 hours'
    GROUP BY DATE_TRUNC('hour', execution_timestamp)
)
SELECT 
    hour,
    operations_per_hour,
    LAG(operations_per_hour) OVER (ORDER BY hour) as previous_hour,
    CASE 
        WHEN operations_per_hour > LAG(operations_per_hour) OVER (ORDER BY hour) * 2 
        THEN 'SPIKE_DETECTED'
        WHEN operations_per_hour < LAG(operations_per_hour) OVER (ORDER BY hour) * 0.5 
        THEN 'DROP_DETECTED'
        ELSE 'NORMAL'
    END as trend_analysis
FROM hourly_stats
ORDER BY hour DESC;
--| hour         | operations_per_hour | previous_hour | trend_analysis
--| today 12:00  | 2                   | 5             | DROP_DETECTED
--| today 11:00  | 5                   | 2             | SPIKE_DETECTED
--| today 10:00  | 2                   | 1             | NORMAL
--| today 09:00  | 1                   | 1             | NORMAL
--| today 03:00  | 1                   | 1             | NORMAL
--| day -1 13:00 | 1                   | -             | NORMAL

--@ Performance Monitoring
-- Identify slow operations
SELECT 
    script_name,
    script_type,
    execution_duration_ms,
    execution_timestamp,
    CASE 
        WHEN execution_duration_ms > 60000 THEN 'VERY_SLOW'
        WHEN execution_duration_ms > 10000 THEN 'SLOW'
        WHEN execution_duration_ms > 1000 THEN 'MODERATE'
        ELSE 'FAST'
    END as performance_category
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '24 hours'
AND execution_duration_ms IS NOT NULL
ORDER BY execution_duration_ms DESC
LIMIT 20;
--| script_name              | script_type | execution_duration_ms | execution_timestamp | performance_category
--| Reindex                  | MAINTENANCE | 75000                 | today 09:15         | VERY_SLOW
--| Nightly backup           | BACKUP      | 61000                 | today 03:00         | VERY_SLOW
--| Vacuum                   | MAINTENANCE | 12000                 | day -1 13:00        | SLOW
--| Rebuild statistics       | MAINTENANCE | 10001                 | today 10:30         | SLOW
--| Move orders              | MIGRATION   | 2500                  | today 11:10         | MODERATE
--| Move customers           | MIGRATION   | 1500                  | today 11:15         | MODERATE
--| AUTO_DDL_CREATE INDEX_02 | DDL_AUTO    | 40                    | today 11:40         | FAST
--| AUTO_DDL_ALTER TABLE_03  | DDL_AUTO    | 25                    | today 10:45         | FAST
--| AUTO_DDL_CREATE TABLE_01 | DDL_AUTO    | 12                    | today 12:10         | FAST
--| Refresh views            | MANUAL      | 9                     | today 11:20         | FAST
--| Refresh views            | MANUAL      | 8                     | today 11:25         | FAST

--@ User Activity Tracking
-- Monitor database user activity
SELECT 
    db_session_user,
    COUNT(*) as total_operations,
    COUNT(*) FILTER (WHERE script_type = 'DDL_AUTO') as ddl_operations,
    COUNT(*) FILTER (WHERE script_type = 'MANUAL') as manual_operations,
    MAX(execution_timestamp) as last_activity,
    COUNT(DISTINCT client_ip) as unique_ip_addresses
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '7 days'
GROUP BY db_session_user
ORDER BY total_operations DESC;
--| db_session_user | total_operations | ddl_operations | manual_operations | last_activity | unique_ip_addresses
--| dora            | 6                | 6              | 0                 | today 12:10   | 1
--| ben             | 5                | 0              | 4                 | today 12:25   | 2
--| admin           | 4                | 0              | 0                 | today 10:30   | 0
--| mia             | 3                | 0              | 0                 | today 11:15   | 1

--@ Security Anomaly Detection
--: on baselines
-- Detect unusual activity patterns
WITH user_baselines AS (
    SELECT 
        db_session_user,
        AVG(daily_operations) as avg_daily_operations,
        STDDEV(daily_operations) as stddev_daily_operations
    FROM (
        SELECT 
            db_session_user,
            DATE(execution_timestamp) as operation_date,
            COUNT(*) as daily_operations
        FROM script_tracking.script_execution_s
        WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '30 days'
        GROUP BY db_session_user, DATE(execution_timestamp)
    ) daily_stats
    GROUP BY db_session_user
),
today_activity AS (
    SELECT 
        db_session_user,
        COUNT(*) as today_operations
    FROM script_tracking.script_execution_s
    WHERE DATE(execution_timestamp) = CURRENT_DATE
    GROUP BY db_session_user
)
SELECT 
    ta.db_session_user,
    ta.today_operations,
    ub.avg_daily_operations,
    CASE 
        WHEN ta.today_operations > ub.avg_daily_operations + (2 * ub.stddev_daily_operations)
        THEN 'ANOMALY_HIGH'
        WHEN ta.today_operations < ub.avg_daily_operations - (2 * ub.stddev_daily_operations)
        THEN 'ANOMALY_LOW'
        ELSE 'NORMAL'
    END as activity_assessment
FROM today_activity ta
JOIN user_baselines ub ON ta.db_session_user = ub.db_session_user
WHERE ub.stddev_daily_operations > 0
ORDER BY ta.today_operations DESC;
--| db_session_user | today_operations | avg_daily_operations | activity_assessment
--| busy            | 5                | 1.6666666666666667   | ANOMALY_HIGH
--| usual           | 2                | 2                    | NORMAL
--| idle            | 1                | 1.8333333333333333   | ANOMALY_LOW

--@ Cleanup Operations
--: by admin
-- Clean up old tracking data (retain last 365 days)
SELECT script_tracking.cleanup_old_data(365);
--| cleanup_old_data
--| 1

--@ Archive Historical Data
--: by admin
-- Archive old data to separate table before cleanup
CREATE TABLE script_tracking.script_execution_archive_2024 AS
SELECT * FROM script_tracking.script_execution_s
WHERE execution_timestamp < CURRENT_TIMESTAMP - INTERVAL '365 days';

-- Verify archive
SELECT 
    COUNT(*) as archived_records,
    MIN(execution_timestamp) as oldest_record,
    MAX(execution_timestamp) as newest_record
FROM script_tracking.script_execution_archive_2024;

-- Then cleanup
SELECT script_tracking.cleanup_old_data(365);
--| archived_records | oldest_record         | newest_record
--| 1                | month -13 day 6 03:00 | month -13 day 6 03:00
--| cleanup_old_data
--| 1

--@ System Maintenance
--: by admin
--! 55000 pg_stat_user_tables is a view over counters that no UPDATE can reach.
--! instead maintain.md: Fresh statistics
-- Regular maintenance operations
DO $$
DECLARE
    maintenance_id BYTEA;
BEGIN
    maintenance_id := script_tracking.track_operation('System Maintenance', 'MAINTENANCE');
    
    -- Analyze tracking tables for optimal performance
    ANALYZE script_tracking.script_execution_h;
    ANALYZE script_tracking.script_execution_s;
    
    -- Reindex if needed (run during maintenance windows)
    -- REINDEX TABLE script_tracking.script_execution_s;
    
    -- Update table statistics
    UPDATE pg_stat_user_tables SET n_tup_ins = 0 WHERE schemaname = 'script_tracking';
    
    PERFORM script_tracking.complete_operation(maintenance_id, true);
    
    RAISE NOTICE 'System maintenance completed successfully.';
END $$;

--@ 2. Operation Naming Conventions
--: fragment
-- Good naming examples
operation_id := script_tracking.track_operation('User_Migration_Batch_2024Q1', 'MIGRATION');
operation_id := script_tracking.track_operation('Weekly_Index_Maintenance', 'MAINTENANCE');
operation_id := script_tracking.track_operation('Compliance_Report_Generation', 'REPORTING');

-- Avoid generic names
-- operation_id := script_tracking.track_operation('Operation', 'MISC'); -- Too generic
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name in ('User_Migration_Batch_2024Q1', 'Weekly_Index_Maintenance', 'Compliance_Report_Generation')
--? order by execution_timestamp
--| script_name | script_type | execution_status | version_number
--| User_Migration_Batch_2024Q1 | MIGRATION | RUNNING | 1
--| Weekly_Index_Maintenance | MAINTENANCE | RUNNING | 1
--| Compliance_Report_Generation | REPORTING | RUNNING | 1

--@ 3. Error Handling
-- Always handle errors in manual tracking
DO $$
DECLARE
    operation_id BYTEA;
    operation_successful BOOLEAN := false;
BEGIN
    operation_id := script_tracking.track_operation('Risky Operation', 'MAINTENANCE');
    
    BEGIN
        -- Your operation code
        operation_successful := true;
    EXCEPTION WHEN OTHERS THEN
        -- Log the error details
        UPDATE script_tracking.script_execution_s 
        SET error_message = SQLERRM,
            metadata = jsonb_build_object('error_code', SQLSTATE)
        WHERE script_execution_hk = operation_id AND load_end_date IS NULL;
        
        operation_successful := false;
    END;
    
    PERFORM script_tracking.complete_operation(operation_id, operation_successful);
END $$;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Risky Operation'
--| script_name | script_type | execution_status | version_number
--| Risky Operation | MAINTENANCE | COMPLETED | 2

--@ 4. Metadata Usage
--: fragment
-- Use metadata for additional context
operation_id := script_tracking.track_operation('Data Export', 'EXPORT');

UPDATE script_tracking.script_execution_s 
SET metadata = jsonb_build_object(
    'export_format', 'CSV',
    'destination', 's3://bucket/exports/',
    'table_name', 'customer_data',
    'row_count_estimate', 1000000,
    'compression', 'gzip'
)
WHERE script_execution_hk = operation_id AND load_end_date IS NULL;
--? select script_name, script_type, execution_status, version_number, metadata ->> 'destination' as destination
--? from script_tracking.script_execution_s
--? where script_name = 'Data Export'
--| script_name | script_type | execution_status | version_number | destination
--| Data Export | EXPORT | RUNNING | 2 | s3://bucket/exports/

--@ Performance Issues
--! 42703 pg_stat_user_indexes calls the table relname and the index indexrelname.
--! instead maintain.md: Use of the indexes
-- If tracking seems slow, check index usage
SELECT 
    schemaname,
    tablename,
    indexname,
    idx_scan,
    idx_tup_read,
    idx_tup_fetch
FROM pg_stat_user_indexes 
WHERE schemaname = 'script_tracking'
ORDER BY idx_scan DESC;

--@ Missing Operations
--: any order
-- Verify event triggers are active
SELECT evtname, evtevent, evtenabled 
FROM pg_event_trigger
WHERE evtname LIKE 'et_%';

-- Should show:
-- et_ddl_command_start | ddl_command_start | O
-- et_ddl_command_end   | ddl_command_end   | O  
-- et_sql_drop          | sql_drop          | O
--| evtname              | evtevent          | evtenabled
--| et_ddl_command_start | ddl_command_start | O
--| et_sql_drop          | sql_drop          | O
--| et_table_rewrite     | table_rewrite     | O
--| et_ddl_command_end   | ddl_command_end   | O

--@ Data Inconsistencies
-- Check for orphaned records
SELECT COUNT(*) as orphaned_satellites
FROM script_tracking.script_execution_s s
LEFT JOIN script_tracking.script_execution_h h 
    ON s.script_execution_hk = h.script_execution_hk
WHERE h.script_execution_hk IS NULL;
--| orphaned_satellites
--| 0

--@ Custom Reporting Functions
--: by admin
-- Create custom views for specific reporting needs
CREATE OR REPLACE VIEW script_tracking.monthly_summary AS
SELECT 
    DATE_TRUNC('month', execution_timestamp) as month,
    script_type,
    COUNT(*) as operation_count,
    AVG(execution_duration_ms) as avg_duration,
    COUNT(*) FILTER (WHERE execution_status = 'FAILED') as failure_count
FROM script_tracking.script_execution_s
GROUP BY DATE_TRUNC('month', execution_timestamp), script_type
ORDER BY month DESC, script_type;
--? select * from script_tracking.monthly_summary where script_type = 'BACKUP'
--| month     | script_type | operation_count | avg_duration | failure_count
--| month 0   | BACKUP      | 1               | 61000        | 0
--| month -2  | BACKUP      | 2               | 31000        | 1
--| month -13 | BACKUP      | 1               | 59000        | 0

--@ Integration with External Monitoring
-- Export metrics for external monitoring systems
SELECT 
    'script_tracking.operations_per_hour' as metric_name,
    COUNT(*) as metric_value,
    'operations' as metric_unit,
    DATE_TRUNC('hour', CURRENT_TIMESTAMP) as timestamp
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '1 hour';
--| metric_name                         | metric_value | metric_unit | timestamp
--| script_tracking.operations_per_hour | 3            | operations  | today 12:00
