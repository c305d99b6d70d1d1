package io.pgtrail.server.pages;

import io.pgtrail.versioning.ObjectVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The DDL of an object by the versions it had. */
final class ObjectDdl {

  private ObjectDdl() {}

  /**
   * Newest first.
   *
   * @param changes newest first
   */
  static Map<String, String> byVersion(List<ObjectVersion> changes) {
    Map<String, String> ddl = new LinkedHashMap<>();
    for (ObjectVersion version : changes) {
      put(ddl, version.change().versionAfter(), version.ddlAfter());
      put(ddl, version.change().versionBefore(), version.ddlBefore());
    }
    return ddl;
  }

  private static void put(
      Map<String, String> ddl, @Nullable String version, @Nullable String statements) {
    if (version != null && statements != null) {
      ddl.putIfAbsent(version, statements);
    }
  }
}
