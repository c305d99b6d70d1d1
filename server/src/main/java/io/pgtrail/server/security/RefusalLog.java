package io.pgtrail.server.security;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Records in the trail what is refused to accounts that lack a right. */
@ApplicationScoped
public class RefusalLog {

  /** Whoever asks more often shall not fill the trail. */
  private static final int PER_MINUTE = 30;

  private final Accounts accounts;
  private final RateLimit limit = new RateLimit("refusals", PER_MINUTE);

  @Inject
  RefusalLog(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * Records it, without keeping the thread that answers.
   *
   * @param what was asked for, as METHOD /path
   */
  public void record(SecurityIdentity identity, String what) {
    Identities.accountIfAny(identity)
        .filter(account -> limit.admits(account.name()))
        .ifPresent(
            account -> Infrastructure.getDefaultWorkerPool().execute(() -> record(account, what)));
  }

  private void record(Account account, String what) {
    try {
      accounts.recordRefusal(account, what);
    } catch (PgtrailException failure) {
      Log.warnf("refused %s to %s, not recorded: %s", what, account.name(), failure.getMessage());
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
