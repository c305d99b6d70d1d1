/** Reads the trail: which operations there were, and which of them failed. */
@NullMarked
package io.pgtrail.reporting;

import org.jspecify.annotations.NullMarked;
