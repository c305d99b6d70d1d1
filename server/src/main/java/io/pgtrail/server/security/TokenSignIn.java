package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Lets programs in by token. */
@Singleton
public class TokenSignIn implements IdentityProvider<ApiTokenRequest> {

  private final Accounts accounts;

  @Inject
  TokenSignIn(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Class<ApiTokenRequest> getRequestType() {
    return ApiTokenRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      ApiTokenRequest request, AuthenticationRequestContext context) {
    return context.runBlocking(
        () ->
            ApiToken.parse(request.token())
                .flatMap(this::program)
                .orElseThrow(() -> new AuthenticationFailedException("The token is not valid")));
  }

  private Optional<SecurityIdentity> program(ApiToken token) {
    return accounts.ofToken(token).map(account -> Identities.withToken(account, token.id()));
  }
}
