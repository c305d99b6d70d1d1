package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TrackerTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  private static final OperationStart START =
      new OperationStart("Import", "DATA_IMPORT", "import.sh", null, Map.of("source", "a \"b\""));

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
