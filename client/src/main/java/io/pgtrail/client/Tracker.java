package io.pgtrail.client;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Records operations of an application.
 *
 * <pre>{@code
 * try (Tracker tracker = Tracker.of(dataSource).start();
 *     Operation operation = tracker.start("Weekly import", DATA_IMPORT)) {
 *   long rows = importAll();
 *   operation.annotate("rows", rows).succeed();
 * }
 * }</pre>
 *
 * <p>Changes are recorded in the background, in order, many in one transaction, over one connection
 * that is taken from the data source while there is something to record. Tracking never throws and
 * blocks for no longer than {@link TrackerBuilder#longestWait}. While the database is away changes
 * are held, up to {@link TrackerBuilder#capacity}; what is dropped is counted and logged by the
 * logger {@code io.pgtrail.client}. Each change is recorded once, though it be sent again after a
 * lost connection. Safe for concurrent use; one tracker serves an application.
 */
public final class Tracker implements AutoCloseable {

  private final Outbox outbox;
  private final Delivery delivery;
  private final Losses losses = new Losses();
  private final Supplier<OperationContext> context;
  private final boolean synchronous;
  private final long blockNanos;
  private final long waitNanos;
  private final Duration longestClose;
  private final Thread shutdownHook = new Thread(this::programEnds, "pgtrail-flush");
  private final AtomicBoolean closed = new AtomicBoolean();

  Tracker(TrackerBuilder settings) {
    outbox = new Outbox(settings.capacity);
    delivery = new Delivery(settings, outbox, losses);
    context = settings.context;
    synchronous = settings.synchronous;
    waitNanos = Outbox.nanos(settings.longestWait);
    blockNanos = settings.overflow == Overflow.BLOCK ? waitNanos : 0;
    longestClose = settings.longestClose;
    delivery.start();
    if (settings.flushedOnShutdown) {
      Runtime.getRuntime().addShutdownHook(shutdownHook);
    }
  }

  /**
   * Describes a tracker.
   *
   * @param dataSource gives connections of a role that has {@code pgtrail_writer} or may connect,
   *     to a database with pgtrail; a pool or not
   */
  public static TrackerBuilder of(DataSource dataSource) {
    return new TrackerBuilder(dataSource);
  }

  /**
   * Begins an operation.
   *
   * @param name what is done, 1 to 255 characters
   * @param type such as {@link OperationTypes#DATA_IMPORT}, 1 to 50 characters
   */
  public Operation start(String name, String type) {
    return prepare(name, type).start();
  }

  /** Describes an operation of which more is known than name and type. */
  public NewOperation prepare(String name, String type) {
    return new NewOperation(this, String.valueOf(name), String.valueOf(type), currentContext());
  }

  private OperationContext currentContext() {
    try {
      return Objects.requireNonNullElse(context.get(), OperationContext.NONE);
    } catch (RuntimeException | StackOverflowError | LinkageError failure) {
      Log.warning("The context of an operation cannot be told.", failure);
      return OperationContext.NONE;
    }
  }

  /**
   * Carries out work as an operation, which succeeds, or fails with what the work throws, unless
   * the work has ended it. An operation in a {@code try} cannot tell why it is closed; this one
   * can.
   */
  public <T extends @Nullable Object, E extends Exception> T call(
      String name, String type, Work<T, E> work) throws E {
    return prepare(name, type).call(work);
  }

  /** As {@link #call}, for work without a result. */
  public <E extends Exception> void run(String name, String type, Task<E> task) throws E {
    prepare(name, type).run(task);
  }

  /** Gives the task as an operation: it succeeds, or fails with what the task throws. */
  public <T> Callable<T> wrap(String name, String type, Callable<T> task) {
    return () -> call(name, type, operation -> task.call());
  }

  /** As {@link #wrap(String, String, Callable)}. */
  public Runnable wrap(String name, String type, Runnable task) {
    return () -> run(name, type, operation -> task.run());
  }

  /**
   * Gives the data source such that what is executed over its connections is tracked. A statement
   * that fails is recorded though its transaction rolls back; one that is rolled back later is
   * recorded as it was carried out.
   */
  public DataSource wrap(DataSource source, Tracked first, Tracked... more) {
    return new TrackedStatements(this, EnumSet.of(first, more)).before(source);
  }

  Operation begin(NewOperation description) {
    Operation operation = new Operation(this, description);
    changed(operation);
    return operation;
  }

  /** Queues the present state of an operation, unless it waits there already. */
  void changed(Operation operation) {
    String problem = closed.get() ? "the tracker is closed" : operation.problem();
    if (problem != null) {
      losses.dropped(1, problem);
      return;
    }
    long begunNanos = System.nanoTime();
    try {
      Outbox.Entry entry = operation.beginWaiting() ? put(operation) : outbox.weigh(operation);
      if (synchronous && entry != null) {
        outbox.awaitSettled(entry, waitNanos - (System.nanoTime() - begunNanos));
      }
    } catch (InterruptedException interrupted) {
      // The application's to deal with; what was not queued yet is dropped.
      Thread.currentThread().interrupt();
    }
  }

  private Outbox.@Nullable Entry put(Operation operation) throws InterruptedException {
    Outbox.Entry entry = null;
    try {
      entry = outbox.offer(operation, blockNanos);
    } finally {
      if (entry == null) {
        operation.endWaiting();
        losses.dropped(
            1, "no room for it, as the database is away or too slow, or the tracker closed");
      }
    }
    return entry;
  }

  /** Counts what an operation has grown by while it is held. Not for those who hold its monitor. */
  void grown(Operation operation) {
    outbox.weigh(operation);
  }

  void misused(Operation operation, String what) {
    Log.warning("The operation \"" + operation.name() + "\" was " + what + ": ignored.");
  }

  /**
   * Waits until every change made before is recorded or dropped.
   *
   * @return false if that takes longer
   */
  public boolean flush(Duration longest) {
    try {
      return outbox.awaitAllSettled(Outbox.nanos(longest));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Tells what became of the changes until now. */
  public TrackerStatistics statistics() {
    return new TrackerStatistics(
        delivery.recorded(),
        losses.count(),
        outbox.size(),
        losses.failures(),
        losses.lastProblem());
  }

  /**
   * Records what waits, for at most {@link TrackerBuilder#longestClose}, and drops the rest.
   * Operations that have not ended stay RUNNING. Does nothing the second time.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    flush(longestClose);
    delivery.stop();
    losses.dropped(outbox.abandon(), "the tracker was closed before the database took it");
    losses.report();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException shuttingDown) {
      // It runs already, and finds nothing left to do.
    }
  }

  /** Leaves it open: what else runs while the program ends may still have something to tell. */
  private void programEnds() {
    flush(longestClose);
    losses.report();
    long left = outbox.size();
    if (left > 0) {
      Log.warning(left + " changes of operations are not recorded as the program ends.");
    }
  }
}
