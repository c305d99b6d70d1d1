package io.pgtrail.server.targets;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All databases that the server watches. */
@Singleton
@Startup
public class Targets {

  private final Map<String, Target> targets;
  private final Target accounts;

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

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void probe() {
    all().forEach(Target::probe);
  }

  @PreDestroy
  void close() {
    all().forEach(Target::close);
  }
}
