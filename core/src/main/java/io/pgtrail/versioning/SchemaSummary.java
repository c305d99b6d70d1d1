package io.pgtrail.versioning;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schema of the database as a place of versioned objects.
 *
 * @param name NULL for the objects that are in no schema, like extensions
 * @param objects how many are in it
 * @param changedAt when one of them changed last
 */
public record SchemaSummary(@Nullable String name, long objects, Instant changedAt) {}
