/**
 * Reads the versions of the schema, compares its states, and leads it back to an earlier one. The
 * work is done by the functions of the schema {@code pggit}.
 */
@NullMarked
package io.pgtrail.versioning;

import org.jspecify.annotations.NullMarked;
