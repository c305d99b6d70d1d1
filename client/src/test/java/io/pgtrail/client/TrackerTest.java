package io.pgtrail.client;

import static io.pgtrail.client.OperationTypes.DATA_IMPORT;
import static io.pgtrail.client.OperationTypes.MAINTENANCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class TrackerTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private static final Duration LONG = Duration.ofSeconds(30);

  private TestDatabase database;

  @BeforeEach
  void take(TestDatabase database) {
    this.database = database;
  }

  @Test
  void recordsBeginAndEnd() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Operation operation =
          tracker
              .prepare("Weekly import", DATA_IMPORT)
              .content("copy customer from 'x' -- password 'hush'")
              .annotate("source", "crm")
              .start();
      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(only("script_name, script_type, execution_status, record_source, sql_command"))
          .containsEntry("script_name", "Weekly import")
          .containsEntry("script_type", "DATA_IMPORT")
          .containsEntry("execution_status", "RUNNING")
          .containsEntry("record_source", "CLIENT")
          .containsEntry("sql_command", "copy customer from 'x' -- password '<redacted>'");

      operation
          .annotate("rows", 42)
          .annotate("kinds", List.of("a", Map.of("b", 1.5)))
          .affects("public.customer");
      operation.succeed();
      assertThat(tracker.flush(LONG)).isTrue();

      assertThat(
              only(
                  """
                  execution_status, version_number, error_message, affected_objects,
                  metadata - 'duration_ms' as known, metadata ? 'duration_ms' as measured,
                  execution_duration_ms >= 0 as whole
                  """))
          .containsEntry("execution_status", "COMPLETED")
          .containsEntry("version_number", 2L)
          .containsEntry("error_message", null)
          .containsEntry("affected_objects", List.of("public.customer"))
          .containsEntry(
              "known", "{\"rows\": 42, \"kinds\": [\"a\", {\"b\": 1.5}], \"source\": \"crm\"}")
          .containsEntry("measured", true)
          .containsEntry("whole", true);
      assertThat(tracker.statistics()).isEqualTo(statistics(2, 0));
    }
  }

  @Test
  void failsWhatIsClosedWithoutSuccess() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Operation operation = tracker.start("Import", DATA_IMPORT);
      operation.close();
    }
    assertThat(only("execution_status, error_message"))
        .containsEntry("execution_status", "FAILED")
        .containsEntry("error_message", "closed without succeed()");
  }

  @Test
  void failsWithWhatItsWorkThrows() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      long rows =
          tracker.call(
              "Import",
              DATA_IMPORT,
              operation -> {
                operation.annotate("rows", 3);
                return 3L;
              });
      tracker.run("Given up", DATA_IMPORT, operation -> operation.fail("nothing to import"));
      assertThatThrownBy(
              () ->
                  tracker
                      .prepare("Bad import", DATA_IMPORT)
                      .content("copy customer from stdin")
                      .run(
                          operation -> {
                            throw new SQLException("no such table", "42P01");
                          }))
          .isInstanceOf(SQLException.class);
      assertThat(rows).isEqualTo(3);
    }
    assertThat(
            all("script_name, execution_status, sql_command, error_message,"
                    + " metadata ->> 'rows', metadata ->> 'error_code'")
                .split(", "))
        .containsExactlyInAnyOrder(
            "Import COMPLETED 3",
            "Given up FAILED nothing to import",
            "Bad import FAILED copy customer from stdin" + " no such table 42P01");
  }

  @Test
  void keepsNoRowThatAnErrorOfTheDatabaseShows() throws Exception {
    String insert = "insert into pg_temp.person values (null, 'hush')";
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection = database.connect()) {
      Sql.execute(connection, "create temp table person (id int not null, name text)");
      assertThatThrownBy(
              () ->
                  tracker.run("Import", DATA_IMPORT, operation -> Sql.execute(connection, insert)))
          .hasMessageContaining("hush");
    }
    assertThat(only("error_message"))
        .containsEntry(
            "error_message",
            "ERROR: null value in column \"id\" of relation \"person\" violates not-null constraint");
  }

  @Test
  void keepsNoRowThatTheCauseOfAFailureShows() throws Exception {
    SQLException shown = new SQLException("ERROR: duplicate key\n  详细：Key (name)=(hush) exists.");
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Operation operation = tracker.start("Import", DATA_IMPORT)) {
      operation.fail(new IllegalStateException("insert of hush: " + shown.getMessage(), shown));
    }
    assertThat(only("error_message"))
        .containsEntry("error_message", "java.lang.IllegalStateException: ERROR: duplicate key");
  }

  @Test
  void recordsTheFailureOfATransactionThatRollsBack() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      Runnable work =
          tracker.wrap(
              "Bad import",
              DATA_IMPORT,
              () -> {
                try {
                  Sql.execute(connection, "select 1 / 0");
                } catch (SQLException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      assertThatThrownBy(work::run).hasRootCauseInstanceOf(SQLException.class);
      connection.rollback();
    }

    assertThat(only("execution_status, error_message, metadata ->> 'error_code' as code"))
        .containsEntry("execution_status", "FAILED")
        .containsEntry("code", "22012")
        .extractingByKey("error_message")
        .asString()
        .contains("division by zero");
  }

  @Test
  void givesTheResultOfAWrappedTask() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Callable<Integer> task = tracker.wrap("Count", MAINTENANCE, () -> 7);

      assertThat(task.call()).isEqualTo(7);
    }
    assertThat(only("execution_status")).containsEntry("execution_status", "COMPLETED");
  }

  @Test
  void saysWhoItIsDoneFor() throws Exception {
    database.execute(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.grant_tenant('acme', session_user)");
    OperationContext who =
        new OperationContext(
            "alice@example.com", "acme", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    try (Tracker tracker = Tracker.of(database.dataSource()).context(() -> who).start()) {
      tracker.start("Import", DATA_IMPORT).succeed();
    }
    assertThat(
            only(
                """
                application_user, metadata ->> 'trace_id' as trace, metadata ->> 'span_id' as span,
                tenant_hk = script_tracking.calculate_hash_key('acme') as of_the_tenant
                """))
        .containsEntry("application_user", "alice@example.com")
        .containsEntry("trace", "4bf92f3577b34da6a3ce929d0e0e4736")
        .containsEntry("span", "00f067aa0ba902b7")
        .containsEntry("of_the_tenant", true);
  }

  @Test
  void reportsWhatWasAnnotatedBeforeTheEnd() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Operation operation = tracker.start("Import", DATA_IMPORT);
      tracker.flush(LONG);
      operation.annotate("done", "10 %").report();
      tracker.flush(LONG);

      assertThat(only("execution_status, metadata ->> 'done' as done"))
          .containsEntry("execution_status", "RUNNING")
          .containsEntry("done", "10 %");
      operation.succeed();
    }
  }

  @Test
  void returnsWhenItIsRecordedIfAskedTo() throws Exception {
    try (Tracker tracker =
        Tracker.of(database.dataSource()).synchronous().longestWait(LONG).start()) {
      Operation operation = tracker.start("Import", DATA_IMPORT);
      assertThat(only("execution_status")).containsEntry("execution_status", "RUNNING");

      operation.succeed();
      assertThat(only("execution_status")).containsEntry("execution_status", "COMPLETED");
    }
  }

  @Test
  void holdsWhatHappensWhileTheDatabaseIsAway() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    try (Tracker tracker = Tracker.of(source).start()) {
      Operation before = tracker.start("Before", DATA_IMPORT);
      tracker.flush(LONG);

      source.goAway();
      source.errors.set(2);
      before.succeed();
      try (Operation meanwhile = tracker.start("Meanwhile", DATA_IMPORT)) {
        meanwhile.succeed();
      }
      assertThat(tracker.flush(Duration.ofMillis(1))).isFalse();
      source.comeBack();

      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(tracker.statistics().dropped()).isZero();
      assertThat(tracker.statistics().lastProblem()).isEmpty();
    }
    assertThat(all("script_name, execution_status"))
        .isEqualTo("Before COMPLETED, Meanwhile COMPLETED");
  }

  @Test
  void recordsWhatIsSentTogetherInTheOrderInWhichItBegan() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    try (Tracker tracker = Tracker.of(source).start()) {
      tracker.start("Sent alone", DATA_IMPORT);
      while (tracker.statistics().lastProblem().isEmpty()) {
        tracker.flush(Duration.ofMillis(20));
      }
      List<Operation> operations = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        operations.add(tracker.start(String.valueOf(1000 + i), DATA_IMPORT));
      }
      // So that it takes a while to write them down.
      operations.forEach(each -> each.annotate("long", "x".repeat(5_000)).succeed());
      source.comeBack();
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(
            database.queryForString(
                """
                select concat_ws(' ', count(*), bool_and(o.begun >= o.before))
                from (
                    select execution_timestamp as begun,
                        coalesce(lag(execution_timestamp) over (order by script_name), '-infinity') as before
                    from script_tracking.script_execution_s
                    where script_name like '1%'
                ) as o
                """))
        .isEqualTo("500 t");
  }

  @Test
  void recordsOnceWhatHadToBeSentAgain() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.lostAnswers.set(3);
    try (Tracker tracker = Tracker.of(source).start()) {
      for (int i = 0; i < 50; i++) {
        tracker.start("Import " + i, DATA_IMPORT).succeed();
      }
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(
            database.queryForString(
                """
                select concat_ws(' ', count(*), count(distinct script_name),
                    count(*) filter (where execution_status = 'COMPLETED'), max(version_number) <= 2)
                from script_tracking.script_execution_s where record_source = 'CLIENT'
                """))
        .isEqualTo("50 50 50 t");
  }

  @Test
  void recordsOnWhenItsConnectionIsKilled() throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Operation operation = tracker.start("Import", DATA_IMPORT);
      tracker.flush(LONG);
      database.execute(
          """
          select pg_catalog.pg_terminate_backend(backend_pid)
          from script_tracking.script_execution_s where record_source = 'CLIENT'
          """);
      operation.succeed();
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(only("execution_status")).containsEntry("execution_status", "COMPLETED");
  }

  @Test
  void dropsAndCountsWhatHasNoRoom() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    for (Overflow policy : Overflow.values()) {
      Tracker tracker =
          Tracker.of(source)
              .capacity(10)
              .overflow(policy)
              .longestWait(Duration.ofMillis(1))
              .longestClose(Duration.ZERO)
              .start();
      List<Operation> operations = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        operations.add(tracker.start("Import", DATA_IMPORT));
      }
      assertThat(tracker.statistics().dropped()).as(policy.name()).isEqualTo(15);
      assertThat(tracker.statistics().waiting()).isEqualTo(10);
      assertThat(tracker.statistics().lastProblem()).isPresent();

      tracker.close();
      assertThat(tracker.statistics().dropped()).as(policy.name()).isEqualTo(25);
      assertThat(tracker.statistics().waiting()).isZero();
      operations.forEach(Operation::succeed);
    }
  }

  @Test
  void recordsTheRestOfABatchOfWhichPartIsRefused() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    OperationContext stranger = new OperationContext(null, "not granted", null);
    try (Tracker tracker = Tracker.of(source).longestClose(LONG).start()) {
      for (int i = 0; i < 100; i++) {
        tracker.start("Good " + i, DATA_IMPORT);
        if (i % 30 == 7) {
          tracker.prepare("Bad " + i, DATA_IMPORT).context(stranger).start();
        }
      }
      source.comeBack();
      assertThat(tracker.flush(LONG)).isTrue();

      assertThat(tracker.statistics().recorded()).isEqualTo(100);
      assertThat(tracker.statistics().dropped()).isEqualTo(4);
    }
    assertThat(
            database.queryForString(
                """
                select concat_ws(' ', count(*), bool_and(script_name like 'Good %'))
                from script_tracking.script_execution_s where record_source = 'CLIENT'
                """))
        .isEqualTo("100 t");
  }

  @Test
  void dropsWhatAloneIsTooMuchForTheServer() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    source.refuse("Bad", "57014");
    try (Tracker tracker = Tracker.of(source).start()) {
      for (String name : List.of("Good 1", "Bad", "Good 2", "Good 3")) {
        tracker.start(name, DATA_IMPORT).succeed();
      }
      source.comeBack();
      assertThat(tracker.flush(LONG)).isTrue();

      assertThat(tracker.statistics().dropped()).isEqualTo(1);
    }
    assertThat(all("script_name").split(", "))
        .containsExactlyInAnyOrder("Good 1", "Good 2", "Good 3");
  }

  @Test
  void keepsWhatTheServerCannotRecordForNow() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    source.refuse("Bad", "XX000");
    try (Tracker tracker = Tracker.of(source).start()) {
      for (String name : List.of("Good 1", "Bad", "Good 2")) {
        tracker.start(name, DATA_IMPORT).succeed();
      }
      source.comeBack();
      while (tracker.statistics().recorded() == 0) {
        tracker.flush(Duration.ofMillis(20));
      }
      source.refuse(null, "");
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(all("script_name").split(", ")).containsExactlyInAnyOrder("Good 1", "Bad", "Good 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"XX000", "55P03"})
  void recordsOthersWhileOneCannotBeRecordedForNow(String sqlState) throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.refuse("Bad", sqlState);
    try (Tracker tracker = Tracker.of(source).start()) {
      Operation bad = tracker.start("Bad", DATA_IMPORT);
      for (int i = 0; i < 3; i++) {
        tracker.start("Good " + i, DATA_IMPORT).succeed();
        while (tracker.statistics().waiting() > 1) {
          tracker.flush(Duration.ofMillis(20));
        }
      }
      assertThat(all("script_name, execution_status").split(", "))
          .containsExactlyInAnyOrder("Good 0 COMPLETED", "Good 1 COMPLETED", "Good 2 COMPLETED");
      assertThat(tracker.flush(Duration.ofMillis(1))).isFalse();
      assertThat(tracker.statistics().waiting()).isEqualTo(1);
      assertThat(tracker.statistics().failures()).isPositive();
      assertThat(tracker.statistics().lastProblem().orElseThrow()).contains("refused by the test");

      source.refuse(null, "");
      bad.annotate("at last", true).succeed();
      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(tracker.statistics().dropped()).isZero();
      assertThat(tracker.statistics().lastProblem()).isEmpty();
    }
    assertThat(all("script_name, execution_status, metadata ->> 'at last'").split(", "))
        .containsExactlyInAnyOrder(
            "Bad COMPLETED true", "Good 0 COMPLETED", "Good 1 COMPLETED", "Good 2 COMPLETED");
  }

  @Test
  void hasTheServerEndWhatTakesTooLong() throws Exception {
    try (Tracker tracker =
        Tracker.of(database.dataSource()).longestSend(Duration.ofSeconds(1)).start()) {
      try (Connection maintenance = database.connect()) {
        maintenance.setAutoCommit(false);
        Sql.execute(maintenance, "lock table script_tracking.script_execution_h in exclusive mode");
        tracker.start("Import", DATA_IMPORT);
        while (tracker.statistics().lastProblem().isEmpty()) {
          tracker.flush(Duration.ofMillis(20));
        }
        assertThat(tracker.statistics().lastProblem().orElseThrow()).contains("cancel");
        maintenance.rollback();
      }
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(only("execution_status")).containsEntry("execution_status", "RUNNING");
  }

  @Test
  void countsWhatIsAnnotatedAsMemory() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    String large = "x".repeat(90_000);
    try (Tracker tracker =
        Tracker.of(source).overflow(Overflow.DROP).longestClose(Duration.ZERO).start()) {
      for (int i = 0; i < 800; i++) {
        tracker.prepare("Import", DATA_IMPORT).annotate("large", large).start();
      }
      assertThat(tracker.statistics().waiting()).isBetween(600L, 711L);
      assertThat(tracker.statistics().dropped()).isPositive();
    }
  }

  @Test
  void countsWhatIsAnnotatedWhileItWaitsAsMemory() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    String large = "x".repeat(90_000);
    try (Tracker tracker = Tracker.of(source).overflow(Overflow.DROP).longestClose(LONG).start()) {
      Operation first = tracker.start("First", DATA_IMPORT);
      for (int i = 0; i < 800; i++) {
        first.annotate("large " + i, large);
      }
      tracker.start("Second", DATA_IMPORT);
      assertThat(tracker.statistics().waiting()).isEqualTo(1);
      assertThat(tracker.statistics().dropped()).isEqualTo(1);

      for (int i = 0; i < 800; i++) {
        first.annotate("large " + i, null);
      }
      tracker.start("Third", DATA_IMPORT);
      assertThat(tracker.statistics().waiting()).isEqualTo(2);
      source.comeBack();
    }
    assertThat(all("script_name").split(", ")).containsExactlyInAnyOrder("First", "Third");
  }

  @Test
  void takesNothingForAbsent() throws Exception {
    Object textless =
        new Object() {
          @Override
          @SuppressWarnings("ToStringReturnsNull")
          public @Nullable String toString() {
            return null;
          }
        };
    try (Tracker tracker =
        Tracker.of(database.dataSource())
            .context(
                () -> {
                  throw new StackOverflowError();
                })
            .start()) {
      Operation operation =
          tracker
              .prepare("Import", DATA_IMPORT)
              .content(null)
              .context(null)
              .annotate(nothing(), 1)
              .start();
      operation.annotate(nothing(), 2).annotate("textless", textless);
      operation.affects("public.a", null).affects((String[]) null).affects((String) null);
      operation.fail((Throwable) null);
      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(tracker.statistics().dropped()).isZero();
    }
    assertThat(
            only(
                """
                execution_status, error_message, sql_command, affected_objects,
                metadata -> 'null' as of_null
                """))
        .containsEntry("execution_status", "FAILED")
        .containsEntry("error_message", null)
        .containsEntry("sql_command", null)
        .containsEntry("affected_objects", List.of("public.a"))
        .containsEntry("of_null", "2");
  }

  @Test
  void refusesSettingsThatAreNone() {
    assertThatThrownBy(() -> Tracker.of(nothing())).isInstanceOf(NullPointerException.class);
    TrackerBuilder settings = Tracker.of(database.dataSource());
    assertThatThrownBy(() -> settings.context(nothing())).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> settings.longestWait(nothing()))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void recordsWhateverTextItIsGiven() throws Exception {
    Object ring =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        };
    List<Object> endless = new ArrayList<>();
    endless.add(endless);
    List<Object> exponential = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      exponential.add(exponential);
    }
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      Operation operation =
          tracker.start("\"'\\\n\t\u0001\u0000 \ud83d\ude00 \ud83d", "weird type");
      operation.annotate("\u0000", "\udc00").annotate("not a number", Double.NaN);
      operation.annotate("unprintable", ring).annotate("endless", endless).annotate("none", null);
      operation.annotate("exponential", exponential);
      operation.annotate("vast", new BigDecimal("1E+200000"));
      operation.annotate("tiny", new BigDecimal("1E-20000"));
      operation.annotate("long", "x".repeat(1_000_000));
      operation.fail("'; drop table customer; --");

      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(tracker.statistics().dropped()).isZero();
    }
    assertThat(
            only(
                """
                script_name, error_message, metadata ->> 'not a number' as number,
                metadata ->> 'vast' as vast, metadata ->> U&'\\FFFD' as replaced, metadata -> 'none' = 'null' as none,
                length(metadata ->> 'long') as long
                """))
        .containsEntry("script_name", "\"'\\\n\t\u0001\ufffd \ud83d\ude00 \ufffd")
        .containsEntry("error_message", "'; drop table customer; --")
        .containsEntry("number", "NaN")
        .containsEntry("vast", "1E+200000")
        .containsEntry("replaced", "\ufffd")
        .containsEntry("none", true)
        .containsEntry("long", 100_001);
  }

  @Test
  void ignoresMisuse() throws Exception {
    Tracker tracker = Tracker.of(database.dataSource()).start();
    Operation operation = tracker.start("Import", DATA_IMPORT);
    operation.succeed();
    operation.fail("no, after all");
    operation.annotate("late", true).affects("public.late").report();
    operation.close();
    tracker.start("", DATA_IMPORT).succeed();
    tracker.start("x".repeat(256), DATA_IMPORT).succeed();
    tracker.start("Typeless", "").close();
    tracker.flush(LONG);
    assertThat(tracker.statistics()).extracting(TrackerStatistics::dropped).isEqualTo(6L);
    tracker.close();
    tracker.close();
    tracker.start("Too late", DATA_IMPORT).succeed();

    assertThat(tracker.statistics().dropped()).isEqualTo(8);
    assertThat(only("execution_status, metadata -> 'late' as late"))
        .containsEntry("execution_status", "COMPLETED")
        .containsEntry("late", null);
  }

  @Test
  void leavesAnInterruptToTheApplication() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.goAway();
    try (Tracker tracker =
        Tracker.of(source).capacity(1).longestWait(LONG).longestClose(Duration.ZERO).start()) {
      tracker.start("First", DATA_IMPORT);

      Thread.currentThread().interrupt();
      tracker.start("Second", DATA_IMPORT);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(tracker.statistics().dropped()).isEqualTo(1);
    }
  }

  @Test
  void givesThePoolItsConnectionBackAsItWas() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Tracker tracker = Tracker.of(pool).start()) {
        tracker.start("Import", DATA_IMPORT).succeed();
        tracker.flush(LONG);

        // The only one there is: it waits until the tracker has nothing to record.
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.getAutoCommit()).isFalse();
        }
      }
    }
    assertThat(only("execution_status")).containsEntry("execution_status", "COMPLETED");
  }

  @Test
  void restoresWhatItChangedOfAConnection() throws Exception {
    FaultyDataSource source = new FaultyDataSource(database.dataSource());
    source.lostAnswers.set(1);
    try (Tracker tracker = Tracker.of(source).start()) {
      Operation operation = tracker.start("Import", DATA_IMPORT);
      assertThat(tracker.flush(LONG)).isTrue();
      assertThat(source.givenBack).as("after a failure").isEqualTo("false 77000");

      source.givenBack = null;
      operation.succeed();
      assertThat(tracker.flush(LONG)).isTrue();
    }
    assertThat(source.givenBack).as("at the end").isEqualTo("false 77000");
  }

  @Test
  void recordsForARoleWithoutRights() throws Exception {
    Login clerk = database.role("clerk");
    try (Tracker tracker = Tracker.of(clerk.dataSource()).start()) {
      tracker.start("Import", DATA_IMPORT).succeed();
    }
    assertThat(only("db_session_user, execution_status"))
        .containsEntry("db_session_user", clerk.user())
        .containsEntry("execution_status", "COMPLETED");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  private static TrackerStatistics statistics(long recorded, long dropped) {
    return new TrackerStatistics(recorded, dropped, 0, 0, Optional.empty());
  }

  private Map<String, @Nullable Object> only(String columns) throws SQLException {
    List<Map<String, @Nullable Object>> rows =
        database.rows(
            "select "
                + columns
                + " from script_tracking.script_execution_s where record_source = 'CLIENT'");
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private String all(String columns) throws SQLException {
    return String.valueOf(
        database.queryForString(
            "select string_agg(concat_ws(' ', "
                + columns
                + "), ', ' order by execution_timestamp)"
                + " from script_tracking.script_execution_s where record_source = 'CLIENT'"));
  }
}
