package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;

/** Accounts as the framework knows them. A session keeps stamp and name, encrypted. */
final class Identities {

  private static final String ACCOUNT = "pgtrail.account";
  private static final String SEPARATOR = " ";

  private Identities() {}

  static SecurityIdentity of(Account account) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(account.stamp() + SEPARATOR + account.name()))
        .addRoles(account.rights())
        .addAttribute(ACCOUNT, account)
        .build();
  }

  /** Nobody, for a session whose account is gone or another: it may go to the sign-in. */
  static SecurityIdentity nobody() {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(""))
        .setAnonymous(true)
        .build();
  }

  /** The name in what a session keeps. */
  static String name(String principal) {
    return principal.substring(principal.indexOf(SEPARATOR) + 1);
  }

  /** Whether a session that keeps this is one of the account as it is now. */
  static boolean isOf(String principal, Account account) {
    return principal.equals(account.stamp() + SEPARATOR + account.name());
  }

  static Account account(SecurityIdentity identity) {
    Account account = identity.getAttribute(ACCOUNT);
    if (account == null) {
      throw new AuthenticationFailedException("Nobody is signed in");
    }
    return account;
  }
}
