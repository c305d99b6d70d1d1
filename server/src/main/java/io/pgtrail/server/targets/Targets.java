package io.pgtrail.server.targets;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** All databases that the server watches. */
@Singleton
@Startup
public class Targets {

  /** Longer than a target may take to say that it does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What is tried each second is not waited for: it goes on by itself. */
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private final Map<String, Target> targets;
  private final Target accounts;

  /** One for each: a target that hangs keeps nobody waiting but itself. */
  private final Map<Target, ExecutorService> threads = new LinkedHashMap<>();

  @Inject
  Targets(TargetSettings settings) {
    Map<String, Target> opened = new TreeMap<>();
    settings.targets().forEach((name, database) -> opened.put(name, new Target(name, database)));
    if (opened.isEmpty()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "There is no target to serve",
          "Name one with --url, --target NAME=URL or PGTRAIL_SERVER_TARGETS_NAME_URL.");
    }
    this.targets = Collections.unmodifiableMap(opened);
    if (opened.size() > 1 && settings.accounts().isEmpty()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "There are several targets, and it is not said which keeps the accounts",
          "Say so with --accounts NAME or PGTRAIL_SERVER_ACCOUNTS.");
    }
    this.accounts =
        settings.accounts().map(this::named).orElseGet(() -> opened.values().iterator().next());
    opened
        .values()
        .forEach(
            target ->
                threads.put(
                    target,
                    Executors.newSingleThreadExecutor(
                        work -> new Thread(work, "target " + target.name()))));
  }

  public Collection<Target> all() {
    return targets.values();
  }

  /**
   * The target of this name.
   *
   * @throws PgtrailException {@code UNKNOWN_OBJECT} if there is none
   */
  public Target named(String name) {
    return Optional.ofNullable(targets.get(name))
        .orElseThrow(
            () ->
                new PgtrailException(
                    ErrorCode.UNKNOWN_OBJECT, "There is no target '" + name + "'", null));
  }

  /** The target that keeps accounts and tokens. */
  public Target accounts() {
    return accounts;
  }

  /**
   * Asks all at the same time, and waits for a while.
   *
   * @return the answers; of those that failed, or do not answer in time, none
   */
  public <T> Map<Target, T> ask(Function<Target, T> question) {
    return ask(question, PATIENCE);
  }

  <T> Map<Target, T> ask(Function<Target, T> question, Duration patience) {
    Map<Target, Future<T>> asked = new LinkedHashMap<>();
    threads.forEach(
        (target, thread) -> asked.put(target, thread.submit(() -> question.apply(target))));
    long end = System.nanoTime() + patience.toNanos();
    Map<Target, T> answers = new LinkedHashMap<>();
    asked.forEach(
        (target, future) ->
            answer(target, future, end).ifPresent(answer -> answers.put(target, answer)));
    return answers;
  }

  private static <T> Optional<T> answer(Target target, Future<T> future, long end) {
    try {
      return Optional.of(future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException late) {
      // What has not begun need not: it is asked again soon.
      future.cancel(false);
      Log.debugf("%s does not answer in time", target.name());
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof PgtrailException known) {
        Log.debugf("%s: %s", target.name(), known.getMessage());
      } else {
        Log.errorf(failure.getCause(), "%s cannot be asked", target.name());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void probe() {
    ask(Target::probe, A_MOMENT);
  }

  @PreDestroy
  void close() {
    threads.values().forEach(ExecutorService::shutdownNow);
    all().forEach(Target::close);
  }
}
