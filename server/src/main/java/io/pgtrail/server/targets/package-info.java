/** The databases that the server watches. */
@NullMarked
package io.pgtrail.server.targets;

import org.jspecify.annotations.NullMarked;
