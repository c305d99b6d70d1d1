package io.pgtrail.server.security;

import io.pgtrail.server.targets.Target;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Who makes the request that is being answered. */
@RequestScoped
public class Caller {

  private final SecurityIdentity identity;

  @Inject
  Caller(SecurityIdentity identity) {
    this.identity = identity;
  }

  public Account account() {
    return Identities.account(identity);
  }

  /** The token that it comes with; empty for who has a session. */
  public Optional<UUID> token() {
    return Identities.token(identity);
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
