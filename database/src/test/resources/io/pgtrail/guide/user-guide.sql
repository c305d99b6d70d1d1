-- The SQL of the user guide, word for word. How to read it: PrintedSql.

--@ Viewing System Status
-- Get an overview of your tracking system
SELECT * FROM script_tracking.get_enterprise_dashboard();
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'avg_duration_ms',
--?     'failed_operations_24h', 'running_operations', 'ddl_operations_24h', 'active_users_24h')

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

--@ Main Dashboard Function
-- Complete system overview
SELECT * FROM script_tracking.get_enterprise_dashboard();
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'avg_duration_ms',
--?     'failed_operations_24h', 'running_operations', 'ddl_operations_24h', 'active_users_24h')

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

--@ Performance Reports
-- Performance trend analysis
SELECT * FROM script_tracking.get_performance_metrics();

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

--@ Error Analysis
-- Recent errors and their patterns
SELECT * FROM script_tracking.get_recent_errors(24); -- Last 24 hours

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

--@ Health Check Dashboard
-- Complete system health overview
SELECT * FROM script_tracking.get_system_health();

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

--@ Cleanup Operations
--: by admin
-- Clean up old tracking data (retain last 365 days)
SELECT script_tracking.cleanup_old_data(365);

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

--@ Data Inconsistencies
-- Check for orphaned records
SELECT COUNT(*) as orphaned_satellites
FROM script_tracking.script_execution_s s
LEFT JOIN script_tracking.script_execution_h h 
    ON s.script_execution_hk = h.script_execution_hk
WHERE h.script_execution_hk IS NULL;

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

--@ Integration with External Monitoring
-- Export metrics for external monitoring systems
SELECT 
    'script_tracking.operations_per_hour' as metric_name,
    COUNT(*) as metric_value,
    'operations' as metric_unit,
    DATE_TRUNC('hour', CURRENT_TIMESTAMP) as timestamp
FROM script_tracking.script_execution_s
WHERE execution_timestamp > CURRENT_TIMESTAMP - INTERVAL '1 hour';
