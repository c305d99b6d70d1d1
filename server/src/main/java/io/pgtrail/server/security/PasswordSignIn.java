package io.pgtrail.server.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.UsernamePasswordAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Signs in people by name and password. */
@Singleton
public class PasswordSignIn implements IdentityProvider<UsernamePasswordAuthenticationRequest> {

  private final Accounts accounts;
  private final RateLimit limit;

  @Inject
  PasswordSignIn(Accounts accounts, LimitSettings settings) {
    this.accounts = accounts;
    this.limit = new RateLimit("sign-ins", settings.signInsPerMinute());
  }

  @Override
  public Class<UsernamePasswordAuthenticationRequest> getRequestType() {
    return UsernamePasswordAuthenticationRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      UsernamePasswordAuthenticationRequest request, AuthenticationRequestContext context) {
    @Nullable RoutingContext http = HttpSecurityUtils.getRoutingContextAttribute(request);
    return context.runBlocking(
        () -> {
          if (http != null) {
            limit.require(Addresses.network(http.request().remoteAddress()));
          }
          Account account =
              accounts.signIn(
                  request.getUsername(), new String(request.getPassword().getPassword()));
          return Identities.inSession(account, Session.of(account, Instant.now()));
        });
  }
}
