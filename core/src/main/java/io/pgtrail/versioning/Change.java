package io.pgtrail.versioning;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One new version of one object, a row of {@code pggit.log()}.
 *
 * @param changedAt when the change was described, just before its transaction committed
 * @param commit the transaction that made it
 * @param author role that logged in; NULL where nobody knows
 * @param type CREATE, ALTER, RENAME or DROP
 * @param severity MAJOR, MINOR or PATCH
 * @param objectType its kind, like TABLE
 * @param fullName its name, like public.users or public.f(integer)
 * @param versionBefore NULL for an object that was created
 * @param versionAfter NULL for one that was dropped
 * @param operation key in hexadecimal of the operation that caused it; NULL where none did
 */
public record Change(
    Instant changedAt,
    UUID commit,
    @Nullable String author,
    String type,
    String severity,
    String objectType,
    String fullName,
    @Nullable String versionBefore,
    @Nullable String versionAfter,
    @Nullable String operation) {}
