/** What the event triggers make of every kind of DDL, on a real server. */
@NullMarked
package io.pgtrail.capture;

import org.jspecify.annotations.NullMarked;
