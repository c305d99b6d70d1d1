package io.pgtrail.server.alerts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A webhook, a row of {@code script_tracking.get_webhooks()}: without its secret, and what follows
 * the host in its address.
 */
public record WebhookState(
    String name,
    String host,
    String template,
    String leastSeverity,
    boolean enabled,
    long waiting,
    long dead,
    @Nullable Instant lastAttemptAt,
    @Nullable String lastStatus,
    @Nullable String lastError) {}
