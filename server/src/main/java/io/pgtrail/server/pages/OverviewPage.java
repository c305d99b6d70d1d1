package io.pgtrail.server.pages;

import io.pgtrail.reporting.Reports;
import io.pgtrail.server.pages.Frame.Section;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Set;

/** A target at a glance. */
@Path("/t/{target}")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class OverviewPage {

  private static final Set<String> GLANCE =
      Set.of(
          "total_operations_24h", "success_rate_24h", "running_operations", "system_health_score");

  private final TargetView view;
  private final Overviews overviews;

  @Inject
  OverviewPage(TargetView view, Overviews overviews) {
    this.view = view;
    this.overviews = overviews;
  }

  @GET
  public TemplateInstance overview(@QueryParam("span") @DefaultValue("24h") String span) {
    return Pages.overview(
        view.frame(Section.OVERVIEW),
        overviews.overview(
            view.name(), view.role(), view.rights(), Span.named(span), view.database()),
        Span.ALL);
  }

  /** What the page of all targets shows of each, read for each by itself: one may be slow. */
  @GET
  @Path("glance")
  public TemplateInstance glance() {
    return Pages.glance(
        new Reports(view.database())
            .dashboard().stream().filter(metric -> GLANCE.contains(metric.name())).toList());
  }
}
