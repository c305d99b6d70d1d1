package io.pgtrail.server;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.pages.ErrorPage;
import io.pgtrail.server.web.Problem;
import io.quarkus.logging.Log;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What becomes of errors: problem documents for programs, a page for people. */
public class Problems {

  private final ErrorPage page;

  @Inject
  Problems(ErrorPage page) {
    this.page = page;
  }

  @ServerExceptionMapper
  Response known(PgtrailException failure, @Context UriInfo uri) {
    if (failure.code() == ErrorCode.INTERNAL) {
      return internal(failure, uri);
    }
    return answer(Problem.of(failure), uri);
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
  Response unforeseen(RuntimeException failure, @Context UriInfo uri) {
    if (ServerFailure.explain(failure) instanceof PgtrailException known) {
      return known(known, uri);
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
    boolean program = uri.getPath().startsWith("/api/");
    return Response.status(problem.status())
        .type(program ? Problem.MEDIA_TYPE : MediaType.TEXT_HTML + ";charset=UTF-8")
        .entity(program ? problem : page.render(problem))
        .build();
  }
}
