package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScriptExecutionTest extends InstalledDatabase {

  @Test
  void keepsEveryArgumentOfTheStart() throws Exception {
    run("select script_tracking.create_tenant('acme')");
    run("select script_tracking.grant_tenant('acme', 'postgres')");

    run(
        """
        select script_tracking.track_script_execution(
            'Add index', 'MIGRATION', 'schema', 'create index on t (a)', '/sql/V7.sql', 'V7',
            sha256('acme'), 'Slow page', 'OPS-12')
        """);

    assertThat(value("select metadata" + CURRENT))
        .isEqualTo(
            "{\"ticket\": \"OPS-12\", \"version\": \"V7\", \"category\": \"schema\","
                + " \"file_path\": \"/sql/V7.sql\", \"justification\": \"Slow page\"}");
    assertThat(value("select sql_command" + CURRENT)).isEqualTo("create index on t (a)");
    assertThat(value("select tenant_hk = sha256('acme')" + CURRENT)).isEqualTo("t");
    assertThat(
            value(
                "select tenant_hk = sha256('acme') from script_tracking.script_execution_h"
                    + " where script_execution_bk like 'Add index%'"))
        .isEqualTo("t");
  }

  @Test
  void keepsEveryArgumentOfTheEnd() throws Exception {
    run("select script_tracking.track_script_execution('Job', p_ticket_reference => 'OPS-1')");

    run(
        """
        select script_tracking.complete_script_execution(
            script_execution_hk, 'FAILED', 1234, 99, 'disk full', '53100',
            array['public.a'], array['public.b'], array['public.c'], array['public'])
        """
            + CURRENT);

    assertThat(value("select execution_status || execution_duration_ms || error_message" + CURRENT))
        .isEqualTo("FAILED1234disk full");
    assertThat(value("select affected_objects" + CURRENT))
        .isEqualTo("{public.a,public.b,public.c}");
    assertThat(
            value(
                """
                select metadata = '{"ticket": "OPS-1", "rows_affected": 99, "error_code": "53100",
                    "objects_created": ["public.a"], "objects_modified": ["public.b"],
                    "objects_dropped": ["public.c"], "schemas_affected": ["public"], "duration_ms": 1234}'
                """
                    + CURRENT))
        .isEqualTo("t");
  }

  @Test
  void addsNothingThatWasNotGiven() throws Exception {
    run("select script_tracking.track_script_execution('Job')");
    assertThat(value("select metadata" + CURRENT)).isEqualTo("null");

    run("select script_tracking.complete_script_execution(script_execution_hk)" + CURRENT);

    assertThat(
            value(
                "select array_agg(k) from (select jsonb_object_keys(metadata) as k"
                    + CURRENT
                    + ") x"))
        .isEqualTo("{duration_ms}");
    assertThat(value("select affected_objects" + CURRENT)).isEqualTo("null");
  }

  @Test
  void endsOnlyAsCompletedOrFailed() throws Exception {
    run("select script_tracking.track_operation('Job')");

    for (String status : new String[] {"'RUNNING'", "'completed'", "''", "null", "'DONE'"}) {
      assertThat(
              attempt(
                      "select script_tracking.complete_script_execution(script_execution_hk, "
                          + status
                          + ")"
                          + CURRENT)
                  .sqlState())
          .as(status)
          .isEqualTo("PT001");
    }
  }

  @Test
  void refusesNegativeDurationsAndCapsHugeOnes() throws Exception {
    run("select script_tracking.track_operation('Job')");
    String complete =
        "select script_tracking.complete_script_execution(script_execution_hk, 'COMPLETED', %s)"
            + CURRENT;

    assertThat(attempt(complete.formatted("-1")).sqlState()).isEqualTo("PT001");
    assertThat(attempt(complete.formatted("-9223372036854775808")).sqlState()).isEqualTo("PT001");
    assertThat(attempt(complete.formatted("9223372036854775807")).value()).contains("t");
    assertThat(value("select execution_duration_ms" + CURRENT)).isEqualTo("2147483647");
  }

  @Test
  void redactsSecretsInContentAndMessages() throws Exception {
    run(
        """
        select script_tracking.track_script_execution(
            'Job', p_script_content => 'create role r password ''hunter2''')
        """);
    run(
        """
        select script_tracking.complete_script_execution(script_execution_hk, 'FAILED',
            p_error_message => 'cannot reach postgresql://app:hunter2@db/x with password=hunter2')
        """
            + CURRENT);

    assertThat(
            value(
                "select string_agg(v::text, '') from script_tracking.script_execution_s_versions as v"))
        .contains("<redacted>")
        .doesNotContain("hunter2");
  }

  @Test
  void redactsAMessageThatIsWrittenByUpdate() throws Exception {
    run("select script_tracking.track_operation('Job')");

    run(
        "update script_tracking.script_execution_s set error_message = 'password=hunter2 is wrong'");

    assertThat(value("select error_message" + CURRENT)).isEqualTo("password=<redacted> is wrong");
  }

  private static final String CURRENT =
      " from script_tracking.script_execution_s where script_type <> 'CONFIGURATION'";
}
