package io.pgtrail.server.pages;

import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.versioning.BlamedPart;
import io.pgtrail.versioning.ObjectDifference;
import io.pgtrail.versioning.ObjectVersion;
import io.pgtrail.versioning.SchemaSummary;
import io.pgtrail.versioning.VersionedObject;
import io.pgtrail.versioning.Versions;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The objects of a target and their versions. */
@Path("/t/{target}/schema")
@Produces(MediaType.TEXT_HTML)
@RolesAllowed("viewer")
public class SchemaPages {

  private static final int MOST_OBJECTS = 500;
  private static final int MOST_DIFFERENCES = 200;

  private final TargetView view;

  @Inject
  SchemaPages(TargetView view) {
    this.view = view;
  }

  /**
   * The tree of objects.
   *
   * @param name part of the names of those that are shown; empty for all
   * @param in the schema whose objects are shown; empty for what is in none, NULL for the schemas
   *     alone
   * @param dropped whether those that were dropped are shown
   */
  @GET
  public TemplateInstance schema(
      @QueryParam("name") @DefaultValue("") String name,
      @QueryParam("in") @Nullable String in,
      @QueryParam("dropped") @DefaultValue("false") boolean dropped) {
    Versions versions = new Versions(view.database());
    String part = name.strip();
    List<SchemaSummary> schemas = part.isEmpty() ? versions.schemas(dropped) : List.of();
    @Nullable String open =
        in == null && schemas.size() == 1
            ? Objects.requireNonNullElse(schemas.get(0).name(), "")
            : in;
    List<VersionedObject> objects =
        !part.isEmpty()
            ? versions.objects(part, dropped, MOST_OBJECTS + 1)
            : open == null
                ? List.of()
                : versions.objectsIn(open.isEmpty() ? null : open, dropped, MOST_OBJECTS + 1);
    return Pages.schema(
        view.frame(Section.SCHEMA),
        part,
        open,
        dropped,
        schemas,
        objects.stream().limit(MOST_OBJECTS).toList(),
        objects.size() > MOST_OBJECTS);
  }

  /** Leads to an object of which only the name is known. */
  @GET
  @Path("named")
  public Response named(
      @QueryParam("type") @Nullable String type, @QueryParam("name") @Nullable String name) {
    VersionedObject object =
        new Versions(view.database())
            .named(Parameters.required("type", type), Parameters.required("name", name));
    return Response.seeOther(Links.to(view.name(), object)).build();
  }

  /**
   * One object.
   *
   * @param from a version to compare; NULL for none
   * @param to the version to compare it with
   */
  @GET
  @Path("{id}")
  public TemplateInstance object(
      @PathParam("id") UUID id,
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to) {
    Versions versions = new Versions(view.database());
    VersionedObject object = versions.object(id);
    List<ObjectVersion> changes = versions.ofObject(id);
    Map<String, String> ddl = ObjectDdl.byVersion(changes);
    boolean compares = from != null || to != null;
    return Pages.object(
        view.frame(Section.SCHEMA),
        object,
        changes,
        List.copyOf(ddl.keySet()),
        Parameters.given(from).orElse(null),
        Parameters.given(to).orElse(null),
        compares
            ? SideBySide.of(
                ddl.get(Objects.requireNonNullElse(from, "")),
                ddl.get(Objects.requireNonNullElse(to, "")))
            : List.of(),
        blame(versions, object),
        graph(versions, object));
  }

  private static List<BlamedPart> blame(Versions versions, VersionedObject object) {
    return object.exists() && object.type().equals("TABLE")
        ? versions.blame(object.typedName())
        : List.of();
  }

  private @Nullable DependencyGraph graph(Versions versions, VersionedObject object) {
    if (!object.exists()) {
      return null;
    }
    DependencyGraph graph =
        DependencyGraph.of(
            object, versions.dependencies(object.typedName()), versions.impact(object.typedName()));
    return graph.isEmpty() ? null : graph;
  }

  /**
   * The whole schema at a moment beside what it is now.
   *
   * @param moment empty to ask for one
   * @param ddl whether the statements that make it are shown
   */
  @GET
  @Path("at")
  public TemplateInstance at(
      @QueryParam("moment") @Nullable String moment,
      @QueryParam("ddl") @DefaultValue("false") boolean ddl) {
    Optional<Instant> chosen = Parameters.moment("moment", moment);
    Versions versions = new Versions(view.database());
    List<ObjectDifference> differences =
        chosen.map(from -> versions.differences(from, Optional.empty())).orElseGet(List::of);
    return Pages.schemaAt(
        view.frame(Section.SCHEMA),
        chosen.map(Instant::toString).orElse(null),
        differences.stream()
            .limit(MOST_DIFFERENCES)
            .map(
                difference ->
                    new ComparedObject(
                        difference, SideBySide.of(difference.ddlBefore(), difference.ddlAfter())))
            .toList(),
        differences.size(),
        ddl && chosen.isPresent() ? versions.schema(chosen) : null);
  }
}
