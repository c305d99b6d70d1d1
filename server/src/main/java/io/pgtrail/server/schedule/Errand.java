package io.pgtrail.server.schedule;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.targets.Target;
import io.quarkus.logging.Log;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;

/** One task in one target. The database says when it is due, for all servers that watch it. */
final class Errand {

  private final Target target;
  private final Task task;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile long nextLook = System.nanoTime();
  private volatile String lastComplaint = "";

  Errand(Target target, Task task) {
    this.target = target;
    this.task = task;
  }

  /** Claims it for a thread that is to {@link #run} it; false if one has it, or it is too early. */
  boolean claim() {
    return System.nanoTime() - nextLook >= 0 && busy.compareAndSet(false, true);
  }

  /** Does it if it is due and no other server is at it. */
  void run() {
    nextLook = System.nanoTime() + task.every().toNanos();
    try (Handle handle = target.forTasks().open()) {
      Optional<Duration> wait = begin(handle);
      if (wait.isPresent()) {
        nextLook = System.nanoTime() + wait.get().toNanos();
      } else {
        carryOut(handle);
      }
    } catch (RuntimeException failure) {
      complain(ServerFailure.explain(failure));
    } finally {
      busy.set(false);
    }
  }

  /** Once, until it changes: one that is down, or without pgtrail, stays so for a while. */
  private void complain(RuntimeException failure) {
    String complaint = String.valueOf(failure.getMessage());
    if (!complaint.equals(lastComplaint) && target.availability().isUp()) {
      Log.warnf("%s: the task %s cannot be done: %s", target.name(), task.name(), complaint);
      lastComplaint = complaint;
    }
  }

  private Optional<Duration> begin(Handle handle) {
    return handle
        .createQuery(
            """
            select case when not begins then extract(epoch from wait) end
            from pgtrail.begin_task(:task, cast(:every as interval))
            """)
        .bind("task", task.name())
        .bind("every", task.every().toMillis() + " milliseconds")
        .mapTo(Double.class)
        .findOne()
        .map(seconds -> Duration.ofMillis((long) Math.ceil(seconds * 1000)));
  }

  private void carryOut(Handle handle) {
    try {
      finish(handle, true, task.work().run(target, handle));
    } catch (RuntimeException failure) {
      RuntimeException explained = ServerFailure.explain(failure);
      boolean foreseen =
          explained instanceof PgtrailException known && known.code() != ErrorCode.INTERNAL;
      Log.warnf(
          foreseen ? null : failure,
          "%s: the task %s failed: %s",
          target.name(),
          task.name(),
          explained.getMessage());
      finish(handle, false, words(explained));
    }
  }

  private static String words(RuntimeException failure) {
    Optional<String> hint =
        failure instanceof PgtrailException known ? known.hint() : Optional.empty();
    return failure.getMessage() + hint.map(text -> ". " + text).orElse("");
  }

  private void finish(Handle handle, boolean succeeded, String detail) {
    handle
        .createQuery("select pgtrail.finish_task(:task, :succeeded, :detail)")
        .bind("task", task.name())
        .bind("succeeded", succeeded)
        .bind("detail", detail)
        .mapTo(String.class)
        .list();
  }
}
