package io.pgtrail.migration;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;

/**
 * What to migrate, and how.
 *
 * @param directory where the migrations are, also those in directories below
 * @param target the last version to run; empty for all
 * @param baseline the version that a database without a history of migrations is at
 * @param lockTimeout how long a statement waits for a lock, in whole milliseconds; zero for ever
 * @param retries how often a migration is tried again that failed for a lock
 */
public record MigrationSettings(
    Path directory,
    Optional<String> target,
    Optional<String> baseline,
    Duration lockTimeout,
    int retries) {

  private static final int MOST_RETRIES = 1000;

  /**
   * @throws PgtrailException {@code INVALID_ARGUMENT}
   */
  public MigrationSettings {
    target.ifPresent(version -> requireVersion("target", version));
    baseline.ifPresent(version -> requireVersion("baseline", version));
    if (lockTimeout.isNegative() || lockTimeout.toMillis() > Integer.MAX_VALUE) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "A lock timeout is at most 24 days, not " + lockTimeout,
          null);
    }
    if (retries < 0 || retries > MOST_RETRIES) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "A migration can be tried again 0 to " + MOST_RETRIES + " times, not " + retries,
          null);
    }
  }

  private static void requireVersion(String what, String version) {
    try {
      if (!version.isEmpty() && Character.isDigit(version.charAt(0))) {
        MigrationVersion.fromVersion(version);
        return;
      }
    } catch (FlywayException malformed) {
      // As below.
    }
    throw new PgtrailException(
        ErrorCode.INVALID_ARGUMENT,
        "'" + version + "' is no version for the " + what,
        "Versions are numbers with dots or underscores between them, like 7 or 2026.11.1.");
  }
}
