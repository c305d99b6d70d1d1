package io.pgtrail.migration;

import java.time.Duration;

/** Hears how far migrating has got, on the thread that migrates. */
public interface MigrationListener {

  /** Somebody else migrates the same schema; this waits for it. */
  default void waits(String forWhom) {}

  /**
   * A statement is about to be executed.
   *
   * @param migration its place among those that are to be run, from 1
   * @param statement its place in the migration, from 1
   * @param text the beginning of it, without what may be a secret
   */
  default void executes(String script, int migration, int migrations, int statement, String text) {}

  /** The server remarks something. */
  default void notice(String text) {}

  /** A migration failed for a lock, and is tried again after a pause. */
  default void retries(String script, String reason, int retry, int retries, Duration pause) {}
}
