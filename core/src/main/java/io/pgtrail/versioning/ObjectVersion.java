package io.pgtrail.versioning;

import org.jspecify.annotations.Nullable;

/**
 * A change with what it made of its object.
 *
 * @param ddlBefore statements that created it as it was; NULL for one that was not there
 * @param ddlAfter statements that create it as it was then; NULL for one that was dropped
 */
public record ObjectVersion(Change change, @Nullable String ddlBefore, @Nullable String ddlAfter) {}
