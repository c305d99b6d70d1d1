package io.pgtrail.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CleanupTest extends InstalledDatabase {

  @BeforeEach
  void recordOldAndNew() throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Old ' || i), i % 2 = 0)"
            + " from generate_series(1, 5) as i",
        "select script_tracking.track_operation('Old and running')",
        "begin",
        "set local role pgtrail_owner",
        "update script_tracking.script_execution_s set metadata = '{}', execution_timestamp = now() - interval '400 days'",
        "commit",
        "select script_tracking.complete_operation(script_tracking.track_operation('New'))");
  }

  @Test
  void removesOldOperationsWithTheirVersionsAndHubs() throws Exception {
    assertThat(value("select script_tracking.cleanup_old_data()")).isEqualTo("5");

    assertThat(remaining("script_execution_s", "script_name"))
        .isEqualTo("Cleanup of old operations,New,Old and running");
    assertThat(value("select count(*) from script_tracking.script_execution_h")).isEqualTo("3");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s_history as h where not exists"
                    + " (select from script_tracking.script_execution_s as s where s.script_execution_hk = h.script_execution_hk)"))
        .isEqualTo("0");
  }

  @Test
  void recordsItself() throws Exception {
    run("select script_tracking.cleanup_old_data(100)");

    assertThat(
            value(
                """
                select concat_ws(' ', script_type, execution_status, metadata ->> 'retention_days',
                    metadata ->> 'operations_removed', (metadata ->> 'before')::timestamptz < now() - interval '99 days')
                from script_tracking.script_execution_s
                where script_name = 'Cleanup of old operations'
                """))
        .isEqualTo("MAINTENANCE COMPLETED 100 5 t");
  }

  @Test
  void keepsWhatIsYoungerThanAsked() throws Exception {
    assertThat(value("select script_tracking.cleanup_old_data(401)")).isEqualTo("0");
    assertThat(value("select script_tracking.cleanup_old_data(399)")).isEqualTo("5");
    assertThat(value("select script_tracking.cleanup_old_data(399)")).isEqualTo("0");
  }

  @Test
  void isForAdministrators() throws Exception {
    for (String role : new String[] {"pgtrail_auditor", "pgtrail_reader", "pgtrail_writer"}) {
      try (Connection session = database.connectAs(member("of_" + role, role))) {
        assertThat(Attempt.at(session, "select script_tracking.cleanup_old_data()").sqlState())
            .isEqualTo("PT002");
      }
    }
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(Attempt.at(session, "select script_tracking.cleanup_old_data()").value())
          .contains("5");
    }
  }

  private String remaining(String table, String column) throws SQLException {
    return value(
        "select string_agg(%1$s, ',' order by %1$s) from script_tracking.%2$s"
            .formatted(column, table));
  }
}
