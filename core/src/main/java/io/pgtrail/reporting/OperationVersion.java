package io.pgtrail.reporting;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of an operation, a row of {@code script_tracking.script_execution_s_versions}.
 *
 * @param recordedAt when it was recorded
 * @param supersededAt when the next one was; NULL for the current one
 * @param operation what it said
 */
public record OperationVersion(
    Instant recordedAt, @Nullable Instant supersededAt, Operation operation) {}
