/** Tests of the versions of the schema, and of the ways between them. */
@NullMarked
package io.pgtrail.versioning;

import org.jspecify.annotations.NullMarked;
