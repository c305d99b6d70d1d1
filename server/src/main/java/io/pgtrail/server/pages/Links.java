package io.pgtrail.server.pages;

import io.pgtrail.versioning.VersionedObject;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;

/** Addresses of pages. */
final class Links {

  private Links() {}

  /** The overview of a target. */
  static URI to(String target) {
    return UriBuilder.fromPath("/t/{target}").build(target);
  }

  /** The page of an object. */
  static URI to(String target, VersionedObject object) {
    return UriBuilder.fromPath("/t/{target}/schema/{id}").build(target, object.id());
  }
}
