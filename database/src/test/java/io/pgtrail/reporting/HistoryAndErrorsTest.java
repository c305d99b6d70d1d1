package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HistoryAndErrorsTest extends InstalledDatabase {

  @Test
  void historyIsNewestFirst() throws Exception {
    for (int i = 1; i <= 3; i++) {
      run("select script_tracking.track_operation('Job " + i + "')");
    }

    assertThat(names("script_tracking.get_execution_history()")).isEqualTo("Job 3,Job 2,Job 1");
  }

  @Test
  void errorsAreTheFailedOperationsNewestFirst() throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('First'), false, 'one')",
        "select script_tracking.complete_operation(script_tracking.track_operation('Fine'))",
        "select script_tracking.track_operation('Running')",
        "select script_tracking.complete_operation(script_tracking.track_operation('Second'), false, 'two')");

    assertThat(names("script_tracking.get_recent_errors()")).isEqualTo("Second,First");
    assertThat(value("select error_message from script_tracking.get_recent_errors(8)"))
        .isEqualTo("two");
  }

  @Test
  void bothReachBackAsFarAsAsked() throws Exception {
    age("Three days", "3 days");
    age("Thirty hours", "30 hours");
    age("Now", "0");

    assertThat(names("script_tracking.get_execution_history(2)")).isEqualTo("Now,Thirty hours");
    assertThat(names("script_tracking.get_execution_history(4)"))
        .isEqualTo("Now,Thirty hours,Three days");
    assertThat(names("script_tracking.get_execution_history(0)")).isEmpty();
    assertThat(names("script_tracking.get_recent_errors()")).isEqualTo("Now");
    assertThat(names("script_tracking.get_recent_errors(31)")).isEqualTo("Now,Thirty hours");
  }

  @ParameterizedTest
  @CsvSource({
    "timestamp, script_tracking.get_execution_history() limit 10",
    "timestamp, script_tracking.get_execution_history(30) order by execution_timestamp desc limit 10",
    "failed, script_tracking.get_recent_errors() limit 10",
    "failed, script_tracking.get_recent_errors(8) order by execution_timestamp desc limit 10"
  })
  void aPageWalksItsIndexAndSortsNothingForWhomeverItIs(String index, String page)
      throws Exception {
    Login auditor = member("auditor", "pgtrail_auditor");
    Login reader = member("reader", "pgtrail_reader");
    run(
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant('acme', '" + reader.user() + "')",
        "begin",
        "set local role pgtrail_owner",
        """
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, execution_status, execution_timestamp,
                tenant_hk, record_source)
        select sha256(i::text::bytea), now(), '', 'Job ' || i,
            case when i % 20 = 0 then 'FAILED' else 'COMPLETED' end, now() - i * interval '1 second',
            (array[sha256('acme'), sha256('bolt'), null])[i % 3 + 1], 'TEST'
        from generate_series(1, 20000) as i
        """,
        "commit",
        "analyze script_tracking.script_execution_s");

    for (Login caller : List.of(database.login(), auditor, reader)) {
      try (Connection session = database.connectAs(caller)) {
        String plan =
            Sql.rows(session, "explain select * from " + page).stream()
                .map(row -> String.valueOf(row.get("QUERY PLAN")))
                .collect(Collectors.joining("\n"));

        assertThat(plan)
            .as(caller.user())
            .contains("Index Scan using idx_script_execution_s_" + index + " ")
            .doesNotContain("Sort")
            .doesNotContain("Seq Scan on script_execution_s")
            .doesNotContain("Function Scan");
      }
    }
  }

  /** Records a failed operation that began a while ago, as only the owner of the trail could. */
  private void age(String name, String age) throws SQLException {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('"
            + name
            + "'), false)",
        "begin",
        "set local role pgtrail_owner",
        "update script_tracking.script_execution_s set metadata = '{}', execution_timestamp = now() - interval '"
            + age
            + "' where script_name = '"
            + name
            + "'",
        "commit");
  }

  private String names(String from) throws SQLException {
    String names =
        Sql.queryForString(connection, "select string_agg(script_name, ',') from " + from);
    return names == null ? "" : names;
  }
}
