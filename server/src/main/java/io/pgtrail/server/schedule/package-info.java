/** What the server does in its targets from time to time. */
@NullMarked
package io.pgtrail.server.schedule;

import org.jspecify.annotations.NullMarked;
