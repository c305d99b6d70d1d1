package io.pgtrail.reporting;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What began in a period: a row of {@code script_tracking.get_activity()}.
 *
 * @param begin its beginning, on a full hour in UTC
 * @param operations that began in it
 * @param failures those of them that failed
 * @param ddl those of them that are DDL, captured by itself
 * @param successRate percent of the finished ones; NULL if none has finished
 * @param averageMs mean duration in milliseconds; NULL without a duration, as are the percentiles
 */
public record ActivityPeriod(
    Instant begin,
    long operations,
    long failures,
    long ddl,
    @Nullable BigDecimal successRate,
    @Nullable BigDecimal averageMs,
    @Nullable BigDecimal p50Ms,
    @Nullable BigDecimal p95Ms,
    @Nullable BigDecimal p99Ms) {}
