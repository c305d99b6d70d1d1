package io.pgtrail.server.security;

import io.quarkus.oidc.AuthenticationCompletionAction;
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
public class ProviderSignIn implements SecurityIdentityAugmentor, AuthenticationCompletionAction {

  /** Leads to the provider and back; {@code application.properties} says so, too. */
  public static final String PATH = "/sign-in/provider";

  private static final String SESSION_COOKIE = "q_session";

  private final Accounts accounts;
  private final EndedSessions ended;
  private final ProviderSettings provider;
  private final LimitSettings limits;

  @Inject
  ProviderSignIn(
      Accounts accounts, EndedSessions ended, ProviderSettings provider, LimitSettings limits) {
    this.accounts = accounts;
    this.ended = ended;
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
    return context.runBlocking(() -> known(identity, token, http));
  }

  private SecurityIdentity known(
      SecurityIdentity identity, JsonWebToken token, RoutingContext http) {
    OpenSession session = session(token);
    Optional<Account> account =
        ended.isOver(session, Instant.now())
            ? Optional.empty()
            : subject(token).flatMap(accounts::ofSubject);
    if (account.isPresent()) {
      return Identities.vouchedFor(account.get(), session, identity);
    }
    forget(http);
    // Who it is, the record of the sign-in has to know.
    return http.normalizedPath().equals(PATH) ? Identities.stranger(identity) : Identities.nobody();
  }

  /** The framework comes here once for each sign-in, with the provider's own answer. */
  @Override
  public Uni<Void> action(AuthenticationCompletionContext completed) {
    return completed
        .requestContext()
        .runBlocking(() -> recorded(completed.identity()))
        .replaceWithVoid();
  }

  private SecurityIdentity recorded(SecurityIdentity identity) {
    boolean isAccount =
        identity.getPrincipal() instanceof JsonWebToken token
            && subject(token).filter(accounts::recordExternalSignIn).isPresent();
    if (!isAccount || Identities.accountIfAny(identity).isEmpty()) {
      // Nobody else would end this: the provider would send the same one again.
      throw new AuthenticationCompletionException("No account is that of the provider's token");
    }
    return identity;
  }

  private Optional<String> subject(JsonWebToken token) {
    return Optional.ofNullable(token.<Object>getClaim(provider.claim())).map(Object::toString);
  }

  /** The framework keeps the token in its cookie, and asks for no other in its place. */
  private OpenSession session(JsonWebToken token) {
    Instant oldest = Instant.ofEpochSecond(token.getIssuedAtTime()).plus(limits.sessionAge());
    Instant expires = Instant.ofEpochSecond(token.getExpirationTime());
    return new OpenSession(
        SecretCheck.digest(token.getRawToken()), oldest.isBefore(expires) ? oldest : expires);
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
