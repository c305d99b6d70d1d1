package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Lets programs in by token. */
@Singleton
public class TokenSignIn implements IdentityProvider<TokenAuthenticationRequest> {

  private final Accounts accounts;

  @Inject
  TokenSignIn(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Class<TokenAuthenticationRequest> getRequestType() {
    return TokenAuthenticationRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      TokenAuthenticationRequest request, AuthenticationRequestContext context) {
    return context.runBlocking(
        () ->
            ApiToken.parse(request.getToken().getToken())
                .flatMap(accounts::ofToken)
                .map(Identities::of)
                .orElseThrow(() -> new AuthenticationFailedException("The token is not valid")));
  }
}
