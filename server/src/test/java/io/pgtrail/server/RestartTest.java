package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.client.OperationTypes;
import io.pgtrail.client.Tracker;
import io.pgtrail.error.PgtrailException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database is killed and comes back while people read, programs write and others listen. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class RestartTest {

  private static final int READERS = 4;
  private static final int MOST_WAITING = 2_000;
  private static final String EVENTS = "/api/v1/targets/shop/events";
  private static final Pattern NAME = Pattern.compile("\"name\":\"(Lasting \\d+)\"");

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger tracked = new AtomicInteger();
  private final Queue<String> committed = new ConcurrentLinkedQueue<>();
  private final List<String> heard = new ArrayList<>();
  private final Set<Integer> answers = ConcurrentHashMap.newKeySet();
  private final Semaphore pages = new Semaphore(0);

  @Test
  @Timeout(180)
  void everybodyGoesOnAndNoCommittedOperationIsLost() throws Exception {
    ExecutorService people = Executors.newCachedThreadPool();
    try {
      List<Future<?>> all = new ArrayList<>();
      Visitor listener = new Visitor(server).signedInAs("auditor");
      String beginning = beginning(listener);
      all.add(people.submit(() -> listen(listener, beginning)));
      all.add(people.submit(this::write));
      for (int i = 0; i < READERS; i++) {
        Visitor reader = new Visitor(server).signedInAs("auditor");
        all.add(people.submit(() -> read(reader)));
      }
      pages.acquire(2 * READERS);

      Watched.killAndRestart();

      pages.drainPermits();
      pages.acquire(2 * READERS);
      done.set(true);
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      done.set(true);
      people.shutdownNow();
    }

    assertThat(committed).isNotEmpty();
    assertThat(heard).doesNotHaveDuplicates();
    assertThat(Set.copyOf(heard)).containsAll(committed);
    assertThat(answers).contains(200).isSubsetOf(200, 503);
    assertThat(
            Watched.value(
                "select concat_ws(' ', count(*), count(distinct script_name),"
                    + " bool_and(execution_status = 'COMPLETED' and version_number <= 2))"
                    + " from script_tracking.script_execution_s where script_name like 'Batched %'"))
        .isEqualTo(tracked + " " + tracked + " t");
  }

  private void read(Visitor reader) {
    while (!done.get()) {
      try {
        int status = reader.get("/t/shop").statusCode();
        answers.add(status);
        if (status == 200) {
          pages.release();
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  /**
   * What it was told is committed must be heard; what failed may have been committed or not. The
   * Java client keeps what it was given until the database is back.
   */
  private void write() {
    try (Tracker tracker = Tracker.of(Watched.dataSource()).start()) {
      for (int i = 1; !done.get(); i++) {
        trackSome(tracker);
        String name = "Lasting " + i;
        try {
          record(name);
          committed.add(name);
        } catch (JdbiException | PgtrailException gone) {
          // It was killed just now.
        }
      }
      assertThat(tracker.flush(Duration.ofMinutes(1))).isTrue();
      assertThat(tracker.statistics().dropped()).isZero();
    }
  }

  private void trackSome(Tracker tracker) {
    for (int i = 0; i < 20 && tracker.statistics().waiting() < MOST_WAITING; i++) {
      tracker.start("Batched " + tracked.incrementAndGet(), OperationTypes.DATA_IMPORT).succeed();
    }
  }

  private static void record(String name) {
    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "select script_tracking.complete_operation("
                        + "script_tracking.track_operation('"
                        + name
                        + "', 'MANUAL'), true)"));
  }

  /** The id of an event to go on from. */
  private static String beginning(Visitor listener) throws IOException, InterruptedException {
    try (Stream<String> lines = listener.listen(EVENTS, "")) {
      Iterator<String> all = lines.iterator();
      String line = all.next();
      while (!line.startsWith(":")) {
        line = all.next();
      }
      record("The beginning");
      while (!line.startsWith("id:")) {
        line = all.next();
      }
      return line.substring("id:".length()).strip();
    }
  }

  private void listen(Visitor listener, String beginning) {
    String last = beginning;
    while (!heardAll()) {
      try (Stream<String> lines = listener.listen(EVENTS, last)) {
        for (Iterator<String> all = lines.iterator(); !heardAll() && all.hasNext(); ) {
          String line = all.next();
          Matcher name = NAME.matcher(line);
          if (line.startsWith("id:")) {
            last = line.substring("id:".length()).strip();
          } else if (name.find() && line.contains("\"status\":\"COMPLETED\"")) {
            heard.add(name.group(1));
          }
        }
      } catch (IOException | UncheckedIOException ended) {
        // As a browser does: again, from the last id.
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  private boolean heardAll() {
    return done.get() && Set.copyOf(heard).containsAll(committed);
  }
}
