/** Users of the application: who they are, and what is recorded when they sign in. */
@NullMarked
package io.pgtrail.auth;

import org.jspecify.annotations.NullMarked;
