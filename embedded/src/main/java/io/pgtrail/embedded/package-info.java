/**
 * Starts a real PostgreSQL server, durable and password-protected, from the binaries that Maven
 * Central carries. The entry point is {@link io.pgtrail.embedded.EmbeddedPostgres}.
 */
@NullMarked
package io.pgtrail.embedded;

import org.jspecify.annotations.NullMarked;
