package io.pgtrail.server.api;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.OperationsQuery;
import io.pgtrail.server.web.Tagged;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Operations, newest first. */
@Path("/api/v1/targets/{target}/operations")
@RolesAllowed("viewer")
public class OperationsResource {

  /**
   * Some operations, newest first.
   *
   * @param next what to send as {@code before} for the next page; NULL for the last one
   */
  public record Page(List<OperationDocument> operations, @Nullable String next) {

    public Page {
      operations = List.copyOf(operations);
    }

    static Page of(OperationPage page) {
      return new Page(page.operations().stream().map(OperationDocument::of).toList(), page.next());
    }
  }

  /**
   * One version of an operation.
   *
   * @param supersededAt when the next one was recorded; NULL for the current one
   */
  public record Version(
      Instant recordedAt, @Nullable Instant supersededAt, OperationDocument operation) {

    static Version of(OperationVersion version) {
      return new Version(
          version.recordedAt(), version.supersededAt(), OperationDocument.of(version.operation()));
    }
  }

  private final Targets targets;
  private final Caller caller;
  private final Tagged tagged;

  @PathParam("target")
  String target = "";

  @Inject
  OperationsResource(Targets targets, Caller caller, Tagged tagged) {
    this.targets = targets;
    this.caller = caller;
    this.tagged = tagged;
  }

  @GET
  public Page page(@BeanParam OperationsQuery query) {
    return Page.of(history().page(query.page()));
  }

  /** All versions of one, the oldest first. */
  @GET
  @Path("{key}")
  @APIResponse(
      responseCode = "200",
      description = "OK",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(type = SchemaType.ARRAY, implementation = Version.class)))
  public Response versions(@PathParam("key") String key, @Context Request request) {
    return tagged.json(request, history().versions(key).stream().map(Version::of).toList());
  }

  private History history() {
    return new History(caller.at(targets.named(target)));
  }
}
