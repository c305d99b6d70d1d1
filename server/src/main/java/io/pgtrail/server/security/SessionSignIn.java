package io.pgtrail.server.security;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TrustedAuthenticationRequest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Knows again who signed in before: with the rights that the account has now. */
@Singleton
public class SessionSignIn implements IdentityProvider<TrustedAuthenticationRequest> {

  private final Accounts accounts;
  private final EndedSessions ended;
  private final Duration age;

  @Inject
  SessionSignIn(Accounts accounts, EndedSessions ended, LimitSettings settings) {
    this.accounts = accounts;
    this.ended = ended;
    this.age = settings.sessionAge();
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
            Session.parse(request.getPrincipal())
                .filter(session -> !ended.isOver(session.open(age), Instant.now()))
                .flatMap(this::signedIn)
                .orElseGet(Identities::nobody));
  }

  private Optional<SecurityIdentity> signedIn(Session session) {
    return accounts
        .current(session.account())
        .filter(session::isOf)
        .map(account -> Identities.inSession(account, session.open(age)));
  }
}
