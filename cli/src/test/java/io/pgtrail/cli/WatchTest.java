package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --watch}. */
final class WatchTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<Terminal, Terminal> resized = new HashMap<>();
  private volatile boolean reads = true;
  private final PrintStream reader =
      new PrintStream(
          new OutputStream() {
            @Override
            public void write(int octet) {
              out.write(octet);
            }

            @Override
            public void flush() throws IOException {
              if (!reads) {
                throw new IOException("closed");
              }
            }
          },
          false,
          StandardCharsets.UTF_8);

  @Test
  void separatesWhatItShowsByAnEmptyLineInAPipe() {
    Iterator<String> states = List.of("one", "two").iterator();

    watch(Terminal.none()).redraw(console -> console.say(next(states)));

    assertThat(out()).isEqualTo("one\n\ntwo\n");
  }

  @Test
  void replacesWhatItShowedInATerminalAndCutsWhatIsTooLong() {
    Iterator<String> states = List.of("1\n2", "1\n2\n3", "1\n2\n3\n4").iterator();

    watch(new Terminal(true, false, 80, 4, false)).redraw(console -> console.say(next(states)));

    assertThat(out().replace("\u001b", "^").replace("^[K", ""))
        .isEqualTo("1\n2\n^[J" + "^[2A1\n2\n3\n^[J" + "^[3A1\n2\n(2 more lines)\n^[J");
  }

  @Test
  void fillsATerminalThatChangedItsSize() {
    Iterator<String> states = List.of("1\n2", "1\n2\n3").iterator();
    Terminal small = new Terminal(true, false, 80, 3, false);
    Terminal large = new Terminal(true, false, 100, 9, false);

    watch(small)
        .redraw(
            console -> {
              console.say(console.terminal().width() + "\n" + next(states));
              resized.put(small, large);
            });

    assertThat(out().replace("\u001b", "^").replace("^[K", ""))
        .isEqualTo("80\n(2 more lines)\n^[J" + "^[2J^[H100\n1\n2\n3\n^[J");
  }

  @Test
  void waitsForALostConnectionAndSaysSoOnce() {
    Iterator<Boolean> connected = List.of(true, false, false, true).iterator();

    int exitCode =
        watch(Terminal.none())
            .follow(
                () -> {
                  if (!next(connected)) {
                    throw new PgtrailException(ErrorCode.UNAVAILABLE, "gone", null);
                  }
                  reader.print("here\n");
                });

    assertThat(exitCode).isZero();
    assertThat(out()).isEqualTo("here\nhere\n");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("pgtrail: gone; trying again until Ctrl-C\npgtrail: connected again\n");
  }

  @Test
  void endsWhenItNeverWorkedOrCannotWork() {
    assertThatThrownBy(() -> watch(Terminal.none()).follow(fails(ErrorCode.UNAVAILABLE)))
        .isInstanceOf(PgtrailException.class);

    Iterator<Runnable> looks =
        List.<Runnable>of(() -> {}, fails(ErrorCode.NOT_INSTALLED)).iterator();
    assertThatThrownBy(() -> watch(Terminal.none()).follow(() -> looks.next().run()))
        .isInstanceOf(PgtrailException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard", "health", "performance", "anomalies", "history", "errors"})
  void ctrlCEndsItAndIsNoFailure(String command, TestDatabase database) throws Exception {
    Process process = Pgtrail.in(database).start(command, "--watch", "0.1");
    try (BufferedReader lines = lines(process.getInputStream())) {
      assertThat(lines.readLine()).isNotEmpty();

      signal("INT", process);

      assertThat(process.waitFor()).isZero();
      assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void historyGoesOnWithWhatIsRecordedThroughALostConnection(TestDatabase database)
      throws Exception {
    database.execute("create table first (id int)");
    Process process =
        Pgtrail.in(database)
            .with("PGAPPNAME", "watcher")
            .start("history", "--watch", "0.1", "--format", "json");
    try (BufferedReader lines = lines(process.getInputStream());
        BufferedReader messages = lines(process.getErrorStream())) {
      assertThat(lines.readLine()).contains("public.first").endsWith("}");
      database.execute("create table second (id int)");
      assertThat(lines.readLine()).contains("public.second");

      database.killBackend(
          Integer.parseInt(
              Objects.requireNonNull(
                  database.queryForString(
                      "select pid from pg_stat_activity where application_name = 'watcher'"))));
      assertThat(messages.readLine()).startsWith("pgtrail: ").endsWith("trying again until Ctrl-C");
      assertThat(messages.readLine()).isEqualTo("pgtrail: connected again");
      database.execute("create table third (id int)");
      assertThat(lines.readLine()).contains("public.third");

      signal("INT", process);
      assertThat(process.waitFor()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "abc", "1e9", "0.001"})
  void refusesAnIntervalThatIsNone(String interval, TestDatabase database) {
    assertThat(Pgtrail.in(database).run("dashboard", "--watch=" + interval).exitCode())
        .isEqualTo(2);
  }

  private static Runnable fails(ErrorCode code) {
    return () -> {
      throw new PgtrailException(code, "no", null);
    };
  }

  /** It ends when nobody reads any more. */
  private Watch watch(Terminal terminal) {
    return new Watch(
        new Console(
            InputStream.nullInputStream(),
            reader,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal),
        Duration.ofMillis(1),
        now -> resized.getOrDefault(now, now));
  }

  /** The next of them; nobody reads after the last. */
  private <T> T next(Iterator<T> all) {
    T next = all.next();
    reads = all.hasNext();
    return next;
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static BufferedReader lines(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private static void signal(String signal, Process process)
      throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid()).start().waitFor();
  }
}
