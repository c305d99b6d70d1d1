package io.pgtrail.server.security;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Corrects where the framework sends somebody, and where it means to send one after the sign-in.
 */
@Singleton
public class Redirects {

  private static final int BEFORE_ALL_OTHERS = 2000;

  /** No cookie can hold them; an answer with such a cookie would never be sent. */
  private static final Pattern NOT_IN_COOKIES = Pattern.compile("[^\\x21-\\x7e]|[\",;\\\\]");

  private final String cookie;

  @Inject
  Redirects(@ConfigProperty(name = "quarkus.http.auth.form.location-cookie") String cookie) {
    this.cookie = cookie;
  }

  void watch(@Observes Filters filters) {
    filters.register(
        http -> {
          http.addHeadersEndHandler(unused -> correct(http));
          http.next();
        },
        BEFORE_ALL_OTHERS);
  }

  private void correct(RoutingContext http) {
    @Nullable Cookie wanted = http.request().getCookie(cookie);
    if (wanted != null && NOT_IN_COOKIES.matcher(wanted.getValue()).find()) {
      wanted.setValue(
          NOT_IN_COOKIES
              .matcher(wanted.getValue())
              .replaceAll(found -> "%%%02X".formatted((int) found.group().charAt(0))));
    }
    // Whoever forged the name of this server shall not send anybody there.
    @Nullable String location = http.response().headers().get(HttpHeaderNames.LOCATION);
    String here = here(http.request());
    if (location != null && location.startsWith(here + "/")) {
      http.response().headers().set(HttpHeaderNames.LOCATION, location.substring(here.length()));
    }
  }

  private static String here(HttpServerRequest request) {
    return request.scheme() + "://" + request.authority();
  }
}
