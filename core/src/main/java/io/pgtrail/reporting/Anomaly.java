package io.pgtrail.reporting;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something out of the ordinary, a row of {@code script_tracking.get_anomalies(integer)}.
 *
 * @param kind what is unusual
 * @param subjectKind whether the subject is a user, a type or an address
 * @param observed NULL where nothing is counted
 * @param expected what is usual; NULL where there is no usual
 * @param deviation how many standard deviations lie between the two; NULL where there are none
 * @param reason a sentence that says why
 */
public record Anomaly(
    String kind,
    String subjectKind,
    String subject,
    @Nullable BigDecimal observed,
    @Nullable BigDecimal expected,
    @Nullable BigDecimal deviation,
    @Nullable Instant occurredAt,
    String reason) {}
