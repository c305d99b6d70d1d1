/**
 * The one exception of pgtrail and the one table of its error codes: SQLSTATE, exit code of the
 * command line and HTTP status.
 */
@NullMarked
package io.pgtrail.error;

import org.jspecify.annotations.NullMarked;
