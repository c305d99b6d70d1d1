/** How numbers for Prometheus are made. */
@NullMarked
package io.pgtrail.server.metrics;

import org.jspecify.annotations.NullMarked;
