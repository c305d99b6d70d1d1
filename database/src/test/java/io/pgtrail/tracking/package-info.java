/** What applications call to record their operations, on a real server. */
@NullMarked
package io.pgtrail.tracking;

import org.jspecify.annotations.NullMarked;
