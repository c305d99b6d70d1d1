package io.pgtrail.client;

/** What is tracked of the statements that go through a data source. */
public enum Tracked {
  /**
   * Each statement that changes the schema, as an operation of type {@code DDL}. Where pgtrail's
   * event triggers capture DDL they record it as well; this one keeps those that failed, too.
   */
  DDL,

  /** Each batch, as an operation of type {@link OperationTypes#BATCH} with its size and rows. */
  BATCHES
}
