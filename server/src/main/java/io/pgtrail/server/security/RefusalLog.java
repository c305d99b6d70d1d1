package io.pgtrail.server.security;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Records in the trail what is refused to accounts that lack a right or ask too often. */
@ApplicationScoped
public class RefusalLog {

  /** Whoever asks more often shall not fill the trail: of the rest only the number is recorded. */
  private static final int PER_MINUTE = 30;

  private static final String MISSING_RIGHT = "the account has not the right";

  private final Accounts accounts;
  private final RateLimit limit = new RateLimit("refusals", PER_MINUTE);
  private final Map<String, Integer> rest = new ConcurrentHashMap<>();

  @Inject
  RefusalLog(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * Records that a right is missing, without keeping the thread that answers.
   *
   * @param what was asked for, as METHOD /path
   */
  public void record(SecurityIdentity identity, String what) {
    record(identity, what, MISSING_RIGHT);
  }

  /** The same for another reason. */
  public void record(SecurityIdentity identity, String what, String reason) {
    Identities.accountIfAny(identity)
        .map(Account::name)
        .ifPresent(
            account -> {
              if (limit.admits(account)) {
                Infrastructure.getDefaultWorkerPool().execute(() -> write(account, what, reason));
              } else {
                rest.merge(account, 1, Integer::sum);
              }
            });
  }

  /** Records how many there were beyond the limit since the last time. */
  @Scheduled(every = "1m", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  @PreDestroy
  public void recordRest() {
    for (String account : List.copyOf(rest.keySet())) {
      int more = Objects.requireNonNullElse(rest.remove(account), 0);
      if (more > 0) {
        write(account, "and " + more + " more", "refused as those before");
      }
    }
  }

  private void write(String account, String what, String reason) {
    try {
      accounts.recordRefusal(account, what, reason);
    } catch (PgtrailException failure) {
      Log.warnf("refused %s to %s, not recorded: %s", what, account, failure.getMessage());
    }
  }

  /** What one is told who lacks a right. */
  public static PgtrailException missingRight() {
    return new PgtrailException(
        ErrorCode.NOT_PERMITTED,
        "The account has not the right to do this",
        "An administrator lets it act as a role that has: pgtrail account role");
  }
}
