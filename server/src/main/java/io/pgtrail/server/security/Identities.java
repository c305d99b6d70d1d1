package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import java.util.Optional;
import java.util.UUID;

/** Accounts as the framework knows them. */
final class Identities {

  private static final String ACCOUNT = "pgtrail.account";
  private static final String TOKEN = "pgtrail.token";
  private static final String SESSION = "pgtrail.session";

  private Identities() {}

  /** Somebody with a session: the framework keeps the name of the principal in its cookie. */
  static SecurityIdentity inSession(Account account, OpenSession session) {
    return of(account, session.key()).addAttribute(SESSION, session).build();
  }

  /** A program with a token. */
  static SecurityIdentity withToken(Account account, UUID token) {
    return of(account, account.name()).addAttribute(TOKEN, token).build();
  }

  /**
   * Somebody for whom a provider vouches, whose session the framework's own mechanism keeps. Has
   * the rights of the account, and none that the provider gives.
   */
  static SecurityIdentity vouchedFor(
      Account account, OpenSession session, SecurityIdentity vouched) {
    return withoutRights(vouched)
        .addRoles(account.rights())
        .addAttribute(ACCOUNT, account)
        .addAttribute(SESSION, session)
        .build();
  }

  /** Somebody for whom a provider vouches, and who has no account here. */
  static SecurityIdentity stranger(SecurityIdentity vouched) {
    return withoutRights(vouched).build();
  }

  private static QuarkusSecurityIdentity.Builder withoutRights(SecurityIdentity vouched) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(vouched.getPrincipal())
        .addCredentials(vouched.getCredentials())
        .addAttributes(vouched.getAttributes());
  }

  private static QuarkusSecurityIdentity.Builder of(Account account, String principal) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(principal))
        .addRoles(account.rights())
        .addAttribute(ACCOUNT, account);
  }

  /** Nobody, for a session whose account is gone or another: it may go to the sign-in. */
  static SecurityIdentity nobody() {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(""))
        .setAnonymous(true)
        .build();
  }

  static Account account(SecurityIdentity identity) {
    return accountIfAny(identity)
        .orElseThrow(() -> new AuthenticationFailedException("Nobody is signed in"));
  }

  static Optional<Account> accountIfAny(SecurityIdentity identity) {
    return Optional.ofNullable(identity.<Account>getAttribute(ACCOUNT));
  }

  static Optional<OpenSession> session(SecurityIdentity identity) {
    return Optional.ofNullable(identity.<OpenSession>getAttribute(SESSION));
  }

  static Optional<UUID> token(SecurityIdentity identity) {
    return Optional.ofNullable(identity.<UUID>getAttribute(TOKEN));
  }
}
