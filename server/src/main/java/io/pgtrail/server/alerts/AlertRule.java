package io.pgtrail.server.alerts;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A rule, a row of {@code script_tracking.get_alert_rules()}.
 *
 * @param parameters a JSON object
 * @param since when it was enabled: it tells nothing of what happened before
 * @param evaluatedAt NULL for rules about single operations
 */
public record AlertRule(
    String name,
    String kind,
    String severity,
    @JsonRawValue @Schema(implementation = Object.class) String parameters,
    boolean enabled,
    Instant since,
    @Nullable Instant evaluatedAt,
    long openAlerts) {}
