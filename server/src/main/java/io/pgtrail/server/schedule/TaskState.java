package io.pgtrail.server.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a task was done last, a row of {@code script_tracking.get_tasks()}.
 *
 * @param status NEVER, RUNNING, DONE, FAILED or INTERRUPTED
 * @param details what the last run did, or why it failed
 * @param late whether its time has long passed
 */
public record TaskState(
    String task,
    String status,
    @Nullable String details,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Instant nextAt,
    boolean late) {}
