package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class HistoryTest {

  private static final Optional<String> ANY = Optional.empty();

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  @Test
  void readsNewestFirst(TestDatabase database) throws SQLException {
    track(database, "first", true);
    database.execute("create table t (id int)");
    track(database, "third", false);

    List<Operation> operations = read(database, HistoryFilter.all());

    assertThat(operations)
        .extracting(Operation::status)
        .containsExactly("FAILED", "COMPLETED", "COMPLETED");
    assertThat(operations.get(1).type()).isEqualTo("DDL_AUTO");
    assertThat(operations.get(1).objects()).contains("public.t");
    assertThat(operations.get(0).error()).isEqualTo("because");
    assertThat(operations).allSatisfy(operation -> assertThat(operation.duration()).isNotNull());
  }

  @Test
  void filtersByEverything(TestDatabase database) throws SQLException {
    track(database, "50% off", true);
    track(database, "505 off", false);

    assertThat(names(database, ANY, ANY, ANY, Optional.of("50%"), ANY)).containsExactly("50% off");
    assertThat(names(database, ANY, Optional.of("failed"), ANY, ANY, ANY))
        .containsExactly("505 off");
    assertThat(names(database, Optional.of("manual"), ANY, ANY, ANY, ANY)).hasSize(2);
    assertThat(names(database, ANY, ANY, Optional.of("nobody"), ANY, ANY)).isEmpty();
    assertThat(names(database, ANY, ANY, ANY, ANY, Optional.of("BECAUSE")))
        .containsExactly("505 off");
    assertThat(
            read(
                database,
                new HistoryFilter(
                    Optional.of(Instant.now().plusSeconds(60)),
                    Optional.empty(),
                    ANY,
                    ANY,
                    ANY,
                    ANY,
                    ANY,
                    0)))
        .isEmpty();
  }

  @Test
  void stopsWhenAskedTo(TestDatabase database) throws SQLException {
    for (int i = 0; i < 3; i++) {
      track(database, "one of three", true);
    }
    List<Operation> seen = new ArrayList<>();

    new History(database.dataSource()).read(HistoryFilter.all(), operation -> !seen.add(operation));

    assertThat(seen).hasSize(1);
  }

  @Test
  void survivesMetadataWrittenByHand(TestDatabase database) throws SQLException {
    track(database, "odd", true);
    database.execute(
        "update script_tracking.script_execution_s set metadata = '{\"duration_ms\": \"x\"}'");

    assertThat(read(database, HistoryFilter.all())).hasSize(1);
  }

  @Test
  void saysThatPgtrailIsNotInstalled(TestDatabase database) throws SQLException {
    new Installer(database.dataSource()).uninstall(true);

    assertThatThrownBy(() -> read(database, HistoryFilter.all()))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_INSTALLED));
  }

  private static void track(TestDatabase database, String name, boolean success)
      throws SQLException {
    database.execute(
        """
        do $$
        begin
            perform script_tracking.complete_operation(
                script_tracking.track_operation('%s'), %s, %s);
        end
        $$
        """
            .formatted(name, success, success ? "null" : "'because'"));
  }

  private static List<String> names(
      TestDatabase database,
      Optional<String> type,
      Optional<String> status,
      Optional<String> user,
      Optional<String> name,
      Optional<String> text) {
    HistoryFilter filter =
        new HistoryFilter(Optional.empty(), Optional.empty(), type, status, user, name, text, 0);
    return read(database, filter).stream().map(Operation::name).toList();
  }

  private static List<Operation> read(TestDatabase database, HistoryFilter filter) {
    List<Operation> operations = new ArrayList<>();
    new History(database.dataSource()).read(filter, operations::add);
    return operations;
  }
}
