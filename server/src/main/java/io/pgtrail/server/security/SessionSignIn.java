package io.pgtrail.server.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TrustedAuthenticationRequest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Knows again who signed in before: with the rights that the account has now. */
@Singleton
public class SessionSignIn implements IdentityProvider<TrustedAuthenticationRequest> {

  private final Accounts accounts;

  @Inject
  SessionSignIn(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Class<TrustedAuthenticationRequest> getRequestType() {
    return TrustedAuthenticationRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      TrustedAuthenticationRequest request, AuthenticationRequestContext context) {
    return context.runBlocking(
        () ->
            accounts
                .current(Identities.name(request.getPrincipal()))
                .filter(account -> Identities.isOf(request.getPrincipal(), account))
                .map(Identities::of)
                .orElseGet(Identities::nobody));
  }
}
