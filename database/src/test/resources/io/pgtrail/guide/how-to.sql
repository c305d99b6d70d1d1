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

--@ query-the-trail.md: The last day
SELECT script_name, script_type, execution_status, execution_timestamp, execution_duration_ms
FROM script_tracking.script_execution_s
WHERE execution_timestamp > now() - interval '24 hours'
ORDER BY execution_timestamp DESC
LIMIT 20;

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

--@ query-the-trail.md: Errors by kind
SELECT script_type, left(error_message, 100) AS error, count(*) AS operations,
    max(execution_timestamp) AS latest
FROM script_tracking.script_execution_s
WHERE execution_status = 'FAILED'
    AND execution_timestamp > now() - interval '7 days'
GROUP BY 1, 2
ORDER BY operations DESC, latest DESC;

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

--@ query-the-trail.md: Who changed a table
SELECT execution_timestamp, db_session_user, metadata ->> 'command_tag' AS command, sql_command
FROM script_tracking.script_execution_s
WHERE script_type = 'DDL_AUTO'
    AND 'public.orders' = ANY (affected_objects)
    AND execution_timestamp > now() - interval '30 days'
ORDER BY execution_timestamp DESC;

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

--@ query-the-trail.md: Every version of an operation
SELECT version_number, execution_status, execution_duration_ms, load_end_date IS NULL AS is_current
FROM script_tracking.script_execution_s_versions
WHERE script_name = 'Move customers'
    AND execution_timestamp > now() - interval '7 days'
ORDER BY execution_timestamp, version_number;

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
