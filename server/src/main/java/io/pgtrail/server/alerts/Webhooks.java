package io.pgtrail.server.alerts;

import io.pgtrail.server.targets.Target;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;

/** Tells webhooks what waits for them in the database: of each one after the other. */
@Singleton
public class Webhooks {

  private record Sending(Delivery delivery, CompletableFuture<Attempt> attempt) {}

  private final Sender sender;
  private final WebhookSettings settings;

  @Inject
  Webhooks(Sender sender, WebhookSettings settings) {
    this.sender = sender;
    this.settings = settings;
  }

  /** Delivers all that is due, and says how much that was. */
  public String deliver(Target target, Handle handle) {
    int delivered = 0;
    int failed = 0;
    List<Delivery> due = due(handle);
    while (!due.isEmpty() && !Thread.currentThread().isInterrupted()) {
      List<Sending> sendings = new ArrayList<>();
      for (Delivery delivery : due) {
        sendings.add(new Sending(delivery, sender.send(target.name(), delivery)));
      }
      for (Sending sending : sendings) {
        Attempt attempt = sending.attempt().join();
        record(handle, sending.delivery().id(), attempt);
        if (attempt.error() == null) {
          delivered++;
        } else {
          failed++;
        }
      }
      due = due(handle);
    }
    return delivered + " delivered, " + failed + " failed";
  }

  private static List<Delivery> due(Handle handle) {
    return handle
        .createQuery("select * from pgtrail.due_deliveries()")
        .map((row, context) -> delivery(row))
        .list();
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    return new Delivery(
        row.getObject("delivery_id", UUID.class),
        row.getString("url"),
        row.getString("secret"),
        Template.valueOf(row.getString("template")),
        row.getString("event"),
        row.getString("content"));
  }

  private void record(Handle handle, UUID delivery, Attempt attempt) {
    handle
        .createQuery(
            """
            select pgtrail.record_attempt(
                :delivery, cast(:status as integer), :error, cast(:pause as interval), :attempts)
            """)
        .bind("delivery", delivery)
        .bind("status", attempt.httpStatus())
        .bind("error", attempt.error())
        .bind("pause", settings.firstPause().toMillis() + " milliseconds")
        .bind("attempts", settings.attempts())
        .mapTo(String.class)
        .list();
  }
}
