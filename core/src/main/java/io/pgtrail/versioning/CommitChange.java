package io.pgtrail.versioning;

import org.jspecify.annotations.Nullable;

/**
 * What a commit made of one object.
 *
 * @param operation key in hexadecimal of the operation that caused it; NULL where none did
 * @param statement what that operation executed; NULL where the session may not read it
 */
public record CommitChange(
    ObjectDifference difference, @Nullable String operation, @Nullable String statement) {}
