package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The signatures of the reference. PostgreSQL keeps no length of a function's argument or result,
 * so {@code varchar(255)} is {@code character varying} here: the functions check the lengths
 * themselves.
 */
final class SignaturesTest extends InstalledDatabase {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          track_operation             | p_script_name character varying, p_script_type character varying DEFAULT 'MANUAL'::character varying | bytea
          complete_operation          | p_execution_hk bytea, p_success boolean DEFAULT true, p_error_message text DEFAULT NULL::text | boolean
          generate_unique_script_name | p_base_name character varying | character varying
          calculate_hash_key          | p_business_key character varying | bytea
          cleanup_old_data            | p_retention_days integer DEFAULT 365 | integer
          get_execution_history       | p_days integer DEFAULT 7 | TABLE(script_name character varying, script_type character varying, execution_status character varying, execution_timestamp timestamp with time zone, execution_duration_ms integer, db_session_user character varying, affected_objects text[])
          get_recent_errors           | p_hours integer DEFAULT 24 | TABLE(script_name character varying, error_message text, execution_timestamp timestamp with time zone, db_session_user character varying, client_ip inet, affected_objects text[], metadata jsonb)
          get_enterprise_dashboard    | `` | TABLE(metric_name character varying, metric_value numeric, metric_unit character varying, status character varying, last_updated timestamp with time zone)
          get_performance_metrics     | `` | TABLE(metric_category character varying, metric_name character varying, current_value numeric, trend_direction character varying, performance_rating character varying)
          get_system_health           | `` | TABLE(health_category character varying, health_metric character varying, current_status character varying, details text, last_checked timestamp with time zone)
          track_script_execution      | p_script_name character varying, p_script_type character varying DEFAULT 'MANUAL'::character varying, p_script_category character varying DEFAULT NULL::character varying, p_script_content text DEFAULT NULL::text, p_script_file_path character varying DEFAULT NULL::character varying, p_script_version character varying DEFAULT NULL::character varying, p_tenant_hk bytea DEFAULT NULL::bytea, p_business_justification text DEFAULT NULL::text, p_ticket_reference character varying DEFAULT NULL::character varying | bytea
          run_migration_enterprise    | p_migration_file character varying, p_migration_version character varying | TABLE(migration_status character varying, execution_time_ms integer, objects_affected integer, error_details text)
          complete_script_execution   | p_execution_hk bytea, p_status character varying DEFAULT 'COMPLETED'::character varying, p_duration_ms bigint DEFAULT NULL::bigint, p_rows_affected bigint DEFAULT NULL::bigint, p_error_message text DEFAULT NULL::text, p_error_code character varying DEFAULT NULL::character varying, p_objects_created text[] DEFAULT NULL::text[], p_objects_modified text[] DEFAULT NULL::text[], p_objects_dropped text[] DEFAULT NULL::text[], p_schemas_affected text[] DEFAULT NULL::text[] | boolean
          """,
      quoteCharacter = '`')
  void hasTheFunctionsOfTheReference(String name, String arguments, String result)
      throws Exception {
    assertThat(
            value(
                """
                select pg_get_function_arguments(oid) || ' | ' || pg_get_function_result(oid)
                from pg_proc
                where pronamespace = 'script_tracking'::regnamespace and proname = '%s'
                """
                    .formatted(name)))
        .isEqualTo(arguments + " | " + result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          script_execution_h | script_execution_hk bytea NN, script_execution_bk character varying(255) NN, tenant_hk bytea, load_date timestamp with time zone NN, record_source character varying(100) NN
          script_execution_s | script_execution_hk bytea NN, load_date timestamp with time zone NN, load_end_date timestamp with time zone, hash_diff bytea NN, version_number bigint NN, script_name character varying(255) NN, script_type character varying(50) NN, execution_status character varying(20) NN, execution_timestamp timestamp with time zone NN, execution_duration_ms integer, db_session_user character varying(100) NN, client_ip inet, affected_objects text[], sql_command text, error_message text, metadata jsonb, record_source character varying(100) NN
          """)
  void hasTheColumnsOfTheReference(String table, String columns) throws Exception {
    assertThat(
            value(
                """
                select string_agg(
                    attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' NN' else '' end,
                    ', ' order by attnum)
                from pg_attribute
                where attrelid = 'script_tracking.%s'::regclass and attnum between 1 and 17 and not attisdropped
                """
                    .formatted(table)))
        .isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({
    "util.current_load_date(), timestamp with time zone",
    "util.hash_binary(text), bytea",
    "'util.log_audit_event(text,text,text,text,jsonb)', boolean",
    "'public.track_operation(varchar,varchar)', bytea",
    "'public.complete_operation(bytea,boolean,text)', boolean",
    "'auth.login_user_tracking(varchar,varchar,bytea)', jsonb",
    "auth.register_user_tracking(jsonb), jsonb"
  })
  void hasTheHelpersOfTheReference(String signature, String result) throws Exception {
    assertThat(value("select pg_get_function_result('" + signature + "'::regprocedure)"))
        .isEqualTo(result);
  }
}
