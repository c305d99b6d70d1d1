package io.pgtrail.server.pages;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.server.alerts.AlertAdministration;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.alerts.RuleParameters;
import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.web.Parameters;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The page of alerts, rules and webhooks of a target. */
@Path("/t/{target}/alerts")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class AlertPages {

  private final TargetView view;

  @Inject
  AlertPages(TargetView view) {
    this.view = view;
  }

  @GET
  public TemplateInstance alerts(@QueryParam("before") @Nullable String before) {
    return page(
        view.callerHas("auditor")
            ? shown(null, Parameters.given(before).map(HistoryCursor::parse))
            : AlertsView.none());
  }

  /** Makes a rule, or another of one with this name. */
  @POST
  @Path("rules")
  @RolesAllowed("admin")
  public Response setRule(
      @FormParam("name") @Nullable String name,
      @FormParam("kind") @Nullable String kind,
      @FormParam("severity") @Nullable String severity,
      @FormParam("parameter") List<String> parameters,
      @FormParam("value") List<String> values) {
    String wanted = Parameters.required("kind", kind);
    administration()
        .setRule(
            Parameters.required("name", name),
            wanted,
            RuleParameters.json(alertsOfTarget().kinds(), wanted, parameters, values),
            Parameters.required("severity", severity));
    return back();
  }

  @POST
  @Path("rules/enable")
  @RolesAllowed("admin")
  public Response enableRule(
      @FormParam("name") @Nullable String name, @FormParam("enabled") boolean enabled) {
    administration().enableRule(Parameters.required("name", name), enabled);
    return back();
  }

  @POST
  @Path("rules/drop")
  @RolesAllowed("admin")
  public Response dropRule(@FormParam("name") @Nullable String name) {
    administration().dropRule(Parameters.required("name", name));
    return back();
  }

  /** The answer shows the secret, this once. */
  @POST
  @Path("webhooks")
  @RolesAllowed("admin")
  public TemplateInstance createWebhook(
      @FormParam("name") @Nullable String name,
      @FormParam("url") @Nullable String url,
      @FormParam("template") @Nullable String template,
      @FormParam("severity") @Nullable String severity) {
    String secret =
        administration()
            .createWebhook(
                Parameters.required("name", name),
                Parameters.required("url", url),
                Parameters.required("template", template),
                Parameters.required("severity", severity));
    return page(shown(secret, Optional.empty()));
  }

  @POST
  @Path("webhooks/enable")
  @RolesAllowed("admin")
  public Response enableWebhook(
      @FormParam("name") @Nullable String name, @FormParam("enabled") boolean enabled) {
    administration().enableWebhook(Parameters.required("name", name), enabled);
    return back();
  }

  @POST
  @Path("webhooks/drop")
  @RolesAllowed("admin")
  public Response dropWebhook(@FormParam("name") @Nullable String name) {
    administration().dropWebhook(Parameters.required("name", name));
    return back();
  }

  @POST
  @Path("webhooks/test")
  @RolesAllowed("admin")
  public Response testWebhook(@FormParam("name") @Nullable String name) {
    administration().testWebhook(Parameters.required("name", name));
    return back();
  }

  @POST
  @Path("deliveries/resend")
  @RolesAllowed("admin")
  public Response resend(@FormParam("delivery") @Nullable String delivery) {
    administration().resend(id(Parameters.required("delivery", delivery)));
    return back();
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "'" + text + "' is no delivery", null, unreadable);
    }
  }

  private TemplateInstance page(AlertsView alerts) {
    return Pages.alerts(view.frame(Section.ALERTS), alerts);
  }

  private AlertsView shown(@Nullable String secret, Optional<HistoryCursor> before) {
    return AlertsView.of(alertsOfTarget(), view.callerHas("admin"), secret, before);
  }

  private Alerts alertsOfTarget() {
    return new Alerts(view.database());
  }

  private AlertAdministration administration() {
    return new AlertAdministration(view.database());
  }

  /** So that nobody does it twice by loading the page again. */
  private Response back() {
    return Response.seeOther(UriBuilder.fromPath("/t/{target}/alerts").build(view.name())).build();
  }
}
