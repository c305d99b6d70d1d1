package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;

/** Accounts as the framework knows them. */
final class Identities {

  private static final String ACCOUNT = "pgtrail.account";

  private Identities() {}

  static SecurityIdentity of(Account account) {
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(account.name()))
        .addRoles(account.rights())
        .addAttribute(ACCOUNT, account)
        .build();
  }

  static Account account(SecurityIdentity identity) {
    Account account = identity.getAttribute(ACCOUNT);
    if (account == null) {
      throw new AuthenticationFailedException("Nobody is signed in");
    }
    return account;
  }
}
