package io.pgtrail.server.pages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.Reports;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Versions;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** A target at a glance. */
@Path("/t/{target}")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class OverviewPage {

  private static final int FEW = 5;
  private static final Span DAY = Span.ALL.get(0);

  private static final Set<String> GLANCE =
      Set.of(
          "total_operations_24h", "success_rate_24h", "running_operations", "system_health_score");

  private final TargetView view;
  private final ObjectMapper json;

  @Inject
  OverviewPage(TargetView view, ObjectMapper json) {
    this.view = view;
    this.json = json;
  }

  @GET
  public TemplateInstance overview(@QueryParam("span") @DefaultValue("24h") String span) {
    Span chosen = Span.named(span);
    Jdbi database = view.database();
    Reports reports = new Reports(database);
    History history = new History(database);
    List<ActivityPeriod> day = reports.activity(DAY.hours(), DAY.step());
    List<ActivityPeriod> periods =
        chosen.equals(DAY) ? day : reports.activity(chosen.hours(), chosen.step());
    List<HealthCheck> worries = reports.health().stream().filter(check -> !check.isWell()).toList();
    List<Change> changes = new ArrayList<>();
    new Versions(database).read(ChangeFilter.newest(FEW), changes::add);
    return Pages.overview(
        view.frame(Section.OVERVIEW),
        reports.dashboard().stream().map(metric -> Card.of(metric, day)).toList(),
        worries,
        history.page(few("FAILED")).operations(),
        history.page(few("RUNNING")).operations(),
        changes,
        chosen,
        Span.ALL,
        periods,
        columns(periods));
  }

  /** What the page of all targets shows of each, read for each by itself: one may be slow. */
  @GET
  @Path("glance")
  public TemplateInstance glance() {
    return Pages.glance(
        new Reports(view.database())
            .dashboard().stream().filter(metric -> GLANCE.contains(metric.name())).toList());
  }

  private static HistoryFilter few(String status) {
    return HistoryFilter.all().withStatus(status).withLimit(FEW);
  }

  /** As the charts want them: a list of each kind of value. */
  private String columns(List<ActivityPeriod> periods) {
    Map<String, List<@Nullable Number>> columns = new TreeMap<>();
    columns.put("at", each(periods, period -> period.begin().getEpochSecond()));
    columns.put("operations", each(periods, ActivityPeriod::operations));
    columns.put("failures", each(periods, ActivityPeriod::failures));
    columns.put("p50", each(periods, ActivityPeriod::p50Ms));
    columns.put("p95", each(periods, ActivityPeriod::p95Ms));
    columns.put("p99", each(periods, ActivityPeriod::p99Ms));
    try {
      return json.writeValueAsString(columns);
    } catch (JsonProcessingException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static List<@Nullable Number> each(
      List<ActivityPeriod> periods, Function<ActivityPeriod, @Nullable Number> value) {
    return periods.stream().map(value).toList();
  }
}
