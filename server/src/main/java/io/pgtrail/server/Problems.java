package io.pgtrail.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.pages.ErrorPage;
import io.pgtrail.server.security.RefusalLog;
import io.pgtrail.server.web.Problem;
import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What becomes of errors: problem documents for programs, a page for people. */
public class Problems {

  /** Without the right, or too often. */
  private static final Set<Integer> REFUSALS = Set.of(403, 429);

  private final ErrorPage page;
  private final RefusalLog refusals;
  private final SecurityIdentity identity;

  @Inject
  Problems(ErrorPage page, RefusalLog refusals, SecurityIdentity identity) {
    this.page = page;
    this.refusals = refusals;
    this.identity = identity;
  }

  @ServerExceptionMapper
  Response known(PgtrailException failure, @Context UriInfo uri, @Context Request request) {
    if (failure.code() == ErrorCode.INTERNAL) {
      return internal(failure, uri);
    }
    Problem problem = Problem.of(failure);
    if (REFUSALS.contains(problem.status())) {
      refusals.record(
          identity,
          request.getMethod() + " " + uri.getPath(),
          String.valueOf(failure.getMessage()));
    }
    return answer(problem, uri);
  }

  @ServerExceptionMapper({UnauthorizedException.class, AuthenticationFailedException.class})
  Response nobody(@Context UriInfo uri) {
    return answer(
        Problem.of(
            new PgtrailException(
                ErrorCode.NOT_SIGNED_IN, "Nobody is signed in, or not any more", "Sign in again.")),
        uri);
  }

  @ServerExceptionMapper(ForbiddenException.class)
  Response forbidden(@Context UriInfo uri, @Context Request request) {
    refusals.record(identity, request.getMethod() + " " + uri.getPath());
    return answer(Problem.of(RefusalLog.missingRight()), uri);
  }

  /** The message of the parser says where, and holds nothing but what was sent. */
  @ServerExceptionMapper({JsonProcessingException.class, MismatchedInputException.class})
  Response unreadable(JsonProcessingException failure, @Context UriInfo uri) {
    return answer(
        Problem.of(
            new PgtrailException(
                ErrorCode.INVALID_ARGUMENT,
                "The document cannot be read: " + failure.getOriginalMessage(),
                "/api/openapi describes what is expected.",
                failure)),
        uri);
  }

  @ServerExceptionMapper
  Response http(WebApplicationException failure, @Context UriInfo uri) {
    Response response = failure.getResponse();
    if (response.getStatus() < 400 || response.hasEntity()) {
      return response;
    }
    ErrorCode code =
        response.getStatus() == 404 ? ErrorCode.UNKNOWN_OBJECT : ErrorCode.INVALID_ARGUMENT;
    return answer(
        new Problem(
            "about:blank",
            response.getStatusInfo().getReasonPhrase(),
            response.getStatus(),
            response.getStatus() == 404
                ? "There is nothing at " + uri.getPath()
                : String.valueOf(failure.getMessage()),
            code.name(),
            List.of()),
        uri);
  }

  @ServerExceptionMapper
  Response unforeseen(RuntimeException failure, @Context UriInfo uri, @Context Request request) {
    if (ServerFailure.explain(failure) instanceof PgtrailException known) {
      return known(known, uri, request);
    }
    return internal(failure, uri);
  }

  /** What went wrong inside is for the log, not for whoever asks. */
  private Response internal(RuntimeException failure, UriInfo uri) {
    Log.error("request failed", failure);
    return answer(
        Problem.of(
            new PgtrailException(
                ErrorCode.INTERNAL, "The server could not answer", "Its log says why.", failure)),
        uri);
  }

  private Response answer(Problem problem, UriInfo uri) {
    boolean program = Problem.isForProgram(uri.getPath());
    return Response.status(problem.status())
        .type(program ? Problem.MEDIA_TYPE : MediaType.TEXT_HTML + ";charset=UTF-8")
        .entity(program ? problem : page.render(problem))
        .build();
  }
}
