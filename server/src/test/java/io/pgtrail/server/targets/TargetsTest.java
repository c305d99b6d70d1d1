package io.pgtrail.server.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.Await;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked of all targets. No database is needed for that. */
@Timeout(60)
class TargetsTest {

  private static final Duration SHORT = Duration.ofMillis(200);

  private final Targets targets = new Targets(new Settings("one", "two", "three"));

  @AfterEach
  void close() {
    targets.close();
  }

  @Test
  void allAreAskedAtTheSameTime() {
    CountDownLatch everyone = new CountDownLatch(3);

    Map<Target, String> answers =
        targets.ask(
            target -> {
              everyone.countDown();
              waitFor(everyone);
              return target.name();
            });

    assertThat(answers.values()).containsExactlyInAnyOrder("one", "two", "three");
  }

  @Test
  void oneThatHangsIsLeftOutUntilItAnswersAgain() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    targets.ask(
        target -> {
          if (target.name().equals("two")) {
            waitFor(end);
          }
          return target.name();
        },
        SHORT);

    Await.until("the others answer", () -> answering().equals(Set.of("one", "three")));
    end.countDown();
    Await.until("all answer", () -> answering().equals(Set.of("one", "two", "three")));
  }

  private Set<String> answering() {
    return Set.copyOf(targets.ask(Target::name, SHORT).values());
  }

  @Test
  void oneThatFailsHasNoAnswer() {
    Map<Target, String> answers =
        targets.ask(
            target -> {
              if (target.name().equals("two")) {
                throw new PgtrailException(ErrorCode.UNAVAILABLE, "down", null);
              }
              return target.name();
            });

    assertThat(answers.values()).containsExactlyInAnyOrder("one", "three");
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private record Settings(Map<String, Database> targets, Optional<String> accounts)
      implements TargetSettings {

    Settings(String... names) {
      this(
          Stream.of(names).collect(Collectors.toMap(name -> name, name -> new Nowhere())),
          Optional.of(names[0]));
    }
  }

  private record Nowhere() implements TargetSettings.Database {

    @Override
    public String url() {
      return "postgresql://nobody@127.0.0.1:1/nowhere";
    }

    @Override
    public Optional<String> password() {
      return Optional.empty();
    }

    @Override
    public Map<String, String> labels() {
      return Map.of();
    }

    @Override
    public int connections() {
      return 1;
    }

    @Override
    public Duration statementTimeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Duration taskTimeout() {
      return Duration.ofSeconds(1);
    }
  }
}
