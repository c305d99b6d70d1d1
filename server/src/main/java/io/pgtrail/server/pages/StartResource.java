package io.pgtrail.server.pages;

import io.pgtrail.server.security.Caller;
import io.pgtrail.server.security.EndedSessions;
import io.pgtrail.server.security.ProviderSettings;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.quarkus.oidc.OidcSession;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.FormAuthenticationMechanism;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** In, out, and which target. */
@Path("/")
@Produces(MediaType.TEXT_HTML)
public class StartResource {

  private final Targets targets;
  private final Caller caller;
  private final SecurityIdentity identity;
  private final EndedSessions ended;
  private final OidcSession session;
  private final ProviderSettings providers;
  private final boolean provider;

  @Inject
  StartResource(
      Targets targets,
      Caller caller,
      SecurityIdentity identity,
      EndedSessions ended,
      OidcSession session,
      ProviderSettings providers,
      @ConfigProperty(name = "quarkus.oidc.tenant-enabled") boolean provider) {
    this.targets = targets;
    this.caller = caller;
    this.identity = identity;
    this.ended = ended;
    this.session = session;
    this.providers = providers;
    this.provider = provider;
  }

  @GET
  @Path("sign-in")
  public TemplateInstance signIn(@QueryParam("refused") @Nullable String refused) {
    return Pages.signIn(refused != null, provider ? providers.title() : null);
  }

  /** Whoever comes here has been at the provider: the framework saw to that. */
  @GET
  @Path("sign-in/provider")
  public Response signedIn() {
    return Response.seeOther(URI.create("/")).build();
  }

  @POST
  @Path("sign-out")
  public Response signOut() {
    ended.end(identity);
    caller.recordSignOut();
    if (identity.getPrincipal() instanceof JsonWebToken) {
      session.logout().await().indefinitely();
    } else {
      FormAuthenticationMechanism.logout(identity);
    }
    return Response.seeOther(URI.create("/sign-in")).build();
  }

  /** Where there is but one target, it is the start. */
  @GET
  @RolesAllowed("viewer")
  public Response start() {
    if (targets.all().size() == 1) {
      Target only = targets.all().iterator().next();
      return Response.seeOther(Links.to(only.name())).build();
    }
    return Response.ok(fleet()).build();
  }

  @GET
  @Path("targets")
  @RolesAllowed("viewer")
  public TemplateInstance fleet() {
    return Pages.targets(
        Frame.without(caller.account().name()), targets.all().stream().map(Target::state).toList());
  }
}
