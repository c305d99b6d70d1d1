package io.pgtrail.versioning;

import java.time.Instant;
import java.util.Optional;

/**
 * Which changes are read; all conditions must hold.
 *
 * @param object name of the object
 * @param since at or after it
 * @param until at or before it
 * @param author role that logged in
 * @param before only what comes after this place in the list
 * @param limit at most so many, the newest; 0 for all
 */
public record ChangeFilter(
    Optional<String> object,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> author,
    Optional<ChangeCursor> before,
    long limit) {

  public ChangeFilter {
    if (limit < 0) {
      throw new IllegalArgumentException("negative limit");
    }
  }

  /** The same with another limit. */
  public ChangeFilter withLimit(long other) {
    return new ChangeFilter(object, since, until, author, before, other);
  }

  /** The newest changes of all objects. */
  public static ChangeFilter newest(long limit) {
    return new ChangeFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }
}
