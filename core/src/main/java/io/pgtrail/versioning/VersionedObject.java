package io.pgtrail.versioning;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An object under version control, a row of {@code pggit.objects}.
 *
 * @param id stays the same through every change, renames included
 * @param type its kind, like TABLE
 * @param schema NULL for kinds that have none
 * @param exists false for one that was dropped
 * @param ddl statements that create it as it was last
 */
public record VersionedObject(
    UUID id,
    String type,
    @Nullable String schema,
    String fullName,
    boolean exists,
    String version,
    Instant createdAt,
    Instant changedAt,
    String ddl) {

  /** Its name with its kind before it: no other object that exists is called like that. */
  public String typedName() {
    return type + " " + fullName;
  }
}
