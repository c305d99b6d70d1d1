package io.pgtrail.versioning;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who last changed a column or a constraint, a row of {@code pggit.blame()}.
 *
 * @param part COLUMN or CONSTRAINT
 * @param name its name
 * @param changedAt when it was last changed; NULL, as all that follows, for what is as it was when
 *     versioning began
 * @param author role that logged in; NULL also where nobody knows
 * @param changeType CREATE, ALTER or RENAME
 * @param commit the transaction that made it
 * @param operation key in hexadecimal of the operation that caused it; NULL where none did
 */
public record BlamedPart(
    String part,
    String name,
    @Nullable Instant changedAt,
    @Nullable String author,
    @Nullable String changeType,
    @Nullable UUID commit,
    @Nullable String operation) {}
