/**
 * Gives every test a PostgreSQL database of its own, and the fixtures that make faults. The entry
 * point is {@link io.pgtrail.testkit.TestDatabases}.
 */
@NullMarked
package io.pgtrail.testkit;

import org.jspecify.annotations.NullMarked;
