/**
 * Puts pgtrail into a database and takes it out again. The SQL lies in the resources of this
 * module, under {@code pgtrail/sql}; Flyway applies it.
 */
@NullMarked
package io.pgtrail.install;

import org.jspecify.annotations.NullMarked;
