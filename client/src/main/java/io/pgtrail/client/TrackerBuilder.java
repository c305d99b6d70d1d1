package io.pgtrail.client;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** How a tracker records. Every setting has a default that suits a service. */
public final class TrackerBuilder {

  final DataSource dataSource;
  int capacity = 10_000;
  int batchSize = 1_000;
  Overflow overflow = Overflow.BLOCK;
  Duration longestWait = Duration.ofMillis(100);
  Duration longestClose = Duration.ofSeconds(5);
  Duration longestSend = Duration.ofSeconds(30);
  boolean synchronous;
  boolean flushedOnShutdown = true;
  Supplier<OperationContext> context = () -> OperationContext.NONE;

  TrackerBuilder(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
  }

  /**
   * Holds at most so many changed operations, and about 64 million characters, for the database:
   * 10,000 by default.
   */
  public TrackerBuilder capacity(int operations) {
    capacity = positive(operations);
    return this;
  }

  /** Sends at most so many operations, 10,000 at the most, in one transaction: 1,000 by default. */
  public TrackerBuilder batchSize(int operations) {
    batchSize = Math.min(positive(operations), 10_000);
    return this;
  }

  /** Says what becomes of changes for which there is no room: they block by default. */
  public TrackerBuilder overflow(Overflow policy) {
    overflow = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** Bounds how long one change may block the application: 100 ms by default. */
  public TrackerBuilder longestWait(Duration bound) {
    longestWait = Objects.requireNonNull(bound, "bound");
    return this;
  }

  /**
   * Makes each change wait until it is recorded, or for as long as {@link #longestWait}: then the
   * application goes on though it is not recorded yet, and nothing but {@link Tracker#statistics}
   * tells.
   */
  public TrackerBuilder synchronous() {
    synchronous = true;
    return this;
  }

  /** Bounds how long {@link Tracker#close} waits for what is not recorded yet: 5 s by default. */
  public TrackerBuilder longestClose(Duration bound) {
    longestClose = Objects.requireNonNull(bound, "bound");
    return this;
  }

  /** Bounds how long the database may take for one batch, in whole seconds: 30 s by default. */
  public TrackerBuilder longestSend(Duration bound) {
    longestSend = Objects.requireNonNull(bound, "bound");
    return this;
  }

  /** Leaves it to the application to close the tracker when the program ends. */
  public TrackerBuilder withoutShutdownHook() {
    flushedOnShutdown = false;
    return this;
  }

  /** Asks, when an operation begins and on its thread, who it is done for. */
  public TrackerBuilder context(Supplier<OperationContext> who) {
    context = Objects.requireNonNull(who, "who");
    return this;
  }

  /** Begins to record. The database need not be there yet. */
  public Tracker start() {
    return new Tracker(this);
  }

  private static int positive(int number) {
    if (number < 1) {
      throw new IllegalArgumentException(number + " is not at least 1");
    }
    return number;
  }
}
