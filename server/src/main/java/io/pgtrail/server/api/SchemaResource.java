package io.pgtrail.server.api;

import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.server.web.Tagged;
import io.pgtrail.versioning.BlamedPart;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeCursor;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Dependency;
import io.pgtrail.versioning.Dependent;
import io.pgtrail.versioning.ObjectCursor;
import io.pgtrail.versioning.ObjectDifference;
import io.pgtrail.versioning.ObjectVersion;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Rollback;
import io.pgtrail.versioning.VersionedObject;
import io.pgtrail.versioning.Versions;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.jspecify.annotations.Nullable;

/** The versions of the schema. */
@Path("/api/v1/targets/{target}")
@RolesAllowed("viewer")
public class SchemaResource {

  private static final int OBJECTS = 1000;
  private static final int CHANGES = 100;
  private static final int MOST = 10_000;

  /** With their whole DDL, twice each. */
  private static final int VERSIONS = 50;

  private static final int MOST_VERSIONS = 1000;

  /**
   * Some objects, in order of schema and name.
   *
   * @param next what to send as {@code after} for the next page; NULL for the last one
   */
  public record ObjectPage(List<VersionedObject> objects, @Nullable String next) {

    public ObjectPage {
      objects = List.copyOf(objects);
    }
  }

  /**
   * Some changes, newest first.
   *
   * @param next what to send as {@code before} for the next page; NULL for the last one
   */
  public record ChangePage(List<Change> changes, @Nullable String next) {

    public ChangePage {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Some changes of one object, newest first, with the DDL before and after.
   *
   * @param next what to send as {@code before} for the next page; NULL for the last one
   */
  public record VersionPage(List<ObjectVersion> versions, @Nullable String next) {

    public VersionPage {
      versions = List.copyOf(versions);
    }
  }

  private final Targets targets;
  private final Caller caller;
  private final Tagged tagged;

  @PathParam("target")
  String target = "";

  @Inject
  SchemaResource(Targets targets, Caller caller, Tagged tagged) {
    this.targets = targets;
    this.caller = caller;
    this.tagged = tagged;
  }

  /** Some objects, in order of schema and name. */
  @GET
  @Path("objects")
  public ObjectPage objects(
      @QueryParam("name") @DefaultValue("") String name,
      @QueryParam("dropped") @DefaultValue("false") boolean dropped,
      @QueryParam("after") @Nullable String after,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit")
          @Nullable String limit) {
    int most = Parameters.number(1, MOST, "limit", limit, OBJECTS);
    List<VersionedObject> found =
        versions()
            .objects(name, dropped, Parameters.given(after).map(ObjectCursor::parse), most + 1);
    return new ObjectPage(
        first(most, found), next(most, found, object -> ObjectCursor.at(object).text()));
  }

  @GET
  @Path("objects/{id}")
  public VersionedObject object(@PathParam("id") UUID id) {
    return versions().object(id);
  }

  /** Some changes of one object, newest first, with the DDL before and after. */
  @GET
  @Path("objects/{id}/versions")
  public VersionPage versionsOf(
      @PathParam("id") UUID id,
      @QueryParam("before") @Nullable String before,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit")
          @Nullable String limit) {
    int most = Parameters.number(1, MOST_VERSIONS, "limit", limit, VERSIONS);
    List<ObjectVersion> found =
        versions().ofObject(id, Parameters.given(before).map(ChangeCursor::parse), most + 1);
    return new VersionPage(
        first(most, found), next(most, found, version -> ChangeCursor.at(version.change()).text()));
  }

  /** The change that made one version of an object, with the DDL before and after. */
  @GET
  @Path("objects/{id}/versions/{version}")
  @APIResponseSchema(ObjectVersion.class)
  public Response versionOf(
      @PathParam("id") UUID id, @PathParam("version") String version, @Context Request request) {
    return tagged.json(request, versions().ofObject(id, version));
  }

  /** The DDL that makes the schema of a moment, or of now. */
  @GET
  @Path("schema")
  @Produces(MediaType.TEXT_PLAIN)
  @APIResponseSchema(String.class)
  public Response schema(@QueryParam("at") @Nullable String at, @Context Request request) {
    return tagged.text(request, versions().schema(Parameters.moment("at", at)));
  }

  /** What a change of the object may touch. */
  @GET
  @Path("impact")
  public List<Dependent> impact(@QueryParam("object") @Nullable String object) {
    return versions().impact(Parameters.required("object", object));
  }

  /** Some changes of all objects, newest first. */
  @GET
  @Path("changes")
  public ChangePage changes(
      @QueryParam("object") @Nullable String object,
      @QueryParam("since") @Nullable String since,
      @QueryParam("until") @Nullable String until,
      @QueryParam("author") @Nullable String author,
      @QueryParam("before") @Nullable String before,
      @Parameter(schema = @Schema(type = SchemaType.INTEGER)) @QueryParam("limit")
          @Nullable String limit) {
    int most = Parameters.number(1, MOST, "limit", limit, CHANGES);
    List<Change> found = new ArrayList<>();
    versions()
        .read(
            new ChangeFilter(
                Parameters.given(object),
                Parameters.moment("since", since),
                Parameters.moment("until", until),
                Parameters.given(author),
                Parameters.given(before).map(ChangeCursor::parse),
                most + 1),
            found::add);
    return new ChangePage(
        first(most, found), next(most, found, change -> ChangeCursor.at(change).text()));
  }

  @GET
  @Path("diff")
  public List<ObjectDifference> diff(
      @QueryParam("from") @Nullable String from, @QueryParam("to") @Nullable String to) {
    return versions()
        .differences(Parameters.requiredMoment("from", from), Parameters.moment("to", to));
  }

  /** What an object needs. */
  @GET
  @Path("dependencies")
  public List<Dependency> dependencies(@QueryParam("object") @Nullable String object) {
    return versions().dependencies(Parameters.required("object", object));
  }

  /** Who last changed each column and constraint of a table. */
  @GET
  @Path("blame")
  public List<BlamedPart> blame(@QueryParam("table") @Nullable String table) {
    return versions().blame(Parameters.required("table", table));
  }

  /** What a rollback to a moment would do; it changes nothing. */
  @GET
  @Path("rollback/preview")
  public List<PlannedStep> preview(@QueryParam("to") @Nullable String to) {
    return Rollback.to(caller.onceAt(targets.named(target)), Parameters.requiredMoment("to", to))
        .preview();
  }

  private static <T> List<T> first(int most, List<T> found) {
    return found.subList(0, Math.min(most, found.size()));
  }

  /** One more was asked for than is shown: where the last that is shown stands, if it was there. */
  private static <T> @Nullable String next(int most, List<T> found, Function<T, String> place) {
    return found.size() > most ? place.apply(found.get(most - 1)) : null;
  }

  private Versions versions() {
    return new Versions(caller.at(targets.named(target)));
  }
}
