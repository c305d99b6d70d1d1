package io.pgtrail.server.alerts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook was told or is to be told, a row of {@code script_tracking.get_deliveries()}.
 *
 * @param status PENDING, DELIVERED, or DEAD: given up
 * @param nextAttemptAt of what is PENDING
 */
public record DeliveryState(
    UUID id,
    String webhook,
    String event,
    String rule,
    String subject,
    String status,
    int attempts,
    Instant createdAt,
    @Nullable Instant nextAttemptAt,
    @Nullable String error) {

  public boolean isDead() {
    return status.equals("DEAD");
  }
}
