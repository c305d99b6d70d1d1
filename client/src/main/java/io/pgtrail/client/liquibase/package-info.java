/** Tracks what Liquibase changes. */
@NullMarked
package io.pgtrail.client.liquibase;

import org.jspecify.annotations.NullMarked;
