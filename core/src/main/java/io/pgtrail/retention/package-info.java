/** Removes what is older than the trail has to reach back. */
@NullMarked
package io.pgtrail.retention;

import org.jspecify.annotations.NullMarked;
