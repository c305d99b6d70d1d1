/** Finds out whether pgtrail works in a database, and says how to mend what does not. */
@NullMarked
package io.pgtrail.doctor;

import org.jspecify.annotations.NullMarked;
