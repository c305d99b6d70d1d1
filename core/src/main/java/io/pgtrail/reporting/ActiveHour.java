package io.pgtrail.reporting;

import java.time.Instant;

/**
 * How many operations began in an hour, and how many of them failed.
 *
 * @param hour its beginning, in UTC
 */
public record ActiveHour(Instant hour, long operations, long failures) {}
