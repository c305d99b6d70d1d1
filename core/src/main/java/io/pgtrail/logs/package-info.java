/**
 * Reads the server's own log, where stands what the trail cannot hold: a record that is written in
 * a transaction that fails goes with it. Here a log is only cut into records; what they say is
 * judged by {@code pgtrail.record_log()} in the database.
 */
@NullMarked
package io.pgtrail.logs;

import org.jspecify.annotations.NullMarked;
