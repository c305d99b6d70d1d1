package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("one-major")
final class TrackerTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  private static final OperationStart START =
      new OperationStart("Import", "DATA_IMPORT", "import.sh", null, Map.of("source", "a \"b\""));

  @Test
  void keepsTheBeginningOfAHugeScriptAndSaysSo(TestDatabase database) throws Exception {
    String smiling = "\ud83d\ude00";
    String longest = "x".repeat(Tracker.LONGEST_CONTENT);
    String cut = "x".repeat(Tracker.LONGEST_CONTENT - 1) + smiling + "x";

    for (String content : new String[] {longest, cut}) {
      OperationStart start = new OperationStart("Huge", "MANUAL", content, null, Map.of("a", "b"));
      try (TrackedOperation operation = new Tracker(database.dataSource()).start(start)) {
        operation.complete(OperationEnd.success());
      }
    }

    assertThat(
            database.queryForString(
                """
                select string_agg(concat_ws(' ', length(sql_command), metadata -> 'content_truncated',
                    metadata -> 'content_length', metadata ->> 'a'), ', ' order by execution_timestamp)
                from script_tracking.script_execution_s
                where script_name = 'Huge'
                """))
        .isEqualTo("1048576 b, 1048575 true 1048577 b");
  }

  @Test
  void recordsStartAndEnd(TestDatabase database) throws Exception {
    try (TrackedOperation operation = new Tracker(database.dataSource()).start(START)) {
      assertThat(status(database)).isEqualTo("RUNNING");

      assertThat(operation.complete(new OperationEnd(true, null, null, 7L))).isTrue();
    }

    assertThat(status(database)).isEqualTo("COMPLETED");
    assertThat(
            database.queryForString(
                "select metadata - 'duration_ms' from script_tracking.script_execution_s"))
        .isEqualTo("{\"source\": \"a \\\"b\\\"\", \"rows_affected\": 7}");
  }

  @Test
  void completesOverANewConnectionWhenTheFirstWasLost(TestDatabase database) throws Exception {
    try (TrackedOperation operation = new Tracker(database.dataSource()).start(START)) {
      database.killBackend(
          Integer.parseInt(
              String.valueOf(
                  database.queryForString(
                      "select backend_pid from script_tracking.script_execution_s"))));

      assertThat(operation.complete(OperationEnd.failure("no space", "1"))).isTrue();
    }

    assertThat(status(database)).isEqualTo("FAILED");
  }

  @Test
  void saysWhenSomeoneElseCompletedIt(TestDatabase database) throws Exception {
    try (TrackedOperation operation = new Tracker(database.dataSource()).start(START)) {
      operation.complete(OperationEnd.success());

      assertThat(operation.complete(OperationEnd.success())).isFalse();
    }
  }

  @Test
  void refusesANameThatIsTooLong(TestDatabase database) {
    OperationStart start = new OperationStart("x".repeat(256), "MANUAL", null, null, Map.of());

    assertThatThrownBy(() -> new Tracker(database.dataSource()).start(start))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  private static String status(TestDatabase database) throws Exception {
    return String.valueOf(
        database.queryForString("select execution_status from script_tracking.script_execution_s"));
  }
}
