-- The statements of the architecture page, word for word; the rest of its SQL is notation.

--@ DDL Command Tracking
--: by admin
--! 42710 The installer has created them already.
-- Event triggers automatically capture DDL operations
CREATE EVENT TRIGGER et_ddl_command_start ON ddl_command_start
    EXECUTE FUNCTION script_tracking.event_trigger_ddl_start();

CREATE EVENT TRIGGER et_ddl_command_end ON ddl_command_end
    EXECUTE FUNCTION script_tracking.event_trigger_ddl_end();

CREATE EVENT TRIGGER et_sql_drop ON sql_drop
    EXECUTE FUNCTION script_tracking.event_trigger_sql_drop();

--@ Strategic Indexing
--: by admin
--! 42P07 idx_script_execution_s_timestamp is there already; decision 0002 says why the others are not.
-- Primary performance indexes
CREATE INDEX idx_script_execution_s_tenant_status ON script_tracking.script_execution_s(tenant_hk, execution_status) WHERE load_end_date IS NULL;
CREATE INDEX idx_script_execution_s_timestamp ON script_tracking.script_execution_s(execution_timestamp DESC);
CREATE INDEX idx_script_execution_s_type_status ON script_tracking.script_execution_s(script_type, execution_status);
CREATE INDEX idx_script_execution_s_duration ON script_tracking.script_execution_s(execution_duration_ms) WHERE execution_duration_ms IS NOT NULL;
