package io.pgtrail.server.pages;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.schedule.TaskStates;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.Parameters;
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
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The pages about one target. */
@Path("/t/{target}")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class TargetPages {

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  TargetPages(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  @GET
  @Path("health")
  public TemplateInstance health() {
    Jdbi database = database();
    Reports reports = new Reports(database);
    return Pages.health(
        frame(Section.HEALTH),
        reports.health(),
        TaskStates.in(database),
        reports.performance(),
        reports.anomalies(30));
  }

  @GET
  @Path("rollback")
  public TemplateInstance rollback(@QueryParam("to") @Nullable String to) {
    Optional<String> moment = Parameters.given(to);
    return Pages.rollback(
        frame(Section.ROLLBACK),
        moment.orElse(null),
        moment.map(text -> way(text).preview()).orElseGet(List::of),
        caller.account().rights().contains("admin"),
        null,
        false);
  }

  /** The form has shown the plan, and its field asked for the name of the target. */
  @POST
  @Path("rollback")
  @RolesAllowed("admin")
  public TemplateInstance rollBack(
      @FormParam("to") @Nullable String to,
      @FormParam("confirmation") @Nullable String confirmation,
      @FormParam("lose") @DefaultValue("false") boolean lose) {
    if (!target.equals(confirmation)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing was rolled back: the confirmation is not the name of the target",
          "Type " + target + ".");
    }
    RollbackOutcome outcome = way(Parameters.required("to", to)).execute(lose);
    return Pages.rollback(
        frame(Section.ROLLBACK),
        null,
        List.of(),
        true,
        outcome instanceof RollbackOutcome.Refused refused
            ? refused.reason() + " " + refused.hint().orElse("")
            : "The schema is what it was at " + to + ".",
        outcome instanceof RollbackOutcome.Undone);
  }

  private Rollback way(String to) {
    return Rollback.to(caller.onceAt(targets.named(target)), Parameters.requiredMoment("to", to));
  }

  private Jdbi database() {
    return caller.at(targets.named(target));
  }

  private Frame frame(Section section) {
    return Frame.of(caller.account().name(), target, section);
  }
}
