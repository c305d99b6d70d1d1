package io.pgtrail.server.security;

import io.pgtrail.server.targets.Target;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;

/** Who makes the request that is being answered. */
@RequestScoped
public class Caller {

  private final SecurityIdentity identity;
  private final Accounts accounts;
  private final EndedSessions ended;

  @Inject
  Caller(SecurityIdentity identity, Accounts accounts, EndedSessions ended) {
    this.identity = identity;
    this.accounts = accounts;
    this.ended = ended;
  }

  public Account account() {
    return Identities.account(identity);
  }

  /**
   * Whether the caller is still who made the request: its session, or its token, goes on, and the
   * account is what it was. For what outlives the request.
   */
  public BooleanSupplier stays() {
    Account account = account();
    Optional<UUID> token = Identities.token(identity);
    Optional<OpenSession> session = Identities.session(identity);
    return () ->
        session.filter(open -> ended.isOver(open, Instant.now())).isEmpty()
            && accounts.stillIs(account, token);
  }

  /** Records that the caller ends its session; who is not known here ends none. */
  public void recordSignOut() {
    Identities.accountIfAny(identity).map(Account::name).ifPresent(accounts::recordSignOut);
  }

  /** The same for what runs code of others: on a connection that nobody uses afterwards. */
  public Jdbi onceAt(Target target) {
    Account account = account();
    return target.actingOnceAs(account.actsAs(), account.name());
  }

  /** Access to a target with the caller's rights. */
  public Jdbi at(Target target) {
    Account account = account();
    return target.actingAs(account.actsAs(), account.name());
  }
}
