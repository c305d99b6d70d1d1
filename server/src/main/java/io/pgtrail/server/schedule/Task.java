package io.pgtrail.server.schedule;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.targets.Target;
import java.time.Duration;
import org.jdbi.v3.core.Handle;

/**
 * Work that is done in each target from time to time, by one server at a time.
 *
 * @param name by which the database keeps when it was done
 */
record Task(String name, Duration every, Work work) {

  Task {
    if (every.isNegative() || every.isZero()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "pgtrail.server.tasks." + name + " is " + every,
          "It is a time, such as 30s.");
    }
  }

  /** What is to be done. */
  @FunctionalInterface
  interface Work {

    /**
     * Does it.
     *
     * @param handle of the session that holds the lock; it commits each statement by itself
     * @return what was done, in a few words
     */
    String run(Target target, Handle handle);
  }
}
