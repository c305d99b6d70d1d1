package io.pgtrail.server.schedule;

import io.pgtrail.logs.LogFollower;
import io.pgtrail.retention.Removal;
import io.pgtrail.retention.Retention;
import io.pgtrail.server.alerts.Webhooks;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Handle;

/** Sees to it that each task is done in each target. None waits for another. */
@Singleton
public class Scheduler {

  private final List<Errand> errands;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Inject
  Scheduler(Targets targets, TaskSettings settings, Webhooks webhooks) {
    List<Task> tasks =
        List.of(
            new Task("alerts", settings.alerts(), Scheduler::evaluateAlerts),
            new Task("webhooks", settings.webhooks(), webhooks::deliver),
            new Task("rollups", settings.rollups(), Scheduler::refreshRollups),
            new Task("abandoned", settings.abandoned(), Scheduler::closeAbandoned),
            new Task("retention", settings.retention(), Scheduler::removeOld),
            new Task("logs", settings.logs(), Scheduler::readLog));
    this.errands =
        targets.all().stream()
            .flatMap(target -> tasks.stream().map(task -> new Errand(target, task)))
            .toList();
  }

  @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  void look() {
    errands.stream().filter(Errand::claim).forEach(errand -> threads.execute(errand::run));
  }

  void stop(@Observes ShutdownEvent end) {
    threads.shutdownNow();
  }

  /** As {@code script_tracking.evaluate_alerts()}, but what is done of a backlog stays done. */
  private static String evaluateAlerts(Target target, Handle handle) {
    record Lasting(long fired, long resolved) {}
    record Events(long fired, boolean more) {}
    Lasting lasting =
        handle
            .createQuery("select fired, resolved from pgtrail.evaluate_lasting_rules()")
            .map((row, context) -> new Lasting(row.getLong("fired"), row.getLong("resolved")))
            .one();
    long fired = lasting.fired();
    Events events;
    do {
      events =
          handle
              .createQuery("select fired, more from pgtrail.evaluate_event_rules()")
              .map((row, context) -> new Events(row.getLong("fired"), row.getBoolean("more")))
              .one();
      fired += events.fired();
    } while (events.more());
    return fired + " fired, " + lasting.resolved() + " resolved";
  }

  private static String refreshRollups(Target target, Handle handle) {
    return number(handle, "select script_tracking.refresh_rollups()") + " versions added";
  }

  private static String closeAbandoned(Target target, Handle handle) {
    return number(handle, "select script_tracking.close_abandoned()") + " operations closed";
  }

  private static String removeOld(Target target, Handle handle) {
    long alerts = number(handle, "select pgtrail.remove_old_alerts()");
    long operations = Retention.bySetting(handle).map(Removal::operations).orElse(0L);
    return operations + " operations and " + alerts + " alerts removed";
  }

  private static String readLog(Target target, Handle handle) {
    return new LogFollower(handle).catchUp();
  }

  private static long number(Handle handle, String query) {
    return handle.createQuery(query).mapTo(Long.class).one();
  }
}
