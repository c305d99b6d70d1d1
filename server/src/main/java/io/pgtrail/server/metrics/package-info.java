/** Numbers for Prometheus. */
@NullMarked
package io.pgtrail.server.metrics;

import org.jspecify.annotations.NullMarked;
