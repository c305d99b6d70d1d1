package io.pgtrail.server.pages;

import io.pgtrail.server.pages.Frame.Section;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
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

  Caller caller() {
    return caller;
  }

  /** Access with the caller's rights. */
  Jdbi database() {
    return caller.at(target());
  }

  Frame frame(Section section) {
    return Frame.of(caller.account().name(), name, section);
  }
}
