package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people pass by mistake or on purpose. Invalid UTF-8 is not among it: PostgreSQL refuses it
 * (22021) before any function is called, as it refuses the character NUL.
 */
final class BadInputTest extends InstalledDatabase {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "''",
        "'   '",
        "e'\\t\\n'",
        "repeat('x', 256)",
        "repeat('x', 1048576)",
        "'Fine', null",
        "'Fine', ''",
        "'Fine', '  '",
        "'Fine', repeat('x', 51)",
        "'Fine', repeat('x', 1048576)",
        "'Forged', 'DDL_AUTO'",
        "'Sign-in of admin', 'SIGN_IN'",
        "'Account admin dropped', 'ACCOUNT'",
        "'Refused to admin', 'REFUSAL'",
        "'Setting retention_days', 'CONFIGURATION'",
        "'Failed SELECT', 'FAILED_STATEMENT'"
      })
  void refusesNamesAndTypesThatCannotBeKept(String arguments) throws Exception {
    Attempt attempt = attempt("select script_tracking.track_operation(" + arguments + ")");

    assertThat(attempt.sqlState()).isEqualTo("PT001");
    assertThat(attempt.message()).contains("Hint");
    assertThat(operations()).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repeat('x', 255), 'MANUAL'",
        "repeat('ä', 255), 'MANUAL'",
        "'Fine', repeat('x', 50)",
        "'Fine', 'A_TYPE_OF_MINE'",
        "e'two\\nlines', 'MANUAL'",
        "'Robert''); drop table script_tracking.script_execution_s; --', 'MANUAL'",
        "'$$ %s %I %L \\', 'MANUAL'",
        "'Fine', ''';select 1;--'"
      })
  void keepsWhateverElseItIsGiven(String arguments) throws Exception {
    Attempt attempt = attempt("select script_tracking.track_operation(" + arguments + ")");

    assertThat(attempt.sqlState()).isEqualTo(Attempt.DONE);
    assertThat(
            value(
                "select row(script_name, script_type)::text = row("
                    + arguments
                    + ")::text from script_tracking.script_execution_s"))
        .isEqualTo("t");
  }

  @Test
  void keepsMessagesOfAMegabyte() throws Exception {
    run("select script_tracking.track_operation('Job')");

    run(
        "select script_tracking.complete_operation(script_execution_hk, false, repeat('password ', 120000))"
            + " from script_tracking.script_execution_s");

    assertThat(value("select length(error_message) from script_tracking.script_execution_s"))
        .isEqualTo("1080000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "1", "null", "true"})
  void refusesMetadataThatIsNoObject(String metadata) throws Exception {
    run("select script_tracking.track_operation('Job')");

    Attempt update =
        attempt("update script_tracking.script_execution_s set metadata = '" + metadata + "'");
    Attempt call =
        attempt("select pgtrail.start_operation('Job', 'X', null, null, '" + metadata + "')");

    assertThat(update.sqlState()).isEqualTo("PT001");
    assertThat(call.sqlState()).isEqualTo("PT001");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          script_tracking.get_execution_history(null)
          script_tracking.get_execution_history(-1)
          script_tracking.get_execution_history(-2147483648)
          script_tracking.get_recent_errors(null)
          script_tracking.get_recent_errors(-1)
          script_tracking.cleanup_old_data(null)
          script_tracking.cleanup_old_data(-1)
          script_tracking.create_tenant(null)
          script_tracking.create_tenant('')
          script_tracking.create_tenant(repeat('x', 256))
          script_tracking.grant_tenant('x', null)
          script_tracking.grant_tenant('x', 'nobody_of_this_name')
          script_tracking.configure(null, 'warn')
          script_tracking.configure('on_capture_failure', null)
          script_tracking.configure('on_capture_failure', 'ignore')
          script_tracking.configure('only_row', 'false')
          script_tracking.configure('installed_version', '9')
          script_tracking.configure('abandoned_after', '-1 hour')
          script_tracking.configure('abandoned_after', 'soon')
          script_tracking.configure('capture_always', 'perhaps')
          script_tracking.configure('abandoned_after = null --', '1 hour')
          """)
  void refusesValuesWithoutMeaning(String call) {
    assertThat(attempt("select * from " + call).sqlState()).isEqualTo("PT001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get_execution_history(0)",
        "get_execution_history(2147483647)",
        "get_recent_errors(0)",
        "get_recent_errors(2147483647)",
        "cleanup_old_data(2147483647)"
      })
  void takesHugeSpansForEver(String call) {
    assertThat(attempt("select * from script_tracking." + call).sqlState()).isEqualTo(Attempt.DONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "'nobody'", "''"})
  void refusesTenantsThatDoNotExist(String tenant) {
    assertThat(
            attempt("select script_tracking.grant_tenant(" + tenant + ", 'postgres')").sqlState())
        .isEqualTo("PT004");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "'\\x00'", "decode(repeat('ff', 1000), 'hex')"})
  void refusesTenantKeysThatAreNone(String key) {
    assertThat(
            attempt(
                    "select script_tracking.track_script_execution('Job', p_tenant_hk => "
                        + key
                        + "::bytea)")
                .sqlState())
        .isEqualTo("PT004");
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin read only", "set default_transaction_read_only = on"})
  void saysThatAReadOnlyTransactionCannotRecord(String preparation) throws Exception {
    run("select script_tracking.track_operation('Job')");
    run(preparation);

    Attempt start = attempt("select script_tracking.track_operation('Job')");
    run("rollback");
    run(preparation);
    Attempt end =
        attempt(
            "select script_tracking.complete_operation(script_execution_hk)"
                + " from script_tracking.script_execution_s");

    assertThat(start.sqlState()).isEqualTo("PT007");
    assertThat(start.message()).contains("read-only").contains("Hint");
    assertThat(end.sqlState()).isEqualTo("PT007");
  }

  private String operations() throws Exception {
    return value("select count(*) from script_tracking.script_execution_h");
  }
}
