package io.pgtrail.server.pages;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.web.OperationsQuery;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.versioning.Versions;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What was done in a target. */
@Path("/t/{target}/operations")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class OperationPages {

  private static final List<String> STATUSES = List.of("RUNNING", "COMPLETED", "FAILED");

  private final TargetView view;

  @Inject
  OperationPages(TargetView view) {
    this.view = view;
  }

  @GET
  public TemplateInstance operations(@BeanParam OperationsQuery query, @Context UriInfo uri) {
    OperationPage page = new History(view.database()).page(query.filter());
    String nextUrl =
        page.next() == null
            ? ""
            : uri.getRequestUriBuilder()
                .replaceQueryParam("before", page.next())
                .build()
                .toString();
    return Pages.operations(view.frame(Section.OPERATIONS), query, page, STATUSES, nextUrl);
  }

  /**
   * One operation.
   *
   * @param text what was searched for, to be marked on the page
   */
  @GET
  @Path("{key}")
  public TemplateInstance operation(
      @PathParam("key") String key, @QueryParam("text") @Nullable String text) {
    Jdbi database = view.database();
    List<OperationVersion> versions = new History(database).versions(key);
    return Pages.operation(
        view.frame(Section.OPERATIONS),
        versions.get(versions.size() - 1).operation(),
        versions,
        new Versions(database).ofOperation(key),
        Parameters.given(text).orElse(""));
  }
}
