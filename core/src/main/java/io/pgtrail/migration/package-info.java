/**
 * Runs the migrations of a directory through Flyway. Each is an operation of the trail, a failed
 * one too; what fails for a lock is tried again.
 */
@NullMarked
package io.pgtrail.migration;

import org.jspecify.annotations.NullMarked;
