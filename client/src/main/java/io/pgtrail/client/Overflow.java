package io.pgtrail.client;

/** What becomes of a change that finds the queue full, as it is while the database is away. */
public enum Overflow {
  /**
   * The application waits for room, for at most {@link TrackerBuilder#longestWait}; then the change
   * is dropped and counted.
   */
  BLOCK,

  /** The change is dropped and counted at once. */
  DROP
}
