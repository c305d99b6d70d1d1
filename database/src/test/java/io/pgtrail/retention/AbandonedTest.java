package io.pgtrail.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class AbandonedTest extends InstalledDatabase {

  @Test
  void closesWhatIsOldEnoughAndHasLostItsSession() throws Exception {
    trackAndDie("Lost");
    run("select script_tracking.configure('abandoned_after', '0')");

    assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("1");

    assertThat(
            value(
                """
                select concat_ws(' ', execution_status, version_number, metadata ->> 'abandoned',
                    metadata ? 'duration_ms', error_message)
                from script_tracking.script_execution_s
                where script_name = 'Lost'
                """))
        .isEqualTo("FAILED 2 true t Abandoned: its session ended without completing it.");
    assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("0");
  }

  @Test
  void keepsWhatIsYoung() throws Exception {
    trackAndDie("Young");

    assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("0");
  }

  @Test
  void keepsWhatHasItsSession() throws Exception {
    run("select script_tracking.configure('abandoned_after', '0')");
    try (Connection other = database.connectAs(member("worker"))) {
      value(other, "select script_tracking.track_operation('Alive')");

      assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("0");
    }
  }

  @Test
  void isNotFooledByAProcessIdThatIsUsedAgain() throws Exception {
    trackAndDie("Lost");
    run("select script_tracking.configure('abandoned_after', '0')");
    try (Connection other = database.connect()) {
      asOwner(
          "update script_tracking.script_execution_s set metadata = '{}', backend_pid = "
              + TestDatabase.backendOf(other)
              + " where script_name = 'Lost'");

      assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("1");
    }
  }

  @Test
  void keepsTheMessageThatWasWrittenBefore() throws Exception {
    trackAndDie("Lost");
    run(
        "select script_tracking.configure('abandoned_after', '0')",
        "update script_tracking.script_execution_s set error_message = 'disk full' where script_name = 'Lost'",
        "select script_tracking.close_abandoned()");

    assertThat(
            value(
                "select error_message from script_tracking.script_execution_s where script_name = 'Lost'"))
        .isEqualTo("disk full");
  }

  @Test
  void doesNotWaitForWhoAnnotatesOneAtThisMoment() throws Exception {
    trackAndDie("Lost");
    run("select script_tracking.configure('abandoned_after', '0')", "set lock_timeout = '10s'");
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(
          other,
          "update script_tracking.script_execution_s set metadata = '{\"note\": 1}'"
              + " where script_name = 'Lost'");

      assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("0");
      other.rollback();
    }

    assertThat(value("select script_tracking.close_abandoned()")).isEqualTo("1");
  }

  @Test
  void isForAdministrators() throws Exception {
    trackAndDie("Lost");
    run("select script_tracking.configure('abandoned_after', '0')");

    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      assertThat(Attempt.at(session, "select script_tracking.close_abandoned()").sqlState())
          .isEqualTo("PT002");
    }
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(Attempt.at(session, "select script_tracking.close_abandoned()").value())
          .contains("1");
    }
  }

  @Test
  void saysThatAReadOnlyTransactionCannotRecord() throws Exception {
    run("set default_transaction_read_only = on");

    assertThat(attempt("select script_tracking.close_abandoned()").sqlState()).isEqualTo("PT007");
    assertThat(attempt("select script_tracking.cleanup_old_data()").sqlState()).isEqualTo("PT007");
  }

  private void trackAndDie(String name) throws Exception {
    Connection session = database.connect();
    try {
      Sql.execute(session, "select script_tracking.track_operation('" + name + "')");
      database.killBackend(TestDatabase.backendOf(session));
    } finally {
      session.close();
    }
  }

  private void asOwner(String update) throws SQLException {
    run("begin", "set local role pgtrail_owner", update, "commit");
  }
}
