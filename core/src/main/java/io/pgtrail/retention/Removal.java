package io.pgtrail.retention;

/**
 * What a cleanup has removed from the trail.
 *
 * @param operations how many operations
 * @param versions how many versions they had, current and superseded
 * @param finished false if it was stopped before it was through
 */
public record Removal(long operations, long versions, boolean finished) {}
