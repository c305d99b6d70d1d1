/** Targets that answer, do not, or hang. */
@NullMarked
package io.pgtrail.server.targets;

import org.jspecify.annotations.NullMarked;
