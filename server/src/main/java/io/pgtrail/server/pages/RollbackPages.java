package io.pgtrail.server.pages;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Rollback;
import io.pgtrail.versioning.RollbackOutcome;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way back: what would be done, and doing it. */
@Path("/t/{target}/rollback")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class RollbackPages {

  private final TargetView view;

  @Inject
  RollbackPages(TargetView view) {
    this.view = view;
  }

  @GET
  public TemplateInstance rollback(@QueryParam("to") @Nullable String to) {
    Optional<String> moment = Parameters.given(to);
    List<PlannedStep> steps = moment.map(text -> way(text).preview()).orElseGet(List::of);
    return Pages.rollback(
        view.frame(Section.ROLLBACK),
        moment.orElse(null),
        steps,
        PlanDigest.of(steps),
        view.callerHas("admin"),
        null,
        false);
  }

  /** The form has shown the plan, and its field asked for the name of the target. */
  @POST
  @RolesAllowed("admin")
  public TemplateInstance rollBack(
      @FormParam("to") @Nullable String to,
      @FormParam("plan") @Nullable String plan,
      @FormParam("confirmation") @Nullable String confirmation,
      @FormParam("lose") @DefaultValue("false") boolean lose) {
    if (!view.name().equals(confirmation)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing was rolled back: the confirmation is not the name of the target",
          "Type " + view.name() + ".");
    }
    RollbackOutcome outcome =
        way(Parameters.required("to", to))
            .execute(lose, steps -> PlanDigest.of(steps).equals(plan));
    return Pages.rollback(
        view.frame(Section.ROLLBACK),
        null,
        List.of(),
        "",
        true,
        outcome instanceof RollbackOutcome.Refused refused
            ? refused.reason() + " " + refused.hint().orElse("")
            : "The schema is what it was at " + to + ".",
        outcome instanceof RollbackOutcome.Undone);
  }

  private Rollback way(String to) {
    return Rollback.to(view.databaseOnce(), Parameters.requiredMoment("to", to));
  }
}
