package io.pgtrail.client;

import java.util.Optional;

/**
 * What became of the changes that were tracked: the begin, the annotations and the end of an
 * operation are changes of it. Those that wait together are recorded as one.
 *
 * @param recorded changes that the database has committed
 * @param dropped changes that will never be recorded
 * @param waiting changes that are held for the database
 * @param failures attempts to record that failed, as the database was away or refused what it was
 *     sent; what was in them is sent again, unless it is dropped
 * @param lastProblem why the last change was dropped or is held up; empty if everything was
 *     recorded since
 */
public record TrackerStatistics(
    long recorded, long dropped, long waiting, long failures, Optional<String> lastProblem) {}
