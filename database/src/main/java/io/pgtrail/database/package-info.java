/** Everything of pgtrail that lives in the database, and what installs it there. */
@NullMarked
package io.pgtrail.database;

import org.jspecify.annotations.NullMarked;
