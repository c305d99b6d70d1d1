package io.pgtrail.retention;

import java.time.Instant;

/** Told after each batch that was committed. */
@FunctionalInterface
public interface CleanupProgress {

  /** Goes on to the end without telling anyone. */
  CleanupProgress UNWATCHED = (operations, reached) -> true;

  /**
   * A batch was removed.
   *
   * @param operations how many operations were removed so far
   * @param reached everything that began before it is done with
   * @return whether to go on
   */
  boolean removed(long operations, Instant reached);
}
