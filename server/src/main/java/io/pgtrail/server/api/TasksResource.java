package io.pgtrail.server.api;

import io.pgtrail.server.schedule.TaskState;
import io.pgtrail.server.schedule.TaskStates;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.List;

/** What the servers do in a target from time to time. */
@Path("/api/v1/targets/{target}/tasks")
@RolesAllowed("viewer")
public class TasksResource {

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  TasksResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  @GET
  public List<TaskState> all() {
    return TaskStates.in(caller.at(targets.named(target)));
  }
}
