-- The SQL of the operations guide, word for word: each statement that can be run by itself is a piece.
-- What its other commands call (make, CREATE EXTENSION pggit, \i) is the installer's work here. How to read
-- it: PrintedSql.

--@ Installation Steps
--: by admin
--! 58P01/0A000 pgtrail is installed from outside, without files on the server: see how-to/install.md.
CREATE EXTENSION pggit

--@ Installation Steps 2
--: by admin
SELECT pggit.get_version('pg_class')
--| get_version
--| -

--@ Initial Configuration
--: by admin
--! 42601 PostgreSQL takes names of arguments without quotes.
--! instead operate-versions.md: Choose what is versioned
-- Configure tracking for production schemas
SELECT pggit.configure_tracking(
    'schemas' => ARRAY['public', 'orders', 'users', 'inventory'],
    'exclude_temp_tables' => true,
    'track_system_objects' => false
);

--@ Initial Configuration 2
--: by admin
--! 42601 Names of arguments in quotes; and configure_monitoring() comes with monitoring.
-- Set up performance monitoring
SELECT pggit.configure_monitoring(
    'alert_threshold_ms' => 1000,
    'batch_size' => 100,
    'cleanup_interval_hours' => 24
);

--@ Enterprise Features Setup
--: by admin
--! 42883 enterprise_health_check() comes with monitoring.
-- Verify all features are working
SELECT * FROM pggit.enterprise_health_check();

--@ Key Metrics to Monitor
--: by admin
--! 42883 PostgreSQL rounds numeric to digits, not FLOAT.
--! instead operate-versions.md: See how much it is
-- pggit health dashboard
SELECT 
    'Objects Tracked' as metric,
    COUNT(*)::TEXT as value
FROM pggit.objects
UNION ALL
SELECT 
    'History Records',
    COUNT(*)::TEXT
FROM pggit.history
UNION ALL
SELECT 
    'Storage Overhead %',
    ROUND((
        (SELECT SUM(pg_total_relation_size(schemaname||'.'||tablename)) 
         FROM pg_tables WHERE schemaname = 'pggit')::FLOAT /
        pg_database_size(current_database())::FLOAT
    ) * 100, 2)::TEXT;

--@ Performance Monitoring
--: by admin
--! 42703 pg_stat_user_functions has no mean_time.
--! instead operate-versions.md: See what its functions take
-- Monitor function performance
SELECT 
    funcname,
    calls,
    total_time,
    mean_time,
    self_time
FROM pg_stat_user_functions 
WHERE schemaname = 'pggit'
ORDER BY total_time DESC;

--@ Performance Monitoring 2
--: by admin
--! 42703 pg_trigger has no schemaname, and event triggers are in pg_event_trigger.
--! instead operate-versions.md: See what captures DDL
-- Event trigger overhead
SELECT 
    tgname,
    schemaname,
    tablename
FROM pg_trigger t
JOIN pg_class c ON t.tgrelid = c.oid
JOIN pg_namespace n ON c.relnamespace = n.oid
WHERE tgname LIKE 'pggit%';

--@ Automated Alerts
--: by admin
--! 42703 pg_stat_user_functions has no mean_time.
--! instead operate-versions.md: See what is slow or large
-- Set up performance alerts
CREATE OR REPLACE FUNCTION pggit.check_performance_alerts()
RETURNS TABLE(alert_type TEXT, message TEXT, severity TEXT) AS $$
BEGIN
    -- Check for slow operations
    RETURN QUERY
    SELECT 
        'PERFORMANCE'::TEXT,
        'Function ' || funcname || ' averaging ' || mean_time || 'ms'::TEXT,
        CASE WHEN mean_time > 1000 THEN 'CRITICAL'
             WHEN mean_time > 500 THEN 'WARNING'
             ELSE 'INFO' END::TEXT
    FROM pg_stat_user_functions 
    WHERE schemaname = 'pggit' AND mean_time > 100;

    -- Check storage growth
    RETURN QUERY
    SELECT 
        'STORAGE'::TEXT,
        'pggit using ' || 
        ROUND((
            (SELECT SUM(pg_total_relation_size(schemaname||'.'||tablename)) 
             FROM pg_tables WHERE schemaname = 'pggit')::FLOAT /
            pg_database_size(current_database())::FLOAT
        ) * 100, 2)::TEXT || '% of database',
        CASE WHEN (
            (SELECT SUM(pg_total_relation_size(schemaname||'.'||tablename)) 
             FROM pg_tables WHERE schemaname = 'pggit')::FLOAT /
            pg_database_size(current_database())::FLOAT
        ) * 100 > 10 THEN 'WARNING'
        ELSE 'INFO' END::TEXT;
END;
$$ LANGUAGE plpgsql;

-- Run alerts check
SELECT * FROM pggit.check_performance_alerts();

--@ Regular Cleanup
--: by admin
--< set role pgtrail_owner; insert into pggit.commit (committed_at, recorded_xid) values (now() - interval '91 days', '1');
--< insert into pggit.history (object_id, change_timestamp, change_type, change_severity, object_type, full_name, commit_id)
--< select o.id, now() - interval '91 days', 'ALTER', 'PATCH', o.object_type, o.full_name, c.commit_id
--< from (select * from pggit.objects limit 1) as o, pggit.commit as c where c.recorded_xid = '1'; reset role; create table public.kept (id int);
-- Clean old history records (keep last 90 days)
DELETE FROM pggit.history 
WHERE change_timestamp < NOW() - INTERVAL '90 days';

-- Vacuum pggit tables
VACUUM ANALYZE pggit.objects;
VACUUM ANALYZE pggit.history;
VACUUM ANALYZE pggit.dependencies;
--? select full_name, metadata ->> 'changes_removed' as removed
--? from pggit.history, script_tracking.script_execution_s
--? where script_name = 'Cleanup of schema history'
--| full_name | removed
--| public.kept | 1

--@ Index Maintenance
--: by admin
--! 42703 pg_stat_user_indexes calls them relname and indexrelname.
--! instead operate-versions.md: See which indexes are used
-- Check index usage
SELECT 
    schemaname,
    tablename,
    indexname,
    idx_scan,
    idx_tup_read,
    idx_tup_fetch
FROM pg_stat_user_indexes 
WHERE schemaname = 'pggit'
ORDER BY idx_scan DESC;

--@ Index Maintenance 2
--: by admin
-- Rebuild indexes if needed
REINDEX SCHEMA pggit;
--? select count(*) as invalid from pg_index
--? where indrelid::regclass::text like 'pggit.%' and not indisvalid
--| invalid
--| 0

--@ Statistics Updates
--: by admin
-- Update table statistics
ANALYZE pggit.objects;
ANALYZE pggit.history;
ANALYZE pggit.dependencies;
--? select relname, reltuples >= 0 as analyzed from pg_class
--? where relnamespace = 'pggit'::regnamespace and relname in ('objects', 'history', 'dependencies') order by 1
--| relname | analyzed
--| dependencies | t
--| history | t
--| objects | t

--@ Statistics Updates 2
--: by admin
--! 42703 pg_stat_user_tables calls it relname.
--! instead operate-versions.md: See which tables want statistics
-- Check for missing statistics
SELECT 
    schemaname,
    tablename,
    n_dead_tup,
    n_live_tup,
    last_analyze
FROM pg_stat_user_tables 
WHERE schemaname = 'pggit';

--@ Growth Projections
--: by admin
--< begin; create table public.users (id int primary key); commit; begin; alter table public.users add column name text; commit;
-- Analyze growth trends
WITH growth_data AS (
    SELECT 
        DATE_TRUNC('day', change_timestamp) as day,
        COUNT(*) as daily_changes
    FROM pggit.history 
    WHERE change_timestamp > NOW() - INTERVAL '30 days'
    GROUP BY DATE_TRUNC('day', change_timestamp)
)
SELECT 
    AVG(daily_changes) as avg_daily_changes,
    MAX(daily_changes) as peak_daily_changes,
    STDDEV(daily_changes) as change_variability
FROM growth_data;
--| avg_daily_changes | peak_daily_changes | change_variability
--| 2 | 2 | -

--@ Storage Projections
--: by admin
-- Project storage needs
WITH storage_trend AS (
    SELECT 
        pg_size_pretty(SUM(pg_total_relation_size(schemaname||'.'||tablename))) as current_size,
        SUM(pg_total_relation_size(schemaname||'.'||tablename)) as size_bytes
    FROM pg_tables 
    WHERE schemaname = 'pggit'
)
SELECT 
    current_size,
    pg_size_pretty(size_bytes * 2) as projected_6_months,
    pg_size_pretty(size_bytes * 4) as projected_1_year
FROM storage_trend;
--? select count(*) as tables from pg_tables where schemaname = 'pggit'
--| tables
--| 4

--@ Performance Scaling
--: by admin
--< begin; create table public.users (id int primary key); commit; begin; alter table public.users add column name text; commit;
-- Identify scaling bottlenecks
SELECT 
    'Event Triggers' as component,
    COUNT(*) as current_load,
    CASE WHEN COUNT(*) > 1000 THEN 'Consider selective tracking'
         WHEN COUNT(*) > 500 THEN 'Monitor performance'
         ELSE 'OK' END as recommendation
FROM pg_trigger 
WHERE tgname LIKE 'pggit%'
UNION ALL
SELECT 
    'History Table',
    COUNT(*),
    CASE WHEN COUNT(*) > 100000 THEN 'Implement partitioning'
         WHEN COUNT(*) > 50000 THEN 'Schedule regular cleanup'
         ELSE 'OK' END
FROM pggit.history;
--| component | current_load | recommendation
--| Event Triggers | 0 | OK
--| History Table | 2 | OK

--@ Recovery Procedures
--: by admin
--< set session_replication_role = replica; create table public.unseen (id int); reset session_replication_role;
-- Verify pggit integrity after restore
SELECT pggit.verify_database_integrity();
--| verify_database_integrity
--| (TABLE,public.unseen,EXTRA,)

--@ Recovery Procedures 2
--: by admin
--< begin; create table public.users (id int primary key); commit; begin; alter table public.users add column name text; commit; create view public.names as select name from public.users;
-- Check for missing dependencies
SELECT 
    d.dependent_object,
    d.dependency_object,
    CASE WHEN o1.id IS NULL THEN 'MISSING DEPENDENT'
         WHEN o2.id IS NULL THEN 'MISSING DEPENDENCY'
         ELSE 'OK' END as status
FROM pggit.dependencies d
LEFT JOIN pggit.objects o1 ON d.dependent_object = o1.full_name
LEFT JOIN pggit.objects o2 ON d.dependency_object = o2.full_name
WHERE o1.id IS NULL OR o2.id IS NULL;
--| dependent_object | dependency_object | status

--@ Rollback Capabilities
--: by admin
--! PT013 What was before versioning began is not known.
--! instead operate-versions.md: Go back to a moment
-- Emergency rollback to specific point
SELECT pggit.rollback_to_timestamp('2024-06-15 10:00:00');

--@ Rollback Capabilities 2
--: by admin
--< begin; create table public.users (id int primary key); commit; begin; alter table public.users add column name text; commit;
--< begin; drop table public.users; commit; create table public.users (id int primary key);
--! PT012 Only a version that an object has had can be named: here it had 1.0.0, 1.1.0 and 2.0.0.
--! instead operate-versions.md: Bring back one object
-- Selective rollback of specific object
SELECT pggit.rollback_object('public.users', '1.2.0');

--@ Rollback Capabilities 3
--: by admin
--! PT013 What was before versioning began is not known.
--! instead operate-versions.md: Go back to a moment
-- Preview rollback impact
SELECT pggit.preview_rollback('2024-06-15 10:00:00');

--@ Jenkins Pipeline
--: by admin
--! 42883 analyze_migration_with_ai() comes with the analysis of migrations.
SELECT pggit.analyze_migration_with_ai('1', 'DROP TABLE t', 'jenkins')

--@ Jenkins Pipeline 2
--: by admin
--! 42883 assess_migration_risk() comes with the analysis of migrations.
SELECT risk_score FROM pggit.assess_migration_risk('DROP TABLE t')

--@ Monitoring Integration
--: by admin
--! 42601 PostgreSQL takes timestamp for a type, not for a name here.
--! instead operate-versions.md: Chart the versions
-- Grafana metrics endpoint
CREATE OR REPLACE FUNCTION pggit.metrics_for_grafana()
RETURNS TABLE(
    metric_name TEXT,
    metric_value NUMERIC,
    timestamp TIMESTAMP
) AS $$
BEGIN
    RETURN QUERY
    SELECT 
        'pggit_objects_tracked'::TEXT,
        COUNT(*)::NUMERIC,
        NOW()
    FROM pggit.objects
    UNION ALL
    SELECT 
        'pggit_history_records',
        COUNT(*)::NUMERIC,
        NOW()
    FROM pggit.history
    UNION ALL
    SELECT 
        'pggit_storage_mb',
        ROUND((SUM(pg_total_relation_size(schemaname||'.'||tablename)) / 1024.0 / 1024.0)::NUMERIC, 2),
        NOW()
    FROM pg_tables 
    WHERE schemaname = 'pggit';
END;
$$ LANGUAGE plpgsql;

--@ Operations Support
--: by admin
--! 42883 generate_contribution_metrics() comes with monitoring.
SELECT pggit.generate_contribution_metrics()
