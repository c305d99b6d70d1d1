/** REST for programs. */
@NullMarked
package io.pgtrail.server.api;

import org.jspecify.annotations.NullMarked;
