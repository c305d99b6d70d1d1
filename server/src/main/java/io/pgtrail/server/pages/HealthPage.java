package io.pgtrail.server.pages;

import io.pgtrail.reporting.Reports;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.schedule.TaskStates;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jdbi.v3.core.Jdbi;

/** How a target is, and what the server does there. */
@Path("/t/{target}/health")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class HealthPage {

  private final TargetView view;
  private final Overviews overviews;

  @Inject
  HealthPage(TargetView view, Overviews overviews) {
    this.view = view;
    this.overviews = overviews;
  }

  @GET
  public TemplateInstance health() {
    Jdbi database = view.database();
    Reports reports = new Reports(database);
    return Pages.health(
        view.frame(Section.HEALTH),
        reports.health(),
        TaskStates.in(database),
        reports.performance(),
        overviews.anomalies(view.name(), view.role(), view.rights(), database));
  }
}
