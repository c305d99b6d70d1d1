package io.pgtrail.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

final class ConfigureTest extends InstalledDatabase {

  @Test
  void changesSettingsAndRecordsThat() throws Exception {
    try (Connection admin = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(
              Attempt.at(admin, "select script_tracking.configure('abandoned_after', '2 days')")
                  .sqlState())
          .isEqualTo(Attempt.DONE);
    }

    assertThat(value("select abandoned_after from pgtrail.settings")).isEqualTo("2 days");
    assertThat(
            value(
                "select script_name || ' ' || execution_status || ' ' || (metadata ->> 'value')"
                    + " from script_tracking.script_execution_s where script_type = 'CONFIGURATION'"))
        .isEqualTo("Setting abandoned_after COMPLETED 2 days");
  }

  @Test
  void letsTheOwnerOfTheEventTriggersMakeThemFireForReplicasToo() throws Exception {
    run("select script_tracking.configure('capture_always', 'true')");
    assertThat(value(ENABLED)).isEqualTo("A");

    run("select script_tracking.configure('capture_always', 'false')");
    assertThat(value(ENABLED)).isEqualTo("O");
  }

  @Test
  void changesNothingWhenTheEventTriggersBelongToSomeoneElse() throws Exception {
    try (Connection admin = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(
              Attempt.at(admin, "select script_tracking.configure('capture_always', 'true')")
                  .sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }

    assertThat(value(ENABLED)).isEqualTo("O");
    assertThat(value("select capture_always from pgtrail.settings")).isEqualTo("f");
  }

  private static final String ENABLED =
      "select string_agg(distinct evtenabled::text, '') from pg_event_trigger where evtname like 'et\\_%'";
}
