/**
 * Definitions of objects, their versions, and the way from one state to another, on a real server.
 */
@NullMarked
package io.pgtrail.versioning;

import org.jspecify.annotations.NullMarked;
