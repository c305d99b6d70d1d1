/** Tests of what signs in. */
@org.jspecify.annotations.NullMarked
package io.pgtrail.server.security;
