package io.pgtrail.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.pages.ErrorPage;
import io.pgtrail.server.security.RefusalLog;
import io.pgtrail.server.web.Problem;
import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** The same as {@link Problems} for what ends before a resource is reached. */
@Singleton
public class EarlyProblems {

  private static final int FORBIDDEN = 403;
  private static final int TOO_LARGE = 413;

  private final ObjectMapper json;
  private final ErrorPage page;
  private final RefusalLog refusals;

  @Inject
  EarlyProblems(ObjectMapper json, ErrorPage page, RefusalLog refusals) {
    this.json = json;
    this.page = page;
    this.refusals = refusals;
  }

  void watch(@Observes Router router) {
    router.route().failureHandler(this::failed);
  }

  private static PgtrailException anonymous(PgtrailException failure) {
    return failure.code() == ErrorCode.INTERNAL || failure.code() == ErrorCode.UNAVAILABLE
        ? new PgtrailException(
            ErrorCode.UNAVAILABLE,
            "The accounts cannot be read now",
            "Try again soon; the log of the server says why.")
        : failure;
  }

  private void failed(RoutingContext context) {
    if (context.failure() instanceof PgtrailException known) {
      if (known.code() == ErrorCode.INTERNAL) {
        Log.error("Nobody can be told who it is", known);
      }
      // Whoever has not signed in yet shall not hear of addresses and roles.
      answer(context, Problem.of(anonymous(known)));
    } else if (context.failure() instanceof ForbiddenException
        || context.statusCode() == FORBIDDEN) {
      if (context.user() instanceof QuarkusHttpUser user) {
        refusals.record(
            user.getSecurityIdentity(),
            context.request().method() + " " + context.normalizedPath());
      }
      answer(context, Problem.of(RefusalLog.missingRight()));
    } else if (context.failure() instanceof AuthenticationCompletionException) {
      answer(
          context,
          Problem.of(
              new PgtrailException(
                  ErrorCode.NOT_SIGNED_IN, "The sign-in did not succeed", "Sign in again.")));
    } else if (context.failure() instanceof AuthenticationException) {
      // What was to be said of it is in the head: where to sign in, or where the provider is.
      context.response().end();
    } else if (context.statusCode() == TOO_LARGE) {
      answer(
          context,
          Problem.of(
                  new PgtrailException(
                      ErrorCode.INVALID_ARGUMENT, "The request is too large", null))
              .withStatus(TOO_LARGE));
    } else {
      context.next();
    }
  }

  private void answer(RoutingContext context, Problem problem) {
    if (context.response().headWritten()) {
      context.request().connection().close();
      return;
    }
    boolean program = Problem.isForProgram(context.normalizedPath());
    context
        .response()
        .setStatusCode(problem.status())
        .putHeader(
            HttpHeaderNames.CONTENT_TYPE, program ? Problem.MEDIA_TYPE : "text/html;charset=UTF-8")
        .end(program ? problem.json(json) : page.render(problem));
  }
}
