package io.pgtrail.server.api;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.DashboardMetric;
import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.PerformanceMetric;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;

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
      @QueryParam("hours") @DefaultValue("24") int hours,
      @QueryParam("step") @DefaultValue("1") int step) {
    return reports().activity(hours, step);
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

  @GET
  @Path("anomalies")
  public List<Anomaly> anomalies(@QueryParam("days") @DefaultValue("30") int days) {
    return reports().anomalies(days);
  }

  private Reports reports() {
    return new Reports(caller.at(targets.named(target)));
  }
}
