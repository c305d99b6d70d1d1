/** Who signs in, and what that allows. */
@NullMarked
package io.pgtrail.server.security;

import org.jspecify.annotations.NullMarked;
