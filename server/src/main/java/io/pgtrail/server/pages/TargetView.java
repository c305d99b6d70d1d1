package io.pgtrail.server.pages;

import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** The target that the address of a page names, as its caller may see it. */
@RequestScoped
public class TargetView {

  private final Targets targets;
  private final Caller caller;
  private final String name;

  @Inject
  TargetView(Targets targets, Caller caller, @Context UriInfo uri) {
    this.targets = targets;
    this.caller = caller;
    this.name = String.valueOf(uri.getPathParameters().getFirst("target"));
  }

  String name() {
    return name;
  }

  Target target() {
    return targets.named(name);
  }

  /** The role that the caller acts as. */
  String role() {
    return caller.account().actsAs();
  }

  /** What the caller may do here. */
  Set<String> rights() {
    return caller.account().rights();
  }

  /** Access with the caller's rights. */
  Jdbi database() {
    return caller.at(target());
  }

  /** The same for what runs code of others: on a connection that nobody uses afterwards. */
  Jdbi databaseOnce() {
    return caller.onceAt(target());
  }

  /**
   * Whether the caller may be offered what needs this right: viewer, auditor, operator or admin.
   */
  boolean callerHas(String right) {
    return caller.account().rights().contains(right);
  }

  Frame frame(Section section) {
    return Frame.of(caller.account().name(), name, section);
  }
}
