package io.pgtrail.server.security;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** So many sign-ins of one address, by password and by what a provider answers. */
@Singleton
public class SignInLimit {

  private static final int BEFORE_THE_CODE_IS_TRIED = 1000;

  private final RateLimit limit;

  @Inject
  SignInLimit(LimitSettings settings) {
    this.limit = new RateLimit("sign-ins", settings.signInsPerMinute());
  }

  /**
   * Counts one.
   *
   * @throws io.pgtrail.error.PgtrailException {@code TOO_MANY_REQUESTS} beyond the limit
   */
  void require(HttpServerRequest request) {
    limit.require(Addresses.network(request.remoteAddress()));
  }

  void watch(@Observes Filters filters) {
    filters.register(this::answerOfProvider, BEFORE_THE_CODE_IS_TRIED);
  }

  private void answerOfProvider(RoutingContext http) {
    if (http.normalizedPath().equals(ProviderSignIn.PATH)
        && http.request().getParam("code") != null) {
      require(http.request());
    }
    http.next();
  }
}
