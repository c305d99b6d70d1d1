package io.pgtrail.versioning;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/**
 * A place in the changes, newest first: the change that a page ended with. What changed in the same
 * microsecond is ordered by its name, so nothing is shown twice and nothing is skipped, whatever
 * changes between two pages.
 */
public record ChangeCursor(
    Instant changedAt, String fullName, String objectType, String type, UUID commit) {

  /** The place of this change. */
  public static ChangeCursor at(Change change) {
    return new ChangeCursor(
        change.changedAt(), change.fullName(), change.objectType(), change.type(), change.commit());
  }

  /**
   * Reads what {@link #text()} gave.
   *
   * @throws io.pgtrail.error.PgtrailException {@code INVALID_ARGUMENT} if it is nothing of that
   *     kind
   */
  public static ChangeCursor parse(String text) {
    try {
      List<String> parts = Cursors.parts(text, 5);
      Instant changedAt = Instant.parse(parts.get(0));
      int year = changedAt.atOffset(ZoneOffset.UTC).getYear();
      if (year < 1 || year > 9999) {
        throw new IllegalArgumentException("year " + year);
      }
      return new ChangeCursor(
          changedAt, parts.get(1), parts.get(2), parts.get(3), UUID.fromString(parts.get(4)));
    } catch (IllegalArgumentException | DateTimeException unreadable) {
      throw Cursors.unreadable(text, unreadable);
    }
  }

  /** An opaque word for {@link #parse}. */
  public String text() {
    return Cursors.text(changedAt.toString(), fullName, objectType, type, commit.toString());
  }
}
