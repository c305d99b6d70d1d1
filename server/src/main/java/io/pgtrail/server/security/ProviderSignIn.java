package io.pgtrail.server.security;

import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.Cookie;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Finds the account of whom a provider of OpenID Connect vouches for. The provider says who it is;
 * what that allows, the account says: roles in the provider's token count for nothing.
 */
@Singleton
public class ProviderSignIn implements SecurityIdentityAugmentor {

  /** Leads to the provider and back; {@code application.properties} says so, too. */
  public static final String PATH = "/sign-in/provider";

  private static final String SESSION_COOKIE = "q_session";

  private final Accounts accounts;
  private final ProviderSettings provider;
  private final LimitSettings limits;

  @Inject
  ProviderSignIn(Accounts accounts, ProviderSettings provider, LimitSettings limits) {
    this.accounts = accounts;
    this.provider = provider;
    this.limits = limits;
  }

  @Override
  public Uni<SecurityIdentity> augment(
      SecurityIdentity identity, AuthenticationRequestContext context) {
    throw new IllegalStateException("A request has attributes");
  }

  @Override
  public Uni<SecurityIdentity> augment(
      SecurityIdentity identity,
      AuthenticationRequestContext context,
      Map<String, Object> attributes) {
    if (!(identity.getPrincipal() instanceof JsonWebToken token)) {
      return Uni.createFrom().item(identity);
    }
    RoutingContext http = HttpSecurityUtils.getRoutingContextAttribute(attributes);
    return context.runBlocking(() -> account(identity, token, http));
  }

  private SecurityIdentity account(
      SecurityIdentity identity, JsonWebToken token, RoutingContext http) {
    boolean signsIn = http.normalizedPath().equals(PATH);
    Optional<Account> account =
        subject(token)
            .filter(subject -> isKnown(subject, signsIn, http))
            .flatMap(accounts::ofSubject);
    if (account.isPresent() && !isTooOld(token)) {
      return Identities.vouchedFor(account.get(), identity);
    }
    forget(http);
    if (signsIn) {
      // Nobody else would end this: the provider would send the same one again.
      throw new AuthenticationCompletionException("No account is that of the provider's token");
    }
    return Identities.nobody();
  }

  private Optional<String> subject(JsonWebToken token) {
    return Optional.ofNullable(token.<Object>getClaim(provider.claim())).map(Object::toString);
  }

  /** The provider's answer comes once for each sign-in; what comes later has a cookie only. */
  private boolean isKnown(String subject, boolean signsIn, RoutingContext http) {
    return !signsIn
        || http.request().getParam("code") == null
        || accounts.recordExternalSignIn(subject);
  }

  private boolean isTooOld(JsonWebToken token) {
    return Instant.ofEpochSecond(token.getIssuedAtTime())
        .plus(limits.sessionAge())
        .isBefore(Instant.now());
  }

  private static void forget(RoutingContext http) {
    http.request().cookies().stream()
        .map(Cookie::getName)
        .filter(name -> name.startsWith(SESSION_COOKIE))
        .distinct()
        .toList()
        .forEach(
            name -> http.response().addCookie(Cookie.cookie(name, "").setPath("/").setMaxAge(0)));
  }
}
