package io.pgtrail.server.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.web.Problem;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code Authorization: Bearer pgt_…}. */
@Singleton
public class TokenMechanism implements HttpAuthenticationMechanism {

  private static final String SCHEME = "bearer ";

  private final ObjectMapper json;

  @Inject
  TokenMechanism(ObjectMapper json) {
    this.json = json;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    return token(context)
        .map(token -> identities.authenticate(new ApiTokenRequest(token)))
        .orElseGet(() -> Uni.createFrom().nullItem());
  }

  private static Optional<String> token(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader(HttpHeaderNames.AUTHORIZATION))
        .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(SCHEME))
        .map(header -> header.substring(SCHEME.length()).strip());
  }

  /** Programs are told what to send; who looks at pages goes to the page of the sign-in. */
  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Problem.isForProgram(context.normalizedPath())
        ? Uni.createFrom().item(new ChallengeData(401, HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"))
        : Uni.createFrom().nullItem();
  }

  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    if (!Problem.isForProgram(context.normalizedPath())) {
      return Uni.createFrom().item(false);
    }
    Problem problem =
        Problem.of(
            new PgtrailException(
                ErrorCode.NOT_SIGNED_IN,
                "Nobody is signed in, or the token is not valid",
                "Send a token as Authorization: Bearer TOKEN."));
    context
        .response()
        .setStatusCode(problem.status())
        .putHeader(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer")
        .putHeader(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
        .end(problem.json(json));
    return Uni.createFrom().item(true);
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of(ApiTokenRequest.class);
  }

  /** Before the form. */
  @Override
  public int getPriority() {
    return DEFAULT_PRIORITY + 1000;
  }
}
