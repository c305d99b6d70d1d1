/**
 * Records what an application does to a database, over a connection of its own, so that the record
 * survives the failure of the work. Begin with {@link io.pgtrail.client.Tracker}.
 */
@NullMarked
package io.pgtrail.client;

import org.jspecify.annotations.NullMarked;
