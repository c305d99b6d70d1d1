package io.pgtrail.server.api;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.DashboardMetric;
import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.PerformanceMetric;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.OperationsQuery;
import io.pgtrail.server.web.Parameters;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** The reports over what the caller may read. */
@Path("/api/v1/targets/{target}")
@RolesAllowed("viewer")
public class ReportsResource {

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  ReportsResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  @GET
  @Path("dashboard")
  public List<DashboardMetric> dashboard() {
    return reports().dashboard();
  }

  /** Volume, failures and durations over time, oldest first. */
  @GET
  @Path("activity")
  public List<ActivityPeriod> activity(
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("hours")
          @Nullable String hours,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("step")
          @Nullable String step) {
    return reports()
        .activity(
            Parameters.number(0, Integer.MAX_VALUE, "hours", hours, 24),
            Parameters.number(0, Integer.MAX_VALUE, "step", step, 1));
  }

  @GET
  @Path("performance")
  public List<PerformanceMetric> performance() {
    return reports().performance();
  }

  @GET
  @Path("health")
  public List<HealthCheck> health() {
    return reports().health();
  }

  /** What failed, newest first; the same as the operations of that status. */
  @GET
  @Path("errors")
  public OperationsResource.Page errors(@BeanParam OperationsQuery query) {
    History history = new History(caller.at(targets.named(target)));
    return OperationsResource.Page.of(history.page(query.page().withStatus("FAILED")));
  }

  @GET
  @Path("anomalies")
  public List<Anomaly> anomalies(
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("days")
          @Nullable String days) {
    return reports().anomalies(Parameters.number(0, Integer.MAX_VALUE, "days", days, 30));
  }

  private Reports reports() {
    return new Reports(caller.at(targets.named(target)));
  }
}
