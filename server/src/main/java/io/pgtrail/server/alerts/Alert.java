package io.pgtrail.server.alerts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a rule has told, a row of {@code script_tracking.get_alerts()}.
 *
 * @param severity INFO, WARNING or CRITICAL
 * @param resolvedAt NULL while it is open; what happened once is resolved when it is told
 * @param operation key of the operation it is about; NULL for none in particular
 */
public record Alert(
    UUID id,
    String rule,
    String kind,
    String severity,
    String subject,
    String detail,
    Instant firedAt,
    @Nullable Instant resolvedAt,
    @Nullable String operation) {}
