package io.pgtrail.server.api;

import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.Parameters;
import io.pgtrail.versioning.BlamedPart;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Dependency;
import io.pgtrail.versioning.Dependent;
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
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The versions of the schema. */
@Path("/api/v1/targets/{target}")
@RolesAllowed("viewer")
public class SchemaResource {

  private final Targets targets;
  private final Caller caller;

  @PathParam("target")
  String target = "";

  @Inject
  SchemaResource(Targets targets, Caller caller) {
    this.targets = targets;
    this.caller = caller;
  }

  @GET
  @Path("objects")
  public List<VersionedObject> objects(
      @QueryParam("name") @DefaultValue("") String name,
      @QueryParam("dropped") @DefaultValue("false") boolean dropped,
      @QueryParam("limit") @DefaultValue("1000") int limit) {
    return versions().objects(name, dropped, Parameters.between(1, 10_000, "limit", limit));
  }

  @GET
  @Path("objects/{id}")
  public VersionedObject object(@PathParam("id") UUID id) {
    return versions().object(id);
  }

  /** The changes of one object, newest first, with the DDL before and after. */
  @GET
  @Path("objects/{id}/versions")
  public List<ObjectVersion> versionsOf(@PathParam("id") UUID id) {
    return versions().ofObject(id);
  }

  /** What a change of the object may touch. */
  @GET
  @Path("impact")
  public List<Dependent> impact(@QueryParam("object") @Nullable String object) {
    return versions().impact(Parameters.required("object", object));
  }

  /** The changes of all objects, newest first. */
  @GET
  @Path("changes")
  public List<Change> changes(
      @QueryParam("object") @Nullable String object,
      @QueryParam("since") @Nullable String since,
      @QueryParam("until") @Nullable String until,
      @QueryParam("author") @Nullable String author,
      @QueryParam("limit") @DefaultValue("100") int limit) {
    List<Change> changes = new ArrayList<>();
    versions()
        .read(
            new ChangeFilter(
                Parameters.given(object),
                Parameters.moment("since", since),
                Parameters.moment("until", until),
                Parameters.given(author),
                Parameters.between(1, 10_000, "limit", limit)),
            changes::add);
    return changes;
  }

  @GET
  @Path("diff")
  public List<ObjectDifference> diff(
      @QueryParam("from") @Nullable String from, @QueryParam("to") @Nullable String to) {
    return versions()
        .differences(Parameters.requiredMoment("from", from), Parameters.moment("to", to));
  }

  /** The DDL that makes the schema of a moment; of now without one. */
  @GET
  @Path("schema")
  @Produces(MediaType.TEXT_PLAIN)
  public String schema(@QueryParam("at") @Nullable String at) {
    return versions().schema(Parameters.moment("at", at));
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

  private Versions versions() {
    return new Versions(caller.at(targets.named(target)));
  }
}
