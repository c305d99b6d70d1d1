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
--? select metric_name, metric_value, metric_unit, status
--? from script_tracking.get_enterprise_dashboard()
--? where metric_name in ('total_operations_24h', 'success_rate_24h', 'avg_duration_ms',
--?     'failed_operations_24h', 'running_operations', 'ddl_operations_24h', 'active_users_24h')

--@ script_tracking.get_execution_history() 2
-- Get last 30 days of execution history
SELECT * FROM script_tracking.get_execution_history(30)
ORDER BY execution_timestamp DESC;

--@ script_tracking.get_performance_metrics() 2
-- Get performance analysis
SELECT * FROM script_tracking.get_performance_metrics()
WHERE performance_rating IN ('POOR', 'WARNING');

--@ script_tracking.get_system_health() 2
-- Check overall system health
SELECT * FROM script_tracking.get_system_health();

-- Check specific health categories
SELECT * FROM script_tracking.get_system_health()
WHERE health_category = 'PERFORMANCE';

--@ script_tracking.get_recent_errors() 2
-- Get errors from last 8 hours
SELECT * FROM script_tracking.get_recent_errors(8)
ORDER BY execution_timestamp DESC;

--@ script_tracking.cleanup_old_data() 2
--: by admin
-- Clean up data older than 180 days
SELECT script_tracking.cleanup_old_data(180);

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

--@ Performance Analysis
-- Performance analysis pattern
SELECT * FROM script_tracking.get_performance_metrics();
SELECT * FROM script_tracking.get_execution_history(30);
