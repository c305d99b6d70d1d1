/** What becomes of old and of abandoned operations, on a real server. */
@NullMarked
package io.pgtrail.retention;

import org.jspecify.annotations.NullMarked;
