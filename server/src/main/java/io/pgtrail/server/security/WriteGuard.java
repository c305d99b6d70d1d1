package io.pgtrail.server.security;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * What every request that changes something must have: the form of a page, whose secret the
 * framework checks, or, for programs, a token, which no page of another site can send.
 */
@ApplicationScoped
public class WriteGuard {

  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private final SecurityIdentity identity;
  private final RateLimit limit;

  @Inject
  WriteGuard(SecurityIdentity identity, LimitSettings settings) {
    this.identity = identity;
    this.limit = new RateLimit("writes", settings.writesPerMinute());
  }

  @ServerRequestFilter
  public void check(ContainerRequestContext request) {
    if (SAFE.contains(request.getMethod())) {
      return;
    }
    if (request.getUriInfo().getPath().startsWith("/api/")) {
      requireToken();
    } else {
      requireForm(Optional.ofNullable(request.getMediaType()));
    }
    Identities.accountIfAny(identity).map(Account::name).ifPresent(limit::require);
  }

  private void requireToken() {
    if (Identities.token(identity).isEmpty()) {
      throw new PgtrailException(
          ErrorCode.NOT_PERMITTED,
          "Only programs with a token write here",
          "Make one with: pgtrail account token");
    }
  }

  private static void requireForm(Optional<MediaType> type) {
    if (type.filter(MediaType.APPLICATION_FORM_URLENCODED_TYPE::isCompatible).isEmpty()) {
      throw new WebApplicationException(Response.Status.UNSUPPORTED_MEDIA_TYPE);
    }
  }
}
