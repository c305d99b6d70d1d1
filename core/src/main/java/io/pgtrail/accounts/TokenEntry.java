package io.pgtrail.accounts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API token as administrators see it, a row of {@code pgtrail.api_tokens()}.
 *
 * @param label what it is for
 * @param expiresAt from then on it is not accepted; NULL: never
 */
public record TokenEntry(UUID id, String label, Instant createdAt, @Nullable Instant expiresAt) {}
