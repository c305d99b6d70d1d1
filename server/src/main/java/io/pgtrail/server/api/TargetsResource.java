package io.pgtrail.server.api;

import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.TargetState;
import io.pgtrail.server.targets.Targets;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;

/** The databases that the server watches. */
@Path("/api/v1/targets")
@RolesAllowed("viewer")
public class TargetsResource {

  private final Targets targets;

  @Inject
  TargetsResource(Targets targets) {
    this.targets = targets;
  }

  @GET
  public List<TargetState> all() {
    return targets.all().stream().map(Target::state).toList();
  }
}
