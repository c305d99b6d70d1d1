package io.pgtrail.server.api;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.target.Targets;
import io.pgtrail.server.web.OperationsQuery;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;

/** Operations, newest first. */
@Path("/api/v1/targets/{target}/operations")
@RolesAllowed("viewer")
public class OperationsResource {

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  OperationsResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  /** A page; {@code next} of one is {@code before} of the next. */
  @GET
  public OperationPage page(@BeanParam OperationsQuery query) {
    return history().page(query.filter());
  }

  /** All versions of one, the oldest first. */
  @GET
  @Path("{key}")
  public List<OperationVersion> versions(@PathParam("key") String key) {
    return history().versions(key);
  }

  private History history() {
    return new History(caller.at(targets.named(target)));
  }
}
