-- The checks of the deployment guide, word for word. How to read it: PrintedSql.

--@ Test 1: Basic Tracking
-- Should work without errors
SELECT track_operation('Test Script', 'MAINTENANCE');
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Test Script'
--| script_name | script_type | execution_status | version_number
--| Test Script | MAINTENANCE | RUNNING | 1

--@ Test 2: Event Trigger (if enabled)
--: by admin
-- Should track automatically without conflicts
CREATE TABLE test_tracking_table (id INTEGER);
DROP TABLE test_tracking_table;
--? select metadata ->> 'command_tag' as command, execution_status, version_number, affected_objects
--? from script_tracking.script_execution_s
--? where 'public.test_tracking_table' = any (affected_objects)
--? order by execution_timestamp
--| command | execution_status | version_number | affected_objects
--| CREATE TABLE | COMPLETED | 1 | {public.test_tracking_table}
--| DROP TABLE | COMPLETED | 1 | {public.test_tracking_table}

--@ Test 3: View History
-- Should show recent activity
SELECT * FROM script_tracking.get_execution_history() LIMIT 10;
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

--@ FINAL VERIFICATION
DO $$
DECLARE
    v_execution_hk BYTEA;
BEGIN
    -- Test tracking
    v_execution_hk := track_operation('Deployment Verification Test', 'VALIDATION');
    
    -- Test completion
    PERFORM complete_operation(v_execution_hk, true, NULL);
    
    RAISE NOTICE '🎉 Script tracking system is working perfectly!';
END $$;
--? select script_name, script_type, execution_status, version_number
--? from script_tracking.script_execution_s
--? where script_name = 'Deployment Verification Test'
--| script_name | script_type | execution_status | version_number
--| Deployment Verification Test | VALIDATION | COMPLETED | 2
