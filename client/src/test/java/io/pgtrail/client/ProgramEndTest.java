package io.pgtrail.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is left of the operations of a program that ends without closing its tracker. */
@Tag("one-major")
final class ProgramEndTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  /** The program: a hundred operations, then it ends as it is told; one more as it ends. */
  static final class Body {

    private Body() {}

    public static void main(String[] arguments) {
      Login login = new Login(arguments[0], arguments[1], arguments[2]);
      boolean killed = arguments[3].equals("killed");
      TrackerBuilder settings = Tracker.of(login.dataSource()).longestWait(Duration.ofSeconds(30));
      Tracker tracker = killed ? settings.synchronous().start() : settings.start();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    tracker.flush(Duration.ofSeconds(30));
                    tracker.start("Last words", OperationTypes.MANUAL).succeed();
                    tracker.flush(Duration.ofSeconds(30));
                  }));
      for (int i = 0; i < 100; i++) {
        tracker.start("Import " + i, OperationTypes.DATA_IMPORT).succeed();
      }
      if (killed) {
        Runtime.getRuntime().halt(9);
      }
    }
  }

  @Test
  void recordsWhatWaitedWhenTheProgramEnds(TestDatabase database) throws Exception {
    assertThat(run(database, "returning")).isZero();

    assertThat(ended(database)).isEqualTo("101 101");
  }

  @Test
  void keepsWhatWasRecordedSynchronouslyWhenTheProgramIsKilled(TestDatabase database)
      throws Exception {
    assertThat(run(database, "killed")).isEqualTo(9);

    assertThat(ended(database)).isEqualTo("100 100");
  }

  private static int run(TestDatabase database, String end) throws Exception {
    Login login = database.login();
    Process program =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Body.class.getName(),
                    login.jdbcUrl(),
                    login.user(),
                    login.password(),
                    end))
            .inheritIO()
            .start();
    assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return program.exitValue();
  }

  private static String ended(TestDatabase database) throws Exception {
    return String.valueOf(
        database.queryForString(
            """
            select concat_ws(' ', count(*), count(*) filter (where execution_status = 'COMPLETED'))
            from script_tracking.script_execution_s where record_source = 'CLIENT'
            """));
  }
}
