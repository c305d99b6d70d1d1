/** Tracks what Flyway migrates. */
@NullMarked
package io.pgtrail.client.flyway;

import org.jspecify.annotations.NullMarked;
