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
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Signs in people by name and password. */
@Singleton
public class PasswordSignIn implements IdentityProvider<UsernamePasswordAuthenticationRequest> {

  private final Accounts accounts;
  private final SignInLimit limit;
  private final Duration age;

  @Inject
  PasswordSignIn(Accounts accounts, SignInLimit limit, LimitSettings settings) {
    this.accounts = accounts;
    this.limit = limit;
    this.age = settings.sessionAge();
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
            limit.require(http.request());
          }
          Account account =
              accounts.signIn(
                  request.getUsername(), new String(request.getPassword().getPassword()));
          return Identities.inSession(account, Session.of(account, Instant.now()).open(age));
        });
  }
}
