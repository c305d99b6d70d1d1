package io.pgtrail.versioning;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A place in the list of objects: the object that a page ended with.
 *
 * @param schema empty for an object that is in none
 */
public record ObjectCursor(String schema, String fullName, String type, UUID id) {

  /** The place of this object. */
  public static ObjectCursor at(VersionedObject object) {
    return new ObjectCursor(
        Objects.requireNonNullElse(object.schema(), ""),
        object.fullName(),
        object.type(),
        object.id());
  }

  /**
   * Reads what {@link #text()} gave.
   *
   * @throws io.pgtrail.error.PgtrailException {@code INVALID_ARGUMENT} if it is nothing of that
   *     kind
   */
  public static ObjectCursor parse(String text) {
    try {
      List<String> parts = Cursors.parts(text, 4);
      return new ObjectCursor(
          parts.get(0), parts.get(1), parts.get(2), UUID.fromString(parts.get(3)));
    } catch (IllegalArgumentException unreadable) {
      throw Cursors.unreadable(text, unreadable);
    }
  }

  /** An opaque word for {@link #parse}. */
  public String text() {
    return Cursors.text(schema, fullName, type, id.toString());
  }
}
