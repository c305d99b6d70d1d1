/**
 * Records an operation from outside the database, over a connection of its own, so that the record
 * survives the failure of the work.
 */
@NullMarked
package io.pgtrail.tracking;

import org.jspecify.annotations.NullMarked;
