/** The reports, on a real server. */
@NullMarked
package io.pgtrail.reporting;

import org.jspecify.annotations.NullMarked;
