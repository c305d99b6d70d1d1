package io.pgtrail.server.api;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.OperationsQuery;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.time.Instant;
import java.util.List;
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

  @PathParam("target")
  String target = "";

  @Inject
  OperationsResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  @GET
  public Page page(@BeanParam OperationsQuery query) {
    return Page.of(history().page(query.filter()));
  }

  /** All versions of one, the oldest first. */
  @GET
  @Path("{key}")
  public List<Version> versions(@PathParam("key") String key) {
    return history().versions(key).stream().map(Version::of).toList();
  }

  private History history() {
    return new History(caller.at(targets.named(target)));
  }
}
