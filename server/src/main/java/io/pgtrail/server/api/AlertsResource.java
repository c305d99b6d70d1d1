package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.server.alerts.AlertPage;
import io.pgtrail.server.alerts.AlertRule;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.Parameters;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What rules have told. They tell of all tenants, so it is for auditors. */
@Path("/api/v1/targets/{target}")
@RolesAllowed("auditor")
public class AlertsResource {

  private static final int PAGE = 50;
  private static final int LONGEST_PAGE = 1000;

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  AlertsResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  /** Some alerts, newest first; only those that are open, or are not, if asked for. */
  @GET
  @Path("alerts")
  public AlertPage alerts(
      @QueryParam("open") @Nullable String open,
      @QueryParam("before") @Nullable String before,
      @QueryParam("limit") @Nullable String limit) {
    return database()
        .page(
            Parameters.number(1, LONGEST_PAGE, "limit", limit, PAGE),
            Parameters.given(open).map(AlertsResource::yesOrNo),
            Parameters.given(before).map(HistoryCursor::parse));
  }

  private static boolean yesOrNo(String text) {
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw new PgtrailException(
        ErrorCode.INVALID_ARGUMENT, "The parameter 'open' is true or false, not " + text, null);
  }

  @GET
  @Path("alert-rules")
  public List<AlertRule> rules() {
    return database().rules();
  }

  private Alerts database() {
    return new Alerts(caller.at(targets.named(target)));
  }
}
