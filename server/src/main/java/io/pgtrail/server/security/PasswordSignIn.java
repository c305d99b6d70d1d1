package io.pgtrail.server.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.UsernamePasswordAuthenticationRequest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Signs in people by name and password. */
@Singleton
public class PasswordSignIn implements IdentityProvider<UsernamePasswordAuthenticationRequest> {

  private final Accounts accounts;

  @Inject
  PasswordSignIn(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public Class<UsernamePasswordAuthenticationRequest> getRequestType() {
    return UsernamePasswordAuthenticationRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      UsernamePasswordAuthenticationRequest request, AuthenticationRequestContext context) {
    return context.runBlocking(
        () ->
            Identities.of(
                accounts.signIn(
                    request.getUsername(), new String(request.getPassword().getPassword()))));
  }
}
