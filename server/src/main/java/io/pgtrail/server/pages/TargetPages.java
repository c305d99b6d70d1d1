package io.pgtrail.server.pages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.ActiveHour;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.OperationsQuery;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.ObjectVersion;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Rollback;
import io.pgtrail.versioning.RollbackOutcome;
import io.pgtrail.versioning.VersionedObject;
import io.pgtrail.versioning.Versions;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The pages about one target. */
@Path("/t/{target}")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class TargetPages {

  private static final int FEW = 5;
  private static final int MOST_OBJECTS = 500;
  private static final List<String> STATUSES = List.of("RUNNING", "COMPLETED", "FAILED");

  private final Targets targets;
  private final Caller caller;
  private final ObjectMapper json;

  @PathParam("target")
  String target = "";

  @Inject
  TargetPages(Targets targets, Caller caller, ObjectMapper json) {
    this.targets = targets;
    this.caller = caller;
    this.json = json;
  }

  @GET
  public TemplateInstance overview() {
    Jdbi database = database();
    Reports reports = new Reports(database);
    History history = new History(database);
    List<Change> changes = new ArrayList<>();
    new Versions(database).read(ChangeFilter.newest(FEW), changes::add);
    return Pages.overview(
        frame(Section.OVERVIEW),
        reports.dashboard(),
        history.page(few("FAILED")).operations(),
        history.page(few("RUNNING")).operations(),
        changes,
        hours(reports.activeHours()));
  }

  private static HistoryFilter few(String status) {
    return HistoryFilter.all().withStatus(status).withLimit(FEW);
  }

  private String hours(List<ActiveHour> hours) {
    try {
      return json.writeValueAsString(
          hours.stream()
              .map(
                  hour ->
                      Map.of(
                          "at", hour.hour().getEpochSecond(),
                          "operations", hour.operations(),
                          "failures", hour.failures()))
              .toList());
    } catch (JsonProcessingException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @GET
  @Path("operations")
  public TemplateInstance operations(@BeanParam OperationsQuery query, @Context UriInfo uri) {
    OperationPage page = new History(database()).page(query.page());
    String nextUrl =
        page.next() == null
            ? ""
            : uri.getRequestUriBuilder()
                .replaceQueryParam("before", page.next())
                .build()
                .toString();
    return Pages.operations(frame(Section.OPERATIONS), query, page, STATUSES, nextUrl);
  }

  @GET
  @Path("operations/{key}")
  public TemplateInstance operation(@PathParam("key") String key) {
    Jdbi database = database();
    List<OperationVersion> versions = new History(database).versions(key);
    return Pages.operation(
        frame(Section.OPERATIONS),
        versions.get(versions.size() - 1).operation(),
        versions,
        new Versions(database).ofOperation(key));
  }

  @GET
  @Path("schema")
  public TemplateInstance schema(
      @QueryParam("name") @DefaultValue("") String name,
      @QueryParam("dropped") @DefaultValue("false") boolean dropped) {
    List<VersionedObject> objects =
        new Versions(database()).objects(name.strip(), dropped, MOST_OBJECTS + 1);
    boolean cut = objects.size() > MOST_OBJECTS;
    return Pages.schema(
        frame(Section.SCHEMA),
        name,
        dropped,
        cut ? objects.subList(0, MOST_OBJECTS) : objects,
        cut);
  }

  @GET
  @Path("schema/{id}")
  public TemplateInstance object(
      @PathParam("id") UUID id,
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to) {
    Versions versions = new Versions(database());
    VersionedObject object = versions.object(id);
    List<ObjectVersion> changes = versions.ofObject(id);
    Map<String, String> ddl = ObjectDdl.byVersion(changes);
    boolean compares = from != null || to != null;
    return Pages.object(
        frame(Section.SCHEMA),
        object,
        changes,
        List.copyOf(ddl.keySet()),
        Parameters.given(from).orElse(null),
        Parameters.given(to).orElse(null),
        compares
            ? SideBySide.of(
                ddl.get(Objects.requireNonNullElse(from, "")),
                ddl.get(Objects.requireNonNullElse(to, "")))
            : List.of());
  }

  @GET
  @Path("health")
  public TemplateInstance health() {
    Reports reports = new Reports(database());
    return Pages.health(
        frame(Section.HEALTH), reports.health(), reports.performance(), reports.anomalies(30));
  }

  @GET
  @Path("rollback")
  public TemplateInstance rollback(@QueryParam("to") @Nullable String to) {
    Optional<String> moment = Parameters.given(to);
    List<PlannedStep> steps = moment.map(text -> way(text).preview()).orElseGet(List::of);
    return Pages.rollback(
        frame(Section.ROLLBACK),
        moment.orElse(null),
        steps,
        PlanDigest.of(steps),
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
      @FormParam("plan") @Nullable String plan,
      @FormParam("confirmation") @Nullable String confirmation,
      @FormParam("lose") @DefaultValue("false") boolean lose) {
    if (!target.equals(confirmation)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing was rolled back: the confirmation is not the name of the target",
          "Type " + target + ".");
    }
    RollbackOutcome outcome =
        way(Parameters.required("to", to))
            .execute(lose, steps -> PlanDigest.of(steps).equals(plan));
    return Pages.rollback(
        frame(Section.ROLLBACK),
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
    return Rollback.to(caller.onceAt(targets.named(target)), Parameters.requiredMoment("to", to));
  }

  private Jdbi database() {
    return caller.at(targets.named(target));
  }

  private Frame frame(Section section) {
    return Frame.of(caller.account().name(), target, section);
  }
}
