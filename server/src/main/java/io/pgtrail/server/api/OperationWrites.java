package io.pgtrail.server.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.tracking.Recorder;
import io.pgtrail.tracking.RequestKey;
import io.pgtrail.tracking.Written;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Objects;
import java.util.Optional;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/**
 * Operations that programs carry out elsewhere. Whoever sends one again with the same {@code
 * Idempotency-Key} within a day gets the same answer, and it is recorded once.
 */
@Path("/api/v1/targets/{target}/operations")
@RolesAllowed("operator")
@Consumes(MediaType.APPLICATION_JSON)
public class OperationWrites {

  private static final String AGAIN = "Idempotency-Replayed";

  private final Targets targets;
  private final Caller caller;
  private final ObjectMapper json;

  @PathParam("target")
  String target = "";

  @HeaderParam(RequestKeys.HEADER)
  @Nullable String requestKey;

  @Context
  @SuppressWarnings("NullAway.Init")
  UriInfo uri;

  @Inject
  OperationWrites(Targets targets, Caller caller, ObjectMapper json) {
    this.targets = targets;
    this.caller = caller;
    this.json = json;
  }

  /** An operation begins. */
  @POST
  @ResponseStatus(201)
  public RestResponse<WriteDocuments.Answer> start(WriteDocuments.@Nullable Start start) {
    WriteDocuments.Start asked = body(start);
    Written written =
        recorder()
            .start(
                key(asked),
                Objects.requireNonNullElse(asked.name(), ""),
                Objects.requireNonNullElse(asked.type(), "MANUAL"),
                asked.statement(),
                WriteDocuments.text(asked.metadata()),
                asked.tenant());
    return answer(RestResponse.Status.CREATED, written)
        .location(uri.getAbsolutePathBuilder().path(written.key()).build())
        .build();
  }

  /** An operation ends. */
  @POST
  @Path("{key}/complete")
  public RestResponse<WriteDocuments.Answer> complete(
      @PathParam("key") String operation, WriteDocuments.@Nullable End end) {
    WriteDocuments.End asked = body(end);
    return answer(
            RestResponse.Status.OK, recorder().complete(key(asked), operation, asked.report()))
        .build();
  }

  /** More is known of an operation that the account began; administrators annotate any. */
  @POST
  @Path("{key}/annotations")
  public RestResponse<WriteDocuments.Answer> annotate(
      @PathParam("key") String operation, WriteDocuments.@Nullable Annotation annotation) {
    WriteDocuments.Annotation asked = body(annotation);
    return answer(
            RestResponse.Status.OK,
            recorder()
                .annotate(
                    key(asked),
                    operation,
                    WriteDocuments.text(asked.metadata()),
                    asked.error(),
                    asked.tenant()))
        .build();
  }

  private static RestResponse.ResponseBuilder<WriteDocuments.Answer> answer(
      RestResponse.Status status, Written written) {
    return RestResponse.ResponseBuilder.create(status, WriteDocuments.Answer.of(written))
        .header(AGAIN, written.again() ? "true" : null);
  }

  private static <T> T body(@Nullable T document) {
    return Optional.ofNullable(document)
        .orElseThrow(
            () ->
                new PgtrailException(
                    ErrorCode.INVALID_ARGUMENT, "The request has no document", null));
  }

  private Optional<RequestKey> key(Object document) {
    return RequestKeys.of(requestKey, uri.getPath(), document, json);
  }

  private Recorder recorder() {
    return new Recorder(caller.at(targets.named(target)));
  }
}
