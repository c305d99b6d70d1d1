package io.pgtrail.migration;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A migration that is to be run, or was.
 *
 * @param version NULL for a repeatable one
 * @param description as its file is named
 * @param script its file, from the directory of migrations
 * @param transactional whether it runs in one transaction
 * @param status PENDING, COMPLETED or FAILED
 * @param duration of its last attempt; NULL before one
 * @param attempts how often it was begun
 */
public record Migration(
    @Nullable String version,
    String description,
    String script,
    boolean transactional,
    Status status,
    @Nullable Duration duration,
    int attempts) {

  /** What became of it. */
  public enum Status {
    PENDING,
    COMPLETED,
    FAILED
  }

  Migration ended(Status how, Duration took, int attempt) {
    return new Migration(version, description, script, transactional, how, took, attempt);
  }
}
